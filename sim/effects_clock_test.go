package sim_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// clocked is two hosts of which each ticks ten times a second.
func clocked(t *testing.T) (s *stage, one, two *actor) {
	one, two = &actor{period: 100 * time.Millisecond}, &actor{period: 100 * time.Millisecond}
	s = setUp(t, actors(one, two))
	s.pass(1050 * time.Millisecond)
	require.Equal(t, 10, one.ticks)
	one.ticks, two.ticks = 0, 0
	return s, one, two
}

// offset is how far the clock of n1 is ahead.
func (s *stage) offset() time.Duration { return s.Host(1).Local().Sub(s.Now()) }

func skewMakesAHostTickEarly(t *testing.T) {
	s, one, two := clocked(t)
	s.inject("skew n1 by +300ms for 5s")
	require.Equal(t, 300*time.Millisecond, s.offset())
	require.Equal(t, 1, one.ticks, "the tick that was due in 50ms")
	require.Zero(t, two.ticks)
	s.pass(5 * time.Second)
	require.Zero(t, s.offset())
	require.Equal(t, 50, two.ticks)

	s.inject("skew n1 by -1s for 5s")
	require.Equal(t, -time.Second, s.offset())
	one.ticks = 0
	s.pass(999 * time.Millisecond)
	require.Zero(t, one.ticks, "its clock has to come back to where it was")
}

func driftMakesAFifthMoreTicks(t *testing.T) {
	s, one, two := clocked(t)
	s.inject("drift n1 by +200000ppm for 10s")
	s.inject("drift n2 by -200000ppm for 10s")
	s.pass(10 * time.Second)
	require.Equal(t, 2*time.Second, s.offset())
	require.InDelta(t, 120, one.ticks, 1)
	require.InDelta(t, 80, two.ticks, 1)
	one.ticks, two.ticks = 0, 0
	s.pass(10 * time.Second)
	require.Equal(t, 2*time.Second, s.offset(), "it runs true from where it was")
	require.InDelta(t, 100, one.ticks, 1)
	require.InDelta(t, 100, two.ticks, 1)
}

func freezeStopsTheTicks(t *testing.T) {
	s, one, two := clocked(t)
	s.inject("freeze n1 for 3s")
	reading := s.Host(1).Local()
	s.pass(2999 * time.Millisecond)
	require.Equal(t, reading, s.Host(1).Local())
	require.Zero(t, one.ticks)
	require.Equal(t, 30, two.ticks)
	s.pass(2001 * time.Millisecond)
	require.Equal(t, -3*time.Second, s.offset())
	require.InDelta(t, 20, one.ticks, 1)
}

func strobeIsAheadHalfOfTheTime(t *testing.T) {
	s, _, _ := clocked(t)
	s.inject("strobe n1 by +200ms each 10ms for 2s")
	ahead := 0
	for range 2000 {
		if s.offset() == 200*time.Millisecond {
			ahead++
		} else {
			require.Zero(t, s.offset())
		}
		s.pass(time.Millisecond)
	}
	require.Equal(t, 1000, ahead)
	require.Zero(t, s.offset())
}
