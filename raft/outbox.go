package raft

import pb "raftsim/raft/raftpb"

// outbox collects the messages of a node until the next Ready.
type outbox struct {
	id uint64
	// msgs may be sent at once when storage writes are asynchronous.
	msgs []pb.Message
	// promises say something about the log or the vote of this node, so they
	// wait until those are durable. Some are to the node itself: what it has to
	// say to itself as a leader or a candidate.
	promises []pb.Message
}

// post adds a message to another node and returns it to be filled in, which must
// happen before the next one is posted.
func (o *outbox) post(t pb.MessageType, to, term uint64) *pb.Message {
	invariant(to != o.id, "message of type %d from %d to itself", uint64(t), to)
	o.msgs = append(o.msgs, pb.Message{Type: t, To: to, From: o.id, Term: term})
	return &o.msgs[len(o.msgs)-1]
}

// promise adds a message that waits for the log, and returns it likewise.
func (o *outbox) promise(t pb.MessageType, to, term uint64) *pb.Message {
	o.promises = append(o.promises, pb.Message{Type: t, To: to, From: o.id, Term: term})
	return &o.promises[len(o.promises)-1]
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
