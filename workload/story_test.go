package workload_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/random"
	"raftsim/workload"
)

// tell runs the first commands of three clients through a machine in turn and
// puts them into words.
func tell(w workload.Workload, s workload.Shape, commands int) []string {
	m := w.NewStateMachine()
	var clients []workload.Client
	for i := range uint64(3) {
		clients = append(clients, w.NewClient(random.Seed(4).Key(fmt.Sprintf("client %d", i)), i+1, s))
	}
	var story []string
	for i := range commands {
		c, n := clients[i%3], uint64(i/3)
		k := c.Next(n)
		answer := m.Apply(k.Bytes)
		c.Learn(n, answer)
		story = append(story, w.Describe(k.Bytes, answer))
	}
	return story
}

func TestEveryOperationSucceedsAndIsRefusedSometimes(t *testing.T) {
	for _, name := range workload.Names() {
		w, err := workload.Lookup(name)
		require.NoError(t, err)
		took, refused := map[string]int{}, map[string]int{}
		for _, line := range tell(w, workload.Shape{Keys: 2}, 2000) {
			op := strings.Fields(line)[0]
			require.NotContains(t, line, "malformed")
			if strings.Contains(line, "refused") || strings.Contains(line, "empty") {
				refused[op]++
			} else {
				took[op]++
			}
		}
		for _, op := range workload.Usual(w) {
			require.Greater(t, took[op], 20, "%s %s took effect", name, op)
		}
		require.Len(t, took, len(workload.Usual(w)), "a reserved operation came unasked")
		for _, op := range map[string][]string{"kv": {"cas"}, "bank": {"transfer"}, "lock": {"acquire", "release", "write"}, "queue": {"dequeue"}}[name] {
			require.Greater(t, refused[op], 20, "%s %s was refused", name, op)
		}
	}
}

func TestAStaleGetIsDrawnWhereAMixNamesItAndIsAnsweredAsAGet(t *testing.T) {
	require.Equal(t, []string{"put", "get", "cas", "append", "delete"}, workload.Usual(workload.KV))
	c := workload.KV.NewClient(random.Seed(1).Key("client"), 1, workload.Shape{Keys: 1, Mix: []workload.Weight{{Op: "stale-get", Weight: 1}}})
	require.Equal(t, workload.KVStaleGet(0), c.Next(0))
	m := workload.KV.NewStateMachine()
	mark := workload.Mark{Client: 1, Number: 1}
	m.Apply(workload.KVPut(0, mark).Bytes)
	answer := m.Query(workload.KVStaleGet(0).Bytes)
	require.Equal(t, m.Query(workload.KVGet(0).Bytes), answer)
	require.Equal(t, "stale-get k0 -> c1.1", workload.KV.Describe(workload.KVStaleGet(0).Bytes, answer))
	c = workload.KV.NewClient(random.Seed(1).Key("client"), 1, workload.Shape{Keys: 1,
		Mix: []workload.Weight{{Op: "stale-get", Weight: 1}, {Op: "cas", Weight: 1}}})
	for n := uint64(0); ; n++ {
		if command := c.Next(n); !command.Stale {
			require.Equal(t, workload.KVCompareAndSet(0, mark, workload.Mark{Client: 1, Number: n + 1}), command, "it builds on what it was told")
			return
		}
		c.Learn(n, answer)
	}
}

func TestTransfersKeepTheTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := workload.Bank.NewStateMachine()
		steps := drawSteps(t, workload.Bank, workload.Shape{Keys: 4}, m)
		audit := workload.Bank.NewClient(random.Seed(1).Key("auditor"), 9, workload.Shape{Keys: 4, Mix: []workload.Weight{{Op: "audit", Weight: 1}}})
		var balances [4]int
		words := workload.Bank.Describe(audit.Next(0).Bytes, m.Apply(audit.Next(0).Bytes))
		_, err := fmt.Sscanf(words, "audit 4 accounts -> [%d %d %d %d]", &balances[0], &balances[1], &balances[2], &balances[3])
		require.NoError(t, err, words)
		require.Equal(t, 4*workload.BankOpening, balances[0]+balances[1]+balances[2]+balances[3], "after %d steps", len(steps))
	})
}

// does applies commands one after the other and puts each into words.
func does(w workload.Workload, commands ...[]byte) []string {
	m := w.NewStateMachine()
	var story []string
	for _, c := range commands {
		story = append(story, w.Describe(c, m.Apply(c)))
	}
	return story
}

