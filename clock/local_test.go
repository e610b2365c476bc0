package clock_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/clock"
)

const second = clock.Time(time.Second)

func TestAPerfectClockReadsGlobalTime(t *testing.T) {
	var l clock.Local
	require.Equal(t, 5*second, l.Read(5*second))
	require.Equal(t, 7*second, l.When(5*second, 7*second))
	require.Equal(t, 5*second, l.When(5*second, second), "it already reads more")
	require.Equal(t, clock.Never, l.When(5*second, clock.Never))
	require.Zero(t, l.Offset(5*second))
}

func TestDriftOf200PPMGains12MillisecondsAMinute(t *testing.T) {
	var l clock.Local
	l.Drift(0, 200)
	require.Equal(t, 12*time.Millisecond, l.Offset(60*second))
	l.Drift(60*second, -200)
	require.Equal(t, 12*time.Millisecond, l.Offset(60*second), "a new drift does not step the clock")
	require.Equal(t, time.Duration(0), l.Offset(120*second))
	l.Drift(120*second, 0)
	require.Equal(t, time.Duration(0), l.Offset(1000*second))
}

func TestAFastClockTicksEarlyAndASlowOneLate(t *testing.T) {
	var fast, slow clock.Local
	fast.Drift(0, 250_000)
	slow.Drift(0, -200_000)
	tick := clock.Time(100 * time.Millisecond)
	require.Equal(t, clock.Time(80*time.Millisecond), fast.When(0, tick))
	require.Equal(t, clock.Time(125*time.Millisecond), slow.When(0, tick))
}

func TestAStepMovesTheClockOnce(t *testing.T) {
	var l clock.Local
	l.Step(10*second, 300*time.Millisecond)
	require.Equal(t, 300*time.Millisecond, l.Offset(10*second))
	require.Equal(t, 300*time.Millisecond, l.Offset(99*second))
	l.Step(100*second, -5*time.Second)
	require.Equal(t, -4700*time.Millisecond, l.Offset(100*second))
	require.Equal(t, 105*second-clock.Time(300*time.Millisecond), l.When(100*second, 100*second))
}

func TestAFrozenClockStandsStillAndThenLags(t *testing.T) {
	var l clock.Local
	l.Drift(0, 1000)
	l.Freeze(10 * second)
	reading := l.Read(10 * second)
	require.Equal(t, reading, l.Read(15*second))
	require.Equal(t, clock.Never, l.When(10*second, reading+1))
	require.Equal(t, 11*second, l.When(11*second, reading), "it reads that now")
	l.Freeze(12 * second) // again changes nothing
	l.Step(13*second, time.Second)
	require.Equal(t, reading+second, l.Read(15*second))
	l.Thaw(15 * second)
	require.Equal(t, reading+second+1001*second/1000, l.Read(16*second), "it drifts as before")
	l.Thaw(16 * second) // again changes nothing
	require.Equal(t, reading+second+2*1001*second/1000, l.Read(17*second))
}

func TestAStoppedClockNeverGetsThere(t *testing.T) {
	var l clock.Local
	l.Drift(second, clock.MinDrift)
	require.Equal(t, second, l.Read(50*second))
	require.Equal(t, clock.Never, l.When(2*second, second+1))
}

func TestAClockThatBarelyRunsOrRacesIsExact(t *testing.T) {
	for _, v := range []struct {
		ppm     int64
		reading clock.Time
	}{
		{-999_999, 10 * second},
		{clock.MaxDrift, clock.Never - 1},
		{1, 1 << 58 / 15_625}, // whose product with a million is just below 2^64
		{1, clock.Never - 1},
	} {
		var l clock.Local
		l.Drift(0, v.ppm)
		when := l.When(0, v.reading)
		require.GreaterOrEqual(t, l.Read(when), v.reading)
		require.Less(t, l.Read(when-1), v.reading)
		require.Equal(t, clock.Never, l.When(0, clock.Never), "what never comes does not come early")
	}
	var l clock.Local
	l.Drift(0, -999_999)
	require.Equal(t, clock.Never, l.When(0, 1e15), "a million times as long is too long")
}

