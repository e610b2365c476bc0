package coverage

import (
	"strings"

	"raftsim/clock"
	"raftsim/host"
	"raftsim/mark"
	"raftsim/network"
	pb "raftsim/raft/raftpb"
	"raftsim/replica/snapstream"
	"raftsim/trace"
)

// What happens to hosts, disks, packets and clients.
var (
	sawRestart       = mark.Reachable("restart", "A host boots again.")
	sawQuickRestarts = mark.Sometimes("two-restarts-in-election-timeout", "A host boots twice within one election timeout.")
	sawAllDown       = mark.Sometimes("all-hosts-down", "No host is up, after all of them have been up.")
	sawWoken         = mark.Sometimes("paused-host-resumed", "A host handles what arrived while it was paused.")
	sawWokenLeader   = mark.Sometimes("paused-leader-resumed-late", "A paused leader is resumed after a later term has a leader.")
	sawRetired       = mark.Reachable("host-retired", "A host that was removed from the configuration is switched off.")
	sawBack          = mark.Sometimes("retired-host-restarted", "A host that was switched off after its removal starts again.")
	sawUnsyncedLost  = mark.Sometimes("unsynced-writes-lost", "A crash takes writes that were not synced.")
	sawTornWrite     = mark.Sometimes("torn-write", "A crash leaves only a part of a write.")
	sawTornTail      = mark.Sometimes("torn-tail-cut", "A host that boots cuts off the end of its log, which a crash has torn.")
	sawRecoveredTail = mark.Sometimes("uncommitted-tail-recovered", "A host boots with entries that it does not know to be committed.")
	sawLostVote      = mark.Sometimes("vote-lost-in-crash", "A host boots without a vote that it had written and not synced.")
	sawLostEntries   = mark.Sometimes("entries-lost-in-crash", "A host boots without entries that it had written and not synced.")
	sawBootCrash     = mark.Reachable("crash-during-recovery", "A host crashes while it reads its log.")
	sawInstallCrash  = mark.Sometimes("crash-during-snapshot-install", "A host crashes while it writes a snapshot from its leader.")
	sawLeaderCrash   = mark.Reachable("leader-crash", "A leader crashes.")
	sawTailCrash     = mark.Sometimes("leader-crash-with-uncommitted-entries", "A leader crashes and has entries that it has not committed.")
	sawJointCrash    = mark.Sometimes("leader-crash-while-joint", "A leader crashes while it uses a joint configuration.")
	sawProcessFailed = mark.Reachable("process-stopped-by-disk", "A process ends with an error because its disk failed.")
	sawReplacedDisk  = mark.Sometimes("disk-replaced", "A disk is lost, or swapped for an old copy.")
	sawCut           = mark.Reachable("packet-cut", "A packet is lost because its link is cut.")
	sawCorrupt       = mark.Reachable("corrupt-packet-refused", "A packet fails its checksum and is dropped.")
	sawOverflow      = mark.Reachable("queue-overflow", "A packet does not fit into the queue of its link.")
	sawLostChunk     = mark.Sometimes("snapshot-chunk-lost", "A chunk of a snapshot does not arrive.")
	sawResumed       = mark.Sometimes("snapshot-resumed", "A snapshot goes on from its middle, after an election timeout in which no chunk arrived.")
	sawLostSnapshot  = mark.Sometimes("snapshot-lost", "A message that carries a snapshot does not arrive.")
	sawAbandoned     = mark.Reachable("operation-abandoned", "A client stops waiting for the answer to an operation.")
	sawRepeated      = mark.Sometimes("duplicate-command-suppressed", "A command is in the log twice and is executed once.")
)

// booted sees a host start.
func (w *Watcher) booted(r *trace.Record) {
	of := w.Host(r.Host)
	of.up = true
	w.up++
	if r.Fields[0] < 2 {
		return
	}
	sawRestart.Hit(w.marks)
	sawBack.When(w.marks, of.retired)
	sawQuickRestarts.When(w.marks, of.restarts > 0 && r.At.Sub(of.restartedAt) <= w.options.ElectionTimeout)
	of.retired = false
	of.restarts++
	of.restartedAt = r.At
}

