package wal_test

import (
	"fmt"
	"slices"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	pb "raftsim/raft/raftpb"
	"raftsim/raft/wal"
	"raftsim/vfs"
)

// model is what a log must hold.
type model struct {
	hs       pb.HardState
	snapshot pb.Snapshot
	entries  []pb.Entry // after the snapshot
}

func (m model) last() uint64 { return m.snapshot.Metadata.Index + uint64(len(m.entries)) }

func (m model) term(index uint64) uint64 {
	if at := m.snapshot.Metadata.Index; index > at && index <= m.last() {
		return m.entries[index-at-1].Term
	}
	return 0
}

// save returns the model after a Save.
func (m model) save(hs pb.HardState, entries []pb.Entry) model {
	if hs != (pb.HardState{}) {
		m.hs = hs
	}
	if len(entries) > 0 {
		keep := entries[0].Index - m.snapshot.Metadata.Index - 1
		m.entries = append(slices.Clone(m.entries[:keep]), entries...)
	}
	return m
}

// install returns the model after a snapshot.
func (m model) install(s pb.Snapshot) model {
	if m.term(s.Metadata.Index) == s.Metadata.Term {
		m.entries = slices.Clone(m.entries[s.Metadata.Index-m.snapshot.Metadata.Index:])
	} else {
		m.entries = nil
	}
	m.snapshot = s
	return m
}

// recovered is what Open must return for the model.
func (m model) recovered() string {
	if s := m.snapshot.Metadata; s.Term > m.hs.Term {
		m.hs.Term, m.hs.Vote = s.Term, 0
	}
	m.hs.Commit = max(m.hs.Commit, m.snapshot.Metadata.Index)
	return describe(m.hs, m.snapshot, m.entries)
}

// describe prints a state so that equal states, and only those, print equal.
func describe(hs pb.HardState, s pb.Snapshot, entries []pb.Entry) string {
	text := fmt.Sprintf("%d/%d/%d snapshot %d/%d %x %v", hs.Term, hs.Vote, hs.Commit,
		s.Metadata.Index, s.Metadata.Term, s.Data, s.Metadata.ConfState)
	for _, e := range entries {
		text += fmt.Sprintf("\n%d/%d %d %x", e.Index, e.Term, e.Type, e.Data)
	}
	return text
}

func describeState(s wal.State) string { return describe(s.HardState, s.Snapshot, s.Entries) }

// step is one call on a log, drawn so that it is legal after the ones before.
type step struct {
	verb     string // save, snapshot, install, compact, reopen
	hs       pb.HardState
	entries  []pb.Entry
	snapshot pb.Snapshot
	index    uint64
	sync     bool
}

// run makes the call. Save and Install are the only ones whose loss a crash may
// cause; the model says what the log holds after the call.
func (s step) run(w *wal.WAL) error {
	switch s.verb {
	case "save":
		return w.Save(s.hs, s.entries, s.sync)
	case "snapshot":
		return w.SaveSnapshot(s.snapshot)
	case "install":
		return w.Install(s.snapshot, s.hs, s.entries)
	case "compact":
		return w.Compact(s.index)
	}
	panic(s.verb)
}

func (s step) apply(m model) model {
	switch s.verb {
	case "save":
		return m.save(s.hs, s.entries)
	case "snapshot":
		return m.install(s.snapshot)
	case "install":
		return m.install(s.snapshot).save(s.hs, s.entries)
	}
	return m
}

// durable tells whether everything up to this step is durable when it returns.
func (s step) durable() bool {
	return s.verb == "snapshot" || s.verb == "install" || s.verb == "save" && s.sync || s.verb == "reopen"
}

var verbs = []string{"save", "save", "save", "save", "save", "save", "snapshot", "install", "compact", "compact", "reopen"}

