package workload

import (
	"math/bits"
	"sort"

	"raftsim/random"
)

// What the fates of a client decide. The stream is the client's own, so these
// need to differ only from each other.
const (
	purposeOp random.Purpose = iota + 1
	purposeKey
	purposeOther
	purposeAmount
	purposeTurn
)

// generator draws what the clients of all workloads need: an operation from a
// mix, a key from a distribution. Every draw is a fate of the command's number.
type generator struct {
	key    random.Key
	client uint64
	shape  Shape
	ops    table
	keys   table
}

// newGenerator fills in the defaults of a workload. names lists its operations
// in the order of their codes.
func newGenerator(k random.Key, client uint64, s Shape, names []string, mix []Weight, keys int) generator {
	if s.Keys == 0 {
		s.Keys = keys
	}
	if len(s.Mix) == 0 {
		s.Mix = mix
	}
	weights := make([]uint64, len(names))
	for _, m := range s.Mix {
		for i, name := range names {
			if name == m.Op {
				weights[i] = uint64(m.Weight)
			}
		}
	}
	return generator{key: k, client: client, shape: s, ops: newTable(weights), keys: newTable(keyWeights(s.Keys, s.Skew))}
}

// op draws the nth operation, as its place among the workload's operations.
func (g *generator) op(n uint64) int { return g.ops.at(g.key.Fate(purposeOp, n)) }

// object draws the key that the nth command is about.
func (g *generator) object(n uint64) uint64 { return uint64(g.keys.at(g.key.Fate(purposeKey, n))) }

// below draws a number in [0, limit) for the nth command; limit is not zero.
func (g *generator) below(p random.Purpose, n, limit uint64) uint64 {
	hi, _ := bits.Mul64(g.key.Fate(p, n), limit)
	return hi
}

// mark names what the nth command writes.
func (g *generator) mark(n uint64) Mark { return Mark{Client: g.client, Number: n + 1} }

// table draws from a discrete distribution in integers.
type table struct{ upTo []uint64 } // running sums of the weights

func newTable(weights []uint64) table {
	t := table{upTo: make([]uint64, len(weights))}
	sum := uint64(0)
	for i, w := range weights {
		sum += w
		t.upTo[i] = sum
	}
	return t
}

// at maps a fate to a place, in proportion to the weights.
func (t *table) at(fate uint64) int {
	total := t.upTo[len(t.upTo)-1]
	x, _ := bits.Mul64(fate, total)
	return sort.Search(len(t.upTo)-1, func(i int) bool { return x < t.upTo[i] })
}

// keyWeights returns the weight of each key: 2^31 / rank^(skew/2), at least one.
func keyWeights(keys, skew int) []uint64 {
	weights := make([]uint64, keys)
	for i := range weights {
		power := uint64(1)
		for range skew {
			power *= uint64(i + 1)
		}
		weights[i] = max(1, squareRoot((1<<62)/power))
	}
	return weights
}

// squareRoot returns the largest integer whose square is at most v.
func squareRoot(v uint64) uint64 {
	root := uint64(0)
	for bit := uint64(1) << 31; bit > 0; bit >>= 1 {
		if next := root | bit; next*next <= v {
			root = next
		}
	}
	return root
}
