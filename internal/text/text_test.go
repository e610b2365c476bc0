package text_test

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/internal/text"
)

func TestADurationIsReadAsItWasWritten(t *testing.T) {
	pattern := regexp.MustCompile(text.DurationPattern)
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Min(0).Draw(t, "ns"))
		s := text.Duration(d)
		require.Regexp(t, pattern, s)
		got, ok := text.ParseDuration(s)
		require.True(t, ok, s)
		require.Equal(t, d, got, s)
		theirs, err := time.ParseDuration(s)
		require.NoError(t, err)
		require.Equal(t, d, theirs, "Go reads %s as well", s)
	})
}

func TestWhatGoWritesForADurationIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Min(0).Draw(t, "ns"))
		got, ok := text.ParseDuration(d.String())
		require.True(t, ok, d.String())
		require.Equal(t, d, got, d.String())
	})
}

func TestDurationsHaveOneForm(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"0s": 0, "1ns": 1, "1.5us": 1500, "800ms": 800 * time.Millisecond, "1.5s": 1500 * time.Millisecond, "90s": 90 * time.Second,
		"24h": 24 * time.Hour, "5400s": 90 * time.Minute, "-1.5s": -1500 * time.Millisecond,
		"-9223372036.854775808s": math.MinInt64, "9223372036.854775807s": math.MaxInt64,
	} {
		require.Equal(t, want, text.Duration(d))
	}
	require.Equal(t, "+300ms", text.SignedDuration(300*time.Millisecond))
	require.Equal(t, "-300ms", text.SignedDuration(-300*time.Millisecond))
	require.Equal(t, "0s", text.SignedDuration(0))
	require.Equal(t, "5s..15s", text.DurationRange(5*time.Second, 15*time.Second))
	require.Equal(t, "5s", text.DurationRange(5*time.Second, 0))
}

func TestDurationsAreExactAndHaveUnits(t *testing.T) {
	for s, want := range map[string]time.Duration{"0": 0, "1m30s": 90 * time.Second, "0.5h": 30 * time.Minute, "1.50µs": 1500, "1μs": 1000, "1.000000000000000000000s": time.Second} {
		got, ok := text.ParseDuration(s)
		require.True(t, ok, s)
		require.Equal(t, want, got, s)
	}
	for _, s := range []string{"", "5", "s", ".5s", "5.s", "-5s", "+5s", "1.5ns", "0.1ns", "1e3s", "5 s", "5x", "1.2.3s", "9223372037s", "99999999999999999999h", "1s2"} {
		_, ok := text.ParseDuration(s)
		require.False(t, ok, s)
	}
}

func TestASizeIsReadAsItWasWritten(t *testing.T) {
	pattern := regexp.MustCompile(text.SizePattern)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Min(0).Draw(t, "bytes")
		s := text.Size(n)
		require.Regexp(t, pattern, s)
		got, ok := text.ParseSize(s)
		require.True(t, ok, s)
		require.Equal(t, n, got, s)
	})
	require.Equal(t, "64KB", text.Size(64<<10))
	require.Equal(t, "1500B", text.Size(1500))
	for _, s := range []string{"", "5", "KB", "1.5KB", "-1B", "9223372036854775807KB", "5kb", "5 B"} {
		_, ok := text.ParseSize(s)
		require.False(t, ok, s)
	}
}

func TestADecimalIsTheFractionItSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole, fraction := rapid.Uint32().Draw(t, "whole"), rapid.Uint32Range(0, 999_999_999).Draw(t, "billionths")
		d, ok := text.ParseDecimal(fmt.Sprintf("%d.%09d", whole, fraction))
		require.True(t, ok)
		require.Equal(t, (uint64(whole)*1e9+uint64(fraction))*d.Den, d.Num*1e9)
	})
	for _, s := range []string{"", ".", "1.", ".1", "1e3", "+1", "-1", "0.123456789012345678", "99999999999999999999"} {
		_, ok := text.ParseDecimal(s)
		require.False(t, ok, s)
	}
}

func TestARangeIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first, last := rapid.Uint64().Draw(t, "first"), rapid.Uint64().Draw(t, "last")
		a, b, ok := text.ParseRange(text.Range(first, last))
		require.True(t, ok)
		require.Equal(t, [2]uint64{first, last}, [2]uint64{a, b})
	})
	require.Equal(t, "7", text.Range(7, 7))
	for _, s := range []string{"", "-", "1-", "-1", "1-2-3", "a"} {
		_, _, ok := text.ParseRange(s)
		require.False(t, ok, s)
	}
}

// A slip is one letter changed, dropped, added or swapped with its neighbour.
func TestASlipOfOneLetterFindsItsWord(t *testing.T) {
	words := []string{"partition", "isolate", "crash", "reconfigure", "transfer", "misdirect"}
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SampledFrom(words).Draw(t, "word")
		i := rapid.IntRange(0, len(word)-2).Draw(t, "at")
		slip := rapid.SampledFrom([]string{
			word[:i] + "x" + word[i+1:], word[:i] + word[i+1:], word[:i] + "x" + word[i:],
			word[:i] + string(word[i+1]) + string(word[i]) + word[i+2:],
		}).Draw(t, "slip")
		require.Equal(t, word, text.Nearest(slip, words))
		require.Equal(t, word, text.Nearest(strings.ToUpper(slip), words))
		require.True(t, strings.HasPrefix(text.Suggestion(slip, words), fmt.Sprintf("did you mean %q? valid are ", word)))
	})
}

func TestAWordThatIsNearToNoneGetsNoGuess(t *testing.T) {
	words := []string{"put", "get", "a"}
	for _, word := range []string{"", "zzz", "putting it all on one line", strings.Repeat("put", 1000)} {
		require.Empty(t, text.Nearest(word, words), word)
		require.Equal(t, "valid are put, get, a", text.Suggestion(word, words))
	}
	many := slices.Repeat([]string{"word"}, 21)
	require.Equal(t, `did you mean "word"?`, text.Suggestion("wrod", many))
}

func TestWordsForPeople(t *testing.T) {
	require.Equal(t, "1 seed", text.Count(1, "seed"))
	require.Equal(t, "0 seeds", text.Count(0, "seed"))
	require.Equal(t, "2 seeds", text.Count(uint64(2), "seed"))
	require.Equal(t, "", text.Or(nil))
	require.Equal(t, "a", text.Or([]string{"a"}))
	require.Equal(t, "a, b or c", text.Or([]string{"a", "b", "c"}))
	require.Equal(t, "äö", text.Cut("äöü", 2))
	require.Equal(t, "äöü", text.Cut("äöü", 3))
	require.Equal(t, "", text.Cut("äöü", 0))
	require.Equal(t, `"a\n"`, text.Quote("a\n"))
	require.Equal(t, `"`+strings.Repeat("ä", 80)+`..." (81 characters)`, text.Quote(strings.Repeat("ä", 81)))
}
