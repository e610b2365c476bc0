package sim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/random"
	"raftsim/sim"
	"raftsim/trace"
	"raftsim/vfs"
)

func crashTakesWhatItSays(t *testing.T) {
	t.Run("losing", crashLosesWritesAsItSays)
	t.Run("torn", crashTearsTheWriteInProgress)
	t.Run("at operation", crashComesDuringTheOperation)
	t.Run("at message", crashComesBeforeTheMessage)
}

func crashLosesWritesAsItSays(t *testing.T) {
	const all = "abcdefghijklmnop"
	lost := map[string]int{}
	for losing, fits := range map[string]func(left string) bool{
		"unsynced": func(left string) bool { return left == "" },
		"nothing":  func(left string) bool { return left == all },
		"suffix":   func(left string) bool { return left != all && strings.HasPrefix(all, left) },
		"subset":   func(left string) bool { return len(left) > 0 && !strings.HasPrefix(all, left) },
	} {
		for seed := range random.Seed(5) {
			d := withDisk(t, func(o *sim.Options) { o.Seed = seed })
			d.write("")
			d.sync()
			d.write(all)
			begin := d.Now()
			d.inject("crash n1 losing " + losing + " for 300ms")
			require.False(t, d.Host(1).Running())
			d.pass(299 * time.Millisecond)
			require.False(t, d.Host(1).Running())
			d.pass(time.Millisecond)
			require.True(t, d.Host(1).Running())
			require.Equal(t, 300*time.Millisecond, d.since(begin))
			left := strings.TrimRight(d.contents(), ".")
			require.True(t, fits(left), "losing %s left %q", losing, left)
			lost[losing] += len(all) - len(strings.ReplaceAll(left, ".", ""))
		}
	}
	require.Equal(t, 80, lost["unsynced"])
	require.Zero(t, lost["nothing"])
	require.InDelta(t, 40, lost["subset"], 12, "half of them")
}

func crashTearsTheWriteInProgress(t *testing.T) {
	for seed := range random.Seed(5) {
		d := withDisk(t, func(o *sim.Options) { o.Seed = seed })
		_, err := d.file.WriteAt([]byte(strings.Repeat("a", 8*sector)), 0)
		require.NoError(t, err)
		d.sync()
		_, err = d.file.WriteAt([]byte(strings.Repeat("b", 8*sector)), 0)
		require.NoError(t, err)
		d.pass(5 * time.Millisecond) // half way
		d.inject("crash n1 losing unsynced torn for 100ms")
		d.pass(100 * time.Millisecond)
		left := d.contents()
		require.Len(t, left, 8)
		require.Contains(t, left, "a")
		require.Contains(t, left, "b")
	}
}

func crashComesDuringTheOperation(t *testing.T) {
	writer := &actor{period: 100 * time.Millisecond}
	var file vfs.File
	writer.onTick = func(env sim.Env) {
		if file != nil {
			_, _ = file.WriteAt([]byte("x"), int64(writer.ticks))
		}
	}
	d := withDisk(t, actors(writer))
	d.pass(50 * time.Millisecond)
	file = d.file
	before, begin, ticks := d.disk.Operations(), d.Now(), writer.ticks
	d.inject("crash n1 at operation 7 for 10s")
	d.pass(5 * time.Second)
	require.False(t, d.Host(1).Running())
	require.Equal(t, before+7, d.disk.Operations())
	require.Equal(t, 7, writer.ticks-ticks)
	crash := d.records[len(d.records)-1]
	require.Equal(t, trace.Crashed, crash.Verb)
	require.Less(t, crash.At.Sub(begin), 710*time.Millisecond)
	size, lost := uint64(7), crash.Fields[0]
	require.Equal(t, size, lost, "seven writes were not synced, the last one had not ended")
	crashComesInTimeOrNotAtAll(t)
}

// The operation's middle comes 5 ms after it began, and the fault ends before.
func crashComesInTimeOrNotAtAll(t *testing.T) {
	d := withDisk(t)
	d.inject("crash n1 at operation 1 for 2ms")
	require.NoError(t, d.append("a"))
	d.pass(time.Second)
	require.True(t, d.Host(1).Running())
}

func crashComesBeforeTheMessage(t *testing.T) {
	one, two := &actor{}, &actor{period: 100 * time.Millisecond, to: []uint64{1}}
	s := setUp(t, actors(one, two))
	s.inject("crash n1 at message 3 for 10s")
	s.pass(5 * time.Second)
	require.False(t, s.Host(1).Running())
	require.Equal(t, 2, one.heard)
	s.pass(5*time.Second + 50*time.Millisecond)
	require.True(t, s.Host(1).Running())
}

// uptime samples each millisecond of a while whether n1 runs.
func (s *stage) uptime(d time.Duration) (up time.Duration) {
	for range d / time.Millisecond {
		if s.Host(1).Running() {
			up += time.Millisecond
		}
		s.pass(time.Millisecond)
	}
	return up
}

