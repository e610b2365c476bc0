package raft

import pb "raftsim/raft/raftpb"

// outbox collects what a node has to say until the next Ready.
type outbox struct {
	id uint64
	// msgs may be sent at once when storage writes are asynchronous.
	msgs []pb.Message
	// promises follow them when the log and the vote of this node are durable.
	promises []promise
}

// promise is an answer about the log or the vote of the node that gives it: it
// must be true after a crash as well. The one to whom it is given may be the node
// itself, as a leader or a candidate.
type promise struct {
	kind    pb.MessageType // MsgAppResp, MsgVoteResp or MsgPreVoteResp
	reject  bool
	to      uint64
	term    uint64
	index   uint64
	hint    uint64
	logTerm uint64
	token   uint64 // of the rejected MsgApp
}

// post adds a message to another node and returns it to be filled in, which must
// happen before the next one is posted.
func (o *outbox) post(t pb.MessageType, to, term uint64) *pb.Message {
	if to == o.id {
		broken("message of type %d from %d to itself", uint64(t), to)
	}
	o.msgs = append(o.msgs, pb.Message{Type: t, To: to, From: o.id, Term: term})
	return &o.msgs[len(o.msgs)-1]
}

// acknowledge promises to keep the log up to index.
func (o *outbox) acknowledge(to, term, index uint64) {
	o.promises = append(o.promises, promise{kind: pb.MsgAppResp, to: to, term: term, index: index})
}

// forward sends a request that only the leader can serve on to it. term is zero
// for a request that holds in any term.
func (o *outbox) forward(m *pb.Message, lead, term uint64) {
	f := o.post(m.Type, lead, term)
	*f = *m
	f.To, f.Term = lead, term
	if f.From == None {
		f.From = o.id
	}
}

// message returns a promise as the message that it is sent as.
func (p *promise) message(from uint64) pb.Message {
	m := pb.Message{
		Type: p.kind, To: p.to, From: from, Term: p.term,
		Index: p.index, LogTerm: p.logTerm, Reject: p.reject, RejectHint: p.hint,
	}
	if p.token != 0 {
		m.Context = contextOf(p.token)
	}
	return m
}
