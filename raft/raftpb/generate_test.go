package raftpb_test

import (
	"pgregory.net/rapid"

	pb "raftsim/raft/raftpb"
)

var (
	ids   = rapid.SliceOfN(rapid.Uint64(), 0, 4)
	bytes = rapid.OneOf(rapid.Just([]byte(nil)), rapid.SliceOfN(rapid.Byte(), 0, 9))
)

func genEntry(t *rapid.T) pb.Entry {
	return pb.Entry{
		Term:  rapid.Uint64().Draw(t, "term"),
		Index: rapid.Uint64().Draw(t, "index"),
		Type:  pb.EntryType(rapid.Int32().Draw(t, "type")),
		Data:  bytes.Draw(t, "data"),
	}
}

func genConfState(t *rapid.T) pb.ConfState {
	return pb.ConfState{
		Voters:         ids.Draw(t, "voters"),
		Learners:       ids.Draw(t, "learners"),
		VotersOutgoing: ids.Draw(t, "outgoing"),
		LearnersNext:   ids.Draw(t, "next"),
		AutoLeave:      rapid.Bool().Draw(t, "auto leave"),
	}
}

func genSnapshot(t *rapid.T) pb.Snapshot {
	return pb.Snapshot{
		Data: bytes.Draw(t, "data"),
		Metadata: pb.SnapshotMetadata{
			ConfState: genConfState(t),
			Index:     rapid.Uint64().Draw(t, "index"),
			Term:      rapid.Uint64().Draw(t, "term"),
		},
	}
}

// genMessage draws messages whose responses nest up to depth levels.
func genMessage(depth int) func(t *rapid.T) pb.Message {
	return func(t *rapid.T) pb.Message {
		m := pb.Message{
			Type:       pb.MessageType(rapid.Int32Range(-1, 30).Draw(t, "type")),
			To:         rapid.Uint64().Draw(t, "to"),
			From:       rapid.Uint64().Draw(t, "from"),
			Term:       rapid.Uint64().Draw(t, "term"),
			LogTerm:    rapid.Uint64().Draw(t, "log term"),
			Index:      rapid.Uint64().Draw(t, "index"),
			Entries:    rapid.SliceOfN(rapid.Custom(genEntry), 0, 3).Draw(t, "entries"),
			Commit:     rapid.Uint64().Draw(t, "commit"),
			Vote:       rapid.Uint64().Draw(t, "vote"),
			Snapshot:   rapid.Ptr(rapid.Custom(genSnapshot), true).Draw(t, "snapshot"),
			Reject:     rapid.Bool().Draw(t, "reject"),
			RejectHint: rapid.Uint64().Draw(t, "hint"),
			Context:    bytes.Draw(t, "context"),
		}
		if depth > 0 {
			m.Responses = rapid.SliceOfN(rapid.Custom(genMessage(depth-1)), 0, 2).Draw(t, "responses")
		}
		return m
	}
}

func genConfChange(t *rapid.T) pb.ConfChange {
	return pb.ConfChange{
		Type:    pb.ConfChangeType(rapid.Int32().Draw(t, "type")),
		NodeID:  rapid.Uint64().Draw(t, "node"),
		Context: bytes.Draw(t, "context"),
		ID:      rapid.Uint64().Draw(t, "id"),
	}
}

func genConfChangeSingle(t *rapid.T) pb.ConfChangeSingle {
	return pb.ConfChangeSingle{
		Type:   pb.ConfChangeType(rapid.Int32().Draw(t, "type")),
		NodeID: rapid.Uint64().Draw(t, "node"),
	}
}

func genConfChangeV2(t *rapid.T) pb.ConfChangeV2 {
	return pb.ConfChangeV2{
		Transition: pb.ConfChangeTransition(rapid.Int32().Draw(t, "transition")),
		Changes:    rapid.SliceOfN(rapid.Custom(genConfChangeSingle), 0, 3).Draw(t, "changes"),
		Context:    bytes.Draw(t, "context"),
	}
}

// genAny draws a message of any type.
func genAny(t *rapid.T) message {
	switch rapid.IntRange(0, 8).Draw(t, "kind") {
	case 0:
		m := genMessage(2)(t)
		return &m
	case 1:
		m := genEntry(t)
		return &m
	case 2:
		m := genSnapshot(t)
		return &m
	case 3:
		m := genSnapshot(t).Metadata
		return &m
	case 4:
		m := genConfState(t)
		return &m
	case 5:
		m := genConfChange(t)
		return &m
	case 6:
		m := genConfChangeSingle(t)
		return &m
	case 7:
		m := genConfChangeV2(t)
		return &m
	}
	return &pb.HardState{
		Term:   rapid.Uint64().Draw(t, "term"),
		Vote:   rapid.Uint64().Draw(t, "vote"),
		Commit: rapid.Uint64().Draw(t, "commit"),
	}
}
