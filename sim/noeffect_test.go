package sim_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/faults"
	"raftsim/random"
	"raftsim/sim"
)

// ineffective is a schedule whose last line makes no difference, and the reason.
type ineffective struct {
	lines, why string
	change     func(*sim.Options)
}

func silent(o *sim.Options)          { o.Workload.Clients = -1 }
func withLearner(o *sim.Options)     { o.Learners = 1 }
func noRecoveryPhase(o *sim.Options) { o.Expect.RecoveryTimeouts = -1 }

// quick has packets on the way only just after each tick, at 20ms, 40ms, ...
func quick(o *sim.Options) {
	o.Workload.Clients = -1
	o.Network.Latency = random.Constant(time.Millisecond)
}

// twoDown has n4 and n5 down from the start.
func twoDown(o *sim.Options) {
	o.Nodes = 5
	o.Schedule = append(faults.Schedule{{At: 1, Action: faults.Crash{Hosts: faults.Hosts(4, 5)}}}, o.Schedule...)
}

// rebooted says that n1 has just started, and knows nothing new.
const rebooted = "1s isolate n1\n1500ms crash n1 for 100ms\n1650ms "

// ineffectives has schedules without effect for each kind of fault.
var ineffectives = map[string][]ineffective{
	"partition":       {{"1s partition n4 | n5 for 1s", "no packet was lost on the cut links", twoDown}},
	"isolate":         {{"1010ms isolate n1 for 1us", "no packet was lost on the cut links", quick}},
	"cut":             {{"1s cut n4 -> n5 for 1s", "no packet was lost on the cut links", twoDown}, {"1010ms cut n1 <-> n2 for 1us", "no packet was lost on the cut links", quick}},
	"bridge":          {{"1010ms bridge n1 | n2 | n3 for 1us", "no packet was lost on the cut links", quick}},
	"ring":            {{"1010ms ring n1 n2 n3 n4 n5 for 1us", "no packet was lost on the cut links", func(o *sim.Options) { quick(o); o.Nodes = 5 }}},
	"flap":            {{"1s flap n4 | n5 off 100ms on 100ms for 1s", "no packet was lost on the cut links", twoDown}},
	"link loses":      {{"1s link n4 -> n5 loses 20% for 1s", "no packet was affected", twoDown}},
	"link duplicates": {{"1s link n4 -> n5 duplicates 20% for 1s", "no packet was affected", twoDown}},
	"link replays":    {{"1s link n4 -> n5 replays 20% for 1s", "no packet was affected", twoDown}},
	"link reorders":   {{"1s link n4 -> n5 reorders 20% for 1s", "no packet was affected", twoDown}},
	"link corrupts":   {{"1s link n4 -> n5 corrupts 20% for 1s", "no packet was affected", twoDown}},
	"link delays":     {{"1s link n4 -> n5 delays 5ms for 1s", "no packet was affected", twoDown}},
	"link limits":     {{"1s link n4 -> n5 limits 1KB/s for 1s", "no packet was affected", twoDown}},
	"hold":            {{"1s hold n4 -> n5 for 1s", "no packet was held back", twoDown}},
	"release": {
		{"1s release network", "no packet was held back on these links", nil},
		{"1s hold n4 -> n5 for 1us every 100ms until 1050ms\n2s release n4 -> n5", "no packet was held back", twoDown},
	},
	"clog":    {{"1010ms clog n1 for 1us", "no packet was held back", quick}},
	"swizzle": {{"1010ms swizzle n1 n2 over 1ms for 2us", "no packet was held back", quick}},
	"drop":    {{"1s drop MsgSnap network for 1s", "no message was dropped", nil}},

	"skew":   {{"1s skew n4 by +1s for 1s", "no host read its clock, and no timer on it expired", twoDown}, {"1010ms skew n1 by +1us for 1us", "no host read its clock, and no timer on it expired", nil}},
	"drift":  {{"1s drift n4 by +1000ppm for 1s", "no host read its clock, and no timer on it expired", twoDown}},
	"freeze": {{"1s freeze n4 for 1s", "no host read its clock, and no timer on it expired", twoDown}, {"1010ms freeze n1 for 1us", "no host read its clock, and no timer on it expired", nil}},
	"strobe": {{"1s strobe n4 by +1s each 10ms for 1s", "no host read its clock, and no timer on it expired", twoDown}},

	"disk stalls":      {{"2s disk n1 stalls for 1s", "these disks had no operation while the fault lasted", silent}},
	"disk slows":       {{"2s disk n1 slows by 1ms for 1s", "no operation of these disks was affected", silent}},
	"disk fails-read":  {{"2s disk n1 fails-read for 1s", "no operation of these disks was affected", nil}},
	"disk fails-write": {{"2s disk n1 fails-write for 1s", "no operation of these disks was affected", silent}},
	"disk fails-sync":  {{"2s disk n1 fails-sync for 1s", "no operation of these disks was affected", silent}},
	"disk lies":        {{"2s disk n1 lies for 1s", "no operation of these disks was affected", silent}},
	"disk misdirects":  {{"2s disk n1 misdirects for 1s", "no operation of these disks was affected", silent}},
	"disk scrambles":   {{"2s disk n1 scrambles for 1s", "no operation of these disks was affected", nil}},
	"disk fills":       {{"2s disk n1 fills leaving 1GB for 1s", "no operation of these disks was affected", nil}},
	"disk rots":        {{"2s disk n1 rots 3 bits in *.none", "these disks held no data in *.none, so no bit could be flipped", nil}},
	"disk spoils":      {{"2s disk n1 spoils 3 sectors in *.none", "these disks held no data in *.none, so no sector could become unreadable", nil}},
	"disk copied":      {{"2s disk n1 copied", "no fault swapped the disk for the copy later", nil}},
	"disk swapped":     {{"2s disk n1 swapped", "no copy of these disks was made before", nil}, {"2s disk n1 copied\n2s disk n1 swapped", "these disks had not changed since they were copied", silent}},
	"disk lost":        {{"1s crash n1\n2s disk n1 lost\n3s disk n1 lost", "these disks were empty already", nil}},

	"crash": {
		{"2s crash n4 for 1s", "none of these hosts was up", twoDown},
		{"1s crash n1 for 2s\n2s crash n1 for 500ms", "none of these hosts was up", nil},
		{rebooted + "crash n1 losing unsynced for 1s", "these hosts had no unsynced writes to lose", nil},
		{rebooted + "crash n1 losing suffix for 1s", "these hosts had no unsynced writes to lose", nil},
		{rebooted + "crash n1 losing subset for 1s", "these hosts had no unsynced writes to lose", nil},
		{"2s crash n1 torn for 1s", "no write was in progress that could be torn", silent},
		{"2s crash n1 losing nothing torn for 1s", "no write was in progress that could be torn", silent},
		{"2s crash n1 at operation 100000 for 1s", "no host reached the point at which it was to crash", nil},
		{"2s crash n1 at message 100000 for 1s", "no host reached the point at which it was to crash", nil},
	},
	"crash-loop": {
		{"2s crash-loop n4 off 100ms on 100ms for 1s", "none of these hosts was up", twoDown},
		{rebooted + "crash-loop n1 off 1s on 1s losing unsynced for 1500ms", "these hosts had no unsynced writes to lose", nil},
	},
	"blackout": {
		{"1500ms blackout for 100ms\n1650ms blackout losing unsynced for 1s", "these hosts had no unsynced writes to lose", nil},
		{"2s blackout torn for 1s", "no write was in progress that could be torn", silent},
	},
	"restart": {{"2s restart n1", "none of these hosts was down", nil}},
	"pause":   {{"2s pause n4 for 1s", "none of these hosts was up", twoDown}, {"2010ms pause n1 for 1us", "no event arrived while these hosts were paused", nil}},
	"resume":  {{"2s resume n1", "none of these hosts was paused", nil}},
	"slow":    {{"2s slow n4 by 5ms for 1s", "these hosts handled no event", twoDown}},
	"heal":    {{"2s heal", "there was nothing to heal", nil}, {"1s crash n1\n2s heal core\n3s heal core", "there was nothing to heal", nil}},

	"reconfigure": {
		{"2s reconfigure add n4\n2s reconfigure add n5", "the change did not lead to another configuration", nil},
		{"2s reconfigure add n1", "the change did not lead to another configuration", nil},
		{"1s crash n1 n2\n2s reconfigure remove n3 within 10ms", "", noRecoveryPhase},
	},
	"replace":     {{"2s reconfigure add n4\n2s replace n1 with n5", "the change did not lead to another configuration", nil}},
	"leave-joint": {{"2s leave-joint", "does not use a joint configuration", nil}},

	"transfer":      {{"2s transfer leader to leader", "", nil}, {"2s transfer leader to learner", "the leader did not begin the transfer", withLearner}},
	"campaign":      {{"2s campaign leader", "is the leader already", nil}, {"2s campaign learner", "may not campaign now", withLearner}},
	"forget-leader": {{"2s forget-leader leader", "knows no leader", nil}},
	"compact":       {{"2s compact n1\n2s compact n1", "has applied nothing since its last snapshot", silent}},
	"propose":       {{"1s crash n1 n2\n2s propose 5 on n3", "none of these operations was answered", noRecoveryPhase}},
	"read":          {{"1s crash n1 n2\n2s read 5 on n3", "none of these operations was answered", noRecoveryPhase}},
}

