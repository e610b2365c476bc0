package history_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/checker/history"
	"raftsim/random"
	"raftsim/workload"
)

func drawService(t *rapid.T, maxClients int) *service {
	w, err := workload.Lookup(rapid.SampledFrom(workload.Names()).Draw(t, "workload"))
	require.NoError(t, err)
	s := workload.Shape{Keys: rapid.IntRange(1, 3).Draw(t, "keys")}
	draw := rapid.Uint64().Draw(t, "schedule")
	n := uint64(0)
	key := random.Seed(draw).Key("schedule")
	v := newService(w, s, rapid.IntRange(1, maxClients).Draw(t, "clients"), random.Seed(rapid.Uint64().Draw(t, "seed")),
		func(below uint64) uint64 { n++; return key.Fate(1, n) % below })
	v.lose = uint64(rapid.SampledFrom([]int{0, 3, 4, 5, 6, 10}).Draw(t, "lose"))
	return v
}

// reference is Porcupine over the whole history, and nothing else.
func reference(w workload.Workload, ops []history.Operation) history.Verdict {
	var theirs []porcupine.Operation
	for i := range ops {
		o := &ops[i]
		if o.Return == history.Open && o.ReadOnly {
			continue
		}
		in, out := w.Operation(o.Command, o.Answer, o.Return != history.Open)
		theirs = append(theirs, porcupine.Operation{Input: in, Output: out, Call: o.Call, Return: o.Return})
	}
	if porcupine.CheckOperations(w.Model(), theirs) {
		return history.Legal
	}
	return history.Illegal
}

// agree judges a history in every way there is and compares with Porcupine.
func agree(t require.TestingT, v *service, ops []history.Operation) (history.Verdict, []string) {
	want := reference(v.w, ops)
	judges := []workload.Workload{v.w, plain{v.w}}
	if r, ok := v.w.(workload.Ranker); ok {
		judges = append(judges, ranked{v.w, r})
	}
	var methods []string
	for _, w := range judges {
		for _, h := range [][]history.Operation{ops, withoutHints(ops)} {
			got := history.Linearizable(w, h, 100_000)
			if got.Verdict == history.Inconclusive {
				require.Equal(t, plain{v.w}, w, "only what knows nothing but the model may give up")
				continue
			}
			require.Equal(t, want, got.Verdict, "%s by %s", v.w.Name(), got.Method)
			methods = append(methods, got.Verdict.String()+" by "+got.Method.String())
			if want == history.Illegal {
				require.NotNil(t, got.Violation)
				require.NotEmpty(t, got.Window)
				require.LessOrEqual(t, len(got.Window), len(h))
			}
		}
	}
	return want, methods
}

func TestEveryWayOfJudgingAgreesWithPorcupine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawService(t, 4)
		ops := v.run(rapid.IntRange(1, 16).Draw(t, "operations"))
		if rapid.Bool().Draw(t, "corrupt") {
			corrupt(v.w, ops, v.draw)
		}
		agree(t, v, ops)
	})
}

func TestThousandsOfSmallHistoriesAgreeWithPorcupine(t *testing.T) {
	verdicts, methods := map[history.Verdict]int{}, map[string]int{}
	for seed := range random.Seed(6000) {
		draw := scheduled(seed)
		w, err := workload.Lookup(workload.Names()[draw(4)])
		require.NoError(t, err)
		v := newService(w, workload.Shape{Keys: 1 + int(draw(2))}, 1+int(draw(4)), seed, draw)
		v.lose = 3 * draw(4)
		ops := v.run(1 + int(draw(14)))
		for range draw(3) {
			breaks[draw(uint64(len(breaks)))].wrong(v, ops, 1+draw(5))
		}
		verdict, by := agree(t, v, ops)
		verdicts[verdict]++
		for _, m := range by {
			methods[m]++
		}
	}
	require.Greater(t, verdicts[history.Illegal], 500)
	require.Greater(t, verdicts[history.Legal], 500)
	for _, m := range []string{"linearizable by certificate", "linearizable by register", "linearizable by frontier", "not linearizable by porcupine"} {
		require.Greater(t, methods[m], 100, m)
	}
}

