package lockstep

import (
	"fmt"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// host is a member as both sides see it: two cores, each with a log of its own, and
// one application, since both are told the same.
type host struct {
	world *world
	id    uint64
	sides [2]half
	up    bool
	boots int

	// postponed says that a read may wait for a first commit.
	postponed bool

	applied uint64       // last index that the application has applied
	conf    pb.ConfState // its configuration at applied

	// The Ready in hand, and what was done about it: stages in order.
	taken bool
	stage int
	ready ready

	// With asynchronous storage: what the threads have yet to do.
	appends, applies []pb.Message
}

// half is one side of a host.
type half struct {
	name string
	core Made
	log  *raft.MemoryStorage
	rand *counter
	rd   raft.Ready
}

// counter counts the numbers that a core draws.
type counter struct {
	raft.Rand
	n uint64
}

func (c *counter) Uint64() uint64 {
	c.n++
	return c.Rand.Uint64()
}

// ready is what the application does about a Ready.
type ready struct {
	snapshot  *pb.Snapshot
	committed []pb.Entry
	messages  []packet
}

// start makes both cores, on what their logs hold.
func (h *host) start(founders []raft.Peer) {
	h.boots++
	w := h.world
	snap := must(h.sides[1].log.Snapshot())
	for i := range h.sides {
		s := &h.sides[i]
		key := w.plan.Seed.Key(fmt.Sprintf("timeouts n%d boot %d", h.id, h.boots))
		s.rand = &counter{Rand: key.Rand(0)}
		c := w.plan.Settings
		c.ID, c.Storage, c.Applied, c.Rand, c.Logger = h.id, s.log, snap.Metadata.Index, s.rand, raft.DiscardLogger{}
		c.Poison = true
		w.acting = s.name
		core, err := w.sides[i].New(&c)
		if err == nil && founders != nil {
			err = core.Bootstrap(founders)
		}
		w.acting = ""
		if err != nil {
			panic(&Difference{"start", s.name, err.Error()})
		}
		s.core = core
	}
	h.applied, h.conf = snap.Metadata.Index, snap.Metadata.ConfState
	h.up, h.postponed, h.taken, h.stage, h.ready, h.appends, h.applies = true, false, false, 0, ready{}, nil, nil
	h.compare()
}

// crash drops all that is not in the logs.
func (h *host) crash() { h.up = false }

// both calls both cores; their errors must be the same, or neither a known one.
func (h *host) both(what string, call func(c raft.Core) error) {
	var texts [2]string
	for i := range h.sides {
		h.world.acting = h.sides[i].name
		texts[i] = errorText(call(h.sides[i].core))
	}
	h.world.acting = ""
	differ(what, texts[0], texts[1])
}

// do is both for what returns no error.
func (h *host) do(call func(c raft.Core)) {
	h.both("", func(c raft.Core) error { call(c); return nil })
}

// send gives a message to both cores, each with memory of its own.
func (h *host) send(p packet) {
	h.both(refused, func(c raft.Core) error { return c.Step(p.message()) })
}

// leads says whether the host leads, whether it has committed in its term, as far as
// its log tells, and whether the group has one voter alone, in both halves if it is
// joint.
func (h *host) leads() (leads, committed, alone bool) {
	s := h.sides[1].core.Status()
	term, err := h.sides[1].log.Term(s.Commit)
	return s.RaftState == raft.StateLeader, err == nil && term == s.Term, len(s.Config.Voters.IDs()) == 1
}

// busyWithChange says whether a configuration change was handed out and not yet
// acknowledged.
func (h *host) busyWithChange() bool {
	if h.taken && hasChange(h.ready.committed) {
		return true
	}
	for i := range h.applies {
		if hasChange(h.applies[i].Entries) {
			return true
		}
	}
	return false
}

func hasChange(entries []pb.Entry) bool {
	for i := range entries {
		if entries[i].Type != pb.EntryNormal {
			return true
		}
	}
	return false
}

// compact makes a snapshot at the applied index, commits it, and drops entries, but
// none that the cores do not know to be applied: they may still read those.
func (h *host) compact(keep uint64) {
	old := must(h.sides[1].log.Snapshot())
	if h.applied <= old.Metadata.Index {
		return
	}
	for i := range h.sides {
		log := h.sides[i].log
		h.world.require(log.CreateSnapshot(h.applied, &h.conf, fmt.Append(nil, "state at ", h.applied)))
		h.saveHardState(log, pb.HardState{})
		known := h.sides[i].core.BasicStatus().Applied
		if to := min(known, h.applied-min(keep, h.applied)); to >= must(log.FirstIndex()) {
			h.world.require(nil, log.Compact(to))
		}
	}
	h.world.count("compacted")
}

// saveHardState stores a hard state, with a commit index no earlier than the
// snapshot; an empty one leaves the rest as it is.
func (h *host) saveHardState(log *raft.MemoryStorage, hs pb.HardState) {
	old, _, err := log.InitialState()
	h.world.require(nil, err)
	if raft.IsEmptyHardState(hs) {
		hs = old
	}
	hs.Commit = max(hs.Commit, must(log.Snapshot()).Metadata.Index)
	h.world.require(nil, log.SetHardState(hs))
}

// save does what the application must do before it sends messages.
func (h *host) save(log *raft.MemoryStorage, hs pb.HardState, snap *pb.Snapshot, entries []pb.Entry) {
	if snap != nil && !raft.IsEmptySnap(*snap) {
		h.world.require(nil, log.ApplySnapshot(*snap))
	}
	h.world.require(nil, log.Append(entries))
	h.saveHardState(log, hs)
}

// install tells the application of a snapshot that was saved.
func (h *host) install(snap *pb.Snapshot) {
	if snap != nil && snap.Metadata.Index > h.applied {
		h.applied, h.conf = snap.Metadata.Index, snap.Metadata.ConfState
		h.world.count("snapshot installed")
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
