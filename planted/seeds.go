package planted

import (
	"fmt"
	"math"
	"strings"

	"raftsim/internal/text"
)

// Seeds is a range of seeds, both ends included.
type Seeds struct {
	First, Last uint64
}

// ParseSeeds reads "1-500" or "17".
func ParseSeeds(word string) (Seeds, error) {
	first, last, ok := text.ParseRange(word)
	s := Seeds{first, last}
	if !ok || s.First > s.Last || s.Len() > math.MaxInt32 {
		return Seeds{}, fmt.Errorf("planted: seeds are %q, must be a range such as 1-500, or one seed", word)
	}
	return s, nil
}

// UnmarshalYAML reads the seeds of a bug's file.
func (s *Seeds) UnmarshalYAML(value []byte) error {
	var err error
	*s, err = ParseSeeds(strings.Trim(strings.TrimSpace(string(value)), `"'`))
	return err
}

// Len is how many seeds there are.
func (s Seeds) Len() uint64 { return s.Last - s.First + 1 }

// After is the range of the same length that follows n of them: sweeps that
// share no seed.
func (s Seeds) After(n int) Seeds {
	by := uint64(n) * s.Len()
	return Seeds{First: s.First + by, Last: s.Last + by}
}

// String is the form that ParseSeeds reads.
func (s Seeds) String() string {
	return text.Range(s.First, s.Last)
}
