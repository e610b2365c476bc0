package raft_test

import (
	"slices"
	"strings"

	"github.com/stretchr/testify/require"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// storyCluster is a group of hosts whose clocks, disks and network do what a story
// says and nothing else. It tells what it does in its trace.
type storyCluster struct {
	t     require.TestingT
	hosts []*storyHost // n1, n2, ...; nil where there is none
	setup map[string]string
	conf  pb.ConfState // of the group when it begins

	bag  []pb.Message // sent and not delivered yet, in order
	cuts map[storyLink]bool
	held []storyFilter

	trace storyTrace
}

type storyLink struct{ from, to uint64 }

// storyHost is a machine: a disk and, unless it is down, a node. The state machine
// is the list of what was applied.
type storyHost struct {
	id     uint64
	setup  map[string]string
	disk   *storyDisk
	node   *raft.RawNode // nil while the host is down
	jitter uint64        // what the node draws for its election timeout

	conf    pb.ConfState
	applied []string

	// Work of the storage threads, with asynchronous storage.
	appends, applies []pb.Message
}

// Uint64 makes the host its node's source of chance.
func (h *storyHost) Uint64() uint64 { return h.jitter }

// storyDisk is a storage that knows the configuration that the group began with:
// what is in force before the first entry.
type storyDisk struct {
	*raft.MemoryStorage
	conf pb.ConfState
}

func (d *storyDisk) InitialState() (pb.HardState, pb.ConfState, error) {
	hs, cs, err := d.MemoryStorage.InitialState()
	if snap, _ := d.Snapshot(); raft.IsEmptySnap(snap) {
		cs = d.conf
	}
	return hs, cs, err
}

// storyFilter picks messages. Zero fields pick any.
type storyFilter struct {
	from, to uint64
	kinds    []string
	last     bool // only the last one of them
	first    bool // only the first one of them
	copy     bool // a copy; the message stays in the bag
}

func (f *storyFilter) matches(m *pb.Message) bool {
	return (f.from == 0 || f.from == m.From) && (f.to == 0 || f.to == m.To) &&
		(len(f.kinds) == 0 || slices.Contains(f.kinds, m.Type.String()))
}

// add makes a host with an empty disk, and starts it.
func (c *storyCluster) add(id uint64, setup map[string]string) *storyHost {
	for uint64(len(c.hosts)) <= id {
		c.hosts = append(c.hosts, nil)
	}
	disk := &storyDisk{MemoryStorage: raft.NewMemoryStorage(), conf: c.conf}
	h := &storyHost{id: id, setup: setup, disk: disk}
	c.hosts[id] = h
	return h
}

// start starts a node from what is on its disk. The state machine is rebuilt from
// there.
func (c *storyCluster) start(h *storyHost) {
	snap, err := h.disk.Snapshot()
	require.NoError(c.t, err)
	_, conf, err := h.disk.InitialState()
	require.NoError(c.t, err)
	h.conf, h.applied = conf, nil
	if !raft.IsEmptySnap(snap) {
		h.applied = strings.Fields(string(snap.Data))
	}
	h.node, err = raft.NewRawNode(h.config())
	require.NoError(c.t, err)
	hs, _, err := h.disk.InitialState()
	require.NoError(c.t, err)
	c.trace.known(h.id, hs)
}

// crash stops a host and loses everything that is not on its disk.
func (c *storyCluster) crash(h *storyHost) { h.node, h.appends, h.applies = nil, nil, nil }

// work does what a node's Readys say.
func (c *storyCluster) work(h *storyHost) {
	for h.node != nil && h.node.HasReady() {
		rd := h.node.Ready()
		c.trace.role(h.id, rd.SoftState, h.node.BasicStatus().Term)
		if h.node.AsyncStorageWrites() {
			c.trace.reads(h.id, rd.ReadStates)
			for _, m := range rd.Messages {
				c.send(h, m)
			}
			continue
		}
		c.persist(h, rd.HardState, rd.Entries, rd.Snapshot)
		for _, m := range rd.Messages {
			c.send(h, m)
		}
		c.trace.reads(h.id, rd.ReadStates)
		c.apply(h, rd.CommittedEntries)
		h.node.Advance(rd)
	}
}

func (c *storyCluster) persist(h *storyHost, hs pb.HardState, entries []pb.Entry, snap pb.Snapshot) {
	if !raft.IsEmptySnap(snap) {
		require.NoError(c.t, h.disk.ApplySnapshot(snap))
		h.conf, h.applied = snap.Metadata.ConfState, strings.Fields(string(snap.Data))
		c.trace.say(h.id, "installs", describeSnapshot(snap))
	}
	if !raft.IsEmptyHardState(hs) {
		require.NoError(c.t, h.disk.SetHardState(hs))
		c.trace.saves(h.id, hs)
	}
	require.NoError(c.t, h.disk.Append(entries))
	if len(entries) > 0 {
		c.trace.say(h.id, "appends", describeEntries(entries))
	}
}

func (c *storyCluster) apply(h *storyHost, entries []pb.Entry) {
	if len(entries) > 0 {
		c.trace.say(h.id, "applies", describeEntries(entries))
	}
	for i := range entries {
		e := &entries[i]
		if change := changeOf(e); change != nil {
			h.conf = *h.node.ApplyConfChange(change)
			c.trace.say(h.id, "config", describeConf(h.conf))
		} else if len(e.Data) > 0 {
			h.applied = append(h.applied, string(e.Data))
		}
	}
}

// send puts a message into the bag, or hands it to a storage thread, or loses it on
// a link that is cut.
func (c *storyCluster) send(h *storyHost, m pb.Message) {
	switch {
	case m.To == raft.LocalAppendThread:
		c.trace.message(m, "")
		h.appends = append(h.appends, m)
	case m.To == raft.LocalApplyThread:
		c.trace.message(m, "")
		h.applies = append(h.applies, m)
	case c.cuts[storyLink{m.From, m.To}]:
		c.trace.message(m, "cut")
	default:
		c.trace.message(m, "")
		c.bag = append(c.bag, m)
	}
}

// deliver hands over the messages that are in the bag now and match, and returns
// how many.
func (c *storyCluster) deliver(f storyFilter) int {
	picked := c.pick(f)
	for _, m := range picked {
		if h := c.host(m.To); h != nil && h.node != nil {
			c.tell(h, h.node.Step(m))
		} else {
			c.trace.message(m, "nobody there")
		}
	}
	return len(picked)
}

// pick takes matching messages out of the bag.
func (c *storyCluster) pick(f storyFilter) []pb.Message {
	var picked, rest []pb.Message
	if f.last {
		slices.Reverse(c.bag)
	}
	for _, m := range c.bag {
		held := slices.ContainsFunc(c.held, func(f storyFilter) bool { return f.matches(&m) })
		if held || !f.matches(&m) || (f.first || f.last) && len(picked) > 0 {
			rest = append(rest, m)
			continue
		}
		picked = append(picked, m)
		if f.copy {
			rest = append(rest, m)
		}
	}
	if f.last {
		slices.Reverse(rest)
	}
	c.bag = rest
	return picked
}

// settle lets everything happen that happens without the passing of time.
func (c *storyCluster) settle() {
	for rounds := 0; ; rounds++ {
		require.Less(c.t, rounds, 1000, "the cluster does not settle")
		busy := c.deliver(storyFilter{}) > 0
		for _, h := range c.hosts {
			for h != nil && len(h.appends)+len(h.applies) > 0 {
				busy = true
				c.save(h)
				c.applyNext(h)
			}
		}
		if !busy {
			return
		}
	}
}

// save works off one message to the append thread, and applyNext one to the other.
func (c *storyCluster) save(h *storyHost) {
	if len(h.appends) == 0 {
		return
	}
	m := h.appends[0]
	h.appends = h.appends[1:]
	var snap pb.Snapshot
	if m.Snapshot != nil {
		snap = *m.Snapshot
	}
	c.persist(h, pb.HardState{Term: m.Term, Vote: m.Vote, Commit: m.Commit}, m.Entries, snap)
	c.respond(h, m.Responses)
}

func (c *storyCluster) applyNext(h *storyHost) {
	if len(h.applies) == 0 {
		return
	}
	m := h.applies[0]
	h.applies = h.applies[1:]
	c.apply(h, m.Entries)
	c.respond(h, m.Responses)
}

func (c *storyCluster) respond(h *storyHost, responses []pb.Message) {
	for _, m := range responses {
		if m.To != h.id {
			c.send(h, m)
			continue
		}
		c.trace.message(m, "")
		require.NoError(c.t, h.node.Step(m))
	}
	c.work(h)
}

// host returns the host of an id, nil if there is none.
func (c *storyCluster) host(id uint64) *storyHost {
	if id < uint64(len(c.hosts)) {
		return c.hosts[id]
	}
	return nil
}

func changeOf(e *pb.Entry) pb.ConfChangeI {
	switch e.Type {
	case pb.EntryConfChange:
		var cc pb.ConfChange
		if err := cc.Unmarshal(e.Data); err != nil {
			panic(err)
		}
		return cc
	case pb.EntryConfChangeV2:
		var cc pb.ConfChangeV2
		if err := cc.Unmarshal(e.Data); err != nil {
			panic(err)
		}
		return cc
	}
	return nil
}
