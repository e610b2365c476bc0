package random

import "math/bits"

// Seed is where all chance of a run comes from. Every value is a good seed, 0
// included.
type Seed uint64

// Key names one source of chance, such as the link "network n1->n2". Keys of
// one seed are independent: asking more of one never changes what another
// answers. The same name gives the same key.
func (s Seed) Key(name string) Key { return s.Fates().Key(name) }

// Fates returns the fates of the seed as they are, without overrides.
func (s Seed) Fates() Fates { return Fates{seed: s} }

// Fates is a seed together with the overrides that lie on top of it. It is a
// small value; the zero value is the fates of seed 0.
type Fates struct {
	seed Seed
	over *Overrides
	log  *Overrides
}

// NewFates returns the fates of s with o on top. A nil o overrides nothing.
// What o holds for a stream is looked up when a key of that stream is made, so
// o must be complete by then; it is only read, and may be shared by many runs.
func NewFates(s Seed, o *Overrides) Fates { return Fates{seed: s, over: o} }

// Recording returns the same fates, which now also write every fate that is
// asked for into log: the decisions of the run. Recording changes no answer. A
// log belongs to one run at a time.
func (f Fates) Recording(log *Overrides) Fates {
	f.log = log
	return f
}

// Seed returns the seed below the overrides.
func (f Fates) Seed() Seed { return f.seed }

// Key returns the stream of that name, as [Seed.Key] does.
func (f Fates) Key(name string) Key {
	k := Key{origin: &origin{name, f}}
	k.a, k.b = hashName(uint64(f.seed), name)
	if over := f.over.stream(name); over != nil || f.log != nil {
		k.layer = &layer{over: over, log: f.log.open(name)}
	}
	return k
}

// hashName condenses a seed and a name into two words by two chains that differ
// in their start, so that streams collide only when both words do.
func hashName(seed uint64, name string) (a, b uint64) {
	a = Mix(0x243f6a8885a308d3, seed)
	b = Mix(0x13198a2e03707344, seed)
	for i := 0; i < len(name); i += 8 {
		var word uint64
		for j := i; j < min(i+8, len(name)); j++ {
			word |= uint64(name[j]) << (8 * (j - i))
		}
		a, b = Mix(a, word), Mix(b, word)
	}
	n := uint64(len(name))
	return Mix(a, n), Mix(b, n)
}

// Mix folds the word v into the digest h and returns the new digest. It is the
// step of every fingerprint and hash of the project: order matters, each input
// bit moves half of the output bits, and for a given h two different words never
// give the same digest. It is not meant to withstand an adversary.
func Mix(h, v uint64) uint64 {
	return scramble((bits.RotateLeft64(h, 23) + golden) ^ v)
}

// golden is 2^64 divided by the golden ratio, made odd: its multiples spread
// evenly over the words.
const golden = 0x9e3779b97f4a7c15

// scramble is a bijection of the words in which a change of one input bit
// changes about half of the output bits: two rounds of multiply and fold with
// the constants of the SplitMix64 finaliser (Stafford's variant 13).
func scramble(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}