// stopped sees a host go down.
func (w *Watcher) stopped(r *trace.Record) {
	of := w.Host(r.Host)
	if of.up {
		of.up = false
		w.up--
	}
	of.leads, of.last, of.transferee, of.asked = false, 0, 0, asked{}
	of.Replica = Standing{writes: of.Replica.writes[:0]}
	sawAllDown.When(w.marks, w.up == 0)
	if r.Verb == trace.Retired {
		of.retired = true
		sawRetired.Hit(w.marks)
		return
	}
	sawUnsyncedLost.When(w.marks, r.Fields[0] > 0)
	sawTornWrite.When(w.marks, r.Fields[2] > 0)
}

// Crashing sees what a host with a replica was about when it crashes.
func (w *Watcher) Crashing(id uint64) {
	of := w.Host(id)
	p := &of.Replica
	if !p.started {
		sawBootCrash.Hit(w.marks)
		return
	}
	of.vote, of.unsynced = pb.HardState{}, p.writing()
	if p.written.Term != p.durable.Term || p.written.Vote != p.durable.Vote {
		of.vote = p.written
	}
	sawInstallCrash.When(w.marks, p.installing())
	if p.Leading {
		sawLeaderCrash.Hit(w.marks)
		sawTailCrash.When(w.marks, p.End > p.written.Commit)
		sawJointCrash.When(w.marks, len(p.Conf.VotersOutgoing) > 0)
	}
}

// Started sees what a host finds on its disk.
func (w *Watcher) Started(of *Host, found *host.Found) {
	hs, snap := found.HardState, &found.Snapshot.Metadata
	of.Replica = Standing{
		started: true, Term: hs.Term, written: hs, durable: hs, writes: of.Replica.writes[:0],
		Applied: snap.Index, Conf: snap.ConfState, End: snap.Index + uint64(len(found.Entries)),
	}
	last := of.Replica.End
	sawTornTail.When(w.marks, found.TornBytes > 0)
	sawRecoveredTail.When(w.marks, last > hs.Commit)
	sawLostVote.When(w.marks, of.vote.Vote != 0 && (hs.Term < of.vote.Term || hs.Term == of.vote.Term && hs.Vote == 0))
	sawLostEntries.When(w.marks, last < of.unsynced)
	of.vote, of.unsynced = pb.HardState{}, 0
}

// resumed sees a paused host wake.
func (w *Watcher) resumed(r *trace.Record) {
	sawWoken.When(w.marks, r.Fields[0] > 0)
	p := &w.Host(r.Host).Replica
	sawWokenLeader.When(w.marks, p.Leading && w.won > p.Term)
}

// faultBegan sees a fault fire.
func (w *Watcher) faultBegan(r *trace.Record) {
	sawReplacedDisk.When(w.marks, strings.HasPrefix(r.Text, "disk ") &&
		(strings.HasSuffix(r.Text, " lost") || strings.HasSuffix(r.Text, " swapped")))
}

// The words of the trace for what becomes of packets.
var (
	cutText      = network.Cut.String()
	corruptText  = network.Corrupt.String()
	overflowText = network.Overflow.String()
)

// dropped sees a packet that does not arrive.
func (w *Watcher) dropped(r *trace.Record) {
	switch r.Text {
	case cutText:
		sawCut.Hit(w.marks)
	case corruptText:
		sawCorrupt.Hit(w.marks)
	case overflowText:
		sawOverflow.Hit(w.marks)
	}
	sawLostSnapshot.When(w.marks, r.Fields[0] == uint64(pb.MsgSnap))
}

// ChunkArrives sees a chunk of a snapshot reach a host.
func (w *Watcher) ChunkArrives(now clock.Time, id uint64, c *snapstream.Chunk) {
	of := w.Host(id)
	silent := now.Sub(of.chunkAt) > w.options.ElectionTimeout
	sawResumed.When(w.marks, c.ID == of.chunk && c.Offset > 0 && silent)
	of.chunk, of.chunkAt = c.ID, now
}

// ChunkLost sees a chunk of a snapshot that does not arrive.
func (w *Watcher) ChunkLost() { sawLostChunk.When(w.marks, true) }

// Executed sees a command take effect, or not again.
func (w *Watcher) Executed(duplicate bool) { sawRepeated.When(w.marks, duplicate) }
