package workload

import (
	"bytes"
	"fmt"
)

// Object names the key of a command, such as "k3".
func (kv) Object(command []byte) string {
	c, _ := decodeKV(command)
	return fmt.Sprintf("k%d", c.key)
}

// NewReplay returns the model in its initial state.
func (kv) NewReplay() Replay { return &kvReplay{} }

type kvReplay struct{ objects[kvHeld] }

type kvHeld struct {
	value []byte
	last  Mark
}

func (r *kvReplay) Step(command, answer []byte, known bool) bool {
	c, ok := decodeKV(command)
	if !ok {
		return !known
	}
	h := r.at(c.key)
	refused := c.op == kvCAS && h.last != c.expect
	matches := !known
	switch {
	case known && (refused || c.reads()):
		matches = len(answer) > 0 && answer[0] == readStatus(refused) && bytes.Equal(answer[1:], h.value)
	case known:
		matches = len(answer) == 1 && answer[0] == statusOK
	}
	if refused || c.reads() {
		return matches
	}
	if c.op != kvAppend {
		h.value = h.value[:0]
	}
	h.value, h.last = append(h.value, c.piece...), c.mark
	return matches
}

func readStatus(refused bool) byte {
	if refused {
		return statusRefused
	}
	return statusOK
}

// Access takes an operation for one on a register: put, delete and an effective
// compare-and-set begin a version afresh, append extends the one before.
func (kv) Access(command, answer []byte, known bool) (a Access, ok bool) {
	c, ok := decodeKV(command)
	if !ok || known && len(answer) == 0 {
		return a, false
	}
	refused := known && answer[0] == statusRefused
	if known && (refused || c.reads()) {
		a.Reads = true
		if a.Value, ok = splitPieces(answer[1:]); !ok || refused != (c.op == kvCAS) || !refused && answer[0] != statusOK {
			return a, false
		}
		// A compare-and-set is refused because the version is another one.
		return a, !refused || lastPiece(a.Value) != c.expect
	}
	if c.reads() {
		return a, true
	}
	a.Write, a.Piece, a.Extends = c.mark, c.piece, c.op == kvAppend
	a.Conditional, a.After = c.op == kvCAS, c.expect
	return a, !known || len(answer) == 1 && answer[0] == statusOK
}

func lastPiece(value []Piece) Mark {
	if len(value) == 0 {
		return Mark{}
	}
	return value[len(value)-1].Mark
}

func splitPieces(value []byte) (pieces []Piece, ok bool) {
	d := decoder{rest: value}
	for len(d.rest) > 0 {
		before := d.rest
		m, _ := d.piece()
		pieces = append(pieces, Piece{m, before[:len(before)-len(d.rest)]})
	}
	return pieces, !d.bad
}
