package sim

import (
	"fmt"

	pb "raftsim/raft/raftpb"
	"raftsim/workload"
)

// apply gives committed entries to the state machine, in order, and answers
// the clients that wait for them.
func (p *raftHost) apply(entries []pb.Entry) {
	s := p.host.sim
	for i := range entries {
		e := &entries[i]
		if e.Index <= p.applied {
			continue // a snapshot came before it
		}
		s.protocol.Applied(p.host.id, e)
		p.applied = e.Index
		switch e.Type {
		case pb.EntryNormal:
			p.execute(e)
		case pb.EntryConfChange:
			var cc pb.ConfChange
			p.reconfigure(&cc, cc.Unmarshal(e.Data))
		case pb.EntryConfChangeV2:
			var cc pb.ConfChangeV2
			p.reconfigure(&cc, cc.Unmarshal(e.Data))
		}
		s.record(Record{Verb: Applied, Host: p.host.id, Fields: [4]uint64{e.Index, e.Term, p.machine.Digest()}})
		s.appliedState(p)
	}
	if len(entries) > 0 {
		p.serveDueReads()
	}
}

// execute applies one command. An empty entry is a new leader's first.
func (p *raftHost) execute(e *pb.Entry) {
	if len(e.Data) == 0 {
		return
	}
	session, number, _, ok := workload.DecodeRequest(e.Data)
	answer, duplicate := p.machine.Apply(e.Data)
	if !ok {
		return
	}
	p.host.sim.protocol.Executed(p.host.id, e.Index, session, number, duplicate)
	sawRepeated.When(p.host.Marks(), duplicate)
	p.host.sim.history.executed(session, number, e.Index, duplicate)
	client, waits := p.waiting[waiter{session, number}]
	if !waits {
		return
	}
	delete(p.waiting, waiter{session, number})
	if answer == nil {
		return // a stray older command: its client has moved on
	}
	p.respond(client, Response{Session: session, Number: number, Answer: answer, Index: e.Index})
}

// reconfigure applies a configuration change, or an empty one where the
// proposal was turned into nothing on its way.
func (p *raftHost) reconfigure(cc pb.ConfChangeI, err error) {
	if err != nil {
		panic(fmt.Sprintf("sim: n%d: entry %d is a damaged configuration change: %v", p.host.id, p.applied, err))
	}
	before := p.host.sim.members.confIndex
	was := p.conf
	p.changing = true
	p.conf = *p.node.ApplyConfChange(cc)
	p.changing = false
	p.host.sim.watcher.reconfigured(p, &was)
	p.host.sim.confChanged(p)
	if m := &p.host.sim.members; m.confIndex > before {
		m.changeMade(cc.AsV2())
	}
}

// respond sends an answer to a client.
func (p *raftHost) respond(client uint64, r Response) {
	r.Leader = p.lead
	p.host.Send(client, Message{Kind: ResponseMessage, Response: &r})
}
