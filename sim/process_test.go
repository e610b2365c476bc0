package sim_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/checker"
	"raftsim/clock"
	"raftsim/faults"
	"raftsim/raft"
	"raftsim/raft/tracker"
	"raftsim/sim"
	"raftsim/workload"
)

// server is a process that is no Raft: one host that answers clients from its memory.
// The tests break it in one place each.
type server struct {
	env      sim.Env
	machine  *workload.Sessions
	executed uint64
	since    clock.Time

	wakes   time.Duration               // it refuses for so long after each start
	tells   bool                        // calls Env.Executed
	twice   bool                        // and does it again for a retry
	late    bool                        // and only once a command comes after it
	told    func()                      // what is late
	answers func(read bool) (lies bool) // answers what it did not do
}

func (s *server) Start(env sim.Env) error {
	s.env, s.machine, s.since = env, workload.NewSessions(workload.KV.NewStateMachine()), env.Now()
	return nil
}

func (s *server) Timer(uint64) {}

func (s *server) Receive(from uint64, m *sim.Message) {
	r := m.Request
	response := sim.Response{Session: r.Session, Number: r.Number, Read: r.Read}
	if s.env.Now() < s.since.Add(s.wakes) {
		response.Status = sim.Refused
		s.env.Send(from, sim.Message{Kind: sim.ResponseMessage, Response: &response})
		return
	}
	switch lies := s.answers != nil && s.answers(r.Read != 0); {
	case lies:
		response.Answer = []byte{0}
	case r.Read != 0:
		response.Answer = s.machine.Query(r.Command)
	default:
		answer, duplicate := s.machine.Apply(r.Command)
		if answer == nil {
			return
		}
		response.Answer = answer
		s.tell(r, duplicate)
	}
	s.env.Send(from, sim.Message{Kind: sim.ResponseMessage, Response: &response})
}

func (s *server) tell(r *sim.Request, duplicate bool) {
	if !s.tells || duplicate && !s.twice {
		return
	}
	s.executed++
	index, session, number := s.executed, r.Session, r.Number
	if !s.late {
		s.env.Executed(index, session, number)
		return
	}
	if s.told != nil {
		s.told()
	}
	s.told = func() { s.env.Executed(index, session, number) }
}

// served is a run of one server over a network that makes clients ask again.
func served(t *testing.T, s *server) sim.Verdict {
	schedule, err := faults.Parse("100ms network loses 20% for 3s")
	require.NoError(t, err)
	return run(t, sim.Options{
		Nodes: 1, Seed: 5, Run: 4 * time.Second, Schedule: schedule,
		Workload: sim.WorkloadOptions{Shape: workload.Shape{Keys: 2}},
		Process:  func(uint64) sim.Process { return s },
	})
}

func TestAProcessThatServesClientsIsJudgedByItsAnswers(t *testing.T) {
	for _, c := range []struct {
		name     string
		server   *server
		property string
		detail   string
	}{
		{"tells nothing", &server{}, "", ""},
		{"tells what it executes", &server{tells: true}, "", ""},
		{"answers what it did not do", &server{answers: func(read bool) bool { return !read }}, "linearizability", ""},
		{"answers reads without a look", &server{answers: func(read bool) bool { return read }}, "linearizability", ""},
		{"tells of retries too", &server{tells: true, twice: true}, checker.Session.String(), "is executed twice"},
		{"tells too late", &server{tells: true, late: true}, checker.Session.String(), "is acknowledged and was not executed"},
	} {
		v := served(t, c.server)
		if c.property == "" {
			require.Equal(t, sim.Pass, v.Outcome, "%s: %v", c.name, v.Violations)
			require.Greater(t, v.Operations.Completed, 100, c.name)
			continue
		}
		require.Equal(t, sim.Safety, v.Outcome, c.name)
		require.Equal(t, c.property, v.Violation().Property, c.name)
		require.Contains(t, v.Violation().Detail, c.detail, c.name)
	}
}

// A process that begins to tell what it executes had to tell of what came before.
func TestAProcessThatTellsOnlySomeExecutionsIsFound(t *testing.T) {
	n := 0
	s := &server{}
	s.answers = func(bool) bool { n++; s.tells = n > 100; return false }
	v := served(t, s)
	require.Equal(t, sim.Safety, v.Outcome)
	require.Contains(t, v.Violation().Detail, "is acknowledged and was not executed")
}

// No leader shows when a process has recovered, only its answers do.
func TestAProcessHasTheWholeRecoveryPhaseToAnswer(t *testing.T) {
	o := sim.Options{
		Nodes: 1, Run: time.Second, Workload: sim.WorkloadOptions{Clients: -1},
		Process: func(uint64) sim.Process { return &server{wakes: 3 * time.Second} },
	}
	v := run(t, o)
	require.Equal(t, sim.Pass, v.Outcome, "%v", v.Violations)
	o.Expect.RecoveryTimeouts = 5
	v = run(t, o)
	require.Equal(t, sim.Liveness, v.Outcome)
	require.Equal(t, "fresh operations succeed", v.Violation().Property)
}

func TestWhatNobodyWatchesInAProcessIsNamed(t *testing.T) {
	unchecked := func(tells bool) (names []string) {
		for _, line := range served(t, &server{tells: tells}).Unchecked {
			name, _, _ := strings.Cut(line, ": ")
			names = append(names, name)
		}
		return names
	}
	for _, p := range slices.Concat(checker.Invariants(), checker.OfClass(checker.Liveness)) {
		watched := p == checker.HostsRun || p == checker.OperationsComplete || p == checker.FreshOperations
		require.Equal(t, !watched, slices.Contains(unchecked(false), p.String()), "%v", p)
		require.Equal(t, !watched && p != checker.Session, slices.Contains(unchecked(true), p.String()), "%v", p)
	}
}

// secretive is a Node that does not show what it believes of its peers.
type secretive struct{ shown }

func (secretive) WithProgress(func(uint64, raft.ProgressType, tracker.Progress)) {}

func TestSafetyPropertiesThatARaftDoesNotShowAreNamed(t *testing.T) {
	made = func(_ *raft.Config, n *raft.RawNode) raft.Node { return secretive{raft.NewNode(n).(shown)} }
	o := everything(t)
	o.Raft.LeaseReads = true
	v := run(t, o)
	require.Contains(t, v.Unchecked, "replication progress: embedding has no WithProgress")
	require.Contains(t, v.Unchecked, "read index: embedding does not say how long its leases last, so reads under one are not judged")
	o.Rafts = nil
	require.Empty(t, run(t, o).Unchecked)
	o.Expect.RecoveryTimeouts = -1
	require.Empty(t, run(t, o).Unchecked)
}
