package random

import "math/bits"

// The tables of quantiles have one entry for each point of a grid over the
// fates. The grid is fine where quantile functions are steep: towards either
// end it halves its step with each octave, that is each halving of the
// distance to the end, and each octave has the same number of equal steps.
// The fates below the lowest octave, and those above the highest, make one more
// octave each, which reaches to the end.
const (
	lowOctaves   = 8  // octaves of the lower half of the fates
	highOctaves  = 20 // octaves of the upper half
	stepBits     = 4
	octaveSteps  = 1 << stepBits
	gridSteps    = (lowOctaves + highOctaves) * octaveSteps
	gridPoints   = gridSteps + 1
	middleOctave = lowOctaves // octaves from here on belong to the upper half
)

// gridPlace returns the step of the grid that a fate lies in, and how far into
// it as a fraction of 2^64.
func gridPlace(fate uint64) (step int, part uint64) {
	if fate < 1<<63 {
		octave, offset, width := octaveOf(fate, lowOctaves)
		// Counted from the middle down to the lower end, and the step within
		// the octave from its lower end up.
		return place(lowOctaves-1-octave, offset, width)
	}
	octave, offset, width := octaveOf(^fate, highOctaves)
	return place(middleOctave+octave, 1<<width-1-offset, width)
}

// octaveOf returns which halving of [0, 2^63) towards 0 the distance lies in,
// its offset from the lower end of that octave, and the binary logarithm of the
// octave's width. The last octave reaches down to 0.
func octaveOf(distance uint64, octaves int) (octave int, offset uint64, width int) {
	octave = bits.LeadingZeros64(distance) - 1
	if octave >= octaves-1 {
		return octaves - 1, distance, 64 - octaves
	}
	return octave, distance - 1<<(62-octave), 62 - octave
}

func place(octave int, offset uint64, width int) (step int, part uint64) {
	in := int(offset >> (width - stepBits))
	return octave*octaveSteps + in, offset << (64 - width + stepBits)
}

// gridFate returns the distance of grid point i from the nearer end of the
// fates, in units of 2^-64, and whether that is the upper end. The very ends
// have distance 0.
func gridFate(i int) (distance uint64, upper bool) {
	octave, step := i/octaveSteps, uint64(i%octaveSteps)
	if i == gridSteps {
		return 0, true
	}
	if octave < middleOctave {
		octave = lowOctaves - 1 - octave
		if octave == lowOctaves-1 {
			return step << (64 - lowOctaves - stepBits), false
		}
		return 1<<(62-octave) + step<<(62-octave-stepBits), false
	}
	octave -= middleOctave
	if octave == highOctaves-1 {
		return (octaveSteps - step) << (64 - highOctaves - stepBits), true
	}
	return 1<<(63-octave) - step<<(62-octave-stepBits), true
}