func crashLoopIsDownHalfOfTheTime(t *testing.T) {
	s := setUp(t, actors(&actor{}, &actor{}))
	s.inject("crash-loop n1 off 100ms on 100ms for 2s")
	require.InDelta(t, time.Second, s.uptime(2*time.Second), float64(20*time.Millisecond))
	boots := s.count(func(r *trace.Record) bool { return r.Verb == trace.Boot && r.Host == 1 })
	require.Equal(t, 11, boots, "the first, and ten after a crash")
	require.Equal(t, time.Second, s.uptime(time.Second))
	crashLoopWaitsForTheDisk(t)
}

// crashLoopWaitsForTheDisk: with "among", a host that writes nothing does not
// crash, and one that does is hit in the middle of a write.
func crashLoopWaitsForTheDisk(t *testing.T) {
	writer := &actor{period: 30 * time.Millisecond}
	d := withDisk(t, actors(writer))
	d.inject("crash-loop n1 off 100ms on 100ms among 5 operations for 10s")
	require.Equal(t, time.Second, d.uptime(time.Second))
	writer.onTick = func(env sim.Env) {
		if file, err := env.FS().Create("file"); err == nil {
			_, _ = file.WriteAt([]byte("x"), 0)
		}
	}
	require.InDelta(t, 2*time.Second, d.uptime(4*time.Second), float64(500*time.Millisecond))
	crashes := 0
	for _, r := range d.records {
		if r.Verb == trace.Crashed {
			require.NotZero(t, r.Fields[0], "what was written was not synced")
			crashes++
		}
	}
	require.Greater(t, crashes, 10)
	d.pass(5 * time.Second)
	require.Equal(t, time.Second, d.uptime(time.Second))
}

func blackoutTakesAllAtOnce(t *testing.T) {
	s, _, _ := cluster(t)
	begin := s.Now()
	s.records = nil
	s.inject("blackout losing unsynced for 500ms")
	s.pass(499 * time.Millisecond)
	for _, h := range s.Hosts() {
		require.False(t, h.Running())
	}
	require.Equal(t, 3, s.count(func(r *trace.Record) bool { return r.Verb == trace.Crashed && r.At == begin }))
	s.pass(time.Millisecond)
	for _, h := range s.Hosts() {
		require.True(t, h.Running())
	}
}

func restartComesBeforeTheEnd(t *testing.T) {
	s := setUp(t, actors(&actor{}, &actor{}))
	s.inject("crash n1 for 10s")
	require.Zero(t, s.uptime(time.Second))
	s.inject("restart n1")
	require.Equal(t, time.Second, s.uptime(time.Second))
}

func pausedHostHandlesNothing(t *testing.T) {
	for line, ticks := range map[string]int{"pause n1 for 3s": 1, "pause n1 and clock for 3s": 0} {
		one, two := &actor{period: 100 * time.Millisecond}, &actor{period: 100 * time.Millisecond, to: []uint64{1}}
		s := setUp(t, actors(one, two))
		s.pass(1050 * time.Millisecond)
		heard := one.heard
		one.ticks = 0
		s.inject(line)
		s.pass(2999 * time.Millisecond)
		require.Equal(t, heard, one.heard)
		require.Zero(t, one.ticks)
		s.pass(time.Millisecond)
		require.Equal(t, heard+30, one.heard, "it hears on waking what it missed")
		require.Equal(t, ticks, one.ticks, "%s: its timer", line)
	}
}

func resumeComesBeforeTheEnd(t *testing.T) {
	one, two := &actor{}, &actor{period: 100 * time.Millisecond, to: []uint64{1}}
	s := setUp(t, actors(one, two))
	s.pass(50 * time.Millisecond)
	s.inject("pause n1 for 1m")
	s.pass(time.Second)
	require.Zero(t, one.heard)
	s.inject("resume n1")
	require.Equal(t, 10, one.heard)
	s.pass(time.Second)
	require.Equal(t, 20, one.heard)
}

func slowHostHandlesTwentyASecond(t *testing.T) {
	one, two := &actor{}, &actor{period: 10 * time.Millisecond, to: []uint64{1}}
	s := setUp(t, actors(one, two))
	s.inject("slow n1 by 50ms for 10s")
	s.pass(10 * time.Second)
	require.InDelta(t, 200, one.heard, 2, "of 1000")
}

func healEndsEverything(t *testing.T) {
	s, _, _ := cluster(t, nodes(5))
	for _, line := range []string{"isolate n1", "crash n2", "pause n3", "skew n4 by +1s", "network loses 50%"} {
		s.inject(line)
	}
	s.pass(time.Second)
	s.inject("heal")
	require.Empty(t, s.cuts())
	for _, h := range s.Hosts() {
		require.True(t, h.Running())
		require.Equal(t, s.Now(), h.Local())
	}
	lost := s.Network().Stats().Lost
	s.pass(5 * time.Second)
	require.Equal(t, lost, s.Network().Stats().Lost)

	s.inject("heal core")
	running := 0
	for _, h := range s.Hosts() {
		if h.Running() {
			running++
		}
	}
	require.Equal(t, 3, running, "a smallest core of five")
}
