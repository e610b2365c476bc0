package workload_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/workload"
)

// counting is a machine that counts what it executes.
type counting struct{ executed []string }

func (c *counting) Apply(command []byte) []byte {
	c.executed = append(c.executed, string(command))
	return []byte("did " + string(command))
}
func (c *counting) Query(query []byte) []byte { return query }
func (c *counting) Snapshot() []byte          { return []byte{byte(len(c.executed))} }
func (c *counting) Restore(b []byte) error    { c.executed = make([]string, b[0]); return nil }
func (c *counting) Digest() uint64            { return uint64(len(c.executed)) }

func request(session, number uint64, command string) []byte {
	return workload.EncodeRequest(nil, session, number, []byte(command))
}

func TestRetriedCommandTakesEffectOnce(t *testing.T) {
	m := &counting{}
	s := workload.NewSessions(m)
	first, duplicate := s.Apply(request(1, 1, "a"))
	require.False(t, duplicate)
	s.Apply(request(2, 1, "b"))
	again, duplicate := s.Apply(request(1, 1, "a"))
	require.True(t, duplicate)
	require.Equal(t, first, again)
	require.Equal(t, []string{"a", "b"}, m.executed)
}

func TestCommandOlderThanItsSessionIsRefused(t *testing.T) {
	m := &counting{}
	s := workload.NewSessions(m)
	s.Apply(request(1, 1, "a"))
	s.Apply(request(1, 2, "b"))
	answer, duplicate := s.Apply(request(1, 1, "a"))
	require.True(t, duplicate)
	require.Nil(t, answer)
	require.Equal(t, []string{"a", "b"}, m.executed)
	require.Equal(t, uint64(2), s.Last(1))
}

func TestSessionMaySkipNumbersAndTheSkippedAreRefusedLater(t *testing.T) {
	m := &counting{}
	s := workload.NewSessions(m)
	_, duplicate := s.Apply(request(1, 5, "a"))
	require.False(t, duplicate)
	answer, duplicate := s.Apply(request(1, 4, "late"))
	require.True(t, duplicate)
	require.Nil(t, answer)
	require.Equal(t, []string{"a"}, m.executed)
}

func TestBytesThatAreNoRequestAreRefused(t *testing.T) {
	s := workload.NewSessions(&counting{})
	for _, b := range [][]byte{nil, {}, {1}, {0, 1, 'x'}, {1, 0, 'x'}, {0x80}, {0x81, 0, 1}} {
		answer, duplicate := s.Apply(b)
		require.True(t, duplicate, "%v", b)
		require.Nil(t, answer, "%v", b)
	}
	require.Equal(t, workload.NewSessions(&counting{}).Digest(), s.Digest())
}

func TestSessionsOutliveASnapshot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := workload.NewSessions(workload.KV.NewStateMachine())
		other := workload.NewSessions(workload.KV.NewStateMachine())
		requests := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) []byte {
			return workload.EncodeRequest(nil, rapid.Uint64Range(1, 4).Draw(t, "session"), rapid.Uint64Range(1, 6).Draw(t, "number"),
				rapid.SliceOfN(rapid.Byte(), 0, 4).Draw(t, "command"))
		}), 0, 20).Draw(t, "requests")
		for _, r := range requests {
			s.Apply(r)
		}
		other.Apply(request(9, 9, "to be replaced"))
		require.NoError(t, other.Restore(s.Snapshot()))
		require.Equal(t, s.Digest(), other.Digest())
		require.Equal(t, s.Snapshot(), other.Snapshot())
		for _, r := range requests {
			want, wantDuplicate := s.Apply(r)
			got, gotDuplicate := other.Apply(r)
			require.Equal(t, want, got)
			require.Equal(t, wantDuplicate, gotDuplicate)
		}
		require.Equal(t, s.Digest(), other.Digest())
	})
}

func TestDigestOfSessionsSeesTheTable(t *testing.T) {
	a, b := workload.NewSessions(&counting{}), workload.NewSessions(&counting{})
	a.Apply(request(1, 1, "x"))
	b.Apply(request(2, 1, "x"))
	require.NotEqual(t, a.Digest(), b.Digest())
	a.Apply(request(2, 1, "y"))
	b.Apply(request(1, 1, "y"))
	require.NotEqual(t, a.Digest(), b.Digest(), "the answers in the tables differ")
	c, d := workload.NewSessions(&counting{}), workload.NewSessions(&counting{})
	c.Apply(request(1, 1, "x"))
	c.Apply(request(2, 1, "y"))
	d.Apply(request(2, 1, "y"))
	d.Apply(request(1, 1, "x"))
	require.Equal(t, c.Digest(), d.Digest())
}
