package raftpb

// Message is what nodes send one another, and what a node sends itself or its
// storage. Which fields mean something depends on Type. Messages are passed by
// value; the receiver may keep what Entries, Snapshot, Context and Responses
// refer to, so the sender must not write to it afterwards.
type Message struct {
	// Type says what the message asks or answers.
	Type MessageType `protobuf:"varint,1,opt,name=type,enum=raftpb.MessageType" json:"type"`
	// To and From are the ids of the receiver and of the sender.
	To   uint64 `protobuf:"varint,2,opt,name=to" json:"to"`
	From uint64 `protobuf:"varint,3,opt,name=from" json:"from"`
	// Term is the sender's term; in MsgPreVote it is the term the sender would
	// campaign in. Zero marks a local message.
	Term uint64 `protobuf:"varint,4,opt,name=term" json:"term"`
	// LogTerm is the term of the entry at Index, in MsgApp and the vote
	// requests. A rejecting MsgAppResp gives the term of its own entry at
	// RejectHint, and MsgStorageAppendResp that of the entry it found at Index
	// on stable storage.
	LogTerm uint64 `protobuf:"varint,5,opt,name=logTerm" json:"logTerm"`
	// Index is the position that comes before Entries in MsgApp, the last one
	// acknowledged or rejected in MsgAppResp, the last of the sender's log in
	// the vote requests, the read index in MsgReadIndexResp.
	Index uint64 `protobuf:"varint,6,opt,name=index" json:"index"`
	// Entries are consecutive. MsgProp carries them without term and index.
	Entries []Entry `protobuf:"bytes,7,rep,name=entries" json:"entries"`
	// Commit is the sender's commit index, cut to what the receiver is known to
	// hold in MsgHeartbeat.
	Commit uint64 `protobuf:"varint,8,opt,name=commit" json:"commit"`
	// Vote, with Term and Commit, is the hard state to store in
	// MsgStorageAppend. All three are zero when it has not changed.
	Vote uint64 `protobuf:"varint,13,opt,name=vote" json:"vote"`
	// Snapshot is set in MsgSnap, and in MsgStorageAppend when there is one to
	// store. Elsewhere nil and empty mean the same.
	Snapshot *Snapshot `protobuf:"bytes,9,opt,name=snapshot" json:"snapshot,omitempty"`
	// Reject turns an answer into a refusal.
	Reject bool `protobuf:"varint,10,opt,name=reject" json:"reject"`
	// RejectHint is, in a rejecting MsgAppResp, the highest index at which the
	// receiver's log could agree with the leader's.
	RejectHint uint64 `protobuf:"varint,11,opt,name=rejectHint" json:"rejectHint"`
	// Context is an opaque tag that the answer repeats: it matches reads with
	// heartbeats, and marks campaigns of a leadership transfer.
	Context []byte `protobuf:"bytes,12,opt,name=context" json:"context,omitempty"`
	// Responses are the messages that a storage thread sends once the work of a
	// MsgStorageAppend or MsgStorageApply is durable. They do not nest further
	// in practice; Unmarshal refuses more than 100 levels.
	Responses []Message `protobuf:"bytes,14,rep,name=responses" json:"responses"`
}

// MessageType is the kind of a [Message]. The numbers are part of the wire format.
type MessageType int32

const (
	// MsgHup is local: the election timer fired, campaign.
	MsgHup MessageType = 0
	// MsgBeat is local: the heartbeat timer of a leader fired.
	MsgBeat MessageType = 1
	// MsgProp proposes entries; a follower may forward it to its leader.
	MsgProp MessageType = 2
	// MsgApp replicates entries: AppendEntries (Raft §5.3).
	MsgApp MessageType = 3
	// MsgAppResp answers MsgApp and MsgSnap.
	MsgAppResp MessageType = 4
	// MsgVote asks for a vote: RequestVote (Raft §5.2).
	MsgVote MessageType = 5
	// MsgVoteResp answers MsgVote.
	MsgVoteResp MessageType = 6
	// MsgSnap carries a snapshot: InstallSnapshot (Raft §7).
	MsgSnap MessageType = 7
	// MsgHeartbeat keeps followers from campaigning and confirms leadership.
	MsgHeartbeat MessageType = 8
	// MsgHeartbeatResp answers MsgHeartbeat.
	MsgHeartbeatResp MessageType = 9
	// MsgUnreachable is local: a message to From could not be delivered.
	MsgUnreachable MessageType = 10
	// MsgSnapStatus is local: what became of a MsgSnap; Reject means it failed.
	MsgSnapStatus MessageType = 11
	// MsgCheckQuorum is local: has the leader heard from a quorum (thesis §6.2)?
	MsgCheckQuorum MessageType = 12
	// MsgTransferLeader asks the leader to hand over to From (thesis §3.10).
	MsgTransferLeader MessageType = 13
	// MsgTimeoutNow tells the target of a transfer to campaign at once.
	MsgTimeoutNow MessageType = 14
	// MsgReadIndex asks for a read index (thesis §6.4).
	MsgReadIndex MessageType = 15
	// MsgReadIndexResp answers MsgReadIndex.
	MsgReadIndexResp MessageType = 16
	// MsgPreVote asks whether a vote would be granted (thesis §9.6).
	MsgPreVote MessageType = 17
	// MsgPreVoteResp answers MsgPreVote.
	MsgPreVoteResp MessageType = 18
	// MsgStorageAppend hands entries, hard state and snapshot to the thread
	// that makes them durable (asynchronous storage writes).
	MsgStorageAppend MessageType = 19
	// MsgStorageAppendResp is that thread's answer.
	MsgStorageAppendResp MessageType = 20
	// MsgStorageApply hands committed entries to the thread that applies them.
	MsgStorageApply MessageType = 21
	// MsgStorageApplyResp is that thread's answer.
	MsgStorageApplyResp MessageType = 22
	// MsgForgetLeader is local: forget who leads, so that a pre-vote may be
	// granted at once.
	MsgForgetLeader MessageType = 23
)
