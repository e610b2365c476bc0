package floats

import (
	"fmt"
	"math"
	"time"
)

const half = 1.0 / 2 * math.Pi // constants are exact

func decide(loss, draw float64, n int) bool {
	wait := math.Log(draw)           // want "math.Log: count in integers"
	wait *= 2.5                      // want "floating-point \\*=: count in integers"
	wait++                           // want "floating-point \\+\\+: count in integers"
	delay := time.Duration(wait)     // want "floating point made an integer"
	share := float64(n) / half       // want "floating-point /: count in integers"
	if draw < loss || share > wait { // want "floating-point <" want "floating-point >"
		return delay > 0
	}
	return math.MaxInt64 > n // an integer constant
}

// Rate is a figure for people.
//
// for display only: it goes into the summary line, never into an event.
func rate(events int, in time.Duration) string {
	return fmt.Sprintf("%.1f events/s", float64(events)/in.Seconds())
}

func percent(part, whole int) string {
	share := 100 * float64(part) / float64(whole) // for display only: a label
	return fmt.Sprint(share)
}
