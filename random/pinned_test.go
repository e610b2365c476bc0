package random_test

import "time"

// What seeds gave when they were first published. A change here ages every seed
// there is and belongs into the changelog.
const (
	pinnedFate    = 0xae9a2fe2515bf260
	pinnedSubFate = 0x8b0eca12c4b473bf
	pinnedMix     = 0x885d9e34f64ff357
)

var pinnedDurations = []time.Duration{
	1000000, 1004000, 2200000, 4080000, 4996000, 5000000,
	0, 5002, 1783574, 7349088, 34540959, 80828856,
	161261, 315619, 3129111, 9679266, 79188117, 526380132,
	2600824, 2603278, 3640904, 10401318, 1755235819, 3200000000,
}