func TestLegalHistoryIsCertifiedByItsLog(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawService(t, 8)
		ops := v.run(rapid.IntRange(1, 300).Draw(t, "operations"))
		r := history.Linearizable(v.w, ops, 0)
		require.Equal(t, history.Legal, r.Verdict)
		require.Equal(t, history.ByCertificate, r.Method)
		require.Zero(t, r.Steps)
	})
}

// A hint may be wrong in any way: it can cost the certificate, never the verdict.
func TestWrongHintsNeverChangeTheVerdict(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawService(t, 3)
		ops := v.run(rapid.IntRange(1, 12).Draw(t, "operations"))
		corrupt(v.w, ops, v.draw)
		for i := range ops {
			if v.draw(3) == 0 {
				ops[i].Applied = v.draw(6)
			}
		}
		require.Equal(t, reference(v.w, ops), history.Linearizable(v.w, ops, 0).Verdict)
	})
}

func TestWindowIsIllegalByItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawService(t, 4)
		v = newService(workload.KV, v.shape, len(v.clients), v.seed, v.draw) // windows of others begin in a state of their own
		ops := v.run(rapid.IntRange(1, 60).Draw(t, "operations"))
		for range 4 {
			corrupt(v.w, ops, v.draw)
		}
		r := history.Linearizable(v.w, ops, 0)
		if r.Verdict != history.Illegal {
			return
		}
		require.Equal(t, history.Illegal, reference(v.w, r.Window))
		require.Equal(t, history.BySearch, r.Method)
		for i := range r.Window { // and no operation of it can be spared
			less := append(append([]history.Operation{}, r.Window[:i]...), r.Window[i+1:]...)
			if reference(v.w, less) == history.Illegal {
				require.Equal(t, r.Window[i].ReadOnly, false, "%s can be left out", v.w.Describe(r.Window[i].Command, r.Window[i].Answer))
			}
		}
	})
}

func TestVerdictIsRepeatable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawService(t, 6)
		ops := withoutHints(v.run(rapid.IntRange(1, 80).Draw(t, "operations")))
		corrupt(v.w, ops, v.draw)
		budget := int64(rapid.IntRange(1, 2000).Draw(t, "budget"))
		a, b := history.Linearizable(v.w, ops, budget), history.Linearizable(v.w, ops, budget)
		require.Equal(t, a.Verdict, b.Verdict)
		require.Equal(t, a.Violation, b.Violation)
		require.Equal(t, a.Steps, b.Steps)
		require.LessOrEqual(t, a.Steps, budget)
	})
}

func TestBudgetThatRunsOutIsInconclusive(t *testing.T) {
	n := uint64(0)
	v := newService(workload.KV, workload.Shape{Keys: 1}, 6, 1, func(below uint64) uint64 {
		n++
		return random.Seed(3).Key("x").Fate(1, n) % below
	})
	ops := withoutHints(v.run(300))
	r := history.Linearizable(plain{workload.KV}, ops, 50)
	require.Equal(t, history.Inconclusive, r.Verdict)
	require.Nil(t, r.Violation)
	require.Equal(t, history.Legal, history.Linearizable(plain{workload.KV}, ops, 0).Verdict)
}

func TestStaleReadIsToldInWords(t *testing.T) {
	ops := stale()
	r := history.Linearizable(workload.KV, ops, 0)
	require.Equal(t, history.Illegal, r.Verdict)
	require.Equal(t, "k0", r.Partition)
	require.Equal(t, strings.TrimSpace(`
linearizability (Herlihy and Wing 1990): k0: nothing is seen again after c1.1 had replaced it; no order explains 2 operations
  client 1: put k0 c1.1 -> ok, called at 0.010s (event 10), answered at 0.020s (event 20)
  client 2: get k0 -> nothing, called at 0.030s (event 30), answered at 0.040s (event 40)`), r.Violation.String())
	require.Equal(t, "linearizability: kv: stale read", r.Violation.Signature)

	var page bytes.Buffer
	require.NoError(t, history.WritePage(&page, workload.KV, r))
	require.Contains(t, page.String(), "put k0 c1.1")
	require.Error(t, history.WritePage(&page, workload.KV, history.Result{}))
}