// The file lists what is printed for each kind, so that it can be read.
func TestAFaultOfAnyKindWithoutEffectIsReported(t *testing.T) {
	var sentences strings.Builder
	for _, k := range faults.Kinds() {
		require.NotEmpty(t, ineffectives[k.Name], "no schedule shows when %s has no effect", k.Name)
		for _, c := range ineffectives[k.Name] {
			t.Run(c.lines, func(t *testing.T) {
				o := scheduled(t, c.lines)
				if c.change != nil {
					c.change(&o)
				}
				v := run(t, o)
				require.Equal(t, sim.Vacuous, v.Outcome, "%v", v.Violations)
				require.Contains(t, v.Violation().Detail, c.why)
				fmt.Fprintf(&sentences, "%s\n    %s\n", k.Name, v.Violation().Detail)
				without := 0
				for _, f := range v.Faults {
					if f.Kind == k.Name {
						without += f.Skipped + f.NoEffect
					}
				}
				require.Positive(t, without, "%+v", v.Faults)
				o.Expect.AllowNoEffect = true
				require.NotEqual(t, sim.Vacuous, run(t, o).Outcome)
			})
		}
	}
	const file = "testdata/no_effect.txt"
	if os.Getenv("UPDATE") != "" {
		require.NoError(t, os.WriteFile(file, []byte(sentences.String()), 0o666))
	}
	kept, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(kept), sentences.String(), "run UPDATE=1 go test ./sim to make it again, and read what changes")
}

