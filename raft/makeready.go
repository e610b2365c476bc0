package raft

import pb "raftsim/raft/raftpb"

// peekReady returns all work there is. Nothing changes until it is accepted, and
// it is only good until the next call to the node.
func (rn *RawNode) peekReady() (rd Ready) {
	rn.fillReady(&rd)
	return rd
}

// fillReady is peekReady for a Ready that is in place, which saves copying it.
func (rn *RawNode) fillReady(rd *Ready) {
	r := rn.raft
	rd.Entries = r.log.unstable.next()
	rd.CommittedEntries = r.log.nextCommitted(!r.AsyncStorageWrites)
	if len(r.readStates) > 0 {
		rd.ReadStates = r.readStates
	}
	if ss := r.softState(); ss != rn.softState {
		changed := ss // the only one that is allocated
		rd.SoftState = &changed
	}
	hs := r.hardState()
	if hs != rn.hardState {
		rd.HardState = hs
	}
	if s := r.log.unstable.nextSnapshot(); s != nil {
		rd.Snapshot = *s
	}
	rd.MustSync = MustSync(hs, rn.hardState, len(rd.Entries))
	if r.AsyncStorageWrites {
		rd.Messages = rn.asyncMessages(rd)
	} else {
		rd.Messages = rn.syncMessages()
	}
}

// syncMessages returns the messages of a Ready whose messages are sent when it is
// persisted.
func (rn *RawNode) syncMessages() []pb.Message {
	r := rn.raft
	all := r.msgs
	for i := range r.promises {
		if p := &r.promises[i]; p.to != r.ID {
			all = append(all, p.message(r.ID))
		}
	}
	r.msgs = all[:len(r.msgs)] // with the room that was made, if any
	if len(all) == 0 {
		return nil
	}
	return all
}

// asyncMessages returns the messages of a Ready whose messages are sent at once.
// Those that wait are responses of the one to the append thread.
func (rn *RawNode) asyncMessages(rd *Ready) []pb.Message {
	r := rn.raft
	all := r.msgs
	if len(rd.Entries) > 0 || !IsEmptyHardState(rd.HardState) || !IsEmptySnap(rd.Snapshot) || len(r.promises) > 0 {
		all = append(all, r.storageAppend(rd))
	}
	if len(rd.CommittedEntries) > 0 {
		all = append(all, r.storageApply(rd))
	}
	r.msgs = all[:len(r.msgs)]
	if len(all) == 0 {
		return nil
	}
	return all
}

// acceptReady takes note that the application has rd, which is what peekReady
// returned last.
func (rn *RawNode) acceptReady(rd *Ready) {
	r := rn.raft
	if rd.SoftState != nil {
		rn.softState = *rd.SoftState
	}
	if !IsEmptyHardState(rd.HardState) {
		rn.hardState = rd.HardState
	}
	if r.AsyncStorageWrites {
		r.msgs = nil // there will be no word of when they are free
	} else {
		rn.owe(rd)
		rn.lend(rd)
	}
	r.promises = r.promises[:0]
	if rd.ReadStates != nil {
		r.readStates = nil
	}
	r.log.unstable.accept()
	if len(rd.CommittedEntries) > 0 {
		r.log.acceptCommitted(rd.CommittedEntries, !r.AsyncStorageWrites)
	}
}

// owe notes what Advance will say about rd.
func (rn *RawNode) owe(rd *Ready) {
	r := rn.raft
	o := owed{term: r.term, snapshot: snapshotOf(rd), applied: rd.CommittedEntries}
	for i := range r.promises {
		if r.promises[i].to == r.ID {
			rn.selfPromises = append(rn.selfPromises, r.promises[i])
			o.promises++
		}
	}
	if len(r.log.unstable.entries) > 0 {
		o.index, o.logTerm = r.log.last(), r.log.lastTerm()
	}
	rn.owed = append(rn.owed, o)
}

// lend leaves the messages of rd to the application until Advance, and goes on
// with the memory of the Ready before. If that one is not acknowledged yet, there
// is none.
func (rn *RawNode) lend(rd *Ready) {
	r := rn.raft
	if rd.Messages != nil {
		rn.lent = rd.Messages
		r.msgs, rn.free = rn.free[:0], nil
	}
}

// mostFree is how many messages are kept room for: after a burst, memory goes back
// to the collector.
const mostFree = 2048

// takeBack ends the application's right to the messages that it was lent.
func (rn *RawNode) takeBack() {
	if rn.raft.Poison {
		for i := range rn.lent {
			rn.lent[i] = poisonMessage
		}
	}
	if rn.lent != nil && cap(rn.lent) <= mostFree {
		rn.free = rn.lent
	}
	rn.lent = nil
}

const poison = 0xdeaddeaddeaddead

// poisonMessage is what a message becomes that is read too late.
var poisonMessage = pb.Message{
	Type: -1, To: poison, From: poison, Term: poison, LogTerm: poison, Index: poison,
	Commit: poison, Vote: poison, Reject: true, RejectHint: poison, Context: []byte("message of a Ready that was given back by Advance"),
}
