package scenarios

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"raftsim/random"
)

// The kinds of value that one line of text can hold.

// words is a text of at most most characters.
func words(field func(*Scenario) *string, most int) value {
	return leaf[string]{
		field: field,
		parse: func(text string) (string, error) {
			if n := len([]rune(text)); n == 0 || n > most {
				return "", fmt.Errorf("must have 1 to %d characters", most)
			}
			return text, nil
		},
		print: func(text string) string {
			if text == "" {
				return ""
			}
			return quoteYAML(text)
		},
		is: schema{"type": "string", "minLength": 1, "maxLength": most},
	}
}

// whole is a whole number from lo to hi.
func whole[T int | int64 | uint64](field func(*Scenario) *T, lo, hi int64) value {
	return leaf[T]{
		field: field,
		parse: func(text string) (T, error) {
			n, err := strconv.ParseInt(text, 10, 64)
			if err != nil || n < lo || n > hi {
				return 0, fmt.Errorf("must be a whole number from %d to %d", lo, hi)
			}
			return T(n), nil
		},
		print: func(n T) string { return strconv.FormatInt(int64(n), 10) },
		is:    schema{"type": "integer", "minimum": lo, "maximum": hi},
	}
}

// orNone is a whole number from 1 to hi, or 0 for none at all, which the plan
// holds as -1 because its zero stands for the default.
func orNone(field func(*Scenario) *int, hi int) value {
	v := whole(field, 0, int64(hi)).(leaf[int])
	parse, print := v.parse, v.print
	v.parse = func(text string) (int, error) {
		n, err := parse(text)
		if err == nil && n == 0 {
			n = -1
		}
		return n, err
	}
	v.print = func(n int) string {
		if n < 0 {
			return "0"
		}
		if n == 0 {
			return ""
		}
		return print(n)
	}
	return v
}

// flag is yes or no, true or false.
func flag(field func(*Scenario) *bool) value { return flagNamed(field, "true", "false") }

// inverted is a flag whose field says the opposite.
func inverted(field func(*Scenario) *bool) value { return flagNamed(field, "no", "yes") }

func flagNamed(field func(*Scenario) *bool, on, off string) value {
	return leaf[bool]{
		field: field,
		parse: func(text string) (bool, error) {
			switch strings.ToLower(text) {
			case "yes", "true":
				return on == "true", nil
			case "no", "false":
				return on != "true", nil
			}
			return false, fmt.Errorf("must be yes or no")
		},
		print: func(b bool) string {
			if b {
				return on
			}
			return off
		},
		is: schema{"enum": []any{true, false, "yes", "no"}},
	}
}

// choice is one of a few words; the first is the default.
func choice[T ~uint8](field func(*Scenario) *T, names []string) value {
	return leaf[T]{
		field: field,
		parse: func(text string) (T, error) {
			for i, name := range names {
				if name == text {
					return T(i), nil
				}
			}
			return 0, fmt.Errorf("%s", suggestion(text, names))
		},
		print: func(v T) string { return names[v] },
		is:    schema{"enum": names},
	}
}

const durationPattern = `^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$`

// span is a duration from lo to hi.
func span(field func(*Scenario) *time.Duration, lo, hi time.Duration) value {
	return leaf[time.Duration]{
		field: field,
		parse: func(text string) (time.Duration, error) {
			d, err := time.ParseDuration(text)
			if err != nil || d < lo || d > hi {
				return 0, fmt.Errorf("must be a duration such as 50ms or 1.5s, from %s to %s", formatDuration(lo), formatDuration(hi))
			}
			return d, nil
		},
		print: formatDuration,
		is:    schema{"type": "string", "pattern": durationPattern},
	}
}

// formatDuration prints whole seconds and hours as such: "90s" and "24h".
func formatDuration(d time.Duration) string {
	switch {
	case d > 0 && d%time.Hour == 0:
		return strconv.FormatInt(int64(d/time.Hour), 10) + "h"
	case d%time.Second == 0:
		return strconv.FormatInt(int64(d/time.Second), 10) + "s"
	}
	return d.String()
}

