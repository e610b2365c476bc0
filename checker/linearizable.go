package checker

import (
	"io"
	"math"

	"raftsim/clock"
	"raftsim/workload"
)

// Open is the Return of an operation whose outcome nobody ever learned.
const Open int64 = math.MaxInt64

// Operation is one operation of a client, as the client saw it.
type Operation struct {
	// Client is the client's number. A client that gives up an operation
	// goes on under a new number.
	Client uint64
	// Command is what was asked; Answer what was answered, nil when Return
	// is Open.
	Command, Answer []byte
	// ReadOnly operations of unknown outcome are left out of the judgement.
	ReadOnly bool
	// Call and Return are event sequence numbers, so that no two facts share
	// an instant. Return is Open when the outcome is unknown.
	Call, Return int64
	// CallAt and ReturnAt are the virtual times, for the reader only.
	CallAt, ReturnAt clock.Time
	// Applied is the log index at which the operation took effect, and zero
	// when it is not known that it did. A read that was served outside the
	// log carries the applied index that it was served at. It is a hint: a
	// history is certified by it, never condemned.
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

// Result is the judgement of one history.
type Result struct {
	Verdict Verdict
	// Violation is set when the verdict is Illegal.
	Violation *Violation
	// Window holds the operations of the smallest part of the history that
	// was found to be illegal by itself, when the verdict is Illegal.
	Window []Operation
	// Partition names what the window is about, such as "k3"; empty when the
	// workload is one object.
	Partition string
	// Method says how the verdict was reached: "certificate", "register",
	// "frontier", "porcupine".
	Method string
	// Steps is the number of model steps taken, out of the budget.
	Steps int64
}

// DefaultBudget is the number of model steps after which a history is
// inconclusive, when the caller has no number of its own.
const DefaultBudget int64 = 5_000_000

// Linearizable judges a history of a workload. budget bounds the work in model
// steps over all partitions; zero means DefaultBudget. Equal histories get
// equal results on every machine.
func Linearizable(w workload.Workload, history []Operation, budget int64) Result { panic("not yet") }

// WritePage writes Porcupine's page of the window of a result: one HTML file
// that needs nothing else.
func WritePage(out io.Writer, w workload.Workload, window []Operation) error { panic("not yet") }
