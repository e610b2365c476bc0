package readyloop_test

import (
	"raftsim/host"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// silence passes on all facts but one.
type silence struct {
	host.Observer
	about string
}

func (s silence) Started(found *host.Found) {
	if s.about != "Started" {
		s.Observer.Started(found)
	}
}

func (s silence) Stored(before, last uint64, log host.Terms) {
	if s.about != "Stored" {
		s.Observer.Stored(before, last, log)
	}
}

func (s silence) Ticked() {
	if s.about != "Ticked" {
		s.Observer.Ticked()
	}
}

func (s silence) HandsOver(to uint64) {
	if s.about != "HandsOver" {
		s.Observer.HandsOver(to)
	}
}

func (s silence) Received(m *pb.Message) {
	if s.about != "Received" {
		s.Observer.Received(m)
	}
}

func (s silence) Offered(rd *raft.Ready) {
	if s.about != "Offered" {
		s.Observer.Offered(rd)
	}
}

func (s silence) Progress(peer, match, next uint64, full bool) {
	if s.about != "Progress" {
		s.Observer.Progress(peer, match, next, full)
	}
}

func (s silence) Persisted(state pb.HardState, w *host.Write) {
	if s.about != "Persisted" {
		s.Observer.Persisted(state, w)
	}
}

func (s silence) Sent(m *pb.Message) {
	if s.about != "Sent" {
		s.Observer.Sent(m)
	}
}

func (s silence) Applied(e *pb.Entry) {
	if s.about != "Applied" {
		s.Observer.Applied(e)
	}
}

func (s silence) AppliedState(index, digest uint64) {
	if s.about != "AppliedState" {
		s.Observer.AppliedState(index, digest)
	}
}

func (s silence) Reconfigured(index uint64, conf *pb.ConfState) {
	if s.about != "Reconfigured" {
		s.Observer.Reconfigured(index, conf)
	}
}

func (s silence) Installed(snap *pb.Snapshot) {
	if s.about != "Installed" {
		s.Observer.Installed(snap)
	}
}

func (s silence) Snapshotted(snap *pb.Snapshot, digest uint64, keep bool) {
	if s.about != "Snapshotted" {
		s.Observer.Snapshotted(snap, digest, keep)
	}
}

func (s silence) ReadBegun(context []byte) {
	if s.about != "ReadBegun" {
		s.Observer.ReadBegun(context)
	}
}

func (s silence) ReadServed(read, index uint64) {
	if s.about != "ReadServed" {
		s.Observer.ReadServed(read, index)
	}
}
