package raft

import (
	"fmt"
	"math"

	"raftsim/raft/confchange"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

const (
	// maxTermJump is by how much one message may raise the term of a node that has
	// one. A term rises by one with each election, so a node that was cut off and
	// campaigned a thousand times a second would need 34 years to get so far ahead
	// of its group. Without a bound, one damaged message of a term near 2^64 ends
	// all elections for good: there is no later term to campaign in. A node without
	// a term, whose disk is empty, goes wherever its group is.
	maxTermJump = 1 << 40

	// maxIndex is the highest index that a log gets to. What is computed from an
	// index below it does not overflow.
	maxIndex = math.MaxInt64

	// maxProposedEntries is how many entries one MsgProp may have. Entries without
	// data count nothing against MaxUncommittedEntriesSize.
	maxProposedEntries = 1 << 16
)

// messageRule is what can be said of a type of message whatever the state of the
// node: who sends it, and in which term. checkContent knows what is in it.
type messageRule struct {
	// exists is false for a number that is no type, and for what a node or its
	// storage threads say to themselves.
	exists bool
	// answers says that only members of the configuration send it.
	answers bool
	// leads says that only the leader of its term sends it.
	leads bool
	// unsigned says that it may come without a sender, from the application, and
	// own that it comes from nobody else.
	unsigned, own bool
	// content says that checkContent has something to look at.
	content bool
	term    termRule
}

// termRule is which terms a message can have.
type termRule uint8

const (
	termSet      termRule = iota // one of the group's, never zero
	termUnset                    // zero: it holds in any term
	termOptional                 // either
)

// messageRules has one rule for each type of message that comes from peers.
var messageRules = [...]messageRule{
	pb.MsgProp:           {exists: true, content: true, unsigned: true, term: termUnset},
	pb.MsgApp:            {exists: true, content: true, leads: true},
	pb.MsgAppResp:        {exists: true, content: true, answers: true},
	pb.MsgVote:           {exists: true, content: true},
	pb.MsgVoteResp:       {exists: true, answers: true},
	pb.MsgSnap:           {exists: true, content: true, leads: true},
	pb.MsgHeartbeat:      {exists: true, leads: true},
	pb.MsgHeartbeatResp:  {exists: true, answers: true},
	pb.MsgTransferLeader: {exists: true, term: termOptional},
	pb.MsgTimeoutNow:     {exists: true, leads: true},
	pb.MsgReadIndex:      {exists: true, content: true, unsigned: true, term: termUnset},
	pb.MsgReadIndexResp:  {exists: true, content: true, answers: true, leads: true},
	pb.MsgPreVote:        {exists: true, content: true},
	// A node that has no term yet refuses in term zero.
	pb.MsgPreVoteResp:  {exists: true, content: true, answers: true, term: termOptional},
	pb.MsgForgetLeader: {exists: true, unsigned: true, own: true, term: termOptional},
}

// validate refuses messages from outside that no correct peer sends to this node.
// Nothing has changed when it returns an error. Two things can only be judged by
// the log, and are refused by their handlers: an acknowledgement and a commit index
// beyond it.
func (r *raft) validate(m *pb.Message) error {
	if m.To != r.ID && m.To != None {
		return invalid(m, "is for %x, this node is %x", m.To, r.ID)
	}
	if IsLocalMsgTarget(m.From) {
		// Nothing but an answer of a thread, which there are none of unless
		// storage is asynchronous. No thread leads or campaigns.
		if r.AsyncStorageWrites && (m.Type == pb.MsgStorageAppendResp || m.Type == pb.MsgStorageApplyResp) {
			return nil
		}
		return ErrStepLocalMsg
	}
	if m.Type < 0 || int(m.Type) >= len(messageRules) || !messageRules[m.Type].exists {
		if IsLocalMsg(m.Type) {
			return ErrStepLocalMsg
		}
		return invalid(m, "is of a type that does not exist")
	}
	rule := &messageRules[m.Type]
	switch {
	case rule.answers && r.members.Get(m.From) == nil:
		return ErrStepPeerNotFound
	case m.From == None && !rule.unsigned:
		return invalid(m, "has no sender")
	case m.From == r.ID && !r.ownMayReturn(m):
		return ErrStepLocalMsg
	case rule.own && m.From != None && m.From != r.ID:
		return ErrStepLocalMsg
	}
	// Most messages are of the current term, and in keeping with it.
	if m.Term != r.term || m.Term == 0 || rule.term != termSet || rule.leads && r.lead != m.From {
		if err := r.validateTerm(m, rule); err != nil {
			return err
		}
	}
	if rule.content {
		return checkContent(m)
	}
	return nil
}

// ownMayReturn reports whether a message in the node's own name may come from it:
// a request that a follower passed on, or with asynchronous storage a promise that
// the node made to itself.
func (r *raft) ownMayReturn(m *pb.Message) bool {
	switch m.Type {
	case pb.MsgProp, pb.MsgReadIndex, pb.MsgTransferLeader, pb.MsgForgetLeader:
		return true
	case pb.MsgAppResp, pb.MsgVoteResp, pb.MsgPreVoteResp:
		return r.AsyncStorageWrites && !m.Reject
	}
	return false
}

// validateTerm refuses a message whose term it cannot have, or not from its sender.
func (r *raft) validateTerm(m *pb.Message, rule *messageRule) error {
	switch {
	case m.Term == 0:
		if rule.term == termSet {
			return invalid(m, "has no term")
		}
	case rule.term == termUnset:
		return invalid(m, "has term %d, must have none", m.Term)
	case m.Term > r.term:
		if m.Term-r.term > maxTermJump && r.term != 0 {
			return invalid(m, "has term %d, which is more than %d after that of this node, %d", m.Term, uint64(maxTermJump), r.term)
		}
	case rule.leads && m.Term == r.term && r.lead != m.From && r.lead != None:
		return invalid(m, "is of term %d, which %x leads", m.Term, r.lead)
	}
	return nil
}

// checkContent returns what is wrong with what a message carries, nil if nothing is.
func checkContent(m *pb.Message) error {
	// Calls through a table would move every message to the heap.
	switch m.Type {
	case pb.MsgApp:
		return checkAppend(m)
	case pb.MsgAppResp:
		return checkAppendResp(m)
	case pb.MsgProp:
		return checkProposal(m)
	case pb.MsgVote, pb.MsgPreVote:
		return checkVoteRequest(m)
	case pb.MsgPreVoteResp:
		return checkPreVoteResp(m)
	case pb.MsgSnap:
		return checkSnapshot(m)
	case pb.MsgReadIndex, pb.MsgReadIndexResp:
		return checkRead(m)
	}
	return nil
}

func checkProposal(m *pb.Message) error {
	if n := len(m.Entries); n > maxProposedEntries {
		return invalid(m, "has %d entries, must have at most %d", n, maxProposedEntries)
	}
	for i := range m.Entries {
		if t := m.Entries[i].Type; t != pb.EntryNormal && t != pb.EntryConfChange && t != pb.EntryConfChangeV2 {
			return invalid(m, "has an entry of type %d at position %d, which does not exist", int32(t), i)
		}
	}
	return nil
}

// checkAppend refuses what is no part of a log. Entries of types that do not exist
// here are taken: they are in the log of the leader, which may know better.
func checkAppend(m *pb.Message) error {
	if m.LogTerm > m.Term {
		return invalid(m, "of term %d comes after an entry of term %d", m.Term, m.LogTerm)
	}
	if m.Index > maxIndex-uint64(len(m.Entries)) {
		return invalid(m, "has %d entries after index %d, and no log gets there", len(m.Entries), m.Index)
	}
	index, term := m.Index, max(m.LogTerm, 1)
	for i := range m.Entries {
		e := &m.Entries[i]
		index++
		if e.Index != index {
			return invalid(m, "has entry %d at position %d after index %d, must be %d", e.Index, i, m.Index, index)
		}
		if e.Term < term || e.Term > m.Term {
			return invalid(m, "has entry %d of term %d, must be within [%d, %d]", e.Index, e.Term, term, m.Term)
		}
		term = e.Term
	}
	return nil
}

func checkAppendResp(m *pb.Message) error {
	switch {
	case m.Index > maxIndex:
		return invalid(m, "answers for index %d, and no log gets there", m.Index)
	case m.Reject && m.RejectHint > m.Index:
		return invalid(m, "refuses index %d and points to %d, which is after it", m.Index, m.RejectHint)
	case m.Reject && m.LogTerm > m.Term:
		return invalid(m, "of term %d points to an entry of term %d", m.Term, m.LogTerm)
	}
	return nil
}

// checkVoteRequest refuses candidates with a log from the future. It ends before the
// term that they stand for, or in it: a group that starts with a snapshot of term 1
// and no hard state elects its first leader in term 1.
func checkVoteRequest(m *pb.Message) error {
	switch {
	case m.LogTerm > m.Term:
		return invalid(m, "of term %d has a log that ends in term %d", m.Term, m.LogTerm)
	case m.Index > maxIndex:
		return invalid(m, "has a log that ends at index %d, and no log gets there", m.Index)
	}
	return nil
}

func checkPreVoteResp(m *pb.Message) error {
	if m.Term == 0 && !m.Reject {
		return invalid(m, "has no term")
	}
	return nil
}

func checkSnapshot(m *pb.Message) error {
	if m.Snapshot == nil || IsEmptySnap(*m.Snapshot) {
		return invalid(m, "has no snapshot")
	}
	meta := &m.Snapshot.Metadata
	switch {
	case meta.Index > maxIndex:
		return invalid(m, "has a snapshot at index %d, and no log gets there", meta.Index)
	case meta.Term == 0 || meta.Term > m.Term:
		return invalid(m, "has a snapshot of term %d, must be within [1, %d]", meta.Term, m.Term)
	case len(meta.ConfState.Voters) == 0:
		return invalid(m, "has a snapshot without voters")
	}
	empty := confchange.Changer{Tracker: tracker.MakeProgressTracker(1, 0), LastIndex: meta.Index}
	if _, _, err := confchange.Restore(empty, meta.ConfState); err != nil {
		return invalid(m, "has a snapshot with a configuration that is none: %v", err)
	}
	return nil
}

// checkRead refuses a read, or the answer to one, without a context or with several.
func checkRead(m *pb.Message) error {
	switch {
	case len(m.Entries) != 1:
		return invalid(m, "has %d entries, must have one, with the context of the read", len(m.Entries))
	case m.Index > maxIndex:
		return invalid(m, "has index %d, and no log gets there", m.Index)
	}
	return nil
}

// invalidMessage is an error that is ErrInvalidMessage with words of its own.
type invalidMessage string

func (e invalidMessage) Error() string { return string(e) }

// Is makes errors.Is find ErrInvalidMessage.
func (e invalidMessage) Is(target error) bool { return target == ErrInvalidMessage }

// invalid returns the error about a message that no correct peer sends.
func invalid(m *pb.Message, format string, args ...any) error {
	return invalidMessage(fmt.Sprintf("raft: %s from %x ", m.Type, m.From) + fmt.Sprintf(format, args...))
}
