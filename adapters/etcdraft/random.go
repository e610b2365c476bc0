package etcdraft

import (
	"crypto/rand"
	"io"
	"sync"
	"sync/atomic"

	"raftsim/raft"
)

// etcd's Raft draws its election timeouts by crypto/rand.Int from the variable
// crypto/rand.Reader, which belongs to the whole process. This package puts a
// reader of its own there. It passes through to the one before, except while a
// [Core] is being called: then it answers with that Core's next number, in such a
// way that crypto/rand.Int returns the number modulo ElectionTick. That is how
// raft.RawNode makes a timeout of a number.

// draws is the one that crypto/rand.Reader is.
var draws = &lottery{otherwise: rand.Reader}

func init() { rand.Reader = draws }

// lottery serves the Core that is being called, one at a time.
type lottery struct {
	mu        sync.Mutex
	current   atomic.Pointer[source]
	otherwise io.Reader
}

// source is where the timeouts of one Core come from.
type source struct {
	rand         raft.Rand
	electionTick uint64
}

// newSource returns the source of a node, which need not have a Rand.
func newSource(c *raft.Config) source {
	s := source{rand: c.Rand, electionTick: uint64(c.ElectionTick)}
	if s.rand == nil {
		s.rand = &splitMix{c.ID}
	}
	return s
}

func (l *lottery) enter(s *source) *lottery {
	l.mu.Lock()
	l.current.Store(s)
	return l
}

func (l *lottery) leave() {
	l.current.Store(nil)
	l.mu.Unlock()
}

// Read fills p with the bytes of one timeout, the most significant first: as many
// as crypto/rand.Int asks for, and small enough that it does not ask again.
func (l *lottery) Read(p []byte) (int, error) {
	s := l.current.Load()
	if s == nil {
		return l.otherwise.Read(p)
	}
	v := s.rand.Uint64() % s.electionTick
	for i := len(p) - 1; i >= 0; i-- {
		p[i] = byte(v)
		v >>= 8
	}
	return len(p), nil
}

// splitMix is the generator that raft.RawNode uses in place of a nil Config.Rand:
// SplitMix64 (Steele, Lea and Flood, 2014) seeded with the id.
type splitMix struct{ state uint64 }

func (r *splitMix) Uint64() uint64 {
	r.state += 0x9e3779b97f4a7c15
	z := r.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
