package tracker

import "fmt"

// Inflights holds the append messages sent to one follower and not yet
// acknowledged, each by the index of its last entry and its size, and limits
// their number and their bytes.
//
// It is a ring that starts empty and grows as needed, so that a thousand idle
// followers cost nothing, and that allocates nothing once it has grown.
type Inflights struct {
	ring  []inflight
	first int // position in ring of the oldest message
	count int
	bytes uint64 // sum over all messages in the ring

	size     int
	maxBytes uint64
}

type inflight struct {
	index uint64
	bytes uint64
}

// NewInflights returns an empty set that is full with size messages, or as soon
// as their sizes reach maxBytes; zero maxBytes means no such limit. The message
// that reaches it may exceed it.
func NewInflights(size int, maxBytes uint64) *Inflights {
	return &Inflights{size: size, maxBytes: maxBytes}
}

// Clone returns a copy that shares no memory with in.
func (in *Inflights) Clone() *Inflights {
	c := *in
	c.ring = append([]inflight(nil), in.ring...)
	return &c
}

// Full says whether the next message must wait.
func (in *Inflights) Full() bool {
	return in.count >= in.size || (in.maxBytes != 0 && in.bytes >= in.maxBytes)
}

// Count returns the number of messages in flight; a nil Inflights has none.
func (in *Inflights) Count() int {
	if in == nil {
		return 0
	}
	return in.count
}

// Bytes returns the size of all messages in flight; a nil Inflights has none.
func (in *Inflights) Bytes() uint64 {
	if in == nil {
		return 0
	}
	return in.bytes
}

// Add records a message that is being sent, by its last index and its size in
// bytes. Indexes never decrease from one call to the next. It panics when in is
// full: the caller must have asked.
func (in *Inflights) Add(index, bytes uint64) {
	if in.Full() {
		panic(fmt.Sprintf("tracker: %d messages of %d bytes in flight, limits are %d and %d: no room for index %d",
			in.count, in.bytes, in.size, in.maxBytes, index))
	}
	if in.count == len(in.ring) {
		in.grow()
	}
	in.ring[in.position(in.count)] = inflight{index: index, bytes: bytes}
	in.count++
	in.bytes += bytes
}

// FreeLE forgets the messages that end at index to or before it.
func (in *Inflights) FreeLE(to uint64) {
	freed := 0
	for ; freed < in.count; freed++ {
		m := &in.ring[in.position(freed)]
		if m.index > to {
			break
		}
		in.bytes -= m.bytes
	}
	in.first = in.position(freed)
	in.count -= freed
	if in.count == 0 {
		in.first = 0 // the part of the ring in use stays short and warm
	}
}

// Reset forgets all messages and keeps the memory.
func (in *Inflights) Reset() { in.first, in.count, in.bytes = 0, 0, 0 }

// position returns where in the ring the nth oldest message is.
func (in *Inflights) position(n int) int {
	p := in.first + n
	if p >= len(in.ring) {
		p -= len(in.ring)
	}
	return p
}

// grow doubles the ring, up to the most messages there can be.
func (in *Inflights) grow() {
	ring := make([]inflight, min(max(4, 2*len(in.ring)), in.size))
	n := copy(ring, in.ring[in.first:])
	copy(ring[n:], in.ring[:in.first])
	in.ring, in.first = ring, 0
}