func drawStep(t *rapid.T, m model) step {
	s := step{verb: rapid.SampledFrom(verbs).Draw(t, "verb")}
	switch s.verb {
	case "save":
		s.sync = rapid.Bool().Draw(t, "sync")
		s.hs, s.entries = drawReady(t, m)
	case "snapshot":
		if len(m.entries) == 0 {
			return step{verb: "reopen"}
		}
		e := m.entries[rapid.IntRange(0, len(m.entries)-1).Draw(t, "snapshot")]
		s.snapshot = drawSnapshot(t, e.Index, e.Term)
	case "install":
		s.snapshot = drawSnapshot(t, m.last()+rapid.Uint64Range(1, 4).Draw(t, "beyond"), m.hs.Term+1)
		if m.last() > m.snapshot.Metadata.Index && rapid.Bool().Draw(t, "conflict") {
			s.snapshot.Metadata.Index = rapid.Uint64Range(m.snapshot.Metadata.Index+1, m.last()).Draw(t, "conflict at")
		}
		s.hs, s.entries = drawReady(t, m.install(s.snapshot))
	case "compact":
		s.index = m.snapshot.Metadata.Index
		if rapid.IntRange(0, 3).Draw(t, "not all") == 3 {
			s.index = rapid.Uint64Range(0, s.index).Draw(t, "index")
		}
	}
	return s
}

// drawReady draws what a Ready could hold: entries that go on or overwrite.
func drawReady(t *rapid.T, m model) (hs pb.HardState, entries []pb.Entry) {
	base := m.snapshot.Metadata.Index
	term := max(m.hs.Term, m.snapshot.Metadata.Term)
	for _, e := range m.entries {
		term = max(term, e.Term)
	}
	overwrite := rapid.IntRange(0, 3).Draw(t, "overwrite") == 3
	if overwrite {
		term++
	}
	term += rapid.Uint64Range(0, 1).Draw(t, "newer")
	if rapid.Bool().Draw(t, "has state") {
		hs = pb.HardState{Term: term, Vote: rapid.Uint64Range(0, 3).Draw(t, "vote"), Commit: base}
	}
	first := m.last() + 1
	if overwrite {
		first = rapid.Uint64Range(base+1, m.last()+1).Draw(t, "first")
	}
	n := rapid.IntRange(0, 4).Draw(t, "entries")
	for i := range n {
		entries = append(entries, pb.Entry{
			Index: first + uint64(i), Term: max(term, 1),
			Type: pb.EntryType(rapid.IntRange(0, 2).Draw(t, "type")),
			Data: drawData(t),
		})
	}
	return hs, entries
}

// drawData draws entries from nothing to several sectors, some of them zeros.
func drawData(t *rapid.T) []byte {
	size := rapid.SampledFrom([]int{0, 7, 60, 511, 1100, 2000, 3000, 4500}).Draw(t, "size")
	if size == 0 {
		return nil
	}
	data := make([]byte, size)
	if fill := rapid.Byte().Draw(t, "fill"); fill > 0 {
		for i := range data {
			data[i] = fill + byte(i*i)
		}
	}
	return data
}

func drawSnapshot(t *rapid.T, index, term uint64) pb.Snapshot {
	s := pb.Snapshot{Data: drawData(t)}
	s.Metadata.Index, s.Metadata.Term = index, max(term, 1)
	s.Metadata.ConfState.Voters = []uint64{1, 2, rapid.Uint64Range(3, 500).Draw(t, "voter")}
	if rapid.Bool().Draw(t, "joint") {
		s.Metadata.ConfState.Learners = []uint64{501}
		s.Metadata.ConfState.VotersOutgoing = []uint64{1, 2, 502}
		s.Metadata.ConfState.LearnersNext = []uint64{502}
		s.Metadata.ConfState.AutoLeave = true
	}
	return s
}

const dir = "n1/wal"

var small = wal.Options{SegmentBytes: 4096}

func open(t require.TestingT, fs vfs.FS) (*wal.WAL, wal.State) {
	w, state, err := wal.Open(fs, dir, small)
	require.NoError(t, err)
	return w, state
}
