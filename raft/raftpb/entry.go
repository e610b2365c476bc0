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
