package faults

import (
	"slices"
	"strings"

	"raftsim/clock"
)

// Schedule is the planned trouble of a run, sorted by At; faults of the same
// instant fire in their order.
type Schedule []Fault

// Sort puts the faults in the order in which they fire.
func (s Schedule) Sort() {
	slices.SortStableFunc(s, func(a, b Fault) int {
		switch {
		case a.At < b.At:
			return -1
		case a.At > b.At:
			return 1
		}
		return 0
	})
}

// String prints one fault a line, in aligned columns. Parse reads it back.
// Every line ends with a newline; an empty schedule is empty text.
func (s Schedule) String() string {
	const columns = 5 // time, action, for, every, within
	rows := make([][columns]string, len(s))
	var width [columns]int
	for i, f := range s {
		when, what, m := f.columns()
		rows[i] = [columns]string{when, what, m[0], m[1], m[2]}
		for c, text := range rows[i] {
			width[c] = max(width[c], len(text))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		var line strings.Builder
		for c, text := range row {
			line.WriteString(text)
			if width[c] > 0 {
				line.WriteString(strings.Repeat(" ", width[c]-len(text)+2))
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " "))
		b.WriteByte('\n')
	}
	return b.String()
}

// Hosts lists the hosts that the schedule names, ascending, those that it
// adds included.
func (s Schedule) Hosts() []uint64 {
	var ids []uint64
	for _, f := range s {
		for _, g := range f.Action.Groups() {
			ids = append(ids, g.IDs()...)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Count tells how many faults of each kind there are, in the order of Kinds.
func (s Schedule) Count() []KindCount {
	counts := map[string]int{}
	for _, f := range s {
		counts[f.Action.Kind()]++
	}
	var list []KindCount
	for _, k := range Kinds() {
		if n := counts[k.Name]; n > 0 {
			list = append(list, KindCount{k.Name, n})
		}
	}
	return list
}

// KindCount is how many faults of a kind there are.
type KindCount struct {
	Kind  string
	Count int
}

// End is the last instant at which the schedule itself starts or ends
// something, repetitions without "until" and faults without "for" left out.
func (s Schedule) End() clock.Time {
	var end clock.Time
	for _, f := range s {
		start := max(f.At, f.AtMax, f.Every.Until)
		end = max(end, start.Add(max(f.For, f.ForMax)))
	}
	return end
}
