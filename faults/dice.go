package faults

import (
	"math/bits"

	"raftsim/random"
)

// dice is a short sequence of chance that starts at a fate.
type dice struct{ state uint64 }

// below returns a number in [0, n).
func (d *dice) below(n int) int {
	d.state = random.Mix(d.state, 1)
	hi, _ := bits.Mul64(d.state, uint64(n))
	return int(hi)
}

// one draws one of the hosts, or none of none.
func (d *dice) one(hosts []uint64) []uint64 {
	if len(hosts) == 0 {
		return nil
	}
	return []uint64{hosts[d.below(len(hosts))]}
}

func (d *dice) shuffle(hosts []uint64) {
	for i := len(hosts) - 1; i > 0; i-- {
		j := d.below(i + 1)
		hosts[i], hosts[j] = hosts[j], hosts[i]
	}
}
