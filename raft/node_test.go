package raft_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

var background = context.Background()

// bare hides what a RawNode can do beyond Core, as an adapter for another library
// would.
type bare struct{ raft.Core }

// newCore returns a node of a group of three, ready to be driven.
func newCore(t require.TestingT, async bool) (*raft.RawNode, *raft.MemoryStorage) {
	s := raft.NewMemoryStorage()
	require.NoError(t, s.ApplySnapshot(pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: 1, Term: 1, ConfState: pb.ConfState{Voters: []uint64{1, 2, 3}}}}))
	config := quietConfig(1, s)
	config.AsyncStorageWrites = async
	config.MaxCommittedSizePerReady = 30 // makes pages
	rn, err := raft.NewRawNode(config)
	require.NoError(t, err)
	return rn, s
}

// driver drives a Node by random calls, and beside it a RawNode of the same
// config by the same ones, from which Readys are taken at the same moments.
type driver struct {
	async  bool
	node   raft.Node
	core   *raft.RawNode // of node
	twin   *raft.RawNode
	stores [2]*raft.MemoryStorage
	taken  bool
	count  int
	// local are messages of the twin's storage threads to be answered.
	local []pb.Message
}

func newDriver(t require.TestingT, async bool) *driver {
	d := &driver{async: async}
	d.core, d.stores[0] = newCore(t, async)
	d.twin, d.stores[1] = newCore(t, async)
	d.node = raft.NewNode(d.core)
	return d
}

// calls are the inputs, each to the node and to its twin.
func (d *driver) calls() map[string]func(*rapid.T) {
	term := func() uint64 { return d.twin.BasicStatus().Term }
	step := func(t *rapid.T, m pb.Message) {
		m.To = 1
		require.Equal(t, d.twin.Step(m), d.node.Step(background, m))
	}
	return map[string]func(*rapid.T){
		"tick":     func(t *rapid.T) { d.node.Tick(); d.twin.Tick() },
		"campaign": func(t *rapid.T) { require.Equal(t, d.twin.Campaign(), d.node.Campaign(background)) },
		"propose": func(t *rapid.T) {
			if d.twin.BasicStatus().Lead == raft.None {
				return
			}
			d.count++
			data := fmt.Appendf(nil, "%d", d.count)
			require.Equal(t, d.twin.Propose(data), d.node.Propose(background, data))
		},
		"vote": func(t *rapid.T) {
			step(t, pb.Message{Type: pb.MsgVoteResp, From: 2, Term: term()})
		},
		"append": func(t *rapid.T) { // of a leader that knows nothing of us
			last, _ := d.stores[1].LastIndex()
			at := rapid.Uint64Range(1, last).Draw(t, "at")
			logTerm, _ := d.stores[1].Term(at)
			step(t, pb.Message{Type: pb.MsgApp, From: 3, Term: term() + rapid.Uint64Range(0, 1).Draw(t, "later"), Index: at, LogTerm: logTerm, Commit: at,
				Entries: []pb.Entry{{Index: at + 1, Term: term() + 1, Data: []byte("x")}}})
		},
		"ack": func(t *rapid.T) {
			last, _ := d.stores[1].LastIndex()
			step(t, pb.Message{Type: pb.MsgAppResp, From: 2, Term: term(), Index: last})
		},
		"heartbeat": func(t *rapid.T) {
			step(t, pb.Message{Type: pb.MsgHeartbeatResp, From: 3, Term: term()})
		},
		"read": func(t *rapid.T) {
			d.count++
			data := fmt.Appendf(nil, "%d", d.count)
			require.NoError(t, d.node.ReadIndex(background, data))
			d.twin.ReadIndex(data)
		},
		"status": func(t *rapid.T) { require.Equal(t, d.twin.Status().String(), d.node.Status().String()) },
	}
}

// persist does what a Ready of both says.
func (d *driver) persist(rd raft.Ready) {
	for _, s := range d.stores {
		_ = s.Append(rd.Entries)
	}
}

// receive takes a Ready by one of the two ways, and compares it to the twin's.
func (d *driver) receive(t *rapid.T, try bool) {
	var rd raft.Ready
	ok := false
	if try {
		rd, ok = d.node.(raft.TryReadier).TryReady()
	} else {
		c := d.node.Ready()
		require.Equal(t, d.core.HasReady() && !d.taken, len(c) == 1, "work and an empty slot, or an offer of nothing")
		select {
		case rd = <-c:
			ok = true
		default:
		}
	}
	require.Equal(t, d.twin.HasReady() && !d.taken, ok)
	if !ok {
		return
	}
	want := d.twin.Ready()
	require.Equal(t, raft.DescribeReady(want, nil), raft.DescribeReady(rd, nil))
	d.taken = !d.async
	if !d.async {
		d.persist(rd)
		return
	}
	for _, m := range want.Messages {
		if raft.IsLocalMsgTarget(m.To) {
			d.local = append(d.local, m)
		}
	}
}

