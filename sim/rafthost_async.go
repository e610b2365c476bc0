package sim

import (
	"context"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// asyncQueue holds the appends that the disk has not finished and what is not
// applied yet, oldest first. With asynchronous storage writes the Node does not wait
// for them: it asks by message, and is told by the responses that come with each
// request.
type asyncQueue struct {
	appends []asyncAppend
	applies []pb.Message
	applied uint64 // how many requests to apply were done
}

type asyncAppend struct {
	message   pb.Message
	hardState pb.HardState // as of this append
	sync      bool
	writes    uint64 // checksum of the entries
}

// dispatchAsync starts what a Ready asks of the append thread and the apply
// thread, and sends the rest. Both threads are this process: appends end when
// the disk says so, and entries are applied after a while, each in order.
func (p *raftHost) dispatchAsync(rd *raft.Ready) {
	for i := range rd.Messages {
		m := &rd.Messages[i]
		switch m.To {
		case raft.LocalAppendThread:
			p.beginAppend(m, rd.MustSync)
		case raft.LocalApplyThread:
			p.async.applies = append(p.async.applies, *m)
			if len(p.async.applies) == 1 {
				p.beginApply()
			}
		default:
			p.send(m)
		}
	}
	p.serveReads(rd.ReadStates)
}

// beginAppend writes what an append message asks for.
func (p *raftHost) beginAppend(m *pb.Message, sync bool) {
	hs := pb.HardState{Term: m.Term, Vote: m.Vote, Commit: m.Commit}
	var snap pb.Snapshot
	if m.Snapshot != nil {
		snap = *m.Snapshot
	}
	if err := p.persist(hs, m.Entries, &snap, sync); err != nil {
		p.host.Fail(err)
		return
	}
	p.asked()
	p.async.appends = append(p.async.appends, asyncAppend{message: *m, hardState: p.hardState, sync: sync, writes: checksum(m.Entries)})
	if p.host.AfterDisk(appendToken) {
		p.appendDone()
	}
}

// appendDone tells the Node, and whoever waits, that the oldest append is durable.
func (p *raftHost) appendDone() {
	a := p.async.appends[0]
	p.async.appends = p.async.appends[1:]
	m := &a.message
	sawLateWrite.When(p.host.Marks(), len(m.Entries) > 0 && p.term > a.hardState.Term)
	if !p.host.sim.unchanged(p.host.id, m.Entries, a.writes, "in a storage append") {
		return
	}
	hs := pb.HardState{Term: m.Term, Vote: m.Vote, Commit: m.Commit}
	var snap pb.Snapshot
	if m.Snapshot != nil {
		snap = *m.Snapshot
	}
	latest := p.hardState
	p.hardState = a.hardState
	err := p.store(hs, m.Entries, &snap, a.sync)
	p.hardState = latest
	if err != nil {
		p.host.Fail(err)
		return
	}
	p.deliverResponses(m.Responses)
}

// beginApply lets the apply thread turn to the oldest request. In the recovery phase it is
// as quick as everything else.
func (p *raftHost) beginApply() {
	h := p.host
	takes := p.options.ApplyTakes.At(h.chance.Fate(purposeApply, uint64(h.incarnation)<<32|p.async.applied))
	if takes == 0 || h.sim.recovery.begun {
		p.applyDone()
		return
	}
	h.SetTimer(takes, applyToken)
}

// applyDone applies what the oldest request asks for, and tells the Node.
func (p *raftHost) applyDone() {
	m := p.async.applies[0]
	p.async.applies = p.async.applies[1:]
	p.async.applied++
	p.apply(m.Entries)
	p.deliverResponses(m.Responses)
	if len(p.async.applies) > 0 {
		p.beginApply()
	}
}

// deliverResponses sends the messages that were held back until a request to
// a local thread was done.
func (p *raftHost) deliverResponses(responses []pb.Message) {
	for i := range responses {
		if responses[i].To == p.host.id {
			_ = p.node.Step(context.Background(), responses[i])
			continue
		}
		p.send(&responses[i])
	}
}
