package replica_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/clock"
	"raftsim/host"
	"raftsim/mark"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/random"
	"raftsim/replica"
	"raftsim/vfs"
	"raftsim/workload"
)

const tick = 10 * time.Millisecond

// machines are hosts on one clock, with disks that answer at once and a network that
// loses nothing. Nobody observes them, as in a server.
type machines struct {
	t      *testing.T
	now    clock.Time
	hosts  map[uint64]*machine
	answer []host.Response
	config func(id uint64) replica.Config
}

type machine struct {
	of      *machines
	id      uint64
	disk    vfs.FS
	starts  uint32
	process *replica.Replica // nil while it is down
	timers  map[uint64]clock.Time
	inbox   []letter
	failed  error
	writing bool // its disk takes a millisecond, and otherwise none
	waits   []uint64
}

type letter struct {
	from    uint64
	message host.Message
}

const client = 100

func newMachines(t *testing.T, n int, adjust func(*replica.Config)) *machines {
	all := &machines{t: t, hosts: map[uint64]*machine{}}
	var founding pb.ConfState
	for id := range uint64(n) {
		founding.Voters = append(founding.Voters, id+1)
	}
	all.config = func(id uint64) replica.Config {
		c := replica.Config{
			Machine:  func() replica.Machine { return workload.NewSessions(workload.KV.NewStateMachine()) },
			Founding: &founding, Incarnation: all.hosts[id].starts,
			Tick: tick, ElectionTicks: 10, HeartbeatTicks: 2, MaxSizePerMessage: 1 << 16, MaxInflightMessages: 16,
			SnapshotEvery: 20, KeepEntries: 5, ReadTimeout: time.Second,
		}
		adjust(&c)
		return c
	}
	for _, id := range founding.Voters {
		all.hosts[id] = &machine{of: all, id: id, disk: vfs.Mem()}
		all.hosts[id].start()
	}
	return all
}

func (m *machine) start() {
	m.starts++
	m.timers, m.inbox, m.waits = map[uint64]clock.Time{}, nil, nil
	m.process = replica.New(m.of.config(m.id))
	require.NoError(m.of.t, m.process.Start(m))
}

// run lets time pass, a millisecond at a time.
func (all *machines) run(d time.Duration) {
	for end := all.now.Add(d); all.now < end; all.now = all.now.Add(time.Millisecond) {
		for id := range uint64(len(all.hosts)) {
			all.hosts[id+1].work()
		}
	}
}

func (m *machine) work() {
	if m.process == nil {
		return
	}
	waits, inbox := m.waits, m.inbox
	m.waits, m.inbox = nil, nil
	for _, token := range waits {
		m.process.Timer(token)
	}
	for token := range uint64(8) {
		if at, ok := m.timers[token]; ok && at <= m.of.now {
			delete(m.timers, token)
			m.process.Timer(token)
		}
	}
	for i := range inbox {
		m.process.Receive(inbox[i].from, &inbox[i].message)
	}
}

func (m *machine) ID() uint64      { return m.id }
func (m *machine) Now() clock.Time { return m.of.now }
func (m *machine) FS() vfs.FS      { return m.disk }
func (m *machine) Random() *random.Rand {
	return random.Seed(m.id).Key("machine").Rand(random.Purpose(m.starts))
}
func (m *machine) SetTimer(d time.Duration, token uint64) { m.timers[token] = m.of.now.Add(d) }
func (m *machine) Fail(err error)                         { m.failed = err }
func (m *machine) Observe() host.Observer                 { return nil }
func (m *machine) Executed(_, _, _ uint64)                {}
func (m *machine) Note(string)                            {}
func (m *machine) Marks() *mark.Marks                     { return nil }

func (m *machine) AfterDisk(token uint64) bool {
	if m.writing {
		m.waits = append(m.waits, token)
	}
	return !m.writing
}

func (m *machine) Send(to uint64, message host.Message) {
	if to == client {
		m.of.answer = append(m.of.answer, *message.Response)
	} else if h := m.of.hosts[to]; h.process != nil {
		h.inbox = append(h.inbox, letter{m.id, message})
	}
}