// stale is a put that is answered, and a later get that does not see it, among
// others that have nothing to do with it.
func stale() []history.Operation {
	one := workload.KV.NewClient(random.Seed(1).Key("a"), 1, workload.Shape{Keys: 1, Mix: []workload.Weight{{Op: "put", Weight: 1}}})
	two := workload.KV.NewClient(random.Seed(1).Key("b"), 2, workload.Shape{Keys: 1, Mix: []workload.Weight{{Op: "get", Weight: 1}}})
	machine, empty := workload.KV.NewStateMachine(), workload.KV.NewStateMachine()
	put, get := one.Next(0).Bytes, two.Next(0).Bytes
	op := func(client uint64, command, answer []byte, call, ret int64) history.Operation {
		return history.Operation{Client: client, Command: command, Answer: answer, ReadOnly: client == 2,
			Call: call, Return: ret, CallAt: ms(call), ReturnAt: ms(ret)}
	}
	return []history.Operation{
		op(1, put, machine.Apply(put), 10, 20),
		op(2, get, empty.Query(get), 30, 40),
		op(2, get, machine.Query(get), 50, 60),
		op(2, get, machine.Query(get), 70, 80),
	}
}

func TestLongHistoriesAlwaysGetAVerdict(t *testing.T) {
	for _, name := range workload.Names() {
		w, err := workload.Lookup(name)
		require.NoError(t, err)
		v := crowded(w, 8000, 5)
		require.Equal(t, history.ByCertificate, history.Linearizable(w, v.ops, 0).Method, name)
		require.Equal(t, history.Legal, history.Linearizable(w, withoutHints(v.ops), 0).Verdict, name)
		for range 6 {
			ops := slices.Clone(v.ops)
			for corrupt(w, ops, v.draw) < 0 {
			}
			r := history.Linearizable(w, ops, 0)
			require.Equal(t, history.Illegal, r.Verdict, name)
			require.Less(t, r.Steps, int64(1_000_000), name)
		}
	}
}

func TestOldAnswerInALongHistoryIsFoundWithFewOperations(t *testing.T) {
	v := crowded(workload.KV, 20000, 5)
	found := 0
	for i := range v.ops {
		o := &v.ops[i]
		if i < 10000 || !o.ReadOnly || o.Return == history.Open || found == 5 {
			continue
		}
		for k := i - 1000; k >= 0; k-- { // what a read of the key was answered long ago
			old := &v.ops[k]
			if old.ReadOnly && old.Return != history.Open && object(v.w, old.Command) == object(v.w, o.Command) && !bytes.Equal(old.Answer, o.Answer) {
				ops := slices.Clone(v.ops)
				ops[i].Answer = old.Answer
				r := history.Linearizable(v.w, ops, 0)
				require.Equal(t, history.Illegal, r.Verdict)
				require.Equal(t, history.BySearch, r.Method)
				require.LessOrEqual(t, len(r.Window), 8, "%s", r.Violation)
				found++
				break
			}
		}
	}
	require.Equal(t, 5, found)
}

// careless is a model whose Equal takes all states for one: what its search
// finds is worth nothing, and Porcupine with it says what it says.
type careless struct{ workload.Workload }

func (c careless) Model() porcupine.Model {
	m := c.Workload.Model()
	m.Equal = func(any, any) bool { return true }
	m.Hash = nil
	return m
}

func TestModelThatContradictsItselfDoesNotPanic(t *testing.T) {
	for seed := range random.Seed(200) {
		v := newService(workload.KV, workload.Shape{Keys: 1}, 3, seed, scheduled(seed))
		ops := withoutHints(v.run(12))
		history.Linearizable(careless{workload.KV}, ops, 0)
	}
}

func TestOperationThatEndsBeforeItBeginsIsNoHistory(t *testing.T) {
	ops := stale()
	ops[2].Return = ops[2].Call - 1
	r := history.Linearizable(workload.KV, ops, 0)
	require.Equal(t, history.Illegal, r.Verdict)
	require.Equal(t, "linearizability: impossible history", r.Violation.Signature)
	require.Len(t, r.Window, 1)
}

func TestEmptyHistoryIsLegal(t *testing.T) {
	for _, name := range workload.Names() {
		w, _ := workload.Lookup(name)
		require.Equal(t, history.Legal, history.Linearizable(w, nil, 0).Verdict)
		require.Equal(t, history.Legal, history.Linearizable(plain{w}, nil, 0).Verdict)
	}
}
