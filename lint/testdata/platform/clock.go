package platform

import (
	"context"
	"time"
)

const electionTimeout = 150 * time.Millisecond // durations are harmless

var epoch time.Time // want "time.Time: of package time only durations"

func wait(last time.Duration) (bool, error) {
	start := time.Now()              // want "time.Now: use clock.Time handed in by the caller"
	time.Sleep(electionTimeout)      // want "time.Sleep: schedule an event on clock.Queue"
	elapsed := time.Since(start)     // want "time.Since: use clock.Time handed in by the caller"
	<-time.After(last)               // want "time.After: schedule an event on clock.Queue" want "channel receive"
	time.NewTimer(last).Stop()       // want "time.NewTimer: schedule"
	time.NewTicker(last).Stop()      // want "time.NewTicker: schedule"
	_ = time.Tick(last)              // want "time.Tick: schedule"
	time.AfterFunc(last, func() {})  // want "time.AfterFunc: schedule"
	d, err := time.ParseDuration("") // parsing is harmless
	now := time.Now                  // want "time.Now: use clock.Time"
	_ = now
	_, cancel := context.WithTimeout(context.Background(), d) // want "context.WithTimeout: schedule"
	cancel()
	return elapsed.Round(time.Second) > last, err
}
