package workload_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/random"
	"raftsim/workload"
)

// FuzzBytes hands arbitrary bytes to everything that decodes: nothing panics,
// what is refused changes nothing, and the machine and the model still agree.
func FuzzBytes(f *testing.F) {
	for _, name := range workload.Names() {
		w, _ := workload.Lookup(name)
		m := w.NewStateMachine()
		c := w.NewClient(random.Seed(1).Key("client"), 1, workload.Shape{ValueBytes: 9})
		for n := range uint64(12) {
			command := c.Next(n).Bytes
			f.Add(command, m.Apply(command))
		}
		f.Add(m.Snapshot(), workload.EncodeRequest(nil, 1, 2, c.Next(12).Bytes))
	}
	f.Add([]byte{0, 0x80, 0}, []byte{1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, a, b []byte) {
		for _, name := range workload.Names() {
			w, err := workload.Lookup(name)
			require.NoError(t, err)
			checkBytes(t, w, a, b)
		}
	})
}

func checkBytes(t *testing.T, w workload.Workload, a, b []byte) {
	require.NotEmpty(t, w.Describe(a, b))
	require.NotEmpty(t, w.Describe(a, nil))
	m := workload.NewSessions(w.NewStateMachine())
	m.Apply(a)
	m.Apply(b)

	model, state := w.Model(), any(nil)
	state = model.Init()
	for _, command := range [][]byte{a, b, a} {
		before := m.Machine().Digest()
		require.NotEmpty(t, m.Query(command))
		require.Equal(t, before, m.Machine().Digest())
		if before != 0 {
			break // a request was well formed: the model did not see it
		}
	}

	fresh := w.NewStateMachine()
	before := fresh.Digest()
	if err := fresh.Restore(a); err != nil {
		require.Equal(t, before, fresh.Digest())
	}
	require.NotEmpty(t, fresh.Apply(b))
	again := workload.NewSessions(w.NewStateMachine())
	if again.Restore(b) == nil {
		require.Equal(t, again.Snapshot(), clone(t, w, again).Snapshot())
		require.Equal(t, again.Digest(), clone(t, w, again).Digest())
	}

	pure := w.NewStateMachine()
	answer := pure.Apply(a)
	in, out := w.Operation(a, answer, true)
	ok, next := model.Step(state, in, out)
	if len(answer) == 1 && answer[0] == 0 { // malformed: a model never sees its like
		return
	}
	require.True(t, ok, "the model refuses %s", w.Describe(a, answer))
	require.True(t, model.Equal(next, next))
	require.Equal(t, model.Hash(next), model.Hash(next))
	require.NotEmpty(t, model.DescribeOperation(in, out))
	require.NotEmpty(t, model.DescribeState(next))
}

func clone(t *testing.T, w workload.Workload, s *workload.Sessions) *workload.Sessions {
	c := workload.NewSessions(w.NewStateMachine())
	require.NoError(t, c.Restore(s.Snapshot()))
	return c
}
