package etcdraft_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	etcd "go.etcd.io/raft/v3"
	etcdpb "go.etcd.io/raft/v3/raftpb"
	"pgregory.net/rapid"

	"raftsim/adapters/etcdraft"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// storages are the in-memory logs of both libraries with the same contents.
type storages struct {
	theirs *etcd.MemoryStorage
	ours   *raft.MemoryStorage
}

// Where v3.6.0 panics, ours returns an error (differences.md). That is the end of the
// comparison: the panic leaves half of a change behind.
func TestBothMemoryStoragesHoldTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := storages{etcd.NewMemoryStorage(), raft.NewMemoryStorage()}
		for range rapid.IntRange(1, 60).Draw(t, "operations") {
			if !s.write(t) || !s.compare(t) {
				return
			}
		}
	})
}

// same requires the same error of both, or an error of ours where etcd's panics: then
// it returns false.
func same(t *rapid.T, theirs, ours func() error) bool {
	var a error
	if panics(func() { a = theirs() }) {
		require.Error(t, ours())
		return false
	}
	b := ours()
	require.Equal(t, a == nil, b == nil, "etcd %v, ours %v", a, b)
	for _, known := range [][2]error{
		{etcd.ErrCompacted, raft.ErrCompacted}, {etcd.ErrUnavailable, raft.ErrUnavailable}, {etcd.ErrSnapOutOfDate, raft.ErrSnapOutOfDate},
	} {
		require.Equal(t, errors.Is(a, known[0]), errors.Is(b, known[1]), "etcd %v, ours %v", a, b)
	}
	return true
}

// write changes both, and returns false when etcd's panics.
func (s *storages) write(t *rapid.T) bool {
	last, err := s.ours.LastIndex()
	require.NoError(t, err)
	near := func() uint64 { return rapid.Uint64Range(last-min(last, 6), last+2).Draw(t, "index") }
	cs := pb.ConfState{Voters: rapid.SliceOfN(rapid.Uint64Range(1, 5), 0, 3).Draw(t, "voters")}
	theirCS := etcdraft.ToConfState(&cs)
	switch rapid.IntRange(0, 5).Draw(t, "operation") {
	case 0, 1:
		var ours []pb.Entry
		var theirs []etcdpb.Entry
		for i, n := near(), rapid.Uint64Range(0, 5).Draw(t, "entries"); n > 0; n-- {
			e := pb.Entry{Index: i, Term: rapid.Uint64Range(1, 9).Draw(t, "term"), Data: make([]byte, i%20)}
			ours, theirs = append(ours, e), append(theirs, etcdraft.ToEntry(&e))
			i++
		}
		return same(t, func() error { return s.theirs.Append(theirs) }, func() error { return s.ours.Append(ours) })
	case 2:
		i := near()
		return same(t, func() error { return s.theirs.Compact(i) }, func() error { return s.ours.Compact(i) })
	case 3:
		i := near()
		return same(t,
			func() error { _, err := s.theirs.CreateSnapshot(i, &theirCS, []byte("data")); return err },
			func() error { _, err := s.ours.CreateSnapshot(i, &cs, []byte("data")); return err })
	case 4:
		snap := pb.Snapshot{Data: []byte("other"), Metadata: pb.SnapshotMetadata{Index: near(), Term: 3, ConfState: cs}}
		return same(t,
			func() error { return s.theirs.ApplySnapshot(etcdraft.ToSnapshot(&snap)) },
			func() error { return s.ours.ApplySnapshot(snap) })
	default:
		hs := pb.HardState{Term: near(), Vote: near(), Commit: near()}
		return same(t,
			func() error {
				return s.theirs.SetHardState(etcdpb.HardState{Term: hs.Term, Vote: hs.Vote, Commit: hs.Commit})
			},
			func() error { return s.ours.SetHardState(hs) })
	}
}

// compare reads all there is of both, and returns false when etcd's panics.
func (s *storages) compare(t *rapid.T) bool {
	theirHS, theirCS, err := s.theirs.InitialState()
	require.NoError(t, err)
	hs, cs, err := s.ours.InitialState()
	require.NoError(t, err)
	require.Equal(t, theirHS, etcdpb.HardState{Term: hs.Term, Vote: hs.Vote, Commit: hs.Commit})
	require.Equal(t, theirCS, etcdraft.ToConfState(&cs))
	theirSnap, err := s.theirs.Snapshot()
	require.NoError(t, err)
	snap, err := s.ours.Snapshot()
	require.NoError(t, err)
	require.Equal(t, theirSnap, etcdraft.ToSnapshot(&snap))

	theirFirst, err := s.theirs.FirstIndex()
	require.NoError(t, err)
	first, err := s.ours.FirstIndex()
	require.NoError(t, err)
	theirLast, err := s.theirs.LastIndex()
	require.NoError(t, err)
	last, err := s.ours.LastIndex()
	require.NoError(t, err)
	require.Equal(t, [2]uint64{theirFirst, theirLast}, [2]uint64{first, last})

	i := rapid.Uint64Range(first-min(first, 3), last+3).Draw(t, "term of")
	var a, b uint64
	if !same(t,
		func() (err error) { a, err = s.theirs.Term(i); return err },
		func() (err error) { b, err = s.ours.Term(i); return err }) {
		return false
	}
	require.Equal(t, a, b)
	hi := rapid.Uint64Range(i, last+3).Draw(t, "up to")
	size := rapid.SampledFrom([]uint64{0, 1, 30, 100, 1 << 40}).Draw(t, "size")
	var x []etcdpb.Entry
	var y []pb.Entry
	if !same(t,
		func() (err error) { x, err = s.theirs.Entries(i, hi, size); return err },
		func() (err error) { y, err = s.ours.Entries(i, hi, size); return err }) {
		return false
	}
	require.Len(t, y, len(x))
	for j := range y {
		require.Equal(t, x[j], etcdraft.ToEntry(&y[j]))
	}
	return true
}
