// Package raft is the Raft consensus protocol as a library: a [Node] is one member
// of a group that keeps a log in common.
//
// The protocol is that of "In Search of an Understandable Consensus Algorithm"
// (Ongaro and Ousterhout, 2014; "Raft" in comments) and of Ongaro's dissertation
// ("thesis"). The names are those of go.etcd.io/raft/v3 v3.6, so that a program
// written for it moves over by changing its imports; docs/raft.md lists what is
// different and why.
//
// # Terms
//
// Time passes by ticks, which the application counts. A term is a period with at
// most one leader. An entry of the log has an index, from 1, and the term of the
// leader that appended it. It is committed when it can not be lost any more,
// applied when the application has made it take effect. A voter takes part in
// elections and counts for a quorum; a learner receives the log only. While
// members change, a configuration can be joint: it has two sets of voters, and a
// quorum of both is needed.
//
// # Use
//
// [StartNode] starts the member of a new group, [RestartNode] one that has a state
// in its [Storage]. From then on the application
//
//   - calls Tick at regular intervals,
//   - hands messages from other members to Step,
//   - receives from Ready, again and again, and does what the [Ready] says: persists,
//     then sends, applies, and calls Advance,
//   - keeps in Storage what it persisted, for the node to read.
//
// What is to be replicated goes to Propose and comes out of Ready.CommittedEntries, on
// all members in the same order. Proposals may be lost without notice, and be
// committed although they seemed lost; sessions and retries are up to the
// application.
//
// A [RawNode] is the same for one thread, without locks or channels.
//
// # Messages
//
// Members talk by messages (package raftpb). Those of the paper are
//
//	MsgApp, MsgAppResp               AppendEntries (Raft §5.3)
//	MsgHeartbeat, MsgHeartbeatResp   AppendEntries without entries (§5.2)
//	MsgVote, MsgVoteResp             RequestVote (§5.2)
//	MsgSnap                          InstallSnapshot (§7); answered by MsgAppResp
//
// and of the thesis
//
//	MsgPreVote, MsgPreVoteResp       pre-vote (§9.6)
//	MsgTimeoutNow                    leadership transfer (§3.10)
//	MsgReadIndex, MsgReadIndexResp   reads (§6.4)
//
// MsgProp, MsgReadIndex and MsgTransferLeader are requests of applications, which
// followers pass on to their leader. The others never leave a node ([IsLocalMsg]).
package raft
