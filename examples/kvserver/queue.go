package main

import (
	"context"
	"sync"
)

// queue holds what waits to be sent to one server: at most queueParts parts and
// queueBytes bytes, or one part of any size.
type queue struct {
	mu    sync.Mutex
	parts [][]byte
	bytes int
	// filled has a token when something was put since the last look.
	filled chan struct{}
}

func newQueue() *queue { return &queue{filled: make(chan struct{}, 1)} }

// put adds a part, or returns false when there is no room.
func (q *queue) put(p []byte) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.parts) > 0 && (len(q.parts) == queueParts || q.bytes+len(p) > queueBytes) {
		return false
	}
	q.parts = append(q.parts, p)
	q.bytes += len(p)
	select {
	case q.filled <- struct{}{}:
	default:
	}
	return true
}

// take waits until there is something and returns at most so many parts, of
// batchBytes bytes together or one larger part. ok is false when ctx has ended.
func (q *queue) take(ctx context.Context, most int) (batch [][]byte, ok bool) {
	for {
		if batch = q.cut(most); len(batch) > 0 {
			return batch, ctx.Err() == nil
		}
		select {
		case <-q.filled:
		case <-ctx.Done():
			return nil, false
		}
	}
}

func (q *queue) cut(most int) [][]byte {
	q.mu.Lock()
	defer q.mu.Unlock()
	n, size := 0, 0
	for n < min(most, len(q.parts)) && (n == 0 || size+len(q.parts[n]) <= batchBytes) {
		size += len(q.parts[n])
		n++
	}
	batch := q.parts[:n:n]
	q.parts, q.bytes = q.parts[n:], q.bytes-size
	return batch
}
