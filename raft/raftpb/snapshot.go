package raftpb

// Snapshot is the state of the replicated machine after applying a prefix of
// the log, and stands for that prefix (Raft §7).
type Snapshot struct {
	// Data is the application's own encoding of its state.
	Data []byte `protobuf:"bytes,1,opt,name=data" json:"data,omitempty"`
	// Metadata says which prefix the snapshot replaces.
	Metadata SnapshotMetadata `protobuf:"bytes,2,opt,name=metadata" json:"metadata"`
}

// SnapshotMetadata identifies the prefix of the log that a snapshot replaces.
type SnapshotMetadata struct {
	// ConfState is the configuration in force at Index.
	ConfState ConfState `protobuf:"bytes,1,opt,name=conf_state,json=confState" json:"conf_state"`
	// Index is the last index that the snapshot covers; zero means no snapshot.
	Index uint64 `protobuf:"varint,2,opt,name=index" json:"index"`
	// Term is the term of the entry at Index.
	Term uint64 `protobuf:"varint,3,opt,name=term" json:"term"`
}

// ConfState is a configuration as data: who votes and who only listens. It is
// joint while VotersOutgoing is not empty (Raft §6, thesis §4.3). The order of
// ids within a list means nothing; [ConfState.Equivalent] ignores it.
type ConfState struct {
	// Voters are the voters of the configuration, or of the incoming half when
	// it is joint.
	Voters []uint64 `protobuf:"varint,1,rep,name=voters" json:"voters,omitempty"`
	// Learners receive the log and do not vote (thesis §4.2.1). No id is both a
	// learner and a voter of either half.
	Learners []uint64 `protobuf:"varint,2,rep,name=learners" json:"learners,omitempty"`
	// VotersOutgoing are the voters of the outgoing half; empty when the
	// configuration is not joint.
	VotersOutgoing []uint64 `protobuf:"varint,3,rep,name=voters_outgoing,json=votersOutgoing" json:"voters_outgoing,omitempty"`
	// LearnersNext are voters of the outgoing half that become learners when
	// the joint configuration is left.
	LearnersNext []uint64 `protobuf:"varint,4,rep,name=learners_next,json=learnersNext" json:"learners_next,omitempty"`
	// AutoLeave says that the leader leaves the joint configuration by itself
	// as soon as it may. It means nothing when the configuration is not joint.
	AutoLeave bool `protobuf:"varint,5,opt,name=auto_leave,json=autoLeave" json:"auto_leave"`
}
