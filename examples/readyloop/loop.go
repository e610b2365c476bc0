package readyloop

import (
	"raftsim/host"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

// pump writes what the next Ready asks for, or a snapshot, if the disk is idle.
func (l *Loop) pump() {
	for !l.busy && l.node.HasReady() {
		rd := l.node.Ready()
		l.tell.Offered(&rd)
		l.node.WithProgress(func(id uint64, _ raft.ProgressType, pr tracker.Progress) {
			l.tell.Progress(id, pr.Match, pr.Next, false)
		})
		if !raft.IsEmptyHardState(rd.HardState) {
			l.state = rd.HardState
		}
		l.ready, l.write = &rd, host.Write{HardState: rd.HardState, Entries: rd.Entries, Sync: rd.MustSync}
		if !raft.IsEmptySnap(rd.Snapshot) {
			l.write.Snapshot = &rd.Snapshot
			l.tell.Writes(&l.write)
			l.ask(l.log.Install(rd.Snapshot, rd.HardState, rd.Entries))
		} else {
			l.tell.Writes(&l.write)
			l.ask(l.log.Save(rd.HardState, rd.Entries, rd.MustSync))
		}
	}
	if !l.busy && l.applied >= l.kept+snapshotEvery {
		l.keep()
	}
}

// ask waits for the disk to do what it was asked for.
func (l *Loop) ask(err error) {
	if l.busy = true; err != nil {
		l.env.Fail(err)
	} else if l.env.AfterDisk(disk) {
		l.finish()
	}
}

// finish acts on what is durable now.
func (l *Loop) finish() {
	rd, w := l.ready, l.write
	l.ready, l.write, l.busy = nil, host.Write{}, false
	if w.Sync || w.Snapshot != nil {
		l.tell.Persisted(l.state, &w)
	}
	if rd == nil {
		l.compact()
		return
	}
	l.store(&w)
	if w.Snapshot != nil {
		l.tell.Installed(w.Snapshot)
		l.tell.AppliedState(l.applied, l.machine.Digest())
		l.tell.Reconfigured(l.applied, &l.conf)
	}
	l.send(rd)
	for i := range rd.CommittedEntries {
		l.apply(&rd.CommittedEntries[i])
	}
	l.serve(rd.ReadStates)
	l.node.Advance(*rd)
}

// send hands the messages of a Ready to the network.
func (l *Loop) send(rd *raft.Ready) {
	for i := range rd.Messages {
		l.tell.Sent(&rd.Messages[i])
		l.env.Send(rd.Messages[i].To, host.Message{Kind: host.RaftMessage, Raft: rd.Messages[i]})
	}
}

// apply gives an entry to the state machine, and answers who waits for it.
func (l *Loop) apply(e *pb.Entry) {
	l.tell.Applied(e)
	l.applied = e.Index
	if cc := (pb.ConfChangeV2{}); e.Type == pb.EntryConfChangeV2 && cc.Unmarshal(e.Data) == nil {
		l.conf = *l.node.ApplyConfChange(cc)
		l.tell.Reconfigured(e.Index, &l.conf)
	} else if session, number, ok := l.machine.Identify(e.Data); e.Type == pb.EntryNormal && ok {
		answer, duplicate := l.machine.Apply(e.Data)
		l.tell.Executed(e.Index, session, number, duplicate)
		if r := l.waiting[session]; r.Request != nil && r.Number == number && answer != nil {
			l.respond(r, host.Done, answer)
		}
	}
	l.tell.AppliedState(e.Index, l.machine.Digest())
}
