package replica

import (
	"fmt"

	"raftsim/host"
	pb "raftsim/raft/raftpb"
)

// apply gives committed entries to the state machine, in order, and answers
// the clients that wait for them.
func (p *Replica) apply(entries []pb.Entry) {
	for i := range entries {
		e := &entries[i]
		if e.Index <= p.applied {
			continue // a snapshot came before it
		}
		if p.observer != nil {
			p.observer.Applied(e)
		}
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
		if p.observer != nil {
			p.observer.AppliedState(e.Index, p.machine.Digest())
		}
	}
	if len(entries) > 0 {
		p.serveDueReads()
	}
}

// execute applies one command. An empty entry is a new leader's first.
func (p *Replica) execute(e *pb.Entry) {
	if len(e.Data) == 0 {
		return
	}
	session, number, ok := p.machine.Identify(e.Data)
	answer, duplicate := p.machine.Apply(e.Data)
	if !ok {
		return
	}
	if p.observer != nil {
		p.observer.Executed(e.Index, session, number, duplicate)
	}
	client, waits := p.waiting[waiter{session, number}]
	if !waits {
		return
	}
	delete(p.waiting, waiter{session, number})
	if answer == nil {
		return // a stray older command: its client has moved on
	}
	p.respond(client, host.Response{Session: session, Number: number, Answer: answer, Index: e.Index})
}

// reconfigure applies a configuration change, or an empty one where the
// proposal was turned into nothing on its way.
func (p *Replica) reconfigure(cc pb.ConfChangeI, err error) {
	if err != nil {
		panic(fmt.Sprintf("replica: n%d: entry %d is a damaged configuration change: %v", p.id, p.applied, err))
	}
	p.changing = true
	p.conf = *p.node.ApplyConfChange(cc)
	p.changing = false
	p.reconfigured()
}

// reconfigured notes that this host uses another configuration.
func (p *Replica) reconfigured() {
	p.confIndex = p.applied
	if p.observer != nil {
		p.observer.Reconfigured(p.applied, &p.conf)
	}
}

// respond sends an answer to a client.
func (p *Replica) respond(client uint64, r host.Response) {
	r.Leader = p.lead
	p.env.Send(client, host.Message{Kind: host.ResponseMessage, Response: &r})
}
