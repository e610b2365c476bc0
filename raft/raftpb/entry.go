package raftpb

// Entry is one slot of the replicated log (Raft §5.3).
type Entry struct {
	// Term is the term of the leader that created the entry. Terms never
	// decrease along a log.
	Term uint64 `protobuf:"varint,2,opt,name=Term" json:"Term"`
	// Index is the entry's position in the log, counted from 1.
	Index uint64 `protobuf:"varint,3,opt,name=Index" json:"Index"`
	// Type says what Data holds. The zero value is an ordinary command.
	Type EntryType `protobuf:"varint,1,opt,name=Type,enum=raftpb.EntryType" json:"Type"`
	// Data is the command for the state machine, or an encoded [ConfChange] or
	// [ConfChangeV2] as Type says. It is empty in the entry by which a new leader
	// opens its term (Raft §8). Once an entry is in a log its Data is never
	// written again.
	Data []byte `protobuf:"bytes,4,opt,name=Data" json:"Data,omitempty"`
}

// EntryType tells commands from configuration changes.
type EntryType int32

const (
	// EntryNormal carries a command of the application, or nothing.
	EntryNormal EntryType = 0
	// EntryConfChange carries an encoded [ConfChange].
	EntryConfChange EntryType = 1
	// EntryConfChangeV2 carries an encoded [ConfChangeV2]. Empty Data stands
	// for the zero change, which leaves a joint configuration.
	EntryConfChangeV2 EntryType = 2
)

// HardState is the part of a node's state that must be durable before any
// message that depends on it is sent (Raft Figure 2, persistent state). The zero
// value means that nothing has changed, or that nothing was ever stored.
type HardState struct {
	// Term is the latest term the node has seen.
	Term uint64 `protobuf:"varint,1,opt,name=term" json:"term"`
	// Vote is the candidate that got the node's vote in Term; zero is none.
	Vote uint64 `protobuf:"varint,2,opt,name=vote" json:"vote"`
	// Commit is the highest index known to be committed. It may lag behind the
	// truth after a restart, never lead it.
	Commit uint64 `protobuf:"varint,3,opt,name=commit" json:"commit"`
}
