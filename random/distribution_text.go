package random

import (
	"fmt"
	"strings"
	"time"
)

// ParseDistribution reads the text of a distribution:
//
//	5ms                          always 5 ms
//	1ms..5ms                     uniform
//	exp 5ms                      exponential with that mean
//	median 5ms p99 40ms          log-normal
//	heavy median 5ms p99 200ms   heavy tail (Pareto)
//
// Durations are written as in Go. An error says which part is wrong.
func ParseDistribution(text string) (Distribution, error) {
	words := strings.Fields(text)
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
		return Distribution{}, fmt.Errorf(`random: distribution %q: want "5ms", "1ms..5ms", "exp 5ms", "median 5ms p99 40ms" or "heavy median 5ms p99 200ms"`, text)
	}
	from, err := parseDuration(text, a)
	if err != nil {
		return Distribution{}, err
	}
	to, err := parseDuration(text, b)
	if err != nil {
		return Distribution{}, err
	}
	return newDistribution(s, from, to)
}

func parseDuration(text, word string) (time.Duration, error) {
	d, err := time.ParseDuration(word)
	if err != nil {
		return 0, fmt.Errorf(`random: distribution %q: %q is not a duration such as "5ms" or "1.5s"`, text, word)
	}
	return d, nil
}

// String returns the text that [ParseDistribution] reads.
func (d Distribution) String() string {
	a, b := time.Duration(d.a), time.Duration(d.b)
	switch d.shape {
	case exponential:
		return fmt.Sprintf("exp %v", a)
	case logNormal:
		return fmt.Sprintf("median %v p99 %v", a, b)
	case heavyTail:
		return fmt.Sprintf("heavy median %v p99 %v", a, b)
	}
	if a == b {
		return a.String()
	}
	return fmt.Sprintf("%v..%v", a, b)
}
