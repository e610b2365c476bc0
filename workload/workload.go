// Package workload holds what a cluster replicates and how it is judged: for
// each workload its state machine, the generator of its operations and its
// Porcupine model stand side by side, so that a change to one is seen by the
// others.
//
// A state machine turns commands into answers. A client draws commands from its
// own stream of chance. A model says which answers a single, unfailing copy of
// the machine could have given. Sessions wraps any machine so that a command
// that is retried takes effect once.
package workload

import (
	"fmt"
	"slices"

	"github.com/anishathalye/porcupine"

	"raftsim/internal/text"
	"raftsim/random"
)

// StateMachine is what every host of a cluster keeps a copy of. Equal
// sequences of commands must give equal answers and equal states on every
// machine and in every run.
type StateMachine interface {
	// Apply executes a command and returns its answer, never empty. It is
	// total: a command that makes no sense is answered with an error, it
	// never panics. It neither keeps nor changes command; the caller owns
	// the answer.
	Apply(command []byte) []byte
	// Query answers a command that only reads. It changes nothing, and
	// refuses a command that would.
	Query(query []byte) []byte
	// Snapshot encodes the whole state. Equal states give equal bytes.
	Snapshot() []byte
	// Restore replaces the state by an encoded one. On an error the state
	// is as it was.
	Restore(snapshot []byte) error
	// Digest fingerprints the state, however it was reached: machines in
	// equal states have equal digests. It costs the same whatever the size
	// of the state.
	Digest() uint64
}

// Workload ties a state machine to the operations that exercise it and to the
// model that judges them. Its methods keep no state of their own: one Workload
// serves any number of runs at once.
type Workload interface {
	// Name is a short lower-case word such as "kv".
	Name() string
	// Ops lists the names of the operations, as a Mix spells them, in the
	// order of the documentation.
	Ops() []string
	// NewStateMachine returns a machine in its initial state.
	NewStateMachine() StateMachine
	// NewClient returns a generator of commands. Everything it draws comes
	// from k. Two clients of one run must have different numbers: they mark
	// what a client writes. The shape must pass Validate.
	NewClient(k random.Key, client uint64, s Shape) Client
	// Operation decodes a command and its answer into what Model takes.
	// When known is false the outcome is unknown, whatever answer holds.
	Operation(command, answer []byte, known bool) (input, output any)
	// Model is the sequential specification: partitioned, with Equal and
	// Hash, taking the inputs and outputs that Operation makes. An operation
	// of unknown outcome is accepted in every state; the model then offers
	// the state in which it took effect, and the checker tries the other by
	// leaving the operation to the end of time.
	Model() porcupine.Model
	// Describe puts an operation into words, such as "put k2 c1.7 -> ok".
	// A nil answer means that the outcome is unknown.
	Describe(command, answer []byte) string
}

// Reserver is a Workload some of whose operations are asked for only where a Mix
// names them: they are part of no default and are never weighed by chance.
type Reserver interface {
	// Reserved lists them, as Ops spells them.
	Reserved() []string
}

// Usual lists the operations of a workload that are not reserved, in the order
// of its Ops.
func Usual(w Workload) []string {
	ops := w.Ops()
	if r, ok := w.(Reserver); ok {
		reserved := r.Reserved()
		ops = slices.DeleteFunc(ops, func(op string) bool { return slices.Contains(reserved, op) })
	}
	return ops
}

// Client draws the commands of one client, one at a time: it never has two
// under way.
type Client interface {
	// Next returns the nth command, counted from zero. It depends on n and
	// on what the client has learned, on nothing else.
	Next(n uint64) Command
	// Learn gives the client the answer to the nth command, so that a
	// later one can build on it (release the lock that was acquired). It is
	// not called for a command of unknown outcome.
	Learn(n uint64, answer []byte)
}

// Command is one operation as it travels: bytes for a state machine.
type Command struct {
	// Bytes is the encoded command. It belongs to the caller.
	Bytes []byte
	// ReadOnly says that the command may be served by Query, outside the
	// log, and that it may be dropped when its outcome is unknown.
	ReadOnly bool
	// Stale says that a ReadOnly command is content with an old state, as long
	// as its client never sees less than it has seen or written before.
	Stale bool
}

// Weight is the share of one operation in a mix.
type Weight struct {
	// Op is one of the workload's Ops.
	Op string
	// Weight is relative to the sum over the mix; zero means never.
	Weight int
}

// Shape says what a workload's clients ask for. Its zero value stands for the
// workload's defaults.
type Shape struct {
	// Keys is the number of independent objects (keys, accounts, locks,
	// queues), at most MaxKeys; zero means the workload's default.
	Keys int
	// Mix weighs the operations; empty means the workload's default.
	Mix []Weight
	// ValueBytes is the least size of a written value in bytes, at most
	// MaxValueBytes; zero means as small as it can be.
	ValueBytes int
	// Skew is how unevenly keys are chosen: the key of rank r is drawn with a
	// probability near 1/r^(Skew/2). Zero is uniform, 2 is Zipf's law. At most
	// MaxSkew.
	Skew int
}

// Limits of a Shape.
const (
	MaxKeys       = 1 << 16
	MaxValueBytes = 1 << 20
	MaxSkew       = 3
)

// Validate reports the first thing in s that w cannot do, with the value and
// what would be valid.
func (s Shape) Validate(w Workload) error {
	switch {
	case s.Keys < 0 || s.Keys > MaxKeys:
		return fmt.Errorf("workload: %s: keys is %d, must be 0 to %d", w.Name(), s.Keys, MaxKeys)
	case s.ValueBytes < 0 || s.ValueBytes > MaxValueBytes:
		return fmt.Errorf("workload: %s: value bytes is %d, must be 0 to %d", w.Name(), s.ValueBytes, MaxValueBytes)
	case s.Skew < 0 || s.Skew > MaxSkew:
		return fmt.Errorf("workload: %s: skew is %d, must be 0 to %d", w.Name(), s.Skew, MaxSkew)
	}
	total := 0
	for i, m := range s.Mix {
		switch {
		case !slices.Contains(w.Ops(), m.Op):
			return fmt.Errorf("workload: %s: no operation is named %q, %s", w.Name(), m.Op, text.Suggestion(m.Op, w.Ops()))
		case m.Weight < 0 || m.Weight > 1_000_000:
			return fmt.Errorf("workload: %s: weight of %s is %d, must be 0 to 1000000", w.Name(), m.Op, m.Weight)
		case slices.ContainsFunc(s.Mix[:i], func(o Weight) bool { return o.Op == m.Op }):
			return fmt.Errorf("workload: %s: %s is weighed twice", w.Name(), m.Op)
		}
		total += m.Weight
	}
	if len(s.Mix) > 0 && total == 0 {
		return fmt.Errorf("workload: %s: all weights of the mix are zero", w.Name())
	}
	return nil
}
