package network_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/network"
	"raftsim/random"
)

// TestOverlaysStackAndAreUndoneInAnyOrder compares the profile in force with
// the base under the changes that are left.
func TestOverlaysStackAndAreUndoneInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ratio := rapid.Map(rapid.Uint64Range(0, 100), func(n uint64) *random.Ratio { return new(random.Percent(n)) })
		maybe := rapid.OneOf(ratio, rapid.Just[*random.Ratio](nil))
		w := newWire(1, network.Profile{Loss: random.Percent(1), BytesPerSecond: 5})
		type laid struct {
			handle network.Handle
			change network.Change
		}
		var stack []laid
		base := w.Profile(1, 2)
		check := func() {
			want := base
			for i := range stack {
				stack[i].change.Apply(&want)
			}
			require.Equal(t, want, w.Profile(1, 2))
		}
		t.Repeat(map[string]func(*rapid.T){
			"disturb": func(t *rapid.T) {
				c := network.Change{
					Loss: maybe.Draw(t, "loss"), Duplicate: maybe.Draw(t, "duplicate"), Replay: maybe.Draw(t, "replay"),
					Reorder: maybe.Draw(t, "reorder"), Corrupt: maybe.Draw(t, "corrupt"),
				}
				stack = append(stack, laid{w.Disturb(1, 2, c), c})
			},
			"calm": func(t *rapid.T) {
				if len(stack) == 0 {
					return
				}
				i := rapid.IntRange(0, len(stack)-1).Draw(t, "which")
				w.Calm(stack[i].handle)
				w.Calm(stack[i].handle)
				stack = slices.Delete(stack, i, i+1)
			},
			"heal": func(t *rapid.T) {
				w.Heal(0)
				stack = nil
			},
			"own profile": func(t *rapid.T) {
				base = network.Profile{Corrupt: *ratio.Draw(t, "own")}
				w.SetProfile(1, 2, base)
			},
			"": func(*rapid.T) { check() },
		})
	})
}

func TestBadProfilesAndChangesPanic(t *testing.T) {
	n := network.New[string](random.Seed(1).Fates(), nil)
	above := random.Ratio{Num: 3, Den: 2}
	for want, do := range map[string]func(){
		"network: Loss is 150%, must be at most 100%":              func() { n.SetDefault(network.Profile{Loss: above}) },
		"network: Replay is 150%, must be at most 100%":            func() { n.Disturb(1, 2, network.Change{Replay: &above}) },
		"network: BytesPerSecond is -1, must not be negative":      func() { n.SetProfile(1, 2, network.Profile{BytesPerSecond: -1}) },
		"network: QueueBytes is -1, must not be negative":          func() { n.SetDefault(network.Profile{QueueBytes: -1}) },
		"network: Full is DropPolicy(9), must be newest or oldest": func() { n.SetDefault(network.Profile{Full: 9}) },
	} {
		require.PanicsWithValue(t, want, do)
	}
}

func TestDropPolicyPrintsAndParses(t *testing.T) {
	for _, p := range []network.DropPolicy{network.DropNewest, network.DropOldest} {
		back, err := network.ParseDropPolicy(p.String())
		require.NoError(t, err)
		require.Equal(t, p, back)
	}
	_, err := network.ParseDropPolicy("tail")
	require.EqualError(t, err, `network: drop policy "tail": want "newest" or "oldest"`)
}

func TestChangeSaysAllThatItDoes(t *testing.T) {
	require.Equal(t, "changes nothing", network.Change{}.String())
	d, r := constant(ms), random.Percent(5)
	require.Equal(t, "delays 1ms, loses 5%, duplicates 5%, replays 5%, replays by 1ms, reorders 5%, reorders by 1ms, "+
		"corrupts 5%, bytes per second 10, queue bytes 20, full queue drops oldest",
		network.Change{
			Latency: &d, Loss: &r, Duplicate: &r, Replay: &r, ReplayBy: &d, Reorder: &r, ReorderBy: &d, Corrupt: &r,
			BytesPerSecond: new(int64(10)), QueueBytes: new(int64(20)), Full: new(network.DropOldest),
		}.String())
}

func TestOutcomesHaveNames(t *testing.T) {
	for o := network.Scheduled; o <= network.Stale; o++ {
		require.NotContains(t, o.String(), "Outcome")
	}
	require.Equal(t, "Outcome(200)", network.Outcome(200).String())
	require.True(t, network.Corrupt.Dropped())
	require.False(t, network.Held.Dropped())
}
