package wal_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/disk"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/wal"
	"raftsim/random"
)

// host runs a log on a disk that goes wrong, and knows what it may hold.
type host struct {
	disk    *disk.Disk
	wal     *wal.WAL
	model   model
	models  []model // since the last recovery
	durable int     // index in models of the last that must not be lost
}

func newHost(t *rapid.T) *host {
	h := &host{disk: disk.New(random.Seed(rapid.Uint64().Draw(t, "seed")).Fates(), "n1", ticking), models: []model{{}}}
	h.wal, _ = open(t, h.disk)
	return h
}

// step makes a call that is legal. What fails may have been done, or not.
func (h *host) step(t *rapid.T) error {
	s := drawStep(t, h.model)
	if s.verb == "reopen" {
		return nil
	}
	h.disk.At(h.disk.Done())
	h.model = s.apply(h.model)
	h.models = append(h.models, h.model)
	err := s.run(h.wal)
	if err == nil && s.durable() {
		h.durable = len(h.models) - 1
	}
	return err
}

// recovered finds the model of a state that may be one, from the latest down.
func (h *host) recovered(state wal.State, from int) int {
	got := describeState(state)
	for i := len(h.models) - 1; i >= from; i-- {
		if h.models[i].recovered() == got {
			return i
		}
	}
	return -1
}

// resume goes on with a state that was recovered.
func (h *host) resume(w *wal.WAL, state wal.State, found int) {
	h.wal, h.model = w, h.models[found]
	h.model.hs = state.HardState
	h.models, h.durable = []model{h.model}, 0
}

func requireDead(t require.TestingT, w *wal.WAL, err error) {
	require.Equal(t, err, w.Save(pb.HardState{Term: 99}, nil, true))
	require.Equal(t, err, w.Save(pb.HardState{}, nil, false))
	require.Equal(t, err, w.SaveSnapshot(pb.Snapshot{}))
	require.Equal(t, err, w.Install(pb.Snapshot{}, pb.HardState{}, nil))
	require.Equal(t, err, w.Compact(0))
	require.Equal(t, err, w.Close())
}

// None of these faults loses what a successful sync has promised, so no recovery
// may, whether the process died or the power failed, and however often.
func TestFailedOperationsNeverCostWhatWasSynced(t *testing.T) {
	kinds := []disk.Kind{disk.SyncError, disk.SyncLosesPages, disk.WriteError, disk.ReadError, disk.Full}
	rapid.Check(t, func(rt *rapid.T) {
		h := newHost(rt)
		recover := func(rt *rapid.T) {
			for attempt := range 4 {
				h.disk.Crash(h.disk.Done(), rapid.SampledFrom(crashes).Draw(rt, "crash"))
				if attempt == 3 || rapid.Bool().Draw(rt, "heal") {
					h.disk.HealAll(h.disk.Done())
				}
				w, state, err := wal.Open(h.disk, dir, small)
				if err != nil {
					require.Less(rt, attempt, 3, "%v", err)
					var corrupt *wal.CorruptError
					require.NotErrorAs(rt, err, &corrupt)
					continue
				}
				found := h.recovered(state, h.durable)
				require.GreaterOrEqual(rt, found, 0, "recovered\n%s", describeState(state))
				h.resume(w, state, found)
				return
			}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"step": func(rt *rapid.T) {
				if err := h.step(rt); err != nil {
					requireDead(rt, h.wal, err)
					recover(rt)
				}
			},
			"crash": recover,
			"fault": func(rt *rapid.T) {
				h.disk.Inject(h.disk.Done(), disk.Fault{
					Kind:  rapid.SampledFrom(kinds).Draw(rt, "kind"),
					Rate:  random.Ratio{Num: 1, Den: rapid.SampledFrom([]uint64{1, 3, 10}).Draw(rt, "one in")},
					Times: rapid.Int64Range(1, 3).Draw(rt, "times"),
					Bytes: rapid.Int64Range(0, 4000).Draw(rt, "room"),
				})
			},
		})
	})
}

// Damage at rest is reported, or it has hit nothing that counts.
func TestRotAndUnreadableSectorsAreReportedOrHarmless(t *testing.T) {
	refused := 0
	rapid.Check(t, func(rt *rapid.T) {
		h := newHost(rt)
		for range rapid.IntRange(1, 10).Draw(rt, "steps") {
			require.NoError(rt, h.step(rt))
		}
		h.disk.Crash(h.disk.Done(), rapid.SampledFrom(crashes).Draw(rt, "crash"))
		if rapid.Bool().Draw(rt, "rot") {
			h.disk.Rot(h.disk.Done(), "", rapid.IntRange(1, 3).Draw(rt, "bits"))
		} else {
			h.disk.Latent(h.disk.Done(), "", 1)
		}
		_, state, err := wal.Open(h.disk, dir, small)
		if err != nil {
			refused++
			return
		}
		require.GreaterOrEqual(rt, h.recovered(state, h.durable), 0, "recovered\n%s", describeState(state))
	})
	require.Positive(t, refused)
}

