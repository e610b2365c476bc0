package main

import (
	"context"
	"log"
	"time"

	"raftsim/clock"
	"raftsim/host"
	"raftsim/mark"
	"raftsim/raft"
	"raftsim/random"
	"raftsim/vfs"
)

// world is what a replica has of the world in a server (a host.Env): a real clock and
// disk, the other servers, the requests of clients. One goroutine, the loop, does one
// event after the other: a message, a timer, a request. All that belongs to the replica
// belongs to the loop.
type world struct {
	id      uint64
	fs      vfs.FS
	began   time.Time
	peers   *transport
	process host.Process
	answer  func(*host.Response) // called by the loop
	// settle is called after each event.
	settle func()
	events chan func()
	ending chan struct{} // closed when the loop is to end
	done   chan struct{} // closed when the loop has ended
	err    error         // why it ended, nil if it was told to; read after done
}

// eventsAhead is how many events may wait for the loop. One more has to wait.
const eventsAhead = 256

func newWorld(id uint64, dir string, peers *transport) *world {
	return &world{
		id: id, fs: vfs.OSAt(dir), began: time.Now(), peers: peers,
		events: make(chan func(), eventsAhead), ending: make(chan struct{}), done: make(chan struct{}),
	}
}

// loop does the events, until it is told to end or the process has failed.
func (w *world) loop() {
	defer close(w.done)
	for w.err == nil {
		select {
		case event := <-w.events:
			event()
			w.settle()
		case <-w.ending:
			return
		}
	}
}

// end ends the loop and waits for that.
func (w *world) end() {
	close(w.ending)
	<-w.done
}

// do leaves an event to the loop. It waits while there are many others.
func (w *world) do(ctx context.Context, event func()) error {
	select {
	case w.events <- event:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-w.done:
		return raft.ErrStopped
	}
}

// call is do, and waits until the event is over.
func (w *world) call(ctx context.Context, event func()) error {
	over := make(chan struct{})
	if err := w.do(ctx, func() { event(); close(over) }); err != nil {
		return err
	}
	select {
	case <-over:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-w.done:
		return raft.ErrStopped
	}
}

// try is do where an event that there is no room for may be lost.
func (w *world) try(event func()) {
	select {
	case w.events <- event:
	default:
	}
}

// ID is the number of the server.
func (w *world) ID() uint64 { return w.id }

// Now is the time since the server began, which no change of the wall clock moves.
func (w *world) Now() clock.Time { return clock.Time(time.Since(w.began)) }

// FS is the directory of the server.
func (w *world) FS() vfs.FS { return w.fs }

// AfterDisk says that the disk is done: each of its calls ends before it returns.
func (w *world) AfterDisk(uint64) bool { return true }

// Random is a stream that no other start of a server has.
func (w *world) Random() *random.Rand { return random.Seed(randomNumber()).Key("server").Rand(0) }

// Send gives an answer to the client that waits for it, and other messages to the transport.
func (w *world) Send(to uint64, m host.Message) {
	if m.Kind == host.ResponseMessage {
		w.answer(m.Response)
		return
	}
	w.peers.send(to, &m)
}

// SetTimer wakes the process after d.
func (w *world) SetTimer(d time.Duration, token uint64) {
	w.after(d, func() { w.process.Timer(token) })
}

// after leaves an event to the loop when a time has passed.
func (w *world) after(d time.Duration, event func()) {
	time.AfterFunc(d, func() { _ = w.do(context.Background(), event) })
}

// Fail ends the loop, and with it the server.
func (w *world) Fail(err error) { w.err = err }

// Observe is nobody: who judges a server while it runs would be told here.
func (w *world) Observe() host.Observer { return nil }

// Executed does nothing, for the same reason.
func (w *world) Executed(_, _, _ uint64) {}

// Note writes to the server's log.
func (w *world) Note(text string) { log.Print(text) }

// Marks counts nothing.
func (w *world) Marks() *mark.Marks { return nil }
