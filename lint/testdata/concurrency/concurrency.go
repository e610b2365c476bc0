package concurrency

import (
	"context"
	"iter"
	"sync"
	"sync/atomic" // want "import of sync/atomic: nothing is shared between simulations"
)

var count atomic.Int64

type node struct {
	mutex sync.Mutex     // servers share a node
	pool  sync.Pool      // want "sync.Pool: the collector decides what it holds"
	group sync.WaitGroup // want "sync.WaitGroup: one simulation is one thread"
	peers sync.Map       // want "sync.Map: keep a plain map"
}

func (n *node) run(ctx context.Context, words iter.Seq[string]) {
	ready := make(chan int, 1) // want "make of a channel: keep a slice or a clock.Queue"
	go n.run(ctx, words)       // want "go statement: one simulation is one thread: make it an event of clock.Queue"
	n.group.Go(func() {})
	select { // want "select: one simulation is one thread"
	case ready <- 1: // want "channel send: call the receiver"
	case <-ctx.Done(): // want "channel receive: call the sender"
	}
	for range ready { // want "range over a channel: range over a slice"
	}
	close(ready)                      // want "close of a channel"
	context.AfterFunc(ctx, func() {}) // want "context.AfterFunc: one simulation is one thread"
	next, stop := iter.Pull(words)    // want "iter.Pull: it runs a coroutine"
	_, _ = next, stop
}
