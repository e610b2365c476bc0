package host

import (
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// Observer is shown what happens to a raft.Node and in the loop around it. Who listens
// can hold the loop to what a Raft promises: see docs/your-own-server.md, which says
// what each fact is needed for. An Observer changes nothing, keeps nothing of what it is
// shown, unless that is said, and is told the facts one at a time, in the order in which
// they happen.
//
// A process tells Started once, after it has read its log; then the other facts as they
// happen. Its end it need not tell. A fact that is never told only narrows what can be
// seen, but for the order of those that are told: what is told too late or too early may
// look like a broken promise.
type Observer interface {
	// Started says what the log holds after a boot. All of it counts as durable. Tell it
	// before the Node is made.
	Started(found *Found)
	// Stored says what the Node reads of its log: the index before the first entry, the
	// last index, and the terms between them. Tell it after Started, and each time that
	// what became durable was given to the Node's Storage. log is kept.
	Stored(before, last uint64, log Terms)

	// Ticked says that the Node's clock moves by one. Tell it before Node.Tick.
	Ticked()
	// HandsOver says to whom the leader hands over, zero for nobody: LeadTransferee of
	// its status. Tell it after Node.Tick.
	HandsOver(to uint64)
	// Received says that a message of another host comes. Tell it before Node.Step. All
	// messages are to be told, or none.
	Received(m *pb.Message)
	// Dropped says that the Node refused a proposal or a message, while it hands over to
	// a host, zero for nobody.
	Dropped(err error, transferee uint64)
	// TransferAsked says that this host is asked to hand over to another, or with itself to
	// take back what it has begun. Tell it before Node.TransferLeadership.
	TransferAsked(to uint64)
	// LeaderForgotten says that the Node is asked to forget its leader or to campaign.
	// Tell it before Node.ForgetLeader and Node.Campaign.
	LeaderForgotten()

	// Offered says that a Ready was taken. Tell it before anything is done about it:
	// nothing in it is durable.
	Offered(rd *raft.Ready)
	// Progress is what a leader believes of a peer: their logs match up to match, and
	// next is the next index that it would send. full says that its window is full. It
	// may be told as often as wanted, after Offered.
	Progress(peer, match, next uint64, full bool)
	// Writes says that the log is asked to write a hard state (where it is not empty),
	// entries, and a snapshot (where it is not nil). It is not durable yet. Tell it for
	// every write that has a Persisted.
	Writes(w *Write)
	// Persisted says that the oldest write that was to be synced is durable, and with it
	// what was written before and not synced. state is the hard state as the log holds it
	// now. Tell it after the sync, and before a message is sent or an entry is applied
	// that rests on it.
	Persisted(state pb.HardState, w *Write)
	// Settled says that it is durable here that a configuration is committed: Reconfigured
	// told of it at index. Hosts outside of it may be switched off, once all members say so.
	Settled(index uint64)
	// Sent says that a message leaves this host. Tell it after the Persisted of the Ready
	// that it came with, unless the message need not wait for that.
	Sent(m *pb.Message)

	// Applied says that the state machine is given an entry, be it a command, an empty
	// entry or a change of the configuration. Tell it before, and never of an entry that
	// is not committed.
	Applied(e *pb.Entry)
	// Executed says that an applied entry was a client's command. duplicate says that it
	// had no effect, because the command was in the log before.
	Executed(index, session, number uint64, duplicate bool)
	// AppliedState is a digest of the state machine once all entries up to index are
	// applied: equal on all hosts. Tell it after Applied, and after Installed.
	AppliedState(index, digest uint64)
	// Reconfigured says which configuration this host uses, now that it has applied
	// index: what Node.ApplyConfChange returned, or that of an installed snapshot.
	Reconfigured(index uint64, conf *pb.ConfState)
	// Installed says that a snapshot of the leader has replaced the state machine. It is
	// durable.
	Installed(snap *pb.Snapshot)
	// Snapshotted says that this host makes a snapshot of its state machine, which has
	// the digest: to keep it, or else to send it. It is not durable yet.
	Snapshotted(snap *pb.Snapshot, digest uint64, keep bool)
	// Compacted says that the entries up to index are dropped. Tell it when the snapshot
	// that holds them is durable.
	Compacted(index uint64)

	// ReadBegun says that a client asks this host for a linearizable read, under a
	// context that no other read has. Tell it before Node.ReadIndex.
	ReadBegun(context []byte)
	// ReadServed says that a linearizable read, of the number in its request, is answered
	// from the state at index.
	ReadServed(read, index uint64)
	// StaleRead says that a client asks for any state that is not older than index seen.
	StaleRead(seen uint64)
	// ReadsExpired says that reads were given up without an answer.
	ReadsExpired()
}

// Found is what a process finds in its log when it starts.
type Found struct {
	HardState pb.HardState
	// Snapshot has index zero when there is none. Entries follow it.
	Snapshot pb.Snapshot
	Entries  []pb.Entry
	// TornBytes is how much of the end of the log was left out, because a crash came in
	// the middle of a write.
	TornBytes int64
}

// Write is what a log is asked to write together.
type Write struct {
	HardState pb.HardState
	Entries   []pb.Entry
	// Snapshot is one that the leader sent, nil for none.
	Snapshot *pb.Snapshot
	// Sync says that it is to be durable.
	Sync bool
}

// Terms returns the term of the entry at an index, as raft.Storage does.
type Terms interface {
	Term(index uint64) (uint64, error)
}
