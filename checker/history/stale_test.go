package history_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/checker/history"
	"raftsim/random"
	"raftsim/workload"
)

// withStaleReads adds a stale read to the history of each client after each of
// its operations, of the oldest state that the client may see.
func withStaleReads(v *service) []history.Operation {
	m := v.w.NewStateMachine()
	states := [][]byte{m.Snapshot()} // after each index
	commands := map[uint64][]byte{}
	for i := range v.ops {
		if o := &v.ops[i]; o.Applied > 0 && (!o.ReadOnly || commands[o.Applied] == nil) {
			commands[o.Applied] = o.Command
		}
	}
	for index := uint64(1); index <= v.index; index++ {
		m.Apply(commands[index])
		states = append(states, m.Snapshot())
	}
	var ops []history.Operation
	for i := range v.ops {
		o := v.ops[i]
		o.Call, o.Return = 4*o.Call, scaled(o.Return)
		ops = append(ops, o)
		if o.Return == history.Open {
			continue
		}
		get := workload.KVGet(uint64(i % 2))
		old := v.w.NewStateMachine()
		if err := old.Restore(states[o.Applied]); err != nil {
			panic(err)
		}
		ops = append(ops, history.Operation{Client: o.Client, Command: get.Bytes, Answer: old.Query(get.Bytes),
			ReadOnly: true, Stale: true, Call: o.Return + 1, Return: o.Return + 2})
	}
	return ops
}

func scaled(at int64) int64 {
	if at == history.Open {
		return at
	}
	return 4 * at
}

func TestStaleReadsOfOldStatesAreSequential(t *testing.T) {
	for seed := range random.Seed(100) {
		v := newService(workload.KV, workload.Shape{Keys: 2}, 4, seed, scheduled(seed))
		v.lose = 8
		v.run(60)
		ops := withStaleReads(v)
		bad, judged := history.StaleReads(workload.KV, ops)
		require.True(t, judged)
		require.Nil(t, bad, "%v", bad)
		require.Equal(t, history.Legal, history.Linearizable(workload.KV, ops, 0).Verdict)
	}
}

func TestClientNeverSeesLessThanItHasWritten(t *testing.T) {
	put := workload.KVPut(0, workload.Mark{Client: 1, Number: 1})
	get := workload.KVGet(0)
	before, after := workload.KV.NewStateMachine(), workload.KV.NewStateMachine()
	ok := after.Apply(put.Bytes)
	ops := []history.Operation{
		{Client: 1, Command: put.Bytes, Answer: ok, Call: 1, Return: 2, Applied: 1},
		{Client: 2, Command: get.Bytes, Answer: before.Query(get.Bytes), ReadOnly: true, Stale: true, Call: 3, Return: 4},
	}
	bad, judged := history.StaleReads(workload.KV, ops)
	require.True(t, judged)
	require.Nil(t, bad, "another client may lag behind")

	ops[1].Client = 1
	bad, _ = history.StaleReads(workload.KV, ops)
	require.NotNil(t, bad)
	require.Equal(t, "sequential consistency: kv", bad.Signature)
	require.Equal(t, `sequential consistency (Lamport 1979): no state that client 1 may have seen gives the answer of its stale read
  client 1: put k0 c1.1 -> ok, called at 0.000s (event 1), answered at 0.000s (event 2)
  client 1: get k0 -> nothing, called at 0.000s (event 3), answered at 0.000s (event 4)`, bad.String())

	ops[0].Answer = []byte{7}
	_, judged = history.StaleReads(workload.KV, ops)
	require.False(t, judged, "the order of the log does not explain the put")
	ops[0].Answer, ops[0].Applied = ok, 0
	_, judged = history.StaleReads(workload.KV, ops)
	require.False(t, judged)
}

func TestClientNeverSeesTheFutureAndThenThePast(t *testing.T) {
	one := workload.KVPut(0, workload.Mark{Client: 1, Number: 1})
	two := workload.KVPut(1, workload.Mark{Client: 2, Number: 1})
	m := workload.KV.NewStateMachine()
	get := workload.KVGet(0)
	nothing := m.Query(get.Bytes)
	first := m.Apply(one.Bytes)
	written := m.Query(get.Bytes)
	second := m.Apply(two.Bytes)
	ops := []history.Operation{
		{Client: 2, Command: get.Bytes, Answer: written, ReadOnly: true, Stale: true, Call: 1, Return: 2},
		{Client: 2, Command: two.Bytes, Answer: second, Call: 5, Return: 6, Applied: 2},
		{Client: 1, Command: one.Bytes, Answer: first, Call: 3, Return: 4, Applied: 1},
		{Client: 2, Command: get.Bytes, Answer: written, ReadOnly: true, Stale: true, Call: 7, Return: 8},
	}
	bad, judged := history.StaleReads(workload.KV, ops)
	require.True(t, judged)
	require.NotNil(t, bad, "it was answered before anybody asked to write that")
	ops[0].Return = 10
	bad, _ = history.StaleReads(workload.KV, ops)
	require.Nil(t, bad)
	ops[3].Answer = nothing
	bad, _ = history.StaleReads(workload.KV, ops)
	require.NotNil(t, bad)
	ops[3].Answer, ops[0].Applied = written, 0
	ops[1].Applied, ops[2].Applied = 1, 2 // now the read comes before what it saw
	_, judged = history.StaleReads(workload.KV, ops)
	require.False(t, judged, "the one was answered before the other was asked for")
	ops[2].Return = 9
	bad, _ = history.StaleReads(workload.KV, ops)
	require.NotNil(t, bad)
	require.Len(t, bad.Evidence, 2)
}
