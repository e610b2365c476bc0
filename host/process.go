// Package host says what runs on a machine, and what it has of the world: a Process
// is handed messages and timers, and asks its Env for a clock, a disk, a network and
// chance. The simulator has an Env for each of its hosts; a server has one of its own,
// over the real things. Neither the process nor this package knows which it is.
package host

import (
	"time"

	"raftsim/clock"
	"raftsim/mark"
	"raftsim/random"
	"raftsim/vfs"
)

// Process is the program that a host runs.
//
// A process is single-threaded: its methods are called one at a time, and it
// must not start goroutines, read a clock or draw chance of its own. A crash
// drops the value and all that it holds; a new one is started on the same disk.
type Process interface {
	// Start is called once, before anything else. What it reads from the
	// disk is what the crash before it left there. An error means that the
	// process cannot run: see Env.Fail.
	Start(env Env) error
	// Receive hands over a message. The process may keep what m points at,
	// and must not change it: the network may deliver it again.
	Receive(from uint64, m *Message)
	// Timer says that a timer set through Env has fired.
	Timer(token uint64)
}

// Env is what a process has of the world. It is valid from Start until the
// host crashes.
type Env interface {
	// ID is the number of the host, 1 or more.
	ID() uint64
	// Now reads the host's own clock, which may be off.
	Now() clock.Time
	// FS is the host's disk. Every call happens at once and takes virtual
	// time: a process must not act on its result before AfterDisk says so.
	FS() vfs.FS
	// Random is a stream of chance of this host's own, a fresh one for each
	// incarnation.
	Random() *random.Rand
	// Send gives m to the network. It is lost, late or delivered twice as
	// the link decides. Messages to an unknown host vanish.
	Send(to uint64, m Message)
	// SetTimer calls Timer(token) once, after d on the host's own clock.
	SetTimer(d time.Duration, token uint64)
	// AfterDisk returns true when all that was asked of the disk has ended.
	// Otherwise it returns false and calls Timer(token) at that moment.
	AfterDisk(token uint64) bool
	// Fail ends the process with an error, as if it had exited. When the disk has
	// refused it anything, or has damaged what it held, it is restarted after a
	// while; otherwise an error is a violation.
	Fail(err error)
	// Observe is told what a raft.Node and the loop around it do, so that they can be held
	// to what a Raft promises. Nil is nobody: a server need not have one.
	Observe() Observer
	// Executed says that a client's command takes effect: that of a Request with this
	// Session and Number. index is its place, from 1 on, in the one order in which all
	// hosts execute commands; the first host to tell of an index counts. A process that
	// tells of one command tells of each, before it answers: then the simulator holds it
	// to sessions, by which a command takes effect once, in the order of its session,
	// before it is acknowledged. One that never does is judged by its answers alone.
	Executed(index, session, number uint64)
	// Note puts a line into the trace.
	Note(text string)
	// Marks takes what the process hits of its marks: see mark.Mark.
	Marks() *mark.Marks
}
