// Package history judges what clients asked and were answered: whether one order of
// all operations, in keeping with real time, explains every answer (Linearizable),
// and whether reads that were declared stale fit into the order of the log
// (StaleReads). It knows a Workload and its model, and nothing of Raft. WritePage
// draws the operations that no order explains.
package history

import (
	"fmt"
	"math"

	"github.com/anishathalye/porcupine"

	"raftsim/checker"
	"raftsim/clock"
	"raftsim/override"
	"raftsim/workload"
)

// Open is the Return of an operation whose outcome nobody ever learned.
const Open int64 = math.MaxInt64

// Operation is one operation of a client, as the client saw it.
type Operation struct {
	// Client is the client's number. A client that gives up an operation
	// goes on under a new number.
	Client uint64
	// Command is what was asked; Answer what was answered, of no meaning when
	// Return is Open.
	Command, Answer []byte
	// ReadOnly operations of unknown outcome are left out of the judgement.
	ReadOnly bool
	// Stale reads were declared to be content with an old state. StaleReads
	// judges them, Linearizable leaves them out.
	Stale bool
	// Call and Return are event sequence numbers, so that no two facts share
	// an instant. Return is Open when the outcome is unknown.
	Call, Return int64
	// CallAt and ReturnAt are the virtual times, for the reader only.
	CallAt, ReturnAt clock.Time
	// Applied is the log index at which the operation took effect, and zero
	// when it is not known that it did. A read that was served outside the
	// log carries the applied index that it was served at. It is a hint: a
	// history may be certified by it, never condemned.
	Applied uint64
}

// Verdict is the outcome of judging a history.
type Verdict uint8

const (
	// Legal: there is an order that explains every answer.
	Legal Verdict = iota
	// Illegal: there is none.
	Illegal
	// Inconclusive: the budget ran out first. It is never a pass.
	Inconclusive
)

// String returns "linearizable", "not linearizable" or "inconclusive".
func (v Verdict) String() string {
	return [...]string{"linearizable", "not linearizable", "inconclusive"}[v]
}

// Method is what settled a verdict.
type Method uint8

const (
	// ByCertificate: the order in which the log applied the operations.
	ByCertificate Method = iota
	// ByRegister: an order of the versions of a register, found and then checked, or
	// a proof that there is none.
	ByRegister
	// ByFrontier: an order found by keeping every possibility, or that there is none.
	ByFrontier
	// BySearch: Porcupine's search.
	BySearch
	// ByHistory: an operation that contradicts itself.
	ByHistory
)

// String returns "certificate", "register", "frontier", "porcupine" or "history".
func (m Method) String() string {
	return [...]string{"certificate", "register", "frontier", "porcupine", "history"}[m]
}

// Result is the judgement of one history.
type Result struct {
	Verdict Verdict
	// Violation is set when the verdict is Illegal.
	Violation *checker.Violation
	// Window holds the operations of the smallest part of the history that
	// was found to be illegal, when the verdict is Illegal, in order of Call.
	Window []Operation
	// Partition names what the window is about, such as "k3"; empty when the
	// workload is one object.
	Partition string
	// Method says what settled the verdict. An Illegal verdict is Porcupine's
	// whenever it could judge the window within the budget.
	Method Method
	// Steps is the number of model steps taken by searches, out of the budget.
	Steps int64

	starts []any // states of the model in which the window may begin
}

// DefaultBudget is the number of model steps after which a history is
// inconclusive, when the caller has no number of its own.
const DefaultBudget int64 = 5_000_000

