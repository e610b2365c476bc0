package wal_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/clock"
	"raftsim/disk"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/wal"
	"raftsim/random"
)

// ticking is a disk on which every operation takes one nanosecond: the operation
// of number n has ended at time n.
var ticking = disk.Profile{Read: random.Constant(1), Write: random.Constant(1), Sync: random.Constant(1)}

// story is a script that was run to its end on a disk, and what the log had to
// hold after each of its steps.
type story struct {
	disk   *disk.Disk
	states []string // after so many steps
	begins []clock.Time
	ends   []clock.Time
	synced []bool
}

// play draws a script and runs it. No sync is settled while it runs, so that a
// clone of the disk can crash at any time of it.
func play(t *rapid.T, steps int) *story {
	s := &story{disk: disk.New(random.Seed(rapid.Uint64().Draw(t, "seed")).Fates(), "n1", ticking)}
	var m model
	w, _ := open(t, s.disk)
	s.record(m, 0, true)
	for range steps {
		step := drawStep(t, m)
		begin := s.disk.Done()
		if step.verb == "reopen" {
			require.NoError(t, w.Close())
			again, state := open(t, s.disk)
			w = again
			require.Equal(t, m.recovered(), describeState(state))
			m.hs = state.HardState
		} else {
			require.NoError(t, step.run(w))
			m = step.apply(m)
		}
		s.record(m, begin, step.durable())
	}
	return s
}

func (s *story) record(m model, begin clock.Time, synced bool) {
	s.states = append(s.states, m.recovered())
	s.begins = append(s.begins, begin)
	s.ends = append(s.ends, s.disk.Done())
	s.synced = append(s.synced, synced)
}

// mayHold are the states that a crash at a time may leave: what was durable by
// then, up to what had begun by then.
func (s *story) mayHold(at clock.Time) []string {
	from, to := 0, 0
	for i := range s.states {
		if s.synced[i] && s.ends[i] <= at {
			from = i
		}
		if s.begins[i] < at || s.ends[i] <= at {
			to = i
		}
	}
	return s.states[from : to+1]
}

var crashes = []disk.Crash{
	{Losing: disk.Unsynced}, {Losing: disk.Unsynced, Torn: true},
	{Losing: disk.Suffix}, {Losing: disk.Suffix, Torn: true},
	{Losing: disk.Subset}, {Losing: disk.Subset, Torn: true},
	{Losing: disk.Nothing}, {Losing: disk.Nothing, Torn: true},
}

func TestCrashAtEveryOperationLeavesAPrefixWithAllThatWasSynced(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := play(rt, rapid.IntRange(1, 8).Draw(rt, "steps"))
		for at := clock.Time(0); at <= s.disk.Done(); at++ {
			for i := range 3 {
				c := crashes[(int(at)+3*i)%len(crashes)]
				d := s.disk.Clone()
				d.Crash(at, c)
				w, state, err := wal.Open(d, dir, small)
				require.NoError(rt, err, "%+v at %d", c, at)
				require.Contains(rt, s.mayHold(at), describeState(state), "%+v at %d", c, at)

				// What Open has returned is durable, whatever it was before, and
				// so is what is saved on top of it.
				if i > 0 {
					state.HardState.Term = 1 << 40
					require.NoError(rt, w.Save(state.HardState, nil, true))
				}
				d.Crash(d.Done(), disk.Crash{})
				_, again, err := wal.Open(d, dir, small)
				require.NoError(rt, err, "%+v at %d", c, at)
				require.Equal(rt, describeState(state), describeState(again), "%+v at %d", c, at)
			}
		}
	})
}

func TestCrashAtEveryOperationOfRecoveryLeavesThePrefix(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := play(rt, rapid.IntRange(1, 6).Draw(rt, "steps"))
		at := clock.Time(rapid.Int64Range(1, int64(s.disk.Done())).Draw(rt, "at"))
		first := rapid.SampledFrom(crashes).Draw(rt, "crash")
		s.disk.Crash(at, first)
		_, recovered, err := wal.Open(s.disk, dir, small)
		require.NoError(rt, err)
		may := s.mayHold(at)
		require.Contains(rt, may, describeState(recovered))

		for again := at; again < s.disk.Done(); again++ {
			for _, c := range crashes {
				d := s.disk.Clone()
				d.Crash(again, c)
				_, state, err := wal.Open(d, dir, small)
				require.NoError(rt, err, "%+v at %d, then %+v at %d", first, at, c, again)
				require.Contains(rt, may, describeState(state), "%+v at %d, then %+v at %d", first, at, c, again)
			}
		}
	})
}

func TestEveryStateThatACrashCanLeaveIsRecovered(t *testing.T) {
	const limit = 2000
	rapid.Check(t, func(rt *rapid.T) {
		s := play(rt, rapid.IntRange(1, 4).Draw(rt, "steps"))
		at := clock.Time(rapid.Int64Range(1, int64(s.disk.Done())).Draw(rt, "at"))
		for state, d := range s.disk.CrashStates(at, limit) {
			_, recovered, err := wal.Open(d, dir, small)
			require.NoError(rt, err, "state %d at %d", state, at)
			require.Contains(rt, s.mayHold(at), describeState(recovered), "state %d at %d", state, at)
		}
	})
}

// Four unsynced records over five sectors: each of the states leaves the records up
// to some point, and each point is reached.
func TestEachStateOfUnsyncedRecordsIsAPrefixOfThem(t *testing.T) {
	d := disk.New(random.Seed(1).Fates(), "n1", ticking)
	w, _ := open(t, d)
	d.At(d.Done())
	next := uint64(1)
	for _, size := range []int{300, 10, 1200, 700} {
		require.NoError(t, w.Save(pb.HardState{}, entries(next, 1, size), false))
		next++
	}
	require.EqualValues(t, 4*2*3*2*2, d.States(d.Done()))
	found := map[int]int{}
	for _, c := range d.CrashStates(d.Done(), 1000) {
		_, state, err := wal.Open(c, dir, small)
		require.NoError(t, err)
		found[len(state.Entries)]++
	}
	require.Len(t, found, 5)
	require.Equal(t, 1, found[4])
}

// The log of one host through many crashes, each time going on from what was
// recovered.
func TestLogGoesOnAfterEachCrash(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := disk.New(random.Seed(rapid.Uint64().Draw(rt, "seed")).Fates(), "n1", ticking)
		w, _ := open(rt, d)
		var m model
		durable, models := 0, []model{{}} // since the last recovery
		rt.Repeat(map[string]func(*rapid.T){
			"step": func(rt *rapid.T) {
				s := drawStep(rt, m)
				if s.verb == "reopen" {
					rt.Skip("crash does as much")
				}
				d.At(d.Done())
				require.NoError(rt, s.run(w))
				m = s.apply(m)
				models = append(models, m)
				if s.durable() {
					durable = len(models) - 1
				}
			},
			"crash": func(rt *rapid.T) {
				c := rapid.SampledFrom(crashes).Draw(rt, "crash")
				d.Crash(d.Done(), c)
				again, state := open(rt, d)
				got, found := describeState(state), -1
				for i := len(models) - 1; i >= durable && found < 0; i-- {
					if models[i].recovered() == got {
						found = i
					}
				}
				require.GreaterOrEqual(rt, found, durable, "%+v left\n%s", c, got)
				w, m = again, models[found]
				m.hs = state.HardState
				durable, models = 0, []model{m}
			},
		})
	})
}
