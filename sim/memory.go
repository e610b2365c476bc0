package sim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"raftsim/trace"
)

// DefaultMaxMemory is the bound on what one run keeps when its options name none.
const DefaultMaxMemory int64 = 1 << 30

// MinMaxMemory is the least bound that there may be.
const MinMaxMemory int64 = 16 << 20

// MemoryUse is what a run keeps, or is expected to keep, as the simulator counts it:
// numbers of things, each with the size that it has about. The count is the same on
// every machine, and within a factor of two of what the process really uses.
type MemoryUse struct {
	// Bytes is the sum of the holders.
	Bytes int64
	// Bound is the run's Options.MaxMemory.
	Bound int64
	// Holders say where the memory is, the largest first.
	Holders []MemoryHolder
}

// MemoryHolder is one part of a run that keeps memory.
type MemoryHolder struct {
	// What it is, such as "operations of the clients".
	What  string
	Bytes int64
}

// Over says whether the use is more than its bound.
func (u *MemoryUse) Over() bool { return u.Bytes > u.Bound }

// String names the largest holders:
//
//	1.1GB, more than 1GB (disks 700MB, operations of the clients 350MB)
func (u *MemoryUse) String() string {
	var parts []string
	for _, h := range u.Holders[:min(3, len(u.Holders))] {
		if h.Bytes > 0 {
			parts = append(parts, h.What+" "+aboutBytes(h.Bytes))
		}
	}
	than := "within"
	if u.Over() {
		than = "more than"
	}
	return fmt.Sprintf("%s, %s %s (%s)", aboutBytes(u.Bytes), than, aboutBytes(u.Bound), strings.Join(parts, ", "))
}

// newMemoryUse adds the holders up.
func newMemoryUse(bound int64, holders ...MemoryHolder) MemoryUse {
	u := MemoryUse{Bound: bound, Holders: holders}
	for _, h := range holders {
		u.Bytes += h.Bytes
	}
	slices.SortStableFunc(u.Holders, func(a, b MemoryHolder) int { return cmp.Compare(b.Bytes, a.Bytes) })
	return u
}

// aboutBytes prints an amount with one digit behind the point: "1.5GB".
func aboutBytes(n int64) string {
	for _, u := range []struct {
		name string
		bits uint
	}{{"GB", 30}, {"MB", 20}, {"KB", 10}} {
		if n>>u.bits == 0 {
			continue
		}
		if tenth := n & (1<<u.bits - 1) * 10 >> u.bits; tenth > 0 {
			return fmt.Sprintf("%d.%d%s", n>>u.bits, tenth, u.name)
		}
		return fmt.Sprintf("%d%s", n>>u.bits, u.name)
	}
	return fmt.Sprintf("%dB", n)
}

// The size of one of each, in bytes, with what the checker remembers of it and what
// a slice has to spare. They are constants, so that the count is the same where
// a pointer has 32 bits.
const (
	operationBytes   = 400  // of a client, without command and answer
	entryBytes       = 200  // in the log of one host, without its data
	committedBytes   = 150  // an entry that was committed
	termBytes        = 150  // a term that one host came to know
	abandonedBytes   = 250  // a command that a client gave up
	sessionBytes     = 100  // in the session table of one host
	packetBytes      = 500  // under way, without a snapshot in it
	eventBytes       = 64   // in the queue
	faultBytes       = 600  // a fault that has not ended, or is out of model
	linkBytes        = 1300 // between two hosts, or a client and a host, in one direction
	clientBytes      = 6000 // its distributions and generators
	hostBytes        = 20_000
	maxQueuedEvents  = 1 << 23 // half of what the queue takes
	weighEveryEvents = 1 << 10
)

// memory counts what a run keeps. It is shown the records of the trace, and now and
// then adds up what the parts of the simulation have.
type memory struct {
	hosts     []keptLog
	committed uint64 // the last entry that any host has
	abandoned int64  // commands
	terms     int64  // that hosts came to know
	copied    int64  // bytes of copies of disks
	snapshots int64  // bytes of all that were ever taken or installed
	weighed   int64  // bytes written when it was last added up
	exceeded  *MemoryUse
}

// keptLog is the log of one host.
type keptLog struct {
	first, last uint64
	snapshot    int64 // bytes of the last snapshot
}

// see takes a record of the trace.
func (m *memory) see(r *Record) {
	switch r.Verb {
	case trace.Wrote:
		h := m.host(r.Host)
		h.first, h.last = max(h.first, 1), r.Fields[0]
		m.committed = max(m.committed, h.last)
	case trace.Recovered:
		h := m.host(r.Host)
		h.first, h.last = r.Fields[2], r.Fields[3]
	case trace.Compacted:
		m.host(r.Host).first = r.Fields[0] + 1
	case trace.Installed:
		h := m.host(r.Host)
		h.first, h.last, h.snapshot = r.Fields[0]+1, r.Fields[0], int64(r.Fields[2])
		m.snapshots += h.snapshot
	case trace.Snapshot:
		h := m.host(r.Host)
		h.snapshot = int64(r.Fields[2])
		m.snapshots += h.snapshot
	case trace.GaveUp:
		m.abandoned++
	case trace.TermChanged:
		m.terms++
	}
}

// host returns what is known of the log of one host.
func (m *memory) host(id uint64) *keptLog {
	for uint64(len(m.hosts)) < id {
		m.hosts = append(m.hosts, keptLog{})
	}
	return &m.hosts[id-1]
}

// weigh looks now and then whether the run keeps more than its bound: after so many
// events, and sooner when much was written.
func (s *Simulation) weigh() {
	m := &s.memory
	written := s.clients.History.Bytes*int64(len(s.hosts)+1) + 4*m.snapshots
	if s.events%weighEveryEvents != 0 && written-m.weighed < s.options.MaxMemory/8 {
		return
	}
	m.weighed = written
	if u := s.MemoryUse(); u.Over() || s.queue.Len() > maxQueuedEvents {
		m.exceeded = &u
	}
}

// MemoryUse is what the run keeps now.
func (s *Simulation) MemoryUse() MemoryUse {
	m := &s.memory
	var disks, entries, snapshots int64
	for _, h := range s.hosts {
		disks += h.disk.Memory()
	}
	for _, l := range m.hosts {
		if l.last >= l.first {
			entries += int64(l.last - l.first + 1)
		}
		snapshots += 3 * l.snapshot // the state machine has as much, and one may be under way
	}
	hosts, clients := int64(len(s.hosts)), int64(s.clients.Len())
	return newMemoryUse(s.options.MaxMemory,
		MemoryHolder{"operations of the clients", int64(s.clients.History.Counts.Invoked)*operationBytes + s.clients.History.Bytes +
			m.abandoned*(abandonedBytes+hosts*sessionBytes)},
		MemoryHolder{"disks", disks + m.copied},
		MemoryHolder{"logs and terms", entries*entryBytes + int64(m.committed)*committedBytes + m.terms*termBytes},
		MemoryHolder{"snapshots and state machines", snapshots},
		MemoryHolder{"packets under way", int64(s.network.InFlight()) * packetBytes},
		MemoryHolder{"event queue", int64(s.queue.Len()) * eventBytes},
		MemoryHolder{"faults", int64(len(s.trouble.active)+len(s.trouble.outOfModel)) * faultBytes},
		MemoryHolder{"hosts and clients", clusterBytes(hosts, clients)},
	)
}

// clusterBytes is what a cluster takes before anything has happened.
func clusterBytes(hosts, clients int64) int64 {
	return hosts*hostBytes + clients*clientBytes + hosts*(hosts+2*clients)*linkBytes
}
