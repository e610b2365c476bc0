package workload_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/random"
	"raftsim/workload"
)

// step is one command of a sequential history and what the machine said.
type step struct {
	command workload.Command
	answer  []byte
}

// drawWorkload picks a registered workload and a shape for it.
func drawWorkload(t *rapid.T) (workload.Workload, workload.Shape) {
	w, err := workload.Lookup(rapid.SampledFrom(workload.Names()).Draw(t, "workload"))
	require.NoError(t, err)
	s := workload.Shape{
		Keys:       rapid.IntRange(0, 6).Draw(t, "keys"),
		ValueBytes: rapid.SampledFrom([]int{0, 1, 17, 64}).Draw(t, "value bytes"),
		Skew:       rapid.IntRange(0, workload.MaxSkew).Draw(t, "skew"),
	}
	require.NoError(t, s.Validate(w))
	return w, s
}

// drawSteps runs commands of up to four clients, one after the other, through m.
func drawSteps(t *rapid.T, w workload.Workload, s workload.Shape, m workload.StateMachine) []step {
	seed := random.Seed(rapid.Uint64().Draw(t, "seed"))
	var clients []workload.Client
	for i := range uint64(4) {
		clients = append(clients, w.NewClient(seed.Key(fmt.Sprintf("client %d", i)), i+1, s))
	}
	next := make([]uint64, len(clients))
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) step {
		i := rapid.IntRange(0, len(clients)-1).Draw(t, "client")
		c := clients[i].Next(next[i])
		answer := m.Apply(c.Bytes)
		clients[i].Learn(next[i], answer)
		next[i]++
		return step{c, answer}
	}), 1, 40).Draw(t, "steps")
}

// history lays the steps end to end. skip returns true for a step whose
// outcome nobody learned.
func history(w workload.Workload, steps []step, unknown func(i int) bool) []porcupine.Operation {
	var h []porcupine.Operation
	for i, s := range steps {
		lost := unknown(i)
		in, out := w.Operation(s.command.Bytes, s.answer, !lost)
		op := porcupine.Operation{Input: in, Output: out, Call: int64(2 * i), Return: int64(2*i + 1)}
		if lost {
			op.Return = 1 << 62
		}
		h = append(h, op)
	}
	return h
}

func never(int) bool { return false }

func TestModelAcceptsWhatTheMachineAnswersInSequence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, s := drawWorkload(t)
		steps := drawSteps(t, w, s, w.NewStateMachine())
		require.True(t, porcupine.CheckOperations(w.Model(), history(w, steps, never)))
	})
}

func TestModelAcceptsUnknownOutcomesAppliedOrNot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, s := drawWorkload(t)
		m := w.NewStateMachine()
		var lost []bool
		steps := drawSteps(t, w, s, &forgetful{StateMachine: m, forget: func() (forget bool) {
			if lost = append(lost, rapid.IntRange(0, 9).Draw(t, "lost") == 0); lost[len(lost)-1] {
				return rapid.Bool().Draw(t, "not applied")
			}
			return false
		}})
		require.True(t, porcupine.CheckOperations(w.Model(), history(w, steps, func(i int) bool { return lost[i] })))
	})
}

// forgetful drops commands that it is told to.
type forgetful struct {
	workload.StateMachine
	forget func() bool
}

func (f *forgetful) Apply(command []byte) []byte {
	if f.forget() {
		return []byte{0}
	}
	return f.StateMachine.Apply(command)
}

func TestModelRefusesAnyOtherAnswer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, s := drawWorkload(t)
		steps := drawSteps(t, w, s, w.NewStateMachine())
		i := rapid.IntRange(0, len(steps)-1).Draw(t, "corrupted")
		wrong := slices.Clone(steps[i].answer)
		switch rapid.IntRange(0, 3).Draw(t, "how") {
		case 0:
			wrong[rapid.IntRange(0, len(wrong)-1).Draw(t, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		case 1:
			wrong = append(wrong, rapid.Byte().Draw(t, "more"))
		case 2:
			wrong = wrong[:rapid.IntRange(0, len(wrong)-1).Draw(t, "length")]
		case 3: // the answer to another command
			wrong = steps[rapid.IntRange(0, len(steps)-1).Draw(t, "other")].answer
		}
		if bytes.Equal(wrong, steps[i].answer) {
			t.Skip("nothing changed")
		}
		steps[i].answer = wrong
		require.False(t, porcupine.CheckOperations(w.Model(), history(w, steps, never)),
			"%s", w.Describe(steps[i].command.Bytes, wrong))
	})
}

