package history_test

import (
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"raftsim/checker/history"
	"raftsim/workload"
)

// cpu is the processor time that this process has used: on a busy machine it
// says more than the time on the wall.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// timed is the processor time of a call, which does not pay for the garbage of
// those before.
func timed(f func()) time.Duration {
	runtime.GC()
	start := cpu()
	f()
	return cpu() - start
}

// BenchmarkCertificate judges legal histories of 100,000 operations of 20 clients,
// of which 5% have an unknown outcome. In the same run it measures the floor, a
// bare replay of the commands by the workload's machine, and Porcupine on the
// first hundredth of the history, for all of it is more than Porcupine can do.
func BenchmarkCertificate(b *testing.B) {
	for _, name := range workload.Names() {
		w, _ := workload.Lookup(name)
		v := crowded(w, 100_000, 5)
		order := logOrder(v.ops)
		small := crowded(w, 1000, 5).ops
		b.Run(name, func(b *testing.B) {
			var certificate, replay, search time.Duration
			verdict := porcupine.Unknown
			for b.Loop() {
				certificate += timed(func() {
					if history.Linearizable(w, v.ops, 0).Method != history.ByCertificate {
						b.Fatal("not certified")
					}
				})
				replay += timed(func() {
					m := w.NewStateMachine()
					for _, i := range order {
						m.Apply(v.ops[i].Command)
					}
				})
				search += timed(func() { verdict = bounded(w, small) })
			}
			n := float64(b.N)
			b.ReportMetric(certificate.Seconds()*1e3/n, "cpu-ms")
			b.ReportMetric(float64(certificate)/float64(replay), "of-a-replay")
			b.ReportMetric(100*float64(search)/float64(certificate), "porcupine/certificate-each-operation")
			b.ReportMetric(float64(flag(verdict == porcupine.Unknown)), "porcupine-without-a-verdict")
		})
	}
}

// bounded is Porcupine over a whole history, for at most two million steps.
func bounded(w workload.Workload, ops []history.Operation) porcupine.CheckResult {
	m, steps := w.Model(), 0
	step := m.Step
	m.Step = func(state, in, out any) (bool, any) {
		if steps++; steps > 2_000_000 {
			return false, state
		}
		return step(state, in, out)
	}
	var theirs []porcupine.Operation
	for i := range ops {
		if o := &ops[i]; o.Return != history.Open || !o.ReadOnly {
			in, out := w.Operation(o.Command, o.Answer, o.Return != history.Open)
			theirs = append(theirs, porcupine.Operation{Input: in, Output: out, Call: o.Call, Return: o.Return})
		}
	}
	if porcupine.CheckOperations(m, theirs) {
		return porcupine.Ok
	}
	if steps > 2_000_000 {
		return porcupine.Unknown
	}
	return porcupine.Illegal
}

// BenchmarkBrokenHistory judges the same histories after something went wrong in
// the middle, and says how many operations the window shows.
func BenchmarkBrokenHistory(b *testing.B) {
	for _, name := range workload.Names() {
		w, _ := workload.Lookup(name)
		v := crowded(w, 100_000, 5)
		for _, k := range breaks {
			ops := slices.Clone(v.ops)
			for at := uint64(30_000); !k.wrong(v, ops, at); at += 1000 {
			}
			b.Run(name+"/"+k.name, func(b *testing.B) {
				var used time.Duration
				var r history.Result
				for b.Loop() {
					used += timed(func() { r = history.Linearizable(w, ops, 0) })
				}
				if r.Verdict == history.Inconclusive {
					b.Fatal("no verdict")
				}
				b.ReportMetric(used.Seconds()*1e3/float64(b.N), "cpu-ms")
				b.ReportMetric(float64(len(r.Window)), "window")
				b.ReportMetric(float64(r.Steps), "steps")
				b.ReportMetric(float64(flag(r.Verdict == history.Illegal)), "illegal")
			})
		}
	}
}
