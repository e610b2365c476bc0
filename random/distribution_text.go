package random

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"raftsim/internal/text"
)

// ErrSyntax says that a text is not of the form that is read.
var ErrSyntax = errors.New("invalid syntax")

// ParseDistribution reads the text of a distribution:
//
//	5ms                          always 5 ms
//	1ms..5ms                     uniform
//	exp 5ms                      exponential with that mean
//	median 5ms p99 40ms          log-normal
//	heavy median 5ms p99 200ms   heavy tail (Pareto)
//
// Durations are decimals with units, "1.5s" or "1m30s". An error says which part
// is wrong; it is an [ErrSyntax] unless each part can be read and only its value
// is not allowed.
func ParseDistribution(form string) (Distribution, error) {
	words := strings.Fields(form)
	var s shape
	var a, b string
	switch {
	case len(words) == 1 && strings.Contains(words[0], ".."):
		a, b, _ = strings.Cut(words[0], "..")
	case len(words) == 1:
		a, b = words[0], words[0]
	case len(words) == 2 && words[0] == "exp":
		s, a, b = exponential, words[1], "0s"
	case len(words) == 4 && words[0] == "median" && words[2] == "p99":
		s, a, b = logNormal, words[1], words[3]
	case len(words) == 5 && words[0] == "heavy" && words[1] == "median" && words[3] == "p99":
		s, a, b = heavyTail, words[2], words[4]
	default:
		return Distribution{}, fmt.Errorf(`random: distribution %q: %w, want "5ms", "1ms..5ms", "exp 5ms", "median 5ms p99 40ms" or "heavy median 5ms p99 200ms"`, form, ErrSyntax)
	}
	var ends [2]time.Duration
	for i, word := range []string{a, b} {
		var ok bool
		if ends[i], ok = text.ParseDuration(word); !ok {
			return Distribution{}, fmt.Errorf(`random: distribution %q: %w, %q is not a duration such as "5ms" or "1.5s"`, form, ErrSyntax, word)
		}
	}
	return newDistribution(s, ends[0], ends[1])
}

// String returns the text that [ParseDistribution] reads.
func (d Distribution) String() string {
	a, b := time.Duration(d.a), time.Duration(d.b)
	switch d.shape {
	case exponential:
		return fmt.Sprintf("exp %s", text.Duration(a))
	case logNormal:
		return fmt.Sprintf("median %s p99 %s", text.Duration(a), text.Duration(b))
	case heavyTail:
		return fmt.Sprintf("heavy median %s p99 %s", text.Duration(a), text.Duration(b))
	}
	return text.DurationRange(a, b)
}