// advance acknowledges, which is nothing if there is nothing.
func (d *driver) advance(*rapid.T) {
	d.node.Advance()
	if d.taken {
		d.twin.Advance(raft.Ready{})
		d.taken = false
	}
}

// thread works off a message to a storage thread.
func (d *driver) thread(t *rapid.T) {
	if len(d.local) == 0 {
		return
	}
	m := d.local[0]
	d.local = d.local[1:]
	if m.Type == pb.MsgStorageAppend {
		d.persist(raft.Ready{Entries: m.Entries})
	}
	for _, r := range m.Responses {
		if r.To == 1 {
			require.Equal(t, d.twin.Step(r), d.node.Step(background, r))
		}
	}
}

func TestNodeOffersWhatItsCoreHasAtThatMoment(t *testing.T) {
	for _, async := range []bool{false, true} {
		t.Run(fmt.Sprintf("async=%t", async), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				d := newDriver(t, async)
				actions := d.calls()
				actions["receive"] = func(t *rapid.T) { d.receive(t, false) }
				actions["try"] = func(t *rapid.T) { d.receive(t, true) }
				actions["advance"] = d.advance
				actions["thread"] = d.thread
				t.Repeat(actions)
				for range 3 { // in the end nothing is stuck
					d.advance(t)
					d.receive(t, false)
					d.thread(t)
				}
			})
		})
	}
}

func TestNodeOverAnyCoreHandsOutEverythingOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		core, s := newCore(t, false)
		n := raft.NewNode(bare{core})
		var got []string
		taken := false
		receive := func() {
			select {
			case rd := <-n.Ready():
				require.False(t, taken)
				taken = true
				require.NoError(t, s.Append(rd.Entries))
				for _, e := range rd.CommittedEntries {
					got = append(got, string(e.Data))
				}
			default:
			}
		}
		var proposed []string
		t.Repeat(map[string]func(*rapid.T){
			"tick":    func(*rapid.T) { n.Tick() },
			"receive": func(*rapid.T) { receive() },
			"advance": func(*rapid.T) { n.Advance(); taken = false },
			"lead": func(t *rapid.T) {
				require.NoError(t, n.Campaign(background))
				for range 2 {
					receive()
					n.Advance()
					taken = false
				}
				require.NoError(t, n.Step(background, pb.Message{Type: pb.MsgVoteResp, From: 2, To: 1, Term: n.Status().Term}))
			},
			"propose": func(t *rapid.T) {
				if st := n.Status(); st.RaftState != raft.StateLeader {
					return
				}
				proposed = append(proposed, fmt.Sprint(len(proposed)))
				require.NoError(t, n.Propose(background, []byte(proposed[len(proposed)-1])))
			},
			"ack": func(t *rapid.T) {
				last, _ := s.LastIndex()
				if term := n.Status().Term; term > 0 {
					require.NoError(t, n.Step(background, pb.Message{Type: pb.MsgAppResp, From: 2, To: 1, Term: term, Index: last}))
				}
			},
		})
		for range 200 {
			receive()
			n.Advance()
			taken = false
			last, _ := s.LastIndex()
			_ = n.Step(background, pb.Message{Type: pb.MsgAppResp, From: 2, To: 1, Term: n.Status().Term, Index: last})
		}
		if n.Status().RaftState != raft.StateLeader {
			return
		}
		var data []string
		for _, d := range got {
			if d != "" {
				data = append(data, d)
			}
		}
		require.Equal(t, proposed, data)
	})
}

func TestAdvanceWithNothingTakenDoesNothing(t *testing.T) {
	core, _ := newCore(t, false)
	n := raft.NewNode(core)
	n.Advance()
	require.NoError(t, n.Campaign(background))
	n.Advance() // offered is not taken
	require.Len(t, n.Ready(), 1)
	rd := <-n.Ready()
	require.NotEmpty(t, rd.Messages)
	require.Empty(t, n.Ready())
	n.Tick()
	require.Empty(t, n.Ready(), "an offer before Advance")
	n.Advance()
	n.Advance()
}

func TestProposeWaitsForALeader(t *testing.T) {
	s := raft.NewMemoryStorage()
	n := raft.StartNode(quietConfig(1, s), []raft.Peer{{ID: 1}})
	defer n.Stop()
	results := make(chan error, 2)
	go func() { results <- n.Propose(background, []byte("x")) }()
	go func() {
		results <- n.ProposeConfChange(background, pb.ConfChange{Type: pb.ConfChangeAddLearnerNode, NodeID: 2})
	}()
	deadline := time.After(10 * time.Second)
	for pending := 2; pending > 0; {
		// Does nothing until the bootstrap is applied.
		require.NoError(t, n.Campaign(background))
		select {
		case rd := <-n.Ready():
			require.NoError(t, s.Append(rd.Entries))
			n.Advance()
		case err := <-results:
			require.NoError(t, err)
			pending--
		case <-deadline:
			t.Fatal("still waits")
		}
	}
}

