package quorum

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// MajorityConfig is a set of voters of which more than half decide. The empty
// set agrees with everything, so that it can be the missing half of a
// [JointConfig].
type MajorityConfig map[uint64]struct{}

// CommittedIndex returns the largest index that a majority has acknowledged.
func (c MajorityConfig) CommittedIndex(l AckedIndexer) Index {
	var few [9]Index // most groups are this small and need no allocation
	acked := few[:0]
	for id := range c { // order does not escape: they are sorted
		idx, _ := l.AckedIndex(id)
		acked = append(acked, idx)
	}
	return Committed(acked)
}

// VoteResult returns how the vote stands; voters missing from votes have not
// voted yet, and votes of others do not count.
func (c MajorityConfig) VoteResult(votes map[uint64]bool) VoteResult {
	var yes, no int
	for id := range c {
		switch v, voted := votes[id]; {
		case voted && v:
			yes++
		case voted:
			no++
		}
	}
	return Tally(len(c), yes, no)
}

// Slice returns the voters in ascending order, nil if there are none.
func (c MajorityConfig) Slice() []uint64 {
	return slices.Sorted(maps.Keys(c))
}

// String returns the voters in ascending order, such as "(1 2 3)".
func (c MajorityConfig) String() string {
	b := []byte{'('}
	for i, id := range c.Slice() {
		if i > 0 {
			b = append(b, ' ')
		}
		b = strconv.AppendUint(b, id, 10)
	}
	return string(append(b, ')'))
}

// Describe draws one line for each voter, with a bar as long as the number of
// voters that are behind it, its index and its id. Of voters at the same index
// only the first has a bar.
func (c MajorityConfig) Describe(l AckedIndexer) string {
	if len(c) == 0 {
		return "<empty majority quorum>"
	}
	n := len(c)
	ids := c.Slice()
	index := make(map[uint64]Index, n)
	for _, id := range ids {
		index[id], _ = l.AckedIndex(id)
	}
	byIndex := slices.Clone(ids)
	slices.SortStableFunc(byIndex, func(a, b uint64) int { return cmp.Compare(index[a], index[b]) })
	behind := make(map[uint64]int, n)
	for i, id := range byIndex {
		if i > 0 && index[byIndex[i-1]] < index[id] {
			behind[id] = i
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%*s    idx\n", n, "")
	for _, id := range ids {
		if _, found := l.AckedIndex(id); found {
			fmt.Fprintf(&b, "%s>%*s", strings.Repeat("x", behind[id]), n-behind[id], "")
		} else {
			fmt.Fprintf(&b, "?%*s", n, "")
		}
		fmt.Fprintf(&b, " %5d    (id=%d)\n", uint64(index[id]), id)
	}
	return b.String()
}