func TestDeposedHolderCannotWritePastItsSuccessor(t *testing.T) {
	one, two := workload.Mark{Client: 1, Number: 1}, workload.Mark{Client: 2, Number: 1}
	require.Equal(t, []string{
		"acquire l0 c1.1 -> token 1 held by c1.1, nothing written",
		"acquire l0 c2.1 -> refused, token 1 held by c1.1, nothing written",
		"steal l0 c2.1 -> token 2 held by c2.1, nothing written",
		"write l0 c1.1 with token 1 -> token 2 held by c2.1, write 1 was c1.1 with token 1",
		"write l0 c2.1 with token 2 -> token 2 held by c2.1, write 2 was c2.1 with token 2",
		"write l0 c1.1 with token 1 -> refused, token 2 held by c2.1, write 2 was c2.1 with token 2",
		"write l0 c1.1 with token 3 -> refused, token 2 held by c2.1, write 2 was c2.1 with token 2",
		"release l0 with token 1 -> refused, token 2 held by c2.1, write 2 was c2.1 with token 2",
		"release l0 with token 2 -> token 2 free, write 2 was c2.1 with token 2",
		"write l0 c2.1 with token 2 -> token 2 free, write 3 was c2.1 with token 2",
		"read l0 -> token 2 free, write 3 was c2.1 with token 2",
		"read l1 -> token 0 free, nothing written",
	}, does(workload.Lock,
		workload.EncodeLock("acquire", 0, one, 0),
		workload.EncodeLock("acquire", 0, two, 0),
		workload.EncodeLock("steal", 0, two, 0),
		workload.EncodeLock("write", 0, one, 1),
		workload.EncodeLock("write", 0, two, 2),
		workload.EncodeLock("write", 0, one, 1),
		workload.EncodeLock("write", 0, one, 3), // never handed out
		workload.EncodeLock("release", 0, one, 1),
		workload.EncodeLock("release", 0, two, 2),
		workload.EncodeLock("write", 0, two, 2),
		workload.EncodeLock("read", 0, one, 0),
		workload.EncodeLock("read", 1, one, 0),
	))
}

func TestValueOfAKeyTellsItsHistory(t *testing.T) {
	a, b, c := workload.Mark{Client: 1, Number: 1}, workload.Mark{Client: 2, Number: 4}, workload.Mark{Client: 1, Number: 2}
	none := workload.Mark{}
	require.Equal(t, []string{
		"get k3 -> nothing",
		"cas k3 from c1.1 to c2.4 -> refused, is nothing",
		"cas k3 from nothing to c1.1 -> ok",
		"append k3 c2.4 -> ok",
		"get k3 -> c1.1+c2.4",
		"cas k3 from c1.1 to c1.2 -> refused, is c1.1+c2.4",
		"cas k3 from c2.4 to c1.2 -> ok",
		"get k3 -> c1.2",
		"delete k3 (c2.4) -> ok",
		"get k3 -> deleted(c2.4)",
		"append k3 c1.1 -> ok",
		"get k3 -> deleted(c2.4)+c1.1",
		"put k3 c1.2 -> ok",
		"get k3 -> c1.2",
		"get k4 -> nothing",
	}, does(workload.KV,
		workload.EncodeKV("get", 3, none, none),
		workload.EncodeKV("cas", 3, b, a),
		workload.EncodeKV("cas", 3, a, none),
		workload.EncodeKV("append", 3, b, none),
		workload.EncodeKV("get", 3, none, none),
		workload.EncodeKV("cas", 3, c, a),
		workload.EncodeKV("cas", 3, c, b),
		workload.EncodeKV("get", 3, none, none),
		workload.EncodeKV("delete", 3, b, none),
		workload.EncodeKV("get", 3, none, none),
		workload.EncodeKV("append", 3, a, none),
		workload.EncodeKV("get", 3, none, none),
		workload.EncodeKV("put", 3, c, none),
		workload.EncodeKV("get", 3, none, none),
		workload.EncodeKV("get", 4, none, none),
	))
	require.Equal(t, "put k3 c1.1 -> unknown", workload.KV.Describe(workload.EncodeKV("put", 3, a, none), nil))
}

