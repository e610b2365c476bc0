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
