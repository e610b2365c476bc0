package printing

import (
	"errors"
	"fmt"
	"io"
)

type entry struct{ index uint64 }

type named struct{ next *entry }

func (n *named) String() string { return "named" }

type message struct {
	Entries []*entry
	reply   func()
}

type quiet struct{ Inner *named }

type loop struct{ self *loop }

func print(w io.Writer, e *entry, m message, n *named, ready chan int, f func()) error {
	_ = fmt.Sprintf("%p", e)              // want "%p prints an address: print an id"
	_ = fmt.Sprintf("at %-12p", e)        // want "%p prints an address"
	_ = fmt.Sprint(e, n, *e)              // one level of pointer prints as &{...}
	_ = fmt.Sprint(m)                     // want "field Entries, a pointer to printing.entry, prints as an address: give its type a String method"
	_ = fmt.Sprint(*n)                    // want "field next, a pointer to printing.entry, prints as an address"
	_ = fmt.Sprint(quiet{})               // an exported field with a String method
	_ = fmt.Sprint(loop{})                // want "field self, a pointer to printing.loop, prints as an address"
	_ = fmt.Sprint(map[*named]int{})      // a key with a String method
	_ = fmt.Sprint(map[*entry]int{})      // want "a pointer to printing.entry prints as an address"
	_, _ = fmt.Fprintln(w, ready)         // want "a channel prints as an address"
	_ = fmt.Sprintf("100%% %v", f)        // want "a function prints as an address"
	_ = fmt.Sprintf("%v %v", &m.reply, 1) // want "a pointer to func\\(\\) prints as an address"
	return fmt.Errorf("%w: %d", errors.ErrUnsupported, e.index)
}