func TestQueueHandsOutEachItemOnceInOrder(t *testing.T) {
	a, b := workload.Mark{Client: 1, Number: 1}, workload.Mark{Client: 2, Number: 1}
	put := func(m workload.Mark) []byte { return workload.EncodeQueue("enqueue", 0, m) }
	take, peek := workload.EncodeQueue("dequeue", 0, a), workload.EncodeQueue("peek", 0, a)
	require.Equal(t, []string{
		"dequeue q0 -> empty after position 0",
		"enqueue q0 c1.1 -> position 1",
		"enqueue q0 c2.1 -> position 2",
		"peek q0 -> c1.1 at position 1",
		"dequeue q0 -> c1.1 at position 1",
		"dequeue q0 -> c2.1 at position 2",
		"peek q0 -> empty after position 2",
		"enqueue q0 c1.1 -> position 3",
	}, does(workload.Queue, take, put(a), put(b), peek, take, take, peek, put(a)))
}

func TestMixAndSkewAreRespected(t *testing.T) {
	s := workload.Shape{Keys: 4, Skew: 2, Mix: []workload.Weight{{Op: "get", Weight: 3}, {Op: "put", Weight: 1}}}
	require.NoError(t, s.Validate(workload.KV))
	c := workload.KV.NewClient(random.Seed(2).Key("client"), 1, s)
	ops, keys := map[string]int{}, map[string]int{}
	for n := range uint64(4000) {
		words := strings.Fields(workload.KV.Describe(c.Next(n).Bytes, nil))
		ops[words[0]]++
		keys[words[1]]++
	}
	require.Len(t, ops, 2)
	require.InDelta(t, 3000, ops["get"], 150)
	for rank, want := range []float64{1920, 960, 640, 480} { // 4000 * (1/r) / (1 + 1/2 + 1/3 + 1/4)
		require.InDelta(t, want, keys[fmt.Sprintf("k%d", rank)], 150)
	}
}

func TestAppendsAloneDoNotGrowAValueForever(t *testing.T) {
	s := workload.Shape{Keys: 1, Mix: []workload.Weight{{Op: "append", Weight: 1}}}
	m := workload.KV.NewStateMachine()
	c := workload.KV.NewClient(random.Seed(2).Key("client"), 1, s)
	for n := range uint64(20000) {
		m.Apply(c.Next(n).Bytes)
	}
	require.Less(t, len(m.Snapshot()), 4000)
}

func TestValueBytesAreTheSizeOfAValue(t *testing.T) {
	m := workload.KV.NewStateMachine()
	s := workload.Shape{Keys: 1, ValueBytes: 1000, Mix: []workload.Weight{{Op: "put", Weight: 1}}}
	m.Apply(workload.KV.NewClient(random.Seed(2).Key("client"), 1, s).Next(0).Bytes)
	require.InDelta(t, 1000, len(m.Snapshot()), 10)
}

func TestShapeNamesItsMistake(t *testing.T) {
	mix := func(w ...workload.Weight) workload.Shape { return workload.Shape{Mix: w} }
	for _, c := range []struct {
		s    workload.Shape
		want string
	}{
		{workload.Shape{Keys: -1}, "workload: kv: keys is -1, must be 0 to 65536"},
		{workload.Shape{Keys: 1 << 17}, "workload: kv: keys is 131072, must be 0 to 65536"},
		{workload.Shape{ValueBytes: -5}, "workload: kv: value bytes is -5, must be 0 to 1048576"},
		{workload.Shape{Skew: 4}, "workload: kv: skew is 4, must be 0 to 3"},
		{mix(workload.Weight{Op: "pop", Weight: 1}), `workload: kv: no operation is named "pop", did you mean "put"? valid are put, get, cas, append, delete, stale-get`},
		{mix(workload.Weight{Op: "put", Weight: -1}), "workload: kv: weight of put is -1, must be 0 to 1000000"},
		{mix(workload.Weight{Op: "put", Weight: 1}, workload.Weight{Op: "put", Weight: 1}), "workload: kv: put is weighed twice"},
		{mix(workload.Weight{Op: "put"}), "workload: kv: all weights of the mix are zero"},
	} {
		require.EqualError(t, c.s.Validate(workload.KV), c.want)
	}
	require.NoError(t, workload.Shape{}.Validate(workload.KV))
}

func TestUnknownWorkloadIsToldWhatThereIs(t *testing.T) {
	_, err := workload.Lookup("sql")
	require.EqualError(t, err, `workload: no workload is named "sql", valid are bank, kv, lock, queue`)
	require.Panics(t, func() { workload.Register(workload.KV) })
}