// Linearizable judges a history of a workload: is there one order of all
// operations, in keeping with real time, in which a single copy of the machine
// would have given every answer (Herlihy and Wing 1990)? An operation of unknown
// outcome may have taken effect at any time after its call, or never.
//
// The judge is Porcupine, but it is not asked where it need not be. A history is
// legal when the order in which the log applied it, or one that is found,
// explains it: that is checked answer by answer. When there is no order, the
// place is found first and Porcupine confirms it on that window alone.
//
// budget bounds the search in model steps over all partitions; zero means
// DefaultBudget. Equal histories get equal results on every machine.
func Linearizable(w workload.Workload, history []Operation, budget int64) Result {
	if budget <= 0 {
		budget = DefaultBudget
	}
	if i := unsound(history); i >= 0 {
		return Result{Verdict: Illegal, Window: history[i : i+1], Method: ByHistory, Violation: impossible(w, &history[i])}
	}
	if certified(w, history) {
		return Result{Verdict: Legal, Method: ByCertificate}
	}
	j := &judge{w: w, model: fillModel(w.Model()), history: history, left: budget}
	j.ranker, _ = shortcut[workload.Ranker](w)
	j.registers, _ = shortcut[workload.Registers](w)
	result := Result{Verdict: Legal, Method: ByCertificate}
	for _, part := range j.partitions() {
		switch r := j.partition(part); r.Verdict {
		case Illegal:
			r.Steps = budget - max(j.left, 0)
			return r
		case Inconclusive:
			result = r
		default:
			if result.Verdict == Legal && r.Method != ByCertificate {
				result.Method = r.Method
			}
		}
	}
	result.Steps = budget - max(j.left, 0)
	return result
}

// unsound returns the place of an operation that cannot be part of a history,
// -1 when there is none.
func unsound(history []Operation) int {
	for i := range history {
		if o := &history[i]; o.Return < o.Call {
			return i
		}
	}
	return -1
}

// judge carries what the searches of one history share.
type judge struct {
	w       workload.Workload
	model   porcupine.Model
	history []Operation
	left    int64 // model steps

	// These are nil when the workload is none.
	ranker    workload.Ranker
	registers workload.Registers
}

// event is an operation as the searches see it.
type event struct {
	in, out      any
	call, ret    int64
	known        bool
	source       int // place in the history
	before       [2]uint64
	tells        [2]bool
	readOnly     bool
	appliedIndex uint64
}

// partitions decodes the history and splits it as the model does. Reads of
// unknown outcome say nothing and are dropped here.
func (j *judge) partitions() [][]event {
	ops := make([]porcupine.Operation, 0, len(j.history))
	for i := range j.history {
		o := &j.history[i]
		if o.Stale {
			continue
		}
		if known := o.Return != Open; known || !o.ReadOnly {
			in, out := j.w.Operation(o.Command, o.Answer, known)
			ops = append(ops, porcupine.Operation{Input: in, Output: out, Call: o.Call, Return: o.Return, Metadata: i})
		}
	}
	split := [][]porcupine.Operation{ops}
	if j.model.Partition != nil {
		split = j.model.Partition(ops)
	}
	parts := make([][]event, len(split))
	for p, ops := range split {
		parts[p] = make([]event, len(ops))
		for i := range ops {
			parts[p][i] = j.event(&ops[i])
		}
	}
	inOrder(parts)
	return parts
}

func (j *judge) event(op *porcupine.Operation) event {
	source := op.Metadata.(int)
	o := &j.history[source]
	e := event{in: op.Input, out: op.Output, call: op.Call, ret: op.Return, known: op.Return != Open,
		source: source, readOnly: o.ReadOnly, appliedIndex: o.Applied}
	if j.ranker != nil && e.known {
		e.before, e.tells = j.ranker.RankBefore(e.in, e.out)
	}
	return e
}

// partition judges one partition: by the order of the log if it explains it,
// else by what the workload is, else by search.
func (j *judge) partition(part []event) Result {
	if order, ok := logOrderOf(part); ok && j.explains(part, order) {
		return Result{Verdict: Legal, Method: ByCertificate}
	}
	if j.registers != nil {
		if result, decided := j.register(part); decided {
			return result
		}
	}
	return j.search(part)
}

// shortcut returns w as one of the optional interfaces of package workload. One that was
// written for another Model, or another Operation, than w has says nothing about w.
func shortcut[T any](w workload.Workload) (T, bool) {
	return override.As[T](w, "Model", "Operation")
}

// impossible is the violation of an operation that ended before it began.
func impossible(w workload.Workload, o *Operation) *checker.Violation {
	v := checker.Linearizability.Unmet("impossible history", fmt.Sprintf("client %d is answered before it asks", o.Client), describeOperation(w, o))
	v.At, v.Event = o.ReturnAt, uint64(max(o.Return, 0))
	return v
}
