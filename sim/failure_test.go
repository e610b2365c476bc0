package sim_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/sim"
)

// A process that ends with an error is excused by what its disk refused to it,
// and not by what it refused to the process before.
func TestAnErrorIsExcusedOnceByWhatTheDiskRefused(t *testing.T) {
	syncs := &actor{period: 100 * time.Millisecond}
	d := withDisk(t, actors(syncs))
	fails := false
	syncs.onTick = func(env sim.Env) {
		file, err := env.FS().Create("file")
		if err == nil {
			err = file.Sync()
		}
		if fails && err == nil {
			err = errors.New("no more")
		}
		if err != nil {
			env.Fail(err)
		}
	}
	d.inject("disk n1 fails-sync once for 1s")
	d.pass(2 * time.Second)
	require.Equal(t, 2, d.count(func(r *sim.Record) bool { return r.Verb == sim.Boot && r.Host == 1 }))
	require.True(t, d.Host(1).Running())
	fails = true
	require.False(t, d.RunFor(time.Second))
	require.Equal(t, "no unexcused failure", d.Violation().Property)
}