// ask gives a request to a host, and returns the answer that came within a second.
func (all *machines) ask(id uint64, r host.Request) host.Response {
	all.t.Helper()
	all.answer = nil
	h := all.hosts[id]
	h.inbox = append(h.inbox, letter{client, host.Message{Kind: host.RequestMessage, Request: &r}})
	all.run(time.Second)
	require.Len(all.t, all.answer, 1)
	return all.answer[0]
}

func put(session, number, key uint64) host.Request {
	command := workload.KVPut(key, workload.Mark{Client: session, Number: number}).Bytes
	return host.Request{Session: session, Number: number, Command: workload.EncodeRequest(nil, session, number, command)}
}

func TestWithoutAnObserverAReplicaServes(t *testing.T) {
	for name, adjust := range map[string]func(*replica.Config){
		"synchronous storage":  func(*replica.Config) {},
		"asynchronous storage": func(c *replica.Config) { c.AsyncStorage = true },
		"snapshots in chunks":  func(c *replica.Config) { c.SnapshotChunk = 16 },
		"apply queue": func(c *replica.Config) {
			c.AsyncStorage, c.ApplyDelay = true, func(uint64) time.Duration { return 3 * time.Millisecond }
		},
	} {
		for disk, writing := range map[string]bool{"quick disk": false, "slow disk": true} {
			t.Run(name+", "+disk, func(t *testing.T) {
				all := newMachines(t, 3, adjust)
				for _, h := range all.hosts {
					h.writing = writing
				}
				all.run(2 * time.Second)
				for n := range uint64(50) { // more than a snapshot's worth
					require.Equal(t, host.Done, all.ask(n%3+1, put(7, n+1, 1)).Status)
				}
				down := all.hosts[3]
				down.process.Stop()
				down.process = nil
				all.run(time.Second) // an election, should it have led
				for n := range uint64(50) {
					require.Equal(t, host.Done, all.ask(n%2+1, put(8, n+1, 2)).Status)
				}
				down.start()
				all.run(time.Second)
				read := all.ask(3, host.Request{Read: 1, Command: workload.KVGet(2).Bytes})
				require.Equal(t, host.Done, read.Status)
				require.GreaterOrEqual(t, read.Index, uint64(100))
				require.Equal(t, all.hosts[1].process.Digest(), down.process.Digest())
				for id, h := range all.hosts {
					require.NoError(t, h.failed, "n%d", id)
				}
			})
		}
	}
}

// endless is a Node that always has one more Ready.
type endless struct{ *raft.RawNode }

func (e endless) HasReady() bool { return true }

func TestANodeThatOffersWithoutEndFails(t *testing.T) {
	all := newMachines(t, 1, func(c *replica.Config) {
		c.Raft = func(rc *raft.Config) (raft.Node, error) {
			raw, err := raft.NewRawNode(rc)
			if err != nil {
				return nil, err
			}
			return raft.NewNode(endless{raw}), nil
		}
	})
	var without *replica.EndlessError
	require.True(t, errors.As(all.hosts[1].failed, &without))
	require.ErrorContains(t, without, "the Node of n1 offers a Ready after 1048576 others")
}

// A snapshot that nobody can be restored from is not made durable: the replica that
// took it would never start again.
func TestASnapshotThatCannotBeRestoredIsNotTaken(t *testing.T) {
	all := newMachines(t, 3, func(*replica.Config) {})
	all.run(2 * time.Second)
	h := all.hosts[2]
	bad := pb.Message{
		Type: pb.MsgSnap, From: h.process.Lead(), To: 2, Term: h.process.Term(),
		Snapshot: &pb.Snapshot{Data: []byte("\xff\xff\xff"), Metadata: pb.SnapshotMetadata{
			Index: 1000, Term: h.process.Term(), ConfState: *h.process.ConfState(),
		}},
	}
	if bad.From == 2 {
		bad.From, bad.Term, bad.Snapshot.Metadata.Term = 1, bad.Term+1, bad.Term+1
	}
	h.process.Receive(bad.From, &host.Message{Kind: host.RaftMessage, Raft: bad})
	require.NoError(t, h.failed)
	require.Less(t, h.process.Applied(), uint64(1000))
	h.process.Stop()
	h.start()
	all.run(2 * time.Second)
	require.Equal(t, host.Done, all.ask(2, put(7, 1, 1)).Status)
}
