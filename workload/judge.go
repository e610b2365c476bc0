package workload

// A workload may know more about its operations than a model can say. Each of
// the interfaces of this file is optional and makes judging long histories
// faster; none of them can change a verdict. A type that embeds a workload and
// has a Model or an Operation of its own is judged by these alone, unless it
// also has its own methods of such an interface.

// Namer is a Workload that names the object a command is about, "k3" for
// instance. Operations on different objects are in different partitions of the
// model. A Workload without it has one object.
type Namer interface {
	Object(command []byte) string
}

// Replayer is a Workload that can replay its model without allocating.
type Replayer interface {
	NewReplay() Replay
}

// Replay is the sequential model with the state that it has come to.
type Replay interface {
	// Step executes a command and returns the only answer that the model
	// accepts, nil when it accepts none. It neither keeps nor changes command;
	// the answer is good until the next Step, and only to be read.
	Step(command []byte) (answer []byte)
}

// Registers is a Workload whose objects are registers that are written with
// unique marks, so that every read tells which write it saw. For these there
// is an order of all operations, or a proof that there is none, in n log n.
type Registers interface {
	// Access says what an operation reads and writes. ok is false when the
	// answer is one that the operation never has.
	Access(command, answer []byte, known bool) (a Access, ok bool)
}

// Access is an operation on a register as a read, a write, or both at once. A
// register begins with the version of the zero Mark; each write makes a new
// one.
type Access struct {
	// Write names the version that the operation makes; zero if it makes none.
	Write Mark
	// Extends says that the new version is the one before it with one piece
	// added, not a fresh start.
	Extends bool
	// Piece is what is written.
	Piece []byte
	// After is the version that a conditional write replaces, when
	// Conditional is set.
	Conditional bool
	After       Mark
	// Reads says that Value is the version in force.
	Reads bool
	// Value lists the pieces of the version that was read: the last one is
	// its mark. Empty is the initial version.
	Value []Piece
}

// Piece is one part of a value with the mark of its writer.
type Piece struct {
	Mark  Mark
	Bytes []byte // all of it, mark included
}

// Ranker is a Workload whose states carry counters that never go down, and
// whose answers tell them. It keeps a search from trying operations of unknown
// outcome in places where they cannot have been.
type Ranker interface {
	// Rank returns the counters of a state of the model. Every operation
	// that changes the state raises one of them at least.
	Rank(state any) [2]uint64
	// RankBefore returns the counters that the state must have just before an
	// operation of known outcome, for those that its answer tells. A counter that
	// is not in use is told to be zero.
	RankBefore(input, output any) (rank [2]uint64, tells [2]bool)
	// Effect says what an operation would do if it takes effect.
	Effect(input any) Effect
	// Reveals returns what an answer shows about the operations that raised
	// the counters: its own and others.
	Reveals(input, output any) []Cause
}

// Effect is what an operation does when it takes effect.
type Effect struct {
	// Counter is the one that it raises, by one or two.
	Counter int
	// Own identifies the operation in a Cause.
	Own uint64
	// Kind is equal for operations that differ in Own alone: as long as no
	// answer tells which of them took effect, one is as good as another.
	Kind uint64
}

// Cause says which operation raised a counter to a value.
type Cause struct {
	Counter int
	Value   uint64
	Own     uint64
}