// A disk that breaks its promises can take synced data away. Even then the log
// never makes data up: it holds what it held at some time, or is corrupt.
func TestBrokenPromisesOfTheDiskNeverMakeDataUp(t *testing.T) {
	older := 0
	rapid.Check(t, func(rt *rapid.T) {
		h := newHost(rt)
		image := h.disk.Copy(h.disk.Done())
		for range rapid.IntRange(1, 10).Draw(rt, "steps") {
			switch rapid.IntRange(0, 5).Draw(rt, "event") {
			case 0:
				h.disk.Inject(h.disk.Done(), disk.Fault{Kind: disk.LyingSync, Rate: random.Percent(50)})
			case 1:
				h.disk.Inject(h.disk.Done(), disk.Fault{Kind: disk.Misdirect, Rate: random.Percent(20)})
			case 2:
				image = h.disk.Copy(h.disk.Done())
			}
			require.NoError(rt, h.step(rt))
		}
		if rapid.IntRange(0, 3).Draw(rt, "swap") == 0 {
			h.disk.Swap(h.disk.Done(), image)
		} else {
			h.disk.Crash(h.disk.Done(), rapid.SampledFrom(crashes).Draw(rt, "crash"))
		}
		_, state, err := wal.Open(h.disk, dir, small)
		if err != nil {
			return
		}
		found := h.recovered(state, 0)
		require.GreaterOrEqual(rt, found, 0, "recovered\n%s", describeState(state))
		if found < h.durable {
			older++
			require.NotEmpty(rt, h.disk.Damage(), "the disk must own up to it")
		}
	})
	require.Positive(t, older)
}

func TestDamagedLogIsLeftAsItIs(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h := newHost(rt)
		for range rapid.IntRange(1, 6).Draw(rt, "steps") {
			require.NoError(rt, h.step(rt))
		}
		h.disk.Crash(h.disk.Done(), disk.Crash{Losing: disk.Subset, Torn: true})
		h.disk.Rot(h.disk.Done(), "*.wal", 2)
		before := load(rt, h.disk)
		if _, _, err := wal.Open(h.disk, dir, small); err != nil {
			require.Equal(rt, before, load(rt, h.disk))
		}
	})
}

func TestMisuseIsRefusedWithTheNumbers(t *testing.T) {
	for _, c := range []struct {
		name, want string
		do         func(*wal.WAL) error
	}{
		{"gap", "wal: entries begin at index 6, must be after the snapshot (2) and leave no gap to the last index (4)",
			func(w *wal.WAL) error { return w.Save(pb.HardState{}, entries(6, 1, 1), true) }},
		{"below the snapshot", "wal: entries begin at index 2, must be after the snapshot (2) and leave no gap to the last index (4)",
			func(w *wal.WAL) error { return w.Save(pb.HardState{}, entries(2, 1, 1), true) }},
		{"hole", "wal: entry 9 follows entry 5",
			func(w *wal.WAL) error {
				return w.Save(pb.HardState{}, append(entries(5, 1, 1), entries(9, 1, 1)...), true)
			}},
		{"old snapshot", "wal: snapshot at index 1 is not after the one at 2",
			func(w *wal.WAL) error { return w.SaveSnapshot(snapshot(1, 1)) }},
		{"other snapshot", "wal: snapshot at index 2 is not after the one at 2",
			func(w *wal.WAL) error { return w.SaveSnapshot(snapshot(2, 2)) }},
		{"compaction", "wal: compact to index 3, must not be after the snapshot's index 2",
			func(w *wal.WAL) error { return w.Compact(3) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := disk.New(random.Seed(1).Fates(), "n1", ticking)
			w, _ := open(t, d)
			require.NoError(t, w.Save(pb.HardState{Term: 1}, entries(1, 1, 1, 1, 1, 1), true))
			require.NoError(t, w.SaveSnapshot(snapshot(2, 1)))
			require.NoError(t, w.SaveSnapshot(snapshot(2, 1)), "again")
			err := c.do(w)
			require.EqualError(t, err, c.want)
			requireDead(t, w, err)
			_, state := open(t, d)
			require.Len(t, state.Entries, 2)
		})
	}
}

func snapshot(index, term uint64) pb.Snapshot {
	var s pb.Snapshot
	s.Metadata.Index, s.Metadata.Term = index, term
	return s
}

func TestClosedLogRefusesEverything(t *testing.T) {
	w, _ := open(t, disk.New(random.Seed(1).Fates(), "n1", ticking))
	require.NoError(t, w.Close())
	requireDead(t, w, wal.ErrClosed)
}
