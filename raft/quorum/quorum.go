// Package quorum decides what a group of voters has agreed on: which index is
// committed and how a vote stands, by one majority or by two (Raft §5.2 and §6).
//
// Nothing in it keeps state. The names are those of
// go.etcd.io/raft/v3/quorum v3.6.
package quorum

import (
	"math"
	"slices"
	"strconv"
)

// Index is a position in the log. [math.MaxUint64] stands for no limit: it is
// what a group without voters has committed.
type Index uint64

// String returns the number, or the sign for infinity when there is no limit.
func (i Index) String() string {
	if i == math.MaxUint64 {
		return "∞"
	}
	return strconv.FormatUint(uint64(i), 10)
}

// AckedIndexer says how far each voter has come.
type AckedIndexer interface {
	// AckedIndex returns the last index that a voter has acknowledged, and
	// false if nothing is known about it, which counts as index zero.
	AckedIndex(voterID uint64) (idx Index, found bool)
}

// VoteResult is how a vote stands. Its zero value is none of the three results.
type VoteResult uint8

const (
	// VotePending means that the missing votes can still win or lose it.
	VotePending VoteResult = 1 + iota
	// VoteLost means that the missing votes cannot win it any more.
	VoteLost
	// VoteWon means that a quorum has said yes.
	VoteWon
)

// String returns the name of the result.
func (r VoteResult) String() string {
	switch r {
	case VotePending:
		return "VotePending"
	case VoteLost:
		return "VoteLost"
	case VoteWon:
		return "VoteWon"
	}
	return "VoteResult(" + strconv.Itoa(int(r)) + ")"
}

// Committed returns the largest index that a majority has reached, given what
// each voter has acknowledged; without voters there is no limit. It sorts acked
// in place.
func Committed(acked []Index) Index {
	if len(acked) == 0 {
		return math.MaxUint64
	}
	sort(acked)
	// In ascending order, the voter at this position and those after it are
	// just enough for a majority.
	return acked[(len(acked)-1)/2]
}

// sort is [slices.Sort], but twice as fast on the three voters that most
// groups have. Leaders call it for every answer to an append message.
func sort(acked []Index) {
	if len(acked) > 12 {
		slices.Sort(acked)
		return
	}
	for i := 1; i < len(acked); i++ {
		v, j := acked[i], i
		for ; j > 0 && acked[j-1] > v; j-- {
			acked[j] = acked[j-1]
		}
		acked[j] = v
	}
}

// Tally returns how a vote among n voters stands with so many for and against.
// A vote among none is won.
func Tally(n, yes, no int) VoteResult {
	majority := n/2 + 1
	switch {
	case n == 0 || yes >= majority:
		return VoteWon
	case n-no < majority:
		return VoteLost
	}
	return VotePending
}
