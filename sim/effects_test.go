package sim_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/clock"
	"raftsim/faults"
	"raftsim/network"
	"raftsim/random"
	"raftsim/sim"
	"raftsim/trace"
)

// effects shows, for each kind of fault, that it does what it says, in numbers.
var effects = map[string]func(*testing.T){
	"partition":       partitionCutsEveryLinkBetweenItsSides,
	"isolate":         isolateCutsAHostOff,
	"cut":             cutCutsOneDirection,
	"bridge":          bridgeLeavesTheMiddle,
	"ring":            ringLeavesEachHostItsNeighbours,
	"flap":            flapCutsThreeFifthsOfTheTime,
	"link loses":      shareOfPackets("loses 20%", 20, func(st network.Stats) uint64 { return st.Lost }),
	"link duplicates": shareOfPackets("duplicates 30%", 30, func(st network.Stats) uint64 { return st.Duplicated }),
	"link replays":    shareOfPackets("replays 5% by 1s..3s", 5, func(st network.Stats) uint64 { return st.Replayed }),
	"link reorders":   shareOfPackets("reorders 25% by 5ms..50ms", 25, func(st network.Stats) uint64 { return st.Reordered }),
	"link corrupts":   shareOfPackets("corrupts 10%", 10, func(st network.Stats) uint64 { return st.Corrupt }),
	"link delays":     delaysAddToTheLatency,
	"link limits":     limitsBoundTheBytesOfASecond,
	"hold":            holdKeepsPacketsAndDeliversThemAll,
	"release":         releaseEndsAHoldEarly,
	"clog":            clogHoldsClientsToo,
	"swizzle":         swizzleHoldsAllHostsAndLetsAllGo,
	"drop":            dropPicksOneTypeOfMessage,

	"skew":   skewMakesAHostTickEarly,
	"drift":  driftMakesAFifthMoreTicks,
	"freeze": freezeStopsTheTicks,
	"strobe": strobeIsAheadHalfOfTheTime,

	"disk stalls":      stallDelaysWhatIsAskedMeanwhile,
	"disk slows":       slowAddsToEachOperation,
	"disk fails-read":  readsFailInTheirShare,
	"disk fails-write": writesFailThreeTimes,
	"disk fails-sync":  failedSyncMayLoseItsPages,
	"disk lies":        lyingSyncMakesNothingDurable,
	"disk misdirects":  misdirectedWriteIsElsewhere,
	"disk rots":        rotFlipsSoManyBits,
	"disk spoils":      spoiltSectorsCannotBeRead,
	"disk scrambles":   scrambledWritesAreLostInAnyOrder,
	"disk fills":       fullDiskTakesWhatWasLeft,
	"disk copied":      swappedDiskIsTheCopy,
	"disk swapped":     swappedDiskIsTheCopy,
	"disk lost":        lostDiskIsEmpty,

	"crash":      crashTakesWhatItSays,
	"crash-loop": crashLoopIsDownHalfOfTheTime,
	"blackout":   blackoutTakesAllAtOnce,
	"restart":    restartComesBeforeTheEnd,
	"pause":      pausedHostHandlesNothing,
	"resume":     resumeComesBeforeTheEnd,
	"slow":       slowHostHandlesTwentyASecond,
	"heal":       healEndsEverything,

	"reconfigure":   reconfigureChangesTheVoters,
	"replace":       replaceExchangesAVoter,
	"leave-joint":   leaveJointEndsAnExplicitOne,
	"transfer":      transferMakesAnotherLead,
	"campaign":      campaignStartsTheNextTerm,
	"forget-leader": forgottenLeaderIsUnknownUntilItSpeaks,
	"compact":       compactDropsTheLog,
	"propose":       proposeAsksEachHost,
	"read":          readAsksEachHost,
}

func TestEveryKindOfFaultHasItsEffect(t *testing.T) {
	for _, k := range faults.Kinds() {
		t.Run(k.Name, func(t *testing.T) {
			effect := effects[k.Name]
			require.NotNil(t, effect, "no test shows the effect of %s", k.Name)
			effect(t)
		})
	}
}

// stage is a cluster without clients, and with a network in which every packet
// takes 5ms, to be directed by hand.
type stage struct {
	*sim.Simulation
	t       *testing.T
	records []trace.Record // the trace
}

// setUp makes the stage after the changes, and lets the hosts boot.
func setUp(t *testing.T, changes ...func(*sim.Options)) *stage {
	st := &stage{t: t}
	o := sim.Options{
		Nodes: 3, Seed: 11, Run: time.Hour,
		Network:  network.Profile{Latency: random.Constant(5 * time.Millisecond)},
		Workload: sim.WorkloadOptions{Clients: -1},
		Trace:    func(r *trace.Record) { st.records = append(st.records, *r) },
	}
	for _, change := range changes {
		change(&o)
	}
	s, err := sim.New(o)
	require.NoError(t, err)
	st.Simulation = s
	st.pass(0)
	return st
}

func nodes(n int) func(*sim.Options) { return func(o *sim.Options) { o.Nodes = n } }

// cluster is a stage with a leader and no more news.
func cluster(t *testing.T, changes ...func(*sim.Options)) (s *stage, leader uint64, followers []uint64) {
	s = setUp(t, changes...)
	require.True(t, s.RunUntil(func() bool { return s.Leader() != 0 }, 10*time.Second))
	s.pass(time.Second)
	leader = s.Leader()
	for _, h := range s.Hosts() {
		if h.ID() != leader {
			followers = append(followers, h.ID())
		}
	}
	return s, leader, followers
}

// pass lets time pass, in which nothing may break.
func (s *stage) pass(d time.Duration) {
	s.t.Helper()
	require.True(s.t, s.RunFor(d), "%v", s.Violation())
}

// inject makes a fault happen now.
func (s *stage) inject(line string) {
	s.t.Helper()
	require.NoError(s.t, s.Inject(line))
	s.pass(0)
	for _, r := range s.records {
		require.NotEqual(s.t, trace.FaultHadNoEffect, r.Verb, "%s", r.String())
	}
}

// count counts the records that match.
func (s *stage) count(match func(*trace.Record) bool) (n int) {
	for i := range s.records {
		if match(&s.records[i]) {
			n++
		}
	}
	return n
}

// actor is a process that counts: it ticks, says "tick" to whom it is told, and
// keeps what it hears.
type actor struct {
	env    sim.Env
	period time.Duration
	to     []uint64
	ticks  int
	heard  int
	onTick func(sim.Env)
}

func (a *actor) Start(env sim.Env) error {
	a.env = env
	if a.period > 0 {
		env.SetTimer(a.period, 0)
	}
	return nil
}

func (a *actor) Receive(uint64, *sim.Message) { a.heard++ }

func (a *actor) Timer(uint64) {
	a.ticks++
	a.env.SetTimer(a.period, 0)
	for _, to := range a.to {
		a.env.Send(to, sim.Message{Kind: sim.PayloadMessage, Payload: []byte("tick")})
	}
	if a.onTick != nil {
		a.onTick(a.env)
	}
}

// actors makes every host an actor. A host that restarts goes on as the same
// one, with its counts.
func actors(all ...*actor) func(*sim.Options) {
	return func(o *sim.Options) {
		o.Nodes = len(all)
		o.Process = func(id uint64) sim.Process { return all[id-1] }
	}
}

// since is the time since then.
func (s *stage) since(then clock.Time) time.Duration { return s.Now().Sub(then) }