func TestTheTimeBeforeTheLastChangeIsGone(t *testing.T) {
	var l clock.Local
	l.Step(10*second, time.Second)
	require.Equal(t, 11*second, l.Read(5*second))
	l.Drift(5*second, 0)
	require.Equal(t, 11*second, l.Read(10*second))
	require.Equal(t, 12*second, l.Read(11*second))
}

func TestHealMakesTheClockReadGlobalTime(t *testing.T) {
	var l clock.Local
	l.Step(second, time.Hour)
	l.Drift(2*second, 500)
	l.Freeze(3 * second)
	l.Heal()
	require.Equal(t, clock.Local{}, l)
	require.Zero(t, l.Offset(4*second))
}

func TestReadingsSaturate(t *testing.T) {
	var l clock.Local
	l.Drift(0, clock.MaxDrift)
	require.Equal(t, clock.Never, l.Read(clock.Never/2))
	l.Heal()
	l.Step(second, 1<<63-1)
	require.Equal(t, clock.Never, l.Read(2*second))
}

func TestDriftOutOfRangePanics(t *testing.T) {
	var l clock.Local
	require.PanicsWithValue(t, "clock: drift of -1000001 ppm, must be from -1000000 to 1000000000",
		func() { l.Drift(0, -1_000_001) })
	require.Panics(t, func() { l.Drift(0, clock.MaxDrift+1) })
}

// change makes one random change of a clock at now and reports whether the
// clock may go back by it.
func change(t *rapid.T, l *clock.Local, now clock.Time) (back bool) {
	switch rapid.IntRange(0, 4).Draw(t, "change") {
	case 0:
		by := rapid.Int64Range(-10e9, 10e9).Draw(t, "by")
		l.Step(now, time.Duration(by))
		return by < 0
	case 1:
		l.Drift(now, rapid.OneOf(rapid.Int64Range(-1000, 1000), rapid.Int64Range(clock.MinDrift, clock.MaxDrift)).Draw(t, "ppm"))
	case 2:
		l.Freeze(now)
	case 3:
		l.Thaw(now)
	default:
		l.Heal()
		return true
	}
	return false
}

func TestReadGoesBackOnlyAtABackwardStepOrAHeal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l clock.Local
		now := clock.Time(0)
		last := l.Read(now)
		t.Repeat(map[string]func(*rapid.T){
			"pass": func(t *rapid.T) {
				now = now.Add(time.Duration(rapid.Int64Range(0, 1e12).Draw(t, "for")))
				reading := l.Read(now)
				require.GreaterOrEqual(t, reading, last)
				last = reading
			},
			"change": func(t *rapid.T) {
				back := change(t, &l, now)
				reading := l.Read(now)
				if !back {
					require.GreaterOrEqual(t, reading, last)
				}
				last = reading
			},
		})
	})
}

func TestWhenIsTheFirstInstantAtWhichTheClockReadsThat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l clock.Local
		now := clock.Time(0)
		for range rapid.IntRange(0, 4).Draw(t, "changes") {
			now = now.Add(time.Duration(rapid.Int64Range(0, 1e12).Draw(t, "for")))
			change(t, &l, now)
		}
		now = now.Add(time.Duration(rapid.Int64Range(0, 1e12).Draw(t, "later")))
		reading := l.Read(now).Add(time.Duration(rapid.OneOf(rapid.Int64Range(-5, 5), rapid.Int64Range(-1e12, 1e15)).Draw(t, "ahead")))
		when := l.When(now, reading)
		require.GreaterOrEqual(t, when, now)
		if when < clock.Never {
			require.GreaterOrEqual(t, l.Read(when), reading)
		}
		if when > now {
			require.Less(t, l.Read(when-1), reading)
		}
	})
}
