package random

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Overrides is a sparse table of fates with chosen values, to lie on top of a
// seed. A nil or zero Overrides is empty. It is safe for many readers, not for a
// writer beside others.
type Overrides struct {
	streams map[string]*stream
}

// stream holds the overrides of one name.
type stream struct {
	fates map[number]uint64
}

// number is the place of a fate in its stream.
type number struct {
	n       uint64
	purpose Purpose
}

func (a number) compare(b number) int {
	return cmp.Or(cmp.Compare(a.purpose, b.purpose), cmp.Compare(a.n, b.n))
}

// Override is one line of an [Overrides].
type Override struct {
	Stream  string
	Purpose Purpose
	N       uint64
	Value   uint64
}

// Set makes value the nth answer of the stream of that name for p. A later Set
// of the same fate replaces an earlier one.
func (o *Overrides) Set(name string, p Purpose, n, value uint64) {
	o.open(name).set(p, n, value)
}

// Unset takes an override away. It does nothing when there is none.
func (o *Overrides) Unset(name string, p Purpose, n uint64) {
	s := o.stream(name)
	if s == nil {
		return
	}
	delete(s.fates, number{n, p})
	if len(s.fates) == 0 {
		delete(o.streams, name)
	}
}

// Get returns the override of a fate, and whether there is one.
func (o *Overrides) Get(name string, p Purpose, n uint64) (value uint64, ok bool) {
	return o.stream(name).get(p, n)
}

// Len returns the number of overridden fates.
func (o *Overrides) Len() int {
	if o == nil {
		return 0
	}
	n := 0
	for _, s := range o.streams { // order does not escape: a sum
		n += len(s.fates)
	}
	return n
}

// All returns the overrides in order of stream name, purpose and number.
func (o *Overrides) All() []Override {
	if o == nil {
		return nil
	}
	var all []Override
	for _, name := range slices.Sorted(maps.Keys(o.streams)) {
		fates := o.streams[name].fates
		// order does not escape: it is sorted
		for _, at := range slices.SortedFunc(maps.Keys(fates), number.compare) {
			all = append(all, Override{name, at.purpose, at.n, fates[at]})
		}
	}
	return all
}

// Clone returns a copy that shares nothing with o.
func (o *Overrides) Clone() *Overrides {
	c := new(Overrides)
	for _, v := range o.All() {
		c.Set(v.Stream, v.Purpose, v.N, v.Value)
	}
	return c
}

// open returns the stream of that name, made if need be; nil in a nil table.
func (o *Overrides) open(name string) *stream {
	if o == nil {
		return nil
	}
	if o.streams == nil {
		o.streams = make(map[string]*stream)
	}
	s := o.streams[name]
	if s == nil {
		s = &stream{fates: make(map[number]uint64)}
		o.streams[name] = s
	}
	return s
}

func (o *Overrides) stream(name string) *stream {
	if o == nil {
		return nil
	}
	return o.streams[name]
}

func (s *stream) get(p Purpose, n uint64) (uint64, bool) {
	if s == nil {
		return 0, false
	}
	v, ok := s.fates[number{n, p}]
	return v, ok
}

func (s *stream) set(p Purpose, n, value uint64) { s.fates[number{n, p}] = value }

// ParseOverrides reads what [Overrides.String] prints. Blank lines and lines
// that begin with # are skipped. Errors name the line and what it should be.
func ParseOverrides(text string) (*Overrides, error) {
	o := new(Overrides)
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		v, err := parseOverride(line)
		if err != nil {
			return nil, fmt.Errorf("random: line %d: %w", i+1, err)
		}
		o.Set(v.Stream, v.Purpose, v.N, v.Value)
	}
	return o, nil
}

// parseOverride reads the line that [Override.String] prints.
func parseOverride(line string) (Override, error) {
	bad := func() (Override, error) {
		return Override{}, fmt.Errorf("override %q: want a stream, [purpose:number] and a value, as in %q",
			line, Override{"network n1->n2", 2, 17, 0xff})
	}
	open := strings.LastIndex(line, " [")
	if open < 0 {
		return bad()
	}
	name := line[:open]
	if strings.HasPrefix(name, `"`) {
		unquoted, err := strconv.Unquote(name)
		if err != nil {
			return bad()
		}
		name = unquoted
	}
	place, value, ok := strings.Cut(line[open+2:], "] = 0x")
	purpose, n, ok2 := strings.Cut(place, ":")
	if !ok || !ok2 {
		return bad()
	}
	p, err1 := strconv.ParseUint(purpose, 10, 16)
	at, err2 := strconv.ParseUint(n, 10, 64)
	v, err3 := strconv.ParseUint(value, 16, 64)
	if err := cmp.Or(err1, err2, err3); err != nil {
		return bad()
	}
	return Override{name, Purpose(p), at, v}, nil
}

// String returns the overrides one line each, in the order of [Overrides.All].
// [ParseOverrides] reads them back.
func (o *Overrides) String() string {
	var b strings.Builder
	for _, v := range o.All() {
		b.WriteString(v.String())
		b.WriteByte('\n')
	}
	return b.String()
}

// String returns the override as "network n1->n2 [2:17] = 0xff": stream,
// purpose, number, value. A name that could be misread is quoted.
func (v Override) String() string {
	name := v.Stream
	if quoted := strconv.Quote(name); quoted != `"`+name+`"` || name != strings.TrimSpace(name) || name == "" || name[0] == '#' {
		name = quoted
	}
	return fmt.Sprintf("%s [%d:%d] = 0x%x", name, v.Purpose, v.N, v.Value)
}
