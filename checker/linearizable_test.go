package checker_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/checker"
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
func reference(w workload.Workload, history []checker.Operation) checker.Verdict {
	var ops []porcupine.Operation
	for i := range history {
		o := &history[i]
		if o.Return == checker.Open && o.ReadOnly {
			continue
		}
		in, out := w.Operation(o.Command, o.Answer, o.Return != checker.Open)
		ops = append(ops, porcupine.Operation{Input: in, Output: out, Call: o.Call, Return: o.Return})
	}
	if porcupine.CheckOperations(w.Model(), ops) {
		return checker.Legal
	}
	return checker.Illegal
}

// agree judges a history in every way there is and compares with Porcupine.
func agree(t require.TestingT, v *service, history []checker.Operation) (checker.Verdict, []string) {
	want := reference(v.w, history)
	judges := []workload.Workload{v.w, plain{v.w}}
	if r, ok := v.w.(workload.Ranker); ok {
		judges = append(judges, ranked{v.w, r})
	}
	var methods []string
	for _, w := range judges {
		for _, h := range [][]checker.Operation{history, withoutHints(history)} {
			got := checker.Linearizable(w, h, 100_000)
			if got.Verdict == checker.Inconclusive {
				require.Equal(t, plain{v.w}, w, "only what knows nothing but the model may give up")
				continue
			}
			require.Equal(t, want, got.Verdict, "%s by %s", v.w.Name(), got.Method)
			methods = append(methods, got.Verdict.String()+" by "+got.Method)
			if want == checker.Illegal {
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
		history := v.run(rapid.IntRange(1, 16).Draw(t, "operations"))
		if rapid.Bool().Draw(t, "corrupt") {
			corrupt(v.w, history, v.draw)
		}
		agree(t, v, history)
	})
}

func TestThousandsOfSmallHistoriesAgreeWithPorcupine(t *testing.T) {
	verdicts, methods := map[checker.Verdict]int{}, map[string]int{}
	for seed := range random.Seed(6000) {
		draw := scheduled(seed)
		w, err := workload.Lookup(workload.Names()[draw(4)])
		require.NoError(t, err)
		v := newService(w, workload.Shape{Keys: 1 + int(draw(2))}, 1+int(draw(4)), seed, draw)
		v.lose = 3 * draw(4)
		history := v.run(1 + int(draw(14)))
		for range draw(3) {
			breaks[draw(uint64(len(breaks)))].wrong(v, history, 1+draw(5))
		}
		verdict, by := agree(t, v, history)
		verdicts[verdict]++
		for _, m := range by {
			methods[m]++
		}
	}
	require.Greater(t, verdicts[checker.Illegal], 500)
	require.Greater(t, verdicts[checker.Legal], 500)
	for _, m := range []string{"linearizable by certificate", "linearizable by register", "linearizable by frontier", "not linearizable by porcupine"} {
		require.Greater(t, methods[m], 100, m)
	}
}

func TestLegalHistoryIsCertifiedByItsLog(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawService(t, 8)
		history := v.run(rapid.IntRange(1, 300).Draw(t, "operations"))
		r := checker.Linearizable(v.w, history, 0)
		require.Equal(t, checker.Legal, r.Verdict)
		require.Equal(t, "certificate", r.Method)
		require.Zero(t, r.Steps)
	})
}

// A hint may be wrong in any way: it can cost the certificate, never the verdict.
func TestWrongHintsNeverChangeTheVerdict(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawService(t, 3)
		history := v.run(rapid.IntRange(1, 12).Draw(t, "operations"))
		corrupt(v.w, history, v.draw)
		for i := range history {
			if v.draw(3) == 0 {
				history[i].Applied = v.draw(6)
			}
		}
		require.Equal(t, reference(v.w, history), checker.Linearizable(v.w, history, 0).Verdict)
	})
}

func TestWindowIsIllegalByItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawService(t, 4)
		v = newService(workload.KV, v.shape, len(v.clients), v.seed, v.draw) // windows of others begin in a state of their own
		history := v.run(rapid.IntRange(1, 60).Draw(t, "operations"))
		for range 4 {
			corrupt(v.w, history, v.draw)
		}
		r := checker.Linearizable(v.w, history, 0)
		if r.Verdict != checker.Illegal {
			return
		}
		require.Equal(t, checker.Illegal, reference(v.w, r.Window))
		require.Equal(t, "porcupine", r.Method)
		for i := range r.Window { // and no operation of it can be spared
			less := append(append([]checker.Operation{}, r.Window[:i]...), r.Window[i+1:]...)
			if reference(v.w, less) == checker.Illegal {
				require.Equal(t, r.Window[i].ReadOnly, false, "%s can be left out", v.w.Describe(r.Window[i].Command, r.Window[i].Answer))
			}
		}
	})
}

