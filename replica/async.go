package replica

import (
	"context"

	"raftsim/host"
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
	write     host.Write
}

// dispatchAsync starts what a Ready asks of the append thread and the apply
// thread, and sends the rest. Both threads are this process: appends end when
// the disk says so, and entries are applied after a while, each in order.
func (p *Replica) dispatchAsync(rd *raft.Ready) {
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
func (p *Replica) beginAppend(m *pb.Message, sync bool) {
	w := host.Write{HardState: pb.HardState{Term: m.Term, Vote: m.Vote, Commit: m.Commit}, Entries: m.Entries, Sync: sync}
	if m.Snapshot != nil && !raft.IsEmptySnap(*m.Snapshot) {
		w.Snapshot = m.Snapshot
	}
	p.async.appends = append(p.async.appends, asyncAppend{message: *m, write: w})
	a := &p.async.appends[len(p.async.appends)-1]
	if err := p.persist(&a.write); err != nil {
		p.fail(err)
		return
	}
	a.hardState = p.hardState
	if p.env.AfterDisk(appendToken) {
		p.appendDone()
	}
}

// appendDone tells the Node, and all that wait, that the oldest append is durable.
func (p *Replica) appendDone() {
	a := &p.async.appends[0]
	p.async.appends = p.async.appends[1:]
	latest := p.hardState
	p.hardState = a.hardState
	err := p.store(&a.write)
	p.hardState = latest
	if err != nil {
		p.fail(err)
		return
	}
	p.deliverResponses(a.message.Responses)
}

// beginApply lets the apply thread turn to the oldest request.
func (p *Replica) beginApply() {
	if delay := p.config.ApplyDelay; delay != nil {
		if takes := delay(p.async.applied); takes > 0 {
			p.env.SetTimer(takes, applyToken)
			return
		}
	}
	p.applyDone()
}

// applyDone applies what the oldest request asks for, and tells the Node.
func (p *Replica) applyDone() {
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
func (p *Replica) deliverResponses(responses []pb.Message) {
	for i := range responses {
		if responses[i].To == p.id {
			_ = p.node.Step(context.Background(), responses[i])
			continue
		}
		p.send(&responses[i])
	}
}
