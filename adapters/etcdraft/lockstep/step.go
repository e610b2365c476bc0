package lockstep

import (
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// step does one step of the plan, if there is anything to do.
func (w *world) step(s Step) {
	w.count("step")
	h := w.hosts[int(s.Host)%len(w.hosts)]
	switch s.Op {
	case Deliver, Drop, Duplicate:
		w.stepFlying(s)
	case Flow:
		w.flow(4 * int(s.A))
	case TickAll:
		for range 1 + s.A%4 {
			for _, h := range w.hosts {
				w.tick(h)
			}
		}
	case Restart:
		if !h.up {
			w.say("n%d restarts", h.id)
			w.count("restarted")
			h.start(nil)
		}
	case Cut:
		w.cut[link{h.id, w.peer(s.A)}] = true
	case Heal:
		clear(w.cut)
	default:
		if h.up {
			w.stepHost(h, s)
			if h.up {
				h.compare()
			}
		}
	}
}

// stepFlying does something to a message in flight.
func (w *world) stepFlying(s Step) {
	if len(w.flying) == 0 {
		return
	}
	at := int(s.B) % len(w.flying)
	switch s.Op {
	case Deliver:
		if s.A%4 > 0 {
			at = 0
		}
		w.deliver(w.fly(at))
	case Drop:
		w.count("dropped")
		w.lost(w.fly(int(s.A) % len(w.flying)))
	case Duplicate:
		p := w.flying[int(s.A)%len(w.flying)]
		if p.head.Type != pb.MsgReadIndex { // contexts are unique
			w.count("duplicated")
			w.deliver(p)
		}
	}
}

// flow lets all hosts work and delivers messages in order, up to a number.
func (w *world) flow(messages int) {
	for {
		for _, h := range w.hosts {
			h.settle()
			if h.up {
				h.compare()
			}
		}
		if len(w.flying) == 0 || messages <= 0 {
			return
		}
		for n := len(w.flying); n > 0; n-- {
			w.deliver(w.fly(0))
			messages--
		}
	}
}

func (w *world) tick(h *host) {
	if h.up {
		h.do(func(c raft.Core) { c.Tick() })
		h.compare()
	}
}

// stepHost does something to a host that is up.
func (w *world) stepHost(h *host, s Step) {
	if s.Op != Work && s.Op != Settle && s.Op != Tick {
		w.say("n%d %v %d %d", h.id, s.Op, s.A, s.B)
	}
	peer := w.peer(s.A)
	switch s.Op {
	case Work:
		h.work(s.A)
	case Settle:
		h.settle()
	case Tick:
		w.tick(h)
	case Propose:
		data := w.unique(int(s.A))
		if s.A == 0 {
			data = nil
		}
		h.both("error of Propose", func(c raft.Core) error { return c.Propose(data) })
	case Batch:
		w.batch(h, s)
	case Read:
		w.read(h)
	case Change:
		cc := drawChange(s.A, s.B, len(w.hosts))
		h.both("error of ProposeConfChange", func(c raft.Core) error { return c.ProposeConfChange(cc) })
	case Transfer:
		h.do(func(c raft.Core) { c.TransferLeader(peer) })
	case Forget:
		h.both("error of ForgetLeader", raft.Core.ForgetLeader)
	case Campaign:
		h.both("error of Campaign", raft.Core.Campaign)
	case Unreachable:
		h.do(func(c raft.Core) { c.ReportUnreachable(peer) })
	case Report:
		status := raft.SnapshotFinish + raft.SnapshotStatus(s.B%2)
		h.do(func(c raft.Core) { c.ReportSnapshot(peer, status) })
	case Compact:
		h.compact(uint64(s.A % 4))
	case Crash:
		w.count("crashed")
		h.crash()
	}
}

// batch proposes several entries in one message, some of them changes.
func (w *world) batch(h *host, s Step) {
	m := pb.Message{Type: pb.MsgProp, From: h.id, To: h.id}
	for i := range 2 + s.A%3 {
		if s.B>>i&1 == 0 {
			m.Entries = append(m.Entries, pb.Entry{Data: w.unique(int(s.B))})
			continue
		}
		t, data, err := pb.MarshalConfChange(drawChange(s.A+i, s.B, len(w.hosts)))
		w.require(nil, err)
		m.Entries = append(m.Entries, pb.Entry{Type: t, Data: data})
	}
	h.send(pack(&m))
}

// read asks for a read index.
func (w *world) read(h *host) {
	if w.avoidsRead(h) {
		return
	}
	rctx := w.unique(8)
	h.do(func(c raft.Core) { c.ReadIndex(rctx) })
}

func (w *world) peer(a uint8) uint64 { return 1 + uint64(a)%uint64(len(w.hosts)) }
