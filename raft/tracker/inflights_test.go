package tracker_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/raft/tracker"
)

// flight is a message of the naive model of Inflights: a list.
type flight struct{ index, bytes uint64 }

func TestInflightsAreTheListOfWhatIsNotAcknowledged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, 40).Draw(t, "size")
		maxBytes := rapid.SampledFrom([]uint64{0, 1, 50, 300}).Draw(t, "max bytes")
		in := tracker.NewInflights(size, maxBytes)
		var list []flight
		last := uint64(0)
		full := func() bool {
			sum := uint64(0)
			for _, f := range list {
				sum += f.bytes
			}
			return len(list) == size || maxBytes > 0 && sum >= maxBytes
		}
		add := func(t *rapid.T) {
			if full() {
				require.Panics(t, func() { in.Add(last, 1) })
				return
			}
			last += rapid.Uint64Range(0, 3).Draw(t, "step")
			f := flight{last, rapid.Uint64Range(0, 20).Draw(t, "bytes")}
			in.Add(f.index, f.bytes)
			list = append(list, f)
		}
		t.Repeat(map[string]func(*rapid.T){
			"add":       add,
			"add again": add,
			"add more":  add,
			"free": func(t *rapid.T) {
				to := last - min(last, rapid.Uint64Range(0, 12).Draw(t, "behind"))
				in.FreeLE(to)
				for len(list) > 0 && list[0].index <= to {
					list = list[1:]
				}
			},
			"clone": func(t *rapid.T) {
				c := in.Clone()
				in.Reset() // what happens to one does not happen to the other
				for !in.Full() {
					in.Add(last+100, 1)
				}
				in = c
			},
			"": func(t *rapid.T) {
				require.Equal(t, len(list), in.Count())
				require.Equal(t, full(), in.Full())
			},
		})
	})
}

func TestMessageThatReachesTheByteLimitMayExceedIt(t *testing.T) {
	in := tracker.NewInflights(10, 100)
	in.Add(1, 99)
	require.False(t, in.Full())
	in.Add(2, 1000)
	require.True(t, in.Full())
	require.PanicsWithValue(t, "tracker: 2 messages of 1099 bytes in flight, limits are 10 and 100: no room for index 3",
		func() { in.Add(3, 1) })
	in.FreeLE(1)
	require.True(t, in.Full())
	in.FreeLE(2)
	require.False(t, in.Full())
}

func TestInflightsAllocateOnlyWhileTheyGrow(t *testing.T) {
	in := tracker.NewInflights(256, 0)
	index := uint64(0)
	round := func() {
		for range 100 {
			index++
			in.Add(index, 64)
		}
		in.FreeLE(index)
	}
	round()
	require.Zero(t, testing.AllocsPerRun(50, round))
	in.Reset()
	require.Zero(t, testing.AllocsPerRun(50, round))
}

func TestNoInflightsAreNone(t *testing.T) {
	var in *tracker.Inflights
	require.Zero(t, in.Count())
}
