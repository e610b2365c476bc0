package sim_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/sim"
)

// talker notes a text and ends with an error.
type talker struct{ note, failure string }

func (p talker) Start(env sim.Env) error {
	env.Note(p.note)
	return errors.New(p.failure)
}
func (talker) Receive(uint64, *sim.Message) {}
func (talker) Timer(uint64)                 {}

// A sentence that is put better must not look like another run; a process that
// notes something else must.
func TestTheFingerprintDigestsDataAndNoProse(t *testing.T) {
	fingerprint := func(p talker) uint64 {
		return run(t, sim.Options{Nodes: 1, Run: time.Second, Process: func(uint64) sim.Process { return p }}).Fingerprint
	}
	first := fingerprint(talker{"1 key", "the log is empty"})
	require.Equal(t, first, fingerprint(talker{"1 key", "there is nothing in the log"}))
	require.NotEqual(t, first, fingerprint(talker{"2 keys", "the log is empty"}))
}