func TestProposeWithoutLeaderEndsWithItsContextAndWithTheNode(t *testing.T) {
	core, _ := newCore(t, false)
	n := raft.NewNode(core)
	ctx, cancel := context.WithTimeout(background, time.Millisecond)
	defer cancel()
	require.Equal(t, context.DeadlineExceeded, n.Propose(ctx, nil))

	results := make(chan error)
	go func() { results <- n.Propose(background, nil) }()
	go func() { results <- n.ProposeConfChange(background, pb.ConfChangeV2{}) }()
	time.Sleep(time.Millisecond)
	n.Stop()
	require.Equal(t, raft.ErrStopped, <-results)
	require.Equal(t, raft.ErrStopped, <-results)
}

func TestAProposalOfAPeerWaitsForALeaderAsOnesOwnDoes(t *testing.T) {
	core, s := newCore(t, false)
	n := raft.NewNode(core)
	m := pb.Message{Type: pb.MsgProp, From: 2, To: 1, Entries: []pb.Entry{{Data: []byte("x")}}}
	ctx, cancel := context.WithTimeout(background, time.Millisecond)
	defer cancel()
	require.Equal(t, context.DeadlineExceeded, n.Step(ctx, m))

	results := make(chan error, 2)
	go func() { results <- n.Step(background, m) }()
	require.NoError(t, n.Campaign(background))
	require.NoError(t, n.Step(background, pb.Message{Type: pb.MsgVoteResp, From: 2, To: 1, Term: n.Status().Term}))
	for n.Status().Lead != 1 {
		rd := <-n.Ready()
		require.NoError(t, s.Append(rd.Entries))
		n.Advance()
	}
	require.NoError(t, <-results)

	other := raft.NewNode(must(newCore(t, false)))
	go func() { results <- other.Step(background, m) }()
	other.Stop()
	require.Equal(t, raft.ErrStopped, <-results)
}

func must[A, B any](a A, _ B) A { return a }

func TestStepOfAnythingElseNeverWaits(t *testing.T) {
	core, _ := newCore(t, false)
	n := raft.NewNode(core)
	m := pb.Message{Type: pb.MsgHeartbeat, From: 2, To: 1, Term: 1}
	require.NoError(t, n.Step(background, pb.Message{Type: pb.MsgHup}), "ignored")
	require.NoError(t, n.Step(background, pb.Message{Type: pb.MsgAppResp, From: 9}), "ignored")
	require.Equal(t, raft.StateFollower, n.Status().RaftState)

	ended, cancel := context.WithCancel(background)
	cancel()
	require.Equal(t, context.Canceled, n.Step(ended, m))
	require.Equal(t, context.Canceled, n.Campaign(ended))
	require.Equal(t, context.Canceled, n.ReadIndex(ended, nil))
	require.Equal(t, context.Canceled, n.ForgetLeader(ended))
}

func TestStoppedNodeDoesNothing(t *testing.T) {
	core, _ := newCore(t, false)
	n := raft.NewNode(core)
	require.NoError(t, n.Campaign(background))
	c := n.Ready()
	require.Len(t, c, 1)
	n.Stop()
	n.Stop()
	require.Empty(t, c)
	require.Empty(t, n.Ready())
	_, ok := n.(raft.TryReadier).TryReady()
	require.False(t, ok)
	n.Tick()
	n.Advance()
	n.ReportUnreachable(2)
	n.ReportSnapshot(2, raft.SnapshotFailure)
	n.TransferLeadership(background, 1, 2)
	require.Equal(t, raft.ErrStopped, n.Step(background, pb.Message{}))
	require.Equal(t, raft.ErrStopped, n.Campaign(background))
	require.Equal(t, raft.ErrStopped, n.Propose(background, nil))
	require.Equal(t, raft.ErrStopped, n.ReadIndex(background, nil))
	require.Equal(t, raft.ErrStopped, n.ForgetLeader(background))
	require.Equal(t, raft.Status{}, n.Status())
	require.Equal(t, &pb.ConfState{}, n.ApplyConfChange(pb.ConfChange{}))
}

func TestStartNodeNeedsPeersAndAConfig(t *testing.T) {
	require.PanicsWithValue(t, "raft: StartNode with 0 peers, must be at least 1; RestartNode needs none",
		func() { raft.StartNode(quietConfig(1, raft.NewMemoryStorage()), nil) })
	require.PanicsWithValue(t, "raft: ID is 0 (None), must be the id of a node",
		func() { raft.RestartNode(quietConfig(0, raft.NewMemoryStorage())) })
}
