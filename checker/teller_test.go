package checker_test

import (
	"raftsim/checker"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// teller tells a Protocol some facts and keeps the others to itself, as a process does
// that does not know them.
type teller struct {
	*checker.Protocol
	told checker.Facts
}

func tellAll(o checker.Options) *teller { return tellOnly(o, ^checker.Facts(0)) }

func tellOnly(o checker.Options, told checker.Facts) *teller {
	return &teller{checker.NewProtocol(o), told}
}

func (t *teller) tells(f checker.Facts) bool { return t.told&f != 0 }

func (t *teller) Ticked(host uint64) {
	if t.tells(checker.FactTicked) {
		t.Protocol.Ticked(host)
	}
}

func (t *teller) HandsOver(host, to uint64) {
	if t.tells(checker.FactHandsOver) {
		t.Protocol.HandsOver(host, to)
	}
}

func (t *teller) Received(host uint64, m *pb.Message) {
	if t.tells(checker.FactReceived) {
		t.Protocol.Received(host, m)
	}
}

func (t *teller) Offered(host uint64, s *raft.SoftState, hs pb.HardState, entries, committed []pb.Entry, snap *pb.Snapshot, sync bool) {
	if t.tells(checker.FactOffered) {
		t.Protocol.Offered(host, s, hs, entries, committed, snap, sync)
	}
}

func (t *teller) Progress(host, peer, match, next uint64) {
	if t.tells(checker.FactProgress) {
		t.Protocol.Progress(host, peer, match, next)
	}
}

func (t *teller) Persisted(host uint64, hs pb.HardState, entries []pb.Entry, snap *pb.Snapshot) {
	if t.tells(checker.FactPersisted) {
		t.Protocol.Persisted(host, hs, entries, snap)
	}
}

func (t *teller) Stored(host, before, last uint64, log checker.Terms) {
	if t.tells(checker.FactStored) {
		t.Protocol.Stored(host, before, last, log)
	}
}

func (t *teller) Sent(host uint64, m *pb.Message) {
	if t.tells(checker.FactSent) {
		t.Protocol.Sent(host, m)
	}
}

func (t *teller) Applied(host uint64, e *pb.Entry) {
	if t.tells(checker.FactApplied) {
		t.Protocol.Applied(host, e)
	}
}

func (t *teller) Executed(host, index, session, number uint64, duplicate bool) {
	if t.tells(checker.FactExecuted) {
		t.Protocol.Executed(host, index, session, number, duplicate)
	}
}

func (t *teller) Acknowledged(session, number uint64) {
	if t.tells(checker.FactAnswered) {
		t.Protocol.Acknowledged(session, number)
	}
}

func (t *teller) AppliedState(host, index, digest uint64) {
	if t.tells(checker.FactAppliedState) {
		t.Protocol.AppliedState(host, index, digest)
	}
}

func (t *teller) ConfChanged(host, index uint64, cs pb.ConfState) {
	if t.tells(checker.FactReconfigured) {
		t.Protocol.ConfChanged(host, index, cs)
	}
}

func (t *teller) Installed(host uint64, snap *pb.Snapshot) {
	if t.tells(checker.FactInstalled) {
		t.Protocol.Installed(host, snap)
	}
}

func (t *teller) Snapshotted(host uint64, snap *pb.Snapshot, digest uint64) {
	if t.tells(checker.FactSnapshotted) {
		t.Protocol.Snapshotted(host, snap, digest)
	}
}

func (t *teller) Compacted(host, index uint64) {
	if t.tells(checker.FactCompacted) {
		t.Protocol.Compacted(host, index)
	}
}

func (t *teller) ReadBegun(host uint64, context []byte) {
	if t.tells(checker.FactReadBegun) {
		t.Protocol.ReadBegun(host, context)
	}
}

func (t *teller) ReadServed(host, read, index uint64) {
	if t.tells(checker.FactReadServed) {
		t.Protocol.ReadServed(host, read, index)
	}
}
