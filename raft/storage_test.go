package raft_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// storageModel is MemoryStorage written for obviousness: an entry for each index,
// and the first index that is still there.
type storageModel struct {
	s       *raft.MemoryStorage
	terms   []uint64 // by index; terms[0] is that of index 0
	first   uint64
	snap    uint64
	handed  [][]pb.Entry // what Entries returned
	copies  [][]pb.Entry // what was in it then
	counter uint64
}

func (m *storageModel) last() uint64 { return uint64(len(m.terms)) - 1 }

func (m *storageModel) Append(t *rapid.T) {
	at := rapid.Uint64Range(max(1, m.first-min(m.first, 3)), m.last()+1).Draw(t, "at")
	n := rapid.IntRange(1, 5).Draw(t, "n")
	var entries []pb.Entry
	for i := range n {
		m.counter++
		entries = append(entries, pb.Entry{Index: at + uint64(i), Term: m.counter, Data: []byte("data")})
	}
	require.NoError(t, m.s.Append(entries))
	if at+uint64(n)-1 < m.first {
		return // all compacted
	}
	from := max(at, m.first)
	m.terms = m.terms[:from]
	for _, e := range entries[from-at:] {
		m.terms = append(m.terms, e.Term)
	}
	clear(entries) // the storage has copied them
}

func (m *storageModel) AppendGap(t *rapid.T) {
	require.Error(t, m.s.Append([]pb.Entry{{Index: m.last() + rapid.Uint64Range(2, 9).Draw(t, "gap")}}))
	require.Error(t, m.s.Append([]pb.Entry{{Index: m.last() + 1}, {Index: m.last() + 3}}))
}

func (m *storageModel) Compact(t *rapid.T) {
	i := rapid.Uint64Range(0, m.last()+2).Draw(t, "i")
	switch err := m.s.Compact(i); {
	case i < m.first:
		require.Equal(t, raft.ErrCompacted, err)
	case i > m.last():
		require.Equal(t, raft.ErrUnavailable, err)
	default:
		require.NoError(t, err)
		m.first = i + 1
	}
}

func (m *storageModel) CreateSnapshot(t *rapid.T) {
	i := rapid.Uint64Range(0, m.last()+2).Draw(t, "i")
	cs := &pb.ConfState{Voters: []uint64{i}}
	s, err := m.s.CreateSnapshot(i, cs, []byte("state"))
	switch {
	case i <= m.snap:
		require.Equal(t, raft.ErrSnapOutOfDate, err)
	case i < m.first-1:
		require.Equal(t, raft.ErrCompacted, err)
	case i > m.last():
		require.Equal(t, raft.ErrUnavailable, err)
	default:
		require.NoError(t, err)
		require.Equal(t, pb.Snapshot{Data: []byte("state"), Metadata: pb.SnapshotMetadata{Index: i, Term: m.terms[i], ConfState: *cs}}, s)
		m.snap = i
	}
}

func (m *storageModel) ApplySnapshot(t *rapid.T) {
	i := rapid.Uint64Range(0, m.last()+5).Draw(t, "i")
	m.counter++
	err := m.s.ApplySnapshot(pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: i, Term: m.counter}})
	if i <= m.snap {
		require.Equal(t, raft.ErrSnapOutOfDate, err)
		return
	}
	require.NoError(t, err)
	m.snap, m.first = i, i+1
	m.terms = append(slices.Clone(m.terms), make([]uint64, i+1)...)[:i+1]
	m.terms[i] = m.counter
}

func (m *storageModel) Entries(t *rapid.T) {
	lo := rapid.Uint64Range(0, m.last()+2).Draw(t, "lo")
	hi := rapid.Uint64Range(lo, m.last()+3).Draw(t, "hi")
	limit := rapid.SampledFrom([]uint64{0, 1, 20, 40, 1 << 20}).Draw(t, "limit")
	got, err := m.s.Entries(lo, hi, limit)
	switch {
	case lo < m.first:
		require.Equal(t, raft.ErrCompacted, err)
		return
	case hi > m.last()+1 || m.first > m.last():
		require.Equal(t, raft.ErrUnavailable, err)
		return
	}
	require.NoError(t, err)
	var size uint64
	for i, e := range got {
		require.Equal(t, lo+uint64(i), e.Index)
		require.Equal(t, m.terms[e.Index], e.Term)
		size += uint64(e.Size())
		require.True(t, i == 0 || size <= limit, "%d bytes in %d entries, limit %d", size, len(got), limit)
	}
	if n := uint64(len(got)); n < hi-lo {
		require.NotZero(t, n)
		require.Greater(t, size+uint64((&pb.Entry{Index: lo, Term: m.terms[lo+n], Data: []byte("data")}).Size()), limit)
	}
	require.Equal(t, len(got), cap(got), "the caller may append")
	m.handed = append(m.handed, got)
	m.copies = append(m.copies, slices.Clone(got))
}

func (m *storageModel) Check(t *rapid.T) {
	first, err := m.s.FirstIndex()
	require.NoError(t, err)
	require.Equal(t, m.first, first)
	last, err := m.s.LastIndex()
	require.NoError(t, err)
	require.Equal(t, m.last(), last)
	for i := uint64(0); i <= m.last()+1; i++ {
		term, err := m.s.Term(i)
		switch {
		case i+1 < m.first:
			require.Equal(t, raft.ErrCompacted, err)
		case i > m.last():
			require.Equal(t, raft.ErrUnavailable, err)
		default:
			require.NoError(t, err)
			require.Equal(t, m.terms[i], term)
		}
	}
	for i := range m.handed {
		require.Equal(t, m.copies[i], m.handed[i], "entries that were handed out changed")
	}
}

func TestMemoryStorageIsALogThatNeverChangesWhatItHandedOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &storageModel{s: raft.NewMemoryStorage(), terms: []uint64{0}, first: 1}
		t.Repeat(map[string]func(*rapid.T){
			"append": m.Append, "gap": m.AppendGap, "compact": m.Compact, "create": m.CreateSnapshot,
			"apply": m.ApplySnapshot, "entries": m.Entries, "": m.Check,
		})
	})
}

func TestMemoryStorageKeepsHardStateAndConfiguration(t *testing.T) {
	s := raft.NewMemoryStorage()
	require.NoError(t, s.SetHardState(pb.HardState{Term: 3, Vote: 2, Commit: 0}))
	require.NoError(t, s.ApplySnapshot(pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: 5, Term: 2, ConfState: pb.ConfState{Voters: []uint64{1, 2}}}}))
	hs, cs, err := s.InitialState()
	require.NoError(t, err)
	require.Equal(t, pb.HardState{Term: 3, Vote: 2}, hs)
	require.Equal(t, pb.ConfState{Voters: []uint64{1, 2}}, cs)
}

// broken is a storage that cannot be read.
type broken struct {
	*raft.MemoryStorage
	err error
}

func (b broken) FirstIndex() (uint64, error) { return 0, b.err }

func TestUnreadableStorageIsAnError(t *testing.T) {
	_, err := raft.NewRawNode(quietConfig(1, broken{raft.NewMemoryStorage(), errors.New("disk on fire")}))
	require.EqualError(t, err, "raft: first index of storage: disk on fire")
}
