package scenarios

import (
	"fmt"
	"iter"
	"strings"

	"raftsim/internal/text"
	"raftsim/random"
)

// Seeds is a list of ranges of seeds, run in the order in which it is written.
type Seeds []Range

// Range is all seeds from First to Last, both included. Last is not below First.
type Range struct{ First, Last random.Seed }

// MaxSeeds is the greatest number of seeds that one list may name.
const MaxSeeds = 1_000_000_000

// One is the list of a single seed.
func One(seed random.Seed) Seeds { return Seeds{{seed, seed}} }

// ParseSeeds reads "7", "1-200" or a list of such, "1-3, 7, 20-40".
func ParseSeeds(ranges string) (Seeds, error) {
	var list Seeds
	for part := range strings.SplitSeq(ranges, ",") {
		r, err := parseRange(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		list = append(list, r)
		if list.Len() > MaxSeeds {
			return nil, fmt.Errorf("%q names more than %d seeds", ranges, MaxSeeds)
		}
	}
	return list, nil
}

func parseRange(word string) (Range, error) {
	first, last, ok := text.ParseRange(word)
	switch {
	case !ok:
		return Range{}, fmt.Errorf("%q is no seed and no range of seeds, valid are 7, 1-200, or a list such as 1-3, 7", word)
	case last < first:
		return Range{}, fmt.Errorf("%q runs backwards, did you mean %d-%d", word, last, first)
	case last-first >= MaxSeeds:
		return Range{}, fmt.Errorf("%q names more than %d seeds", word, MaxSeeds)
	}
	return Range{random.Seed(first), random.Seed(last)}, nil
}

// Len is the number of seeds in the list.
func (s Seeds) Len() int64 {
	var n int64
	for _, r := range s {
		n += int64(r.Last-r.First) + 1
	}
	return n
}

// All yields the seeds in order.
func (s Seeds) All() iter.Seq[random.Seed] {
	return func(yield func(random.Seed) bool) {
		for _, r := range s {
			for seed := r.First; ; seed++ {
				if !yield(seed) {
					return
				}
				if seed == r.Last {
					break
				}
			}
		}
	}
}

// Append adds a range at the end, widening the last one where it fits on.
func (s Seeds) Append(r Range) Seeds {
	if n := len(s); n > 0 && s[n-1].Last+1 == r.First && r.First != 0 {
		return append(s[:n-1:n-1], Range{s[n-1].First, r.Last})
	}
	return append(s, r)
}

// AppendAll adds the ranges of another list at the end.
func (s Seeds) AppendAll(more Seeds) Seeds {
	for _, r := range more {
		s = s.Append(r)
	}
	return s
}

// Head is the list of the first n seeds.
func (s Seeds) Head(n int64) Seeds {
	var head Seeds
	for _, r := range s {
		if n <= 0 {
			break
		}
		if size := int64(r.Last-r.First) + 1; n < size {
			r.Last = r.First + random.Seed(n-1)
		}
		n -= int64(r.Last-r.First) + 1
		head = append(head, r)
	}
	return head
}

// Skip is the list without its first n seeds.
func (s Seeds) Skip(n int64) Seeds {
	for i, r := range s {
		size := int64(r.Last-r.First) + 1
		if n < size {
			r.First += random.Seed(n)
			return append(Seeds{r}, s[i+1:]...)
		}
		n -= size
	}
	return nil
}

// String is the list as ParseSeeds reads it, without spaces: "1-3,7".
func (s Seeds) String() string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(text.Range(uint64(r.First), uint64(r.Last)))
	}
	return b.String()
}
