package random

import (
	"fmt"
	"math/bits"
)

// Chooser draws the plan of a run, one named choice after another. The code that
// implements it decides where the choices come from: a seed, the bytes of a fuzz
// input, a property-testing library, a recording.
type Chooser interface {
	// Choose returns a value in [0, n). Value 0 is the benign default of every
	// choice, so that a plan of zeros is a run without trouble. It panics when n
	// is 0.
	Choose(name string, n uint64) uint64
}

// Chooser returns a chooser in which each choice is a fate of its name and of
// how often that name was chosen before. A choice with a new name therefore
// moves none of the others.
func (s Seed) Chooser() Chooser {
	return &seedChooser{seed: s, names: make(map[string]*Rand)}
}

type seedChooser struct {
	seed  Seed
	names map[string]*Rand
}

func (c *seedChooser) Choose(name string, n uint64) uint64 {
	mustChoose(name, n)
	r := c.names[name]
	if r == nil {
		r = c.seed.Key("plan " + name).Rand(0)
		c.names[name] = r
	}
	return r.Uint64N(n)
}

// BytesChooser returns a chooser that reads the bytes of a fuzz input: for each
// choice as many bytes as n-1 needs, little-endian, modulo n. Names do not
// matter. When the bytes run out it answers 0 for ever, so every input is a
// whole plan. The caller must not change data while the chooser is in use.
func BytesChooser(data []byte) Chooser { return &bytesChooser{data} }

type bytesChooser struct{ rest []byte }

func (c *bytesChooser) Choose(name string, n uint64) uint64 {
	mustChoose(name, n)
	var v uint64
	for i := range (bits.Len64(n-1) + 7) / 8 {
		if len(c.rest) == 0 {
			break
		}
		v |= uint64(c.rest[0]) << (8 * i)
		c.rest = c.rest[1:]
	}
	return v % n
}

func mustChoose(name string, n uint64) {
	if n == 0 {
		panic(fmt.Sprintf("random: choice %q has no alternatives", name))
	}
}

// Pick chooses one of the options; the first is the benign one. It panics when
// there are none.
func Pick[T any](c Chooser, name string, options ...T) T {
	return options[c.Choose(name, uint64(len(options)))]
}

// Between chooses from lo to hi, both included; lo is the benign end. It panics
// when hi is less than lo.
func Between(c Chooser, name string, lo, hi int64) int64 {
	if hi < lo {
		panic(fmt.Sprintf("random: choice %q between %d and %d, must not be descending", name, lo, hi))
	}
	span := uint64(hi) - uint64(lo)
	if span == 1<<64-1 {
		panic(fmt.Sprintf("random: choice %q between %d and %d is too wide", name, lo, hi))
	}
	return int64(uint64(lo) + c.Choose(name, span+1))
}

// Chance chooses true with the probability r, which must be in lowest terms or
// small enough for a fuzz input to reach; false is the benign answer.
func Chance(c Chooser, name string, r Ratio) bool {
	if r.Num == 0 {
		return false
	}
	return c.Choose(name, r.Den) >= r.Den-r.Num
}