// rate is a number of operations a second, "100/s", up to hi.
func rate(field func(*Scenario) *int, hi int) value {
	return leaf[int]{
		field: field,
		parse: func(text string) (int, error) {
			digits, ok := strings.CutSuffix(text, "/s")
			n, err := strconv.Atoi(digits)
			if !ok || err != nil || n < 1 || n > hi {
				return 0, fmt.Errorf("must be a number of operations a second such as 100/s, from 1/s to %d/s", hi)
			}
			return n, nil
		},
		print: func(n int) string {
			if n == 0 {
				return ""
			}
			return strconv.Itoa(n) + "/s"
		},
		is: schema{"type": "string", "pattern": `^[0-9]+/s$`},
	}
}

// maxBytes bounds every amount of bytes in a file.
const maxBytes = 1 << 40

// size is an amount of bytes, a plain number or one with a unit such as 64KB.
// Zero stands for the default or for no limit.
func size[T int | int64 | uint64](field func(*Scenario) *T, hi int64) value {
	return leaf[T]{
		field: field,
		parse: func(text string) (T, error) {
			n, ok := parseBytes(text)
			if !ok || n > hi {
				return 0, fmt.Errorf("must be a number of bytes such as 512 or 64KB, from 0 to %s", formatBytes(hi))
			}
			return T(n), nil
		},
		print: func(n T) string { return formatBytes(int64(n)) },
		is:    schema{"type": []string{"string", "integer"}, "minimum": 0, "pattern": `^[0-9]+(B|KB|MB|GB)?$`},
	}
}

// bandwidth is a number of bytes a second, "1MB/s".
func bandwidth(field func(*Scenario) *int64) value {
	return leaf[int64]{
		field: field,
		parse: func(text string) (int64, error) {
			amount, perSecond := strings.CutSuffix(text, "/s")
			n, ok := parseBytes(amount)
			if !ok || !(perSecond || n == 0) || n > maxBytes {
				return 0, fmt.Errorf("must be a number of bytes a second such as 64KB/s, or 0 for no limit")
			}
			return n, nil
		},
		print: func(n int64) string {
			if n == 0 {
				return "0"
			}
			return formatBytes(n) + "/s"
		},
		is: schema{"type": []string{"string", "integer"}, "minimum": 0, "maximum": 0, "pattern": `^[0-9]+(B|KB|MB|GB)?/s$`},
	}
}

// byteUnits are those of fault lines: a KB has 1024 bytes.
var byteUnits = []struct {
	name  string
	bytes int64
}{{"GB", 1 << 30}, {"MB", 1 << 20}, {"KB", 1 << 10}, {"B", 1}}

func parseBytes(text string) (int64, bool) {
	unit := int64(1)
	for _, u := range byteUnits {
		if digits, ok := strings.CutSuffix(text, u.name); ok {
			text, unit = digits, u.bytes
			break
		}
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > maxBytes/unit {
		return 0, false
	}
	return n * unit, true
}

func formatBytes(n int64) string {
	for _, u := range byteUnits[:3] {
		if n >= u.bytes && n%u.bytes == 0 {
			return strconv.FormatInt(n/u.bytes, 10) + u.name
		}
	}
	return strconv.FormatInt(n, 10)
}

// share is a probability, "1%".
func share(field func(*Scenario) *random.Ratio) value {
	return leaf[random.Ratio]{
		field: field,
		parse: func(text string) (random.Ratio, error) {
			r, err := random.ParseRatio(text)
			if err != nil {
				return r, fmt.Errorf("must be a share such as 1%%, 0.5%% or 1/3, at most 100%%")
			}
			return r, nil
		},
		print: random.Ratio.String,
		is:    schema{"type": []string{"string", "number"}, "minimum": 0, "maximum": 1, "pattern": `^[0-9]+(\.[0-9]+)?%$|^[0-9]+/[0-9]+$`},
	}
}
