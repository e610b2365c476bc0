package raft_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// The sizes of entries that follow each other are those of their encodings, at every
// length of a term, an index and the data.
func TestSizesOfEntriesAreThoseOfTheirEncodings(t *testing.T) {
	edge := func(t *rapid.T, name string) uint64 {
		return (uint64(1) << rapid.IntRange(0, 63).Draw(t, name)) - rapid.Uint64Range(0, 3).Draw(t, "below")
	}
	rapid.Check(t, func(t *rapid.T) {
		entries := make([]pb.Entry, rapid.IntRange(0, 8).Draw(t, "entries"))
		index, term := min(edge(t, "index"), math.MaxUint64-10), edge(t, "term")
		for i := range entries {
			term += rapid.SampledFrom([]uint64{0, 0, 1, 200}).Draw(t, "later")
			entries[i] = pb.Entry{Index: index + uint64(i), Term: term, Type: pb.EntryType(rapid.SampledFrom([]int32{0, 1, 2, 127, 128, -1}).Draw(t, "type"))}
			if n := rapid.SampledFrom([]int{-1, 0, 1, 127, 128, 16383, 16384}).Draw(t, "data"); n >= 0 {
				entries[i].Data = make([]byte, n)
			}
		}
		var sum uint64
		maxSize := rapid.SampledFrom([]uint64{0, 1, 30, 200, 20_000, 100_000, math.MaxUint64}).Draw(t, "max size")
		fit := 0
		for i := range entries {
			sum += uint64(entries[i].Size())
			if sum <= maxSize || i == 0 {
				fit = i + 1
			}
		}
		require.Equal(t, sum, raft.EncodedSize(entries))
		require.Len(t, raft.LimitSize(entries, maxSize), fit)
	})
}