func TestVerdictIsRepeatable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawService(t, 6)
		history := withoutHints(v.run(rapid.IntRange(1, 80).Draw(t, "operations")))
		corrupt(v.w, history, v.draw)
		budget := int64(rapid.IntRange(1, 2000).Draw(t, "budget"))
		a, b := checker.Linearizable(v.w, history, budget), checker.Linearizable(v.w, history, budget)
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
	history := withoutHints(v.run(300))
	r := checker.Linearizable(plain{workload.KV}, history, 50)
	require.Equal(t, checker.Inconclusive, r.Verdict)
	require.Nil(t, r.Violation)
	require.Equal(t, checker.Legal, checker.Linearizable(plain{workload.KV}, history, 0).Verdict)
}

func TestStaleReadIsToldInWords(t *testing.T) {
	history := stale()
	r := checker.Linearizable(workload.KV, history, 0)
	require.Equal(t, checker.Illegal, r.Verdict)
	require.Equal(t, "k0", r.Partition)
	require.Equal(t, strings.TrimSpace(`
linearizability (Herlihy and Wing 1990): k0: nothing is seen again after c1.1 had replaced it; no order explains 2 operations
  client 1: put k0 c1.1 -> ok, called at 0.010s (event 10), answered at 0.020s (event 20)
  client 2: get k0 -> nothing, called at 0.030s (event 30), answered at 0.040s (event 40)`), r.Violation.String())
	require.Equal(t, "linearizability: kv: stale read", r.Violation.Signature)

	var page bytes.Buffer
	require.NoError(t, checker.WritePage(&page, workload.KV, r))
	require.Contains(t, page.String(), "put k0 c1.1")
	require.Error(t, checker.WritePage(&page, workload.KV, checker.Result{}))
}

// stale is a put that is answered, and a later get that does not see it, among
// others that have nothing to do with it.
func stale() []checker.Operation {
	one := workload.KV.NewClient(random.Seed(1).Key("a"), 1, workload.Shape{Keys: 1, Mix: []workload.Weight{{Op: "put", Weight: 1}}})
	two := workload.KV.NewClient(random.Seed(1).Key("b"), 2, workload.Shape{Keys: 1, Mix: []workload.Weight{{Op: "get", Weight: 1}}})
	machine, empty := workload.KV.NewStateMachine(), workload.KV.NewStateMachine()
	put, get := one.Next(0).Bytes, two.Next(0).Bytes
	op := func(client uint64, command, answer []byte, call, ret int64) checker.Operation {
		return checker.Operation{Client: client, Command: command, Answer: answer, ReadOnly: client == 2,
			Call: call, Return: ret, CallAt: ms(call), ReturnAt: ms(ret)}
	}
	return []checker.Operation{
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
		require.Equal(t, "certificate", checker.Linearizable(w, v.history, 0).Method, name)
		require.Equal(t, checker.Legal, checker.Linearizable(w, withoutHints(v.history), 0).Verdict, name)
		for range 6 {
			history := slices.Clone(v.history)
			for corrupt(w, history, v.draw) < 0 {
			}
			r := checker.Linearizable(w, history, 0)
			require.Equal(t, checker.Illegal, r.Verdict, name)
			require.Less(t, r.Steps, int64(1_000_000), name)
		}
	}
}

func TestOldAnswerInALongHistoryIsFoundWithFewOperations(t *testing.T) {
	v := crowded(workload.KV, 20000, 5)
	found := 0
	for i := range v.history {
		o := &v.history[i]
		if i < 10000 || !o.ReadOnly || o.Return == checker.Open || found == 5 {
			continue
		}
		for k := i - 1000; k >= 0; k-- { // what a read of the key was answered long ago
			old := &v.history[k]
			if old.ReadOnly && old.Return != checker.Open && object(v.w, old.Command) == object(v.w, o.Command) && !bytes.Equal(old.Answer, o.Answer) {
				history := slices.Clone(v.history)
				history[i].Answer = old.Answer
				r := checker.Linearizable(v.w, history, 0)
				require.Equal(t, checker.Illegal, r.Verdict)
				require.Equal(t, "porcupine", r.Method)
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
		history := withoutHints(v.run(12))
		checker.Linearizable(careless{workload.KV}, history, 0)
	}
}

func TestOperationThatEndsBeforeItBeginsIsNoHistory(t *testing.T) {
	history := stale()
	history[2].Return = history[2].Call - 1
	r := checker.Linearizable(workload.KV, history, 0)
	require.Equal(t, checker.Illegal, r.Verdict)
	require.Equal(t, "linearizability: impossible history", r.Violation.Signature)
	require.Len(t, r.Window, 1)
}

func TestEmptyHistoryIsLegal(t *testing.T) {
	for _, name := range workload.Names() {
		w, _ := workload.Lookup(name)
		require.Equal(t, checker.Legal, checker.Linearizable(w, nil, 0).Verdict)
		require.Equal(t, checker.Legal, checker.Linearizable(plain{w}, nil, 0).Verdict)
	}
}
