package scenarios

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"raftsim/internal/text"
	"raftsim/random"
)

// The kinds of value that one line of text can hold.

// words is a text of at most most characters.
func words(field func(*Scenario) *string, most int) value {
	return leaf[string]{
		field: field,
		parse: func(word string) (string, error) {
			if n := len([]rune(word)); n == 0 || n > most {
				return "", fmt.Errorf("must have 1 to %d characters", most)
			}
			return word, nil
		},
		print: func(word string) string {
			if word == "" {
				return ""
			}
			return quoteYAML(word)
		},
		is: schema{"type": "string", "minLength": 1, "maxLength": most},
	}
}

// whole is a whole number from lo to hi.
func whole[T int | int64 | uint64](field func(*Scenario) *T, lo, hi int64) value {
	return leaf[T]{
		field: field,
		parse: func(word string) (T, error) {
			n, err := strconv.ParseInt(word, 10, 64)
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
	v.parse = func(word string) (int, error) {
		n, err := parse(word)
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
		parse: func(word string) (bool, error) {
			switch strings.ToLower(word) {
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
		parse: func(word string) (T, error) {
			for i, name := range names {
				if name == word {
					return T(i), nil
				}
			}
			return 0, fmt.Errorf("%s", text.Suggestion(word, names))
		},
		print: func(v T) string { return names[v] },
		is:    schema{"enum": names},
	}
}

// span is a duration from lo to hi.
func span(field func(*Scenario) *time.Duration, lo, hi time.Duration) value {
	return leaf[time.Duration]{
		field: field,
		parse: func(word string) (time.Duration, error) {
			d, ok := text.ParseDuration(word)
			if !ok || d < lo || d > hi {
				return 0, fmt.Errorf("must be a duration such as 50ms or 1.5s, from %s to %s", text.Duration(lo), text.Duration(hi))
			}
			return d, nil
		},
		print: text.Duration,
		is:    schema{"type": "string", "pattern": text.DurationPattern},
	}
}

// rate is a number of operations a second, "100/s", up to hi.
func rate(field func(*Scenario) *int, hi int) value {
	return leaf[int]{
		field: field,
		parse: func(word string) (int, error) {
			digits, ok := strings.CutSuffix(word, "/s")
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
			return rateText(n)
		},
		is: schema{"type": "string", "pattern": `^[0-9]+/s$`},
	}
}

func rateText(n int) string { return strconv.Itoa(n) + "/s" }

// maxBytes bounds every amount of bytes in a file.
const maxBytes = 1 << 40

// size is an amount of bytes, a plain number or one with a unit such as 64KB.
// Zero stands for the default or for no limit.
func size[T int | int64 | uint64](field func(*Scenario) *T, hi int64) value {
	return leaf[T]{
		field: field,
		parse: func(word string) (T, error) {
			n, ok := parseSize(word)
			if !ok || n > hi {
				return 0, fmt.Errorf("must be a number of bytes such as 512 or 64KB, from 0 to %s", text.Size(hi))
			}
			return T(n), nil
		},
		print: func(n T) string { return text.Size(int64(n)) },
		is:    schema{"type": []string{"string", "integer"}, "minimum": 0, "pattern": `^[0-9]+(B|KB|MB|GB)?$`},
	}
}

// bandwidth is a number of bytes a second, "1MB/s".
func bandwidth(field func(*Scenario) *int64) value {
	return leaf[int64]{
		field: field,
		parse: func(word string) (int64, error) {
			amount, perSecond := strings.CutSuffix(word, "/s")
			n, ok := parseSize(amount)
			if !ok || !(perSecond || n == 0) || n > maxBytes {
				return 0, fmt.Errorf("must be a number of bytes a second such as 64KB/s, or 0 for no limit")
			}
			return n, nil
		},
		print: func(n int64) string {
			if n == 0 {
				return "0"
			}
			return text.Size(n) + "/s"
		},
		is: schema{"type": []string{"string", "integer"}, "minimum": 0, "maximum": 0, "pattern": `^[0-9]+(B|KB|MB|GB)?/s$`},
	}
}

// parseSize reads a size with its unit, or a plain number of bytes.
func parseSize(word string) (int64, bool) {
	if word != "" && strings.Trim(word, "0123456789") == "" {
		word += "B"
	}
	n, ok := text.ParseSize(word)
	return n, ok && n <= maxBytes
}

// share is a probability, "1%".
func share(field func(*Scenario) *random.Ratio) value {
	return leaf[random.Ratio]{
		field: field,
		parse: func(word string) (random.Ratio, error) {
			r, err := random.ParseRatio(word)
			if err != nil {
				return r, fmt.Errorf("must be a share such as 1%%, 0.5%% or 1/3, at most 100%%")
			}
			return r, nil
		},
		print: random.Ratio.String,
		is:    schema{"type": []string{"string", "number"}, "minimum": 0, "maximum": 1, "pattern": `^[0-9]+(\.[0-9]+)?%$|^[0-9]+/[0-9]+$`},
	}
}
