package clock_test

import (
	"runtime"
	"slices"
	"testing"
	"weak"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/clock"
)

// reference is the plainest queue: a list that is searched for its first least
// element.
type reference struct {
	at     []clock.Time
	events []int
}

func (r *reference) push(at clock.Time, e int) {
	r.at, r.events = append(r.at, at), append(r.events, e)
}

func (r *reference) pop() (at clock.Time, e int, ok bool) {
	if len(r.at) == 0 {
		return 0, 0, false
	}
	i := slices.Index(r.at, slices.Min(r.at))
	at, e = r.at[i], r.events[i]
	r.at, r.events = slices.Delete(r.at, i, i+1), slices.Delete(r.events, i, i+1)
	return at, e, true
}

func TestQueueGivesTheEarliestAndOfThoseTheFirstInserted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var q clock.Queue[int]
		var r reference
		pushed := 0
		push := func(t *rapid.T) {
			at := clock.Time(rapid.OneOf(rapid.Int64Range(0, 5), rapid.Int64()).Draw(t, "at"))
			q.Push(at, pushed)
			r.push(at, pushed)
			pushed++
		}
		pop := func(t *rapid.T) {
			at, e, ok := q.Pop()
			wantAt, want, wantOK := r.pop()
			require.Equal(t, wantOK, ok)
			require.Equal(t, wantAt, at)
			require.Equal(t, want, e)
		}
		t.Repeat(map[string]func(*rapid.T){
			"push": push,
			"push many": func(t *rapid.T) {
				for range rapid.IntRange(1, 20).Draw(t, "count") {
					push(t)
				}
			},
			"pop": pop,
			"pop many": func(t *rapid.T) {
				for range rapid.IntRange(1, 20).Draw(t, "count") {
					pop(t)
				}
			},
			// The next push numbers all events anew.
			"run out of numbers": func(t *rapid.T) {
				if q.Len() == 0 {
					q.SetPushes(clock.MaxPushes)
				}
			},
			"": func(t *rapid.T) {
				require.Equal(t, len(r.at), q.Len())
				at, ok := q.Peek()
				require.Equal(t, len(r.at) > 0, ok)
				if ok {
					require.Equal(t, slices.Min(r.at), at)
				}
			},
		})
	})
}

func TestInsertionOrderSurvivesTheEndOfNumbers(t *testing.T) {
	var q clock.Queue[int]
	q.SetPushes(clock.MaxPushes - 50)
	for i := range 100 {
		q.Push(clock.Time(i%3), i)
	}
	last := -1
	for range 100 {
		at, e, _ := q.Pop()
		require.EqualValues(t, e%3, at)
		rank := int(at)*1000 + e
		require.Greater(t, rank, last)
		last = rank
	}
}

func TestQueueAllocatesNothingInTheSteadyState(t *testing.T) {
	var q clock.Queue[[4]uint64]
	for i := range 100 {
		q.Push(clock.Time(i), [4]uint64{})
	}
	require.Zero(t, testing.AllocsPerRun(1000, func() {
		at, e, _ := q.Pop()
		q.Push(at+100, e)
	}))
}

func TestQueueLetsGoOfWhatItGaveBack(t *testing.T) {
	var q clock.Queue[*[1 << 10]byte]
	event := new([1 << 10]byte)
	seen := weak.Make(event)
	q.Push(1, event)
	q.Push(2, nil)
	event = nil
	_, event, _ = q.Pop()
	require.Same(t, seen.Value(), event)
	event = nil
	runtime.GC()
	require.Nil(t, seen.Value())
	require.Equal(t, 1, q.Len())
}
