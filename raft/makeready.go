package raft

import pb "raftsim/raft/raftpb"

// peekReady returns all work there is. Nothing changes until it is accepted, and
// it is only good until the next call to the node.
func (rn *RawNode) peekReady() Ready {
	r := rn.raft
	rd := Ready{
		Entries:          r.log.unstable.next(),
		CommittedEntries: r.log.nextCommitted(!r.AsyncStorageWrites),
	}
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
		rd.Messages = rn.asyncMessages(&rd)
	} else {
		rd.Messages = rn.syncMessages()
	}
	return rd
}

// syncMessages returns the messages of a Ready whose messages are sent when it is
// persisted.
func (rn *RawNode) syncMessages() []pb.Message {
	r := rn.raft
	all := r.msgs
	for i := range r.promises {
		if m := &r.promises[i]; m.To != r.ID {
			all = append(all, *m)
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
		// There will be no word of when the slices are free.
		r.msgs, r.promises = nil, nil
	} else {
		rn.promiseSelf(rd)
		rn.lend(rd)
	}
	if rd.ReadStates != nil {
		r.readStates = nil
	}
	r.log.unstable.accept()
	if len(rd.CommittedEntries) > 0 {
		r.log.acceptCommitted(rd.CommittedEntries, !r.AsyncStorageWrites)
	}
}

// promiseSelf collects what the node tells itself at Advance.
func (rn *RawNode) promiseSelf(rd *Ready) {
	r := rn.raft
	for i := range r.promises {
		if r.promises[i].To == r.ID {
			rn.onAdvance = append(rn.onAdvance, r.promises[i])
		}
	}
	if r.waitsForAppend(rd) {
		rn.onAdvance = append(rn.onAdvance, r.storageAppendResp(rd))
	}
	if len(rd.CommittedEntries) > 0 {
		rn.onAdvance = append(rn.onAdvance, r.storageApplyResp(rd))
	}
}

// lend leaves the messages of rd to the application until Advance, and goes on
// with the memory of the Ready before. If that one is not acknowledged yet, there
// is none.
func (rn *RawNode) lend(rd *Ready) {
	r := rn.raft
	r.promises = r.promises[:0]
	if rd.Messages != nil {
		rn.lent = rd.Messages
		r.msgs, rn.free = rn.free[:0], nil
	}
}

// mostFree is how many messages are kept room for: after a burst, memory goes back
// to the collector.
const mostFree = 4096

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
