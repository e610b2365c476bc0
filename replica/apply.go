package replica

import (
	"errors"
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
		p.observer.Applied(e)
		p.applied = e.Index
		switch e.Type {
		case pb.EntryNormal:
			p.execute(e)
		case pb.EntryConfChange:
			var cc pb.ConfChange
			if err := cc.Unmarshal(e.Data); err != nil {
				p.hasNoEffect(e, err)
			} else {
				p.reconfigure(&cc)
			}
		case pb.EntryConfChangeV2:
			var cc pb.ConfChangeV2
			if err := cc.Unmarshal(e.Data); err != nil {
				p.hasNoEffect(e, err)
			} else {
				p.reconfigure(&cc)
			}
		default:
			p.hasNoEffect(e, errors.New("the type is unknown"))
		}
		if p.watched {
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
	p.observer.Executed(e.Index, session, number, duplicate)
	client, waits := p.waiting[waiter{session, number}]
	if !waits {
		return
	}
	delete(p.waiting, waiter{session, number})
	r := host.Response{Session: session, Number: number, Answer: answer, Index: e.Index}
	if answer == nil {
		r.Status = host.Superseded
	}
	p.respond(client, r)
}

// hasNoEffect says that an entry cannot be understood. A later version may propose what
// this one does not know: to stop here would stop all replicas, now and after each
// restart. It is passed over, by all replicas of this version alike.
func (p *Replica) hasNoEffect(e *pb.Entry, why error) {
	p.env.Note(fmt.Sprintf("entry %d (%v) has no effect: %v", e.Index, e.Type, why))
}

// reconfigure applies a change of the configuration, if the state machine lets it.
func (p *Replica) reconfigure(cc pb.ConfChangeI) {
	if m, ok := p.machine.(Membership); ok && m.Reconfigure(cc.AsV2()) != nil {
		return
	}
	p.changing = true
	p.conf = *p.node.ApplyConfChange(cc)
	p.changing = false
	p.reconfigured()
}

// reconfigured notes that this host uses another configuration.
func (p *Replica) reconfigured() {
	p.confIndex = p.applied
	p.observer.Reconfigured(p.applied, &p.conf)
}

// respond sends an answer to a client.
func (p *Replica) respond(client uint64, r host.Response) {
	r.Leader = p.lead
	p.env.Send(client, host.Message{Kind: host.ResponseMessage, Response: &r})
}