func TestARepeatedFaultHasNoEffectOnlyIfNoTimeHadOne(t *testing.T) {
	o := scheduled(t, "1s restart n1 every 500ms\n1200ms crash n1")
	v := run(t, o)
	require.Equal(t, sim.Pass, v.Outcome, "%v", v.Violations)
	require.Contains(t, v.Faults, sim.FaultCount{Kind: "restart", Fired: 1, Skipped: 6})

	o = scheduled(t, "1s restart n1 every 500ms")
	require.Equal(t, sim.Vacuous, run(t, o).Outcome)
}

func TestAFaultThatStillWaitsWhenTheFaultPhaseEndsIsReported(t *testing.T) {
	o := scheduled(t, "3900ms crash learner for 1s within 1m")
	v := run(t, o)
	require.Equal(t, sim.Vacuous, v.Outcome)
	require.Contains(t, v.Violation().Detail, "learner")
}

func TestWhatIsStillGoingOnIsJudgedByWhatItHasDone(t *testing.T) {
	s, _, _ := cluster(t)
	s.inject("isolate n1")
	soon := s.Verdict()
	require.Contains(t, soon.Violation().Detail, "no packet was lost on the cut links")
	s.pass(time.Second)
	require.Equal(t, sim.Pass, s.Verdict().Outcome)
}
