package lockstep

import (
	"encoding/binary"
	"fmt"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// world is all hosts and the network between them.
type world struct {
	plan   *Plan
	sides  [2]Side
	hosts  []*host
	flying []packet
	cut    map[link]bool
	number uint64 // of the last proposal or read: all are unique
	acting string // the side that is being called
	counts map[string]int
	log    []string
}

type link struct{ from, to uint64 }

// packet is a message in flight, as bytes, and for a look as a value.
type packet struct {
	bytes []byte
	head  pb.Message
}

func pack(m *pb.Message) packet {
	p := packet{bytes: must(m.Marshal())}
	p.head = p.message()
	return p
}

// message decodes a new copy.
func (p *packet) message() (m pb.Message) {
	mustUnmarshal(m.Unmarshal(p.bytes))
	return m
}

func newWorld(p *Plan, sides [2]Side) *world {
	w := &world{plan: p, sides: sides, cut: map[link]bool{}, counts: map[string]int{}}
	for id := range p.Hosts {
		h := &host{world: w, id: uint64(id + 1)}
		for i := range h.sides {
			h.sides[i] = half{name: sides[i].Name, log: raft.NewMemoryStorage()}
		}
		w.hosts = append(w.hosts, h)
	}
	return w
}

// found starts all hosts, the founders with the first configuration.
func (w *world) found() {
	var peers []raft.Peer
	var cs pb.ConfState
	for id := range uint64(w.plan.Voters) {
		peers, cs.Voters = append(peers, raft.Peer{ID: id + 1}), append(cs.Voters, id+1)
	}
	for id := range uint64(w.plan.Learners) {
		cs.Learners = append(cs.Learners, uint64(w.plan.Voters)+id+1)
	}
	for i, h := range w.hosts {
		switch {
		case !w.plan.FromSnapshot && i < w.plan.Voters:
			h.start(peers)
			continue
		case w.plan.FromSnapshot && i < w.plan.Voters+w.plan.Learners:
			snap := pb.Snapshot{Data: []byte("genesis"), Metadata: pb.SnapshotMetadata{Index: 1, Term: 1, ConfState: cs}}
			for j := range h.sides {
				h.save(h.sides[j].log, pb.HardState{Term: 1, Commit: 1}, &snap, nil)
			}
		}
		h.start(nil)
	}
}

// post gives a message to the network.
func (w *world) post(p packet) {
	if w.cut[link{p.head.From, p.head.To}] || p.head.To > uint64(len(w.hosts)) {
		w.lost(p)
		return
	}
	w.flying = append(w.flying, p)
}

// lost tells the sender of a snapshot that it did not arrive.
func (w *world) lost(p packet) {
	if h := w.host(p.head.From); p.head.Type == pb.MsgSnap && h != nil && h.up {
		h.do(func(c raft.Core) { c.ReportSnapshot(p.head.To, raft.SnapshotFailure) })
		h.compare()
	}
}

// fly takes a message out of flight.
func (w *world) fly(i int) packet {
	p := w.flying[i]
	w.flying = append(w.flying[:i:i], w.flying[i+1:]...)
	return p
}

// deliver gives a message to its receiver, unless this is an input that v3.6.0 is
// known to handle in another way (differences.md).
func (w *world) deliver(p packet) {
	h := w.host(p.head.To)
	switch {
	case h == nil || !h.up:
		w.lost(p)
	case p.head.Type == pb.MsgSnap && h.busyWithChange():
		w.count("avoided: snapshot during a change")
		w.lost(p)
	case p.head.Type == pb.MsgReadIndex && w.avoidsRead(h):
	default:
		w.say("%s context %x", raft.DescribeMessage(p.head, nil), p.head.Context)
		h.send(p)
		h.compare()
	}
}

// avoidsRead says whether a read must not reach a host, because it leads a group of
// one voter, and is not that voter, or has not committed in its term, or is that voter
// in both halves.
func (w *world) avoidsRead(h *host) bool {
	leads, committed, alone := h.leads()
	voters := h.sides[1].core.Status().Config.Voters
	if _, votes := voters[0][h.id]; leads && alone && (!committed || !votes || len(voters[1]) > 0) {
		w.count("avoided: read in a group of one voter")
		return true
	}
	h.postponed = h.postponed || leads && !committed
	return false
}

const (
	// refused is what differs when ours refuses a message.
	refused = "error of Step"
	// fellApart counts groups in which changes that nobody validated have made two.
	fellApart = "listed: the group fell apart"
)

// listed says whether a difference is one of those in differences.md that no step can
// be told to lead to beforehand.
func (w *world) listed(d *Difference) bool {
	if d.What == refused && w.plan.Settings.DisableConfChangeValidation {
		w.count(fellApart)
		return true
	}
	for _, h := range w.hosts {
		if !h.up || !h.postponed {
			continue
		}
		if leads, _, alone := h.leads(); leads && alone {
			w.count("listed: postponed read in a group of one voter")
			return true
		}
	}
	return false
}

func (w *world) host(id uint64) *host {
	if id == 0 || id > uint64(len(w.hosts)) {
		return nil
	}
	return w.hosts[id-1]
}

// unique returns so many bytes, at least 8, that no other call returned.
func (w *world) unique(size int) []byte {
	w.number++
	data := make([]byte, max(8, size))
	binary.BigEndian.PutUint64(data, w.number)
	return data
}

func (w *world) count(what string)           { w.counts[what]++ }
func (w *world) countAll(what string, n int) { w.counts[what] += n }

func (w *world) say(format string, args ...any) {
	w.log = append(w.log, fmt.Sprintf(format, args...))
}

// require is for calls of the player that cannot fail.
func (w *world) require(_ any, err error) {
	if err != nil {
		panic(fmt.Errorf("lockstep: %w", err))
	}
}
