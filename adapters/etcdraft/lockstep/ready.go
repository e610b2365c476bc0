package lockstep

import (
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// work does one thing about the Ready in hand, or takes the next one. With
// asynchronous storage it takes a Ready, or lets a thread work: kind decides.
func (h *host) work(kind uint8) bool {
	if !h.up {
		return false
	}
	if !h.world.plan.Settings.AsyncStorageWrites {
		if h.taken {
			h.nextStage()
			return true
		}
		return h.take()
	}
	switch kind % 4 {
	case 0:
		return h.appendThread()
	case 1:
		return h.applyThread()
	default:
		return h.take()
	}
}

// settle works until there is nothing to do.
func (h *host) settle() {
	for idle := uint8(0); idle < 3; {
		if h.work(idle) {
			idle = 0
		} else {
			idle++
		}
	}
}

// take takes a Ready from both cores and compares them.
func (h *host) take() bool {
	if !h.sides[0].core.HasReady() {
		return false // compare has seen that the other has none, too
	}
	for i := range h.sides {
		h.world.acting = h.sides[i].name
		h.sides[i].rd = h.sides[i].core.Ready()
	}
	h.world.acting = ""
	first, second := &h.sides[0].rd, &h.sides[1].rd
	compareReadys(first, second)
	h.world.count("ready")
	h.world.countAll("read answered", len(first.ReadStates))
	packets := make([]packet, len(second.Messages))
	for i := range packets {
		packets[i] = pack(&second.Messages[i])
		h.world.count(packets[i].head.Type.String())
	}
	if h.world.plan.Settings.AsyncStorageWrites {
		h.dispatch(packets)
		return true
	}
	h.taken, h.stage = true, 0
	h.ready = ready{snapshot: &second.Snapshot, committed: second.CommittedEntries, messages: packets}
	return true
}

// nextStage goes on with the Ready in hand: persist, send, apply, advance.
func (h *host) nextStage() {
	switch h.stage {
	case 0:
		for i := range h.sides {
			s := &h.sides[i]
			h.save(s.log, s.rd.HardState, &s.rd.Snapshot, s.rd.Entries)
		}
		h.install(h.ready.snapshot)
	case 1:
		for _, p := range h.ready.messages {
			h.world.post(p)
		}
	case 2:
		h.apply(h.ready.committed)
	case 3:
		h.do(func(c raft.Core) { c.Advance(raft.Ready{}) })
		h.taken = false
	}
	h.stage++
}

// dispatch hands messages to the storage threads and to the network.
func (h *host) dispatch(packets []packet) {
	for _, p := range packets {
		switch p.head.To {
		case raft.LocalAppendThread:
			h.appends = append(h.appends, p.message())
		case raft.LocalApplyThread:
			h.applies = append(h.applies, p.message())
		default:
			h.world.post(p)
		}
	}
}

// appendThread does the oldest append. What was to be applied before a snapshot is
// applied before the snapshot replaces it.
func (h *host) appendThread() bool {
	if len(h.appends) == 0 {
		return false
	}
	m := h.appends[0]
	h.appends = h.appends[1:]
	if m.Snapshot != nil {
		for h.applyThread() {
		}
	}
	hs := pb.HardState{Term: m.Term, Vote: m.Vote, Commit: m.Commit}
	for i := range h.sides {
		h.save(h.sides[i].log, hs, m.Snapshot, m.Entries)
	}
	h.install(m.Snapshot)
	h.respond(m.Responses)
	return true
}

// applyThread applies the oldest committed entries.
func (h *host) applyThread() bool {
	if len(h.applies) == 0 {
		return false
	}
	m := h.applies[0]
	h.applies = h.applies[1:]
	h.apply(m.Entries)
	h.respond(m.Responses)
	return true
}

// respond delivers what was held back until a thread had done its work.
func (h *host) respond(responses []pb.Message) {
	for i := range responses {
		if p := pack(&responses[i]); p.head.To == h.id {
			h.send(p)
		} else {
			h.world.post(p)
		}
	}
}

// apply applies committed entries. A configuration change that cannot be made is
// rejected by the application, which all members do alike.
func (h *host) apply(entries []pb.Entry) {
	for i := range entries {
		e := &entries[i]
		if e.Index <= h.applied {
			continue // a snapshot came before it
		}
		if e.Index != h.applied+1 {
			panic(&Difference{"order of applied entries", raft.DescribeEntry(*e, nil), raft.DescribeConfState(h.conf)})
		}
		h.applied = e.Index
		if e.Type == pb.EntryNormal {
			h.world.count("applied")
			continue
		}
		cc := decode(e)
		if !possible(&h.conf, cc) {
			h.world.count("change rejected")
			continue
		}
		var states [2]pb.ConfState
		for j := range h.sides {
			h.world.acting = h.sides[j].name
			states[j] = *h.sides[j].core.ApplyConfChange(cc)
		}
		h.world.acting = ""
		differ("configuration", raft.DescribeConfState(states[0]), raft.DescribeConfState(states[1]))
		differ("configuration in bytes", encode(&states[0]), encode(&states[1]))
		h.conf = states[1]
		h.world.say("n%d applies %s at %d: %s", h.id, raft.DescribeEntry(*e, nil), e.Index, raft.DescribeConfState(h.conf))
		h.world.count("change applied")
	}
}
