//go:build !unix

package pace

import "time"

var start = time.Now()

// processorTime is wall time here: keep the machine idle otherwise.
func processorTime() time.Duration { return time.Since(start) }
