package raft

import (
	"bytes"
	"encoding/binary"

	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

// readQueue holds the reads that a leader has yet to confirm, in order of their
// arrival, each with the token that its heartbeats carry as context.
//
// A token is used once in a term. If it were not, a late answer to a heartbeat for
// one read could confirm a later one, though another leader was elected between
// the two. The token is the read's own context where it can be, as followers and
// people who look at messages expect it. A context that was seen before in the
// term, or an empty one, gets a number added to it.
type readQueue struct {
	pending []pendingRead // the first of them at front
	front   int
	used    contexts
	number  uint64
	bytes   []byte // where tokens with a number lie
}

// pendingRead is a read to be confirmed.
type pendingRead struct {
	token   []byte
	from    uint64
	index   uint64
	entries []pb.Entry // of the request, for the answer
	acks    positions
	gone    []uint64 // members that confirmed it and were removed since
}

// reset drops all reads: another term begins.
func (q *readQueue) reset() {
	clear(q.pending)
	q.pending, q.front = q.pending[:0], 0
	q.used.reset()
}

// len is how many reads there are.
func (q *readQueue) len() int { return len(q.pending) - q.front }

// add appends a read at index and returns its token. A retry is a read like any
// other: it has an index and a token of its own.
func (q *readQueue) add(from, index uint64, entries []pb.Entry) []byte {
	if q.front > 0 && len(q.pending) == cap(q.pending) {
		n := copy(q.pending, q.pending[q.front:])
		clear(q.pending[n:])
		q.pending, q.front = q.pending[:n], 0
	}
	token := q.token(entries[0].Data)
	read := pendingRead{token: token, from: from, index: index, entries: entries}
	q.pending = append(q.pending, read)
	return token
}

// token returns what the heartbeats for a read with this context carry.
func (q *readQueue) token(context []byte) []byte {
	if len(context) > 0 && q.used.add(context) {
		return context
	}
	const room = 4 << 10 // bytes
	for {
		q.number++
		if cap(q.bytes)-len(q.bytes) < len(context)+8 {
			q.bytes = make([]byte, 0, max(room, len(context)+8))
		}
		n := len(q.bytes)
		q.bytes = append(q.bytes, context...)
		q.bytes = binary.BigEndian.AppendUint64(q.bytes, q.number)
		if token := q.bytes[n:len(q.bytes):len(q.bytes)]; !q.used.has(token) {
			q.used.add(token)
			return token
		}
	}
}

// lastToken returns the token of the newest read, nil if there is none: periodic
// heartbeats carry it, in case that those for the read were lost.
func (q *readQueue) lastToken() []byte {
	if q.front == len(q.pending) {
		return nil
	}
	return q.pending[len(q.pending)-1].token
}

// ack records that the member at a position confirmed the read with this token,
// and returns all who did. It returns nil if there is no such read.
func (q *readQueue) ack(token []byte, member int) *positions {
	for i := q.front; i < len(q.pending); i++ {
		if p := &q.pending[i]; bytes.Equal(p.token, token) {
			p.acks.add(member)
			return &p.acks
		}
	}
	return nil
}

// pop takes out the first read, and reports whether it is the one with this token.
func (q *readQueue) pop(token []byte) (read pendingRead, last bool) {
	read = q.pending[q.front]
	q.pending[q.front] = pendingRead{}
	q.front++
	if q.front == len(q.pending) {
		q.pending, q.front = q.pending[:0], 0
	}
	return read, bytes.Equal(read.token, token)
}

// moveAcks keeps the acknowledgements with their members when the configuration
// changes, and those of members that are gone in case that they come back.
func (q *readQueue) moveAcks(before, after []tracker.Member) {
	for i := q.front; i < len(q.pending); i++ {
		read := &q.pending[i]
		ids := read.gone
		for at, m := range before {
			if read.acks.has(at) {
				ids = append(ids, m.ID)
			}
		}
		read.acks, read.gone = positions{}, nil
		for _, id := range ids {
			if at := position(after, id); at >= 0 {
				read.acks.add(at)
			} else {
				read.gone = append(read.gone, id)
			}
		}
	}
}

// positions is a set of positions in a list of members.
type positions struct {
	first uint64   // those below 64
	rest  []uint64 // of larger groups
}

// add adds a position; a negative one is that of no member.
func (s *positions) add(i int) {
	switch {
	case i < 0:
	case i < 64:
		s.first |= 1 << i
	default:
		for len(s.rest) < i/64 {
			s.rest = append(s.rest, 0)
		}
		s.rest[i/64-1] |= 1 << (i % 64)
	}
}

func (s *positions) has(i int) bool {
	switch {
	case i < 0:
		return false
	case i < 64:
		return s.first&(1<<i) != 0
	default:
		return i/64 <= len(s.rest) && s.rest[i/64-1]&(1<<(i%64)) != 0
	}
}

// contexts remembers contexts by a hash, in a table of fixed size: once it is
// full, it takes every context for one that it has seen. Errors to that side do no
// harm.
type contexts struct {
	table []uint64 // open addressing; zero is free
	count int
}

const mostContexts = 1024 // the table is twice as large

func (c *contexts) reset() {
	if c.count > 0 {
		clear(c.table)
		c.count = 0
	}
}

// add remembers a context, and returns false if it may have been seen before.
func (c *contexts) add(context []byte) bool {
	if c.count == mostContexts {
		return false
	}
	if c.table == nil {
		c.table = make([]uint64, 2*mostContexts)
	}
	slot, found := c.find(context)
	if found {
		return false
	}
	c.table[slot] = hash(context)
	c.count++
	return true
}

// has reports whether the context may have been added.
func (c *contexts) has(context []byte) bool {
	if c.table == nil {
		return false
	}
	_, found := c.find(context)
	return found
}

// find returns where the context is, or would go.
func (c *contexts) find(context []byte) (slot uint64, found bool) {
	h := hash(context)
	mask := uint64(len(c.table) - 1)
	for slot = h & mask; c.table[slot] != 0; slot = (slot + 1) & mask {
		if c.table[slot] == h {
			return slot, true
		}
	}
	return slot, false
}

// hash is 64-bit FNV-1a, never zero.
func hash(b []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range b {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return max(h, 1)
}