func TestReadsChangeNothingAndAgreeWithTheLog(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, s := drawWorkload(t)
		m := w.NewStateMachine()
		for _, s := range drawSteps(t, w, s, m) {
			before, snapshot := m.Digest(), m.Snapshot()
			answer := m.Query(s.command.Bytes)
			require.Equal(t, before, m.Digest())
			require.Equal(t, snapshot, m.Snapshot())
			if s.command.ReadOnly {
				require.Equal(t, m.Apply(s.command.Bytes), answer)
				require.Equal(t, before, m.Digest(), "a read through the log changed the state")
			} else {
				require.Equal(t, []byte{0}, answer, "a query wrote")
			}
		}
	})
}

func TestSnapshotCarriesTheWholeState(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, s := drawWorkload(t)
		m, copied := w.NewStateMachine(), w.NewStateMachine()
		drawSteps(t, w, s, copied) // something to be replaced
		drawSteps(t, w, s, m)
		require.NoError(t, copied.Restore(m.Snapshot()))
		require.Equal(t, m.Digest(), copied.Digest())
		require.Equal(t, m.Snapshot(), copied.Snapshot())
		for _, s := range drawSteps(t, w, s, m) {
			require.Equal(t, s.answer, copied.Apply(s.command.Bytes))
			require.Equal(t, m.Digest() == copied.Digest(), bytes.Equal(m.Snapshot(), copied.Snapshot()))
		}
		require.Equal(t, m.Digest(), copied.Digest())
	})
}

func TestDigestForgetsTheOrderOfUnrelatedCommands(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"kv", "lock", "queue"}).Draw(t, "workload")
		w, err := workload.Lookup(name)
		require.NoError(t, err)
		m := w.NewStateMachine()
		steps := drawSteps(t, w, workload.Shape{Keys: 4}, m)
		other := w.NewStateMachine()
		h := history(w, steps, never)
		for i := range h {
			h[i].Metadata = i
		}
		parts := w.Model().Partition(h)
		slices.Reverse(parts)
		for _, part := range parts {
			for _, op := range part {
				other.Apply(steps[op.Metadata.(int)].command.Bytes)
			}
		}
		require.Equal(t, m.Digest(), other.Digest())
		require.Equal(t, m.Snapshot(), other.Snapshot())
	})
}

func TestDigestTellsDifferentStatesApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, s := drawWorkload(t)
		a, b := w.NewStateMachine(), w.NewStateMachine()
		drawSteps(t, w, s, a)
		drawSteps(t, w, s, b)
		require.Equal(t, bytes.Equal(a.Snapshot(), b.Snapshot()), a.Digest() == b.Digest())
	})
}

func TestClientsRepeatThemselves(t *testing.T) {
	for _, name := range workload.Names() {
		w, err := workload.Lookup(name)
		require.NoError(t, err)
		a := w.NewClient(random.Seed(7).Key("client"), 3, workload.Shape{})
		b := w.NewClient(random.Seed(7).Key("client"), 3, workload.Shape{})
		differ := false
		for n := range uint64(200) {
			one := a.Next(n)
			require.Equal(t, one, b.Next(n), name)
			require.Equal(t, one, a.Next(n), "%s: asking twice changed the command", name)
			differ = differ || !bytes.Equal(one.Bytes, a.Next(n+1).Bytes)
		}
		require.True(t, differ, name)
	}
}

func TestNoTwoWritesAreAlike(t *testing.T) {
	for _, name := range []string{"kv", "queue"} {
		w, err := workload.Lookup(name)
		require.NoError(t, err)
		seen := map[string]bool{}
		for client := range uint64(3) {
			c := w.NewClient(random.Seed(1).Key(fmt.Sprint(client)), client, workload.Shape{})
			for n := range uint64(300) {
				if k := c.Next(n); !k.ReadOnly && k.Bytes[0] != 1 /* dequeue */ {
					require.False(t, seen[string(k.Bytes)], w.Describe(k.Bytes, nil))
					seen[string(k.Bytes)] = true
				}
			}
		}
	}
}
