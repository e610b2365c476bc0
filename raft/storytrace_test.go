package raft_test

import (
	"fmt"
	"strings"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// storyTrace collects what happened, a line each: who, what, and the details.
type storyTrace struct {
	text   strings.Builder
	mute   bool
	short  bool // leave out heartbeats that carry nothing
	states map[uint64]pb.HardState
}

func (t *storyTrace) say(id uint64, verb, details string) {
	t.line(name(id), verb, details)
}

func (t *storyTrace) line(who, verb, details string) {
	if !t.mute {
		t.text.WriteString(strings.TrimRight(fmt.Sprintf("%-11s %-17s %s", who, verb, details), " ") + "\n")
	}
}

// known notes the state that a host starts with: only changes are told.
func (t *storyTrace) known(id uint64, hs pb.HardState) {
	if t.states == nil {
		t.states = map[uint64]pb.HardState{}
	}
	t.states[id] = hs
}

func (t *storyTrace) role(id uint64, ss *raft.SoftState, term uint64) {
	if ss == nil {
		return
	}
	switch ss.RaftState {
	case raft.StateLeader:
		t.say(id, "becomes", fmt.Sprintf("leader of term %d", term))
	case raft.StateCandidate:
		t.say(id, "becomes", fmt.Sprintf("candidate of term %d", term))
	case raft.StatePreCandidate:
		t.say(id, "becomes", fmt.Sprintf("pre-candidate at term %d", term))
	default:
		of := "nobody"
		if ss.Lead != raft.None {
			of = name(ss.Lead)
		}
		t.say(id, "becomes", fmt.Sprintf("follower of %s at term %d", of, term))
	}
}

func (t *storyTrace) saves(id uint64, hs pb.HardState) {
	details := describeState(t.states[id], hs)
	t.known(id, hs)
	t.say(id, "saves", details)
}

// describeState says what changed.
func describeState(before, hs pb.HardState) string {
	var parts []string
	if hs.Term != before.Term {
		parts = append(parts, fmt.Sprintf("term=%d", hs.Term))
	}
	if hs.Vote != raft.None && (hs.Vote != before.Vote || hs.Term != before.Term) {
		parts = append(parts, "vote="+name(hs.Vote))
	}
	if hs.Commit != before.Commit {
		parts = append(parts, fmt.Sprintf("commit=%d", hs.Commit))
	}
	return strings.Join(parts, " ")
}

func (t *storyTrace) reads(id uint64, reads []raft.ReadState) {
	for _, r := range reads {
		t.say(id, "may read", fmt.Sprintf("%s at %d", r.RequestCtx, r.Index))
	}
}

// message tells of a message that is sent, and what became of it if that is known.
func (t *storyTrace) message(m pb.Message, fate string) {
	if t.short && len(m.Context) == 0 && (m.Type == pb.MsgHeartbeat || m.Type == pb.MsgHeartbeatResp) {
		return
	}
	details := describeMessage(&m)
	if fate != "" {
		details += " (" + fate + ")"
	}
	t.line(name(m.From)+" -> "+name(m.To), m.Type.String(), details)
}

// describeMessage says what matters about a message of its type.
func describeMessage(m *pb.Message) string {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+" ", args...) }
	if m.Term != 0 {
		say("term=%d", m.Term)
	}
	switch m.Type {
	case pb.MsgVote, pb.MsgPreVote:
		say("last=%d/%d", m.LogTerm, m.Index)
		if len(m.Context) > 0 {
			say("for a transfer")
		}
	case pb.MsgVoteResp, pb.MsgPreVoteResp:
		if m.Reject {
			say("no")
		} else {
			say("yes")
		}
	case pb.MsgApp:
		say("prev=%d/%d commit=%d", m.LogTerm, m.Index, m.Commit)
		say("%s", describeEntries(m.Entries))
	case pb.MsgAppResp:
		if m.Reject {
			say("not after %d, try %d/%d", m.Index, m.LogTerm, m.RejectHint)
		} else {
			say("has %d", m.Index)
		}
	case pb.MsgHeartbeat:
		say("commit=%d", m.Commit)
	case pb.MsgSnap:
		say("%s", describeSnapshot(*m.Snapshot))
	case pb.MsgProp:
		say("%s", describeEntries(m.Entries))
	case pb.MsgReadIndex:
		say("%s", m.Entries[0].Data)
	case pb.MsgReadIndexResp:
		say("%s at %d", m.Entries[0].Data, m.Index)
	case pb.MsgStorageAppend:
		describeStorageAppend(m, say)
	case pb.MsgStorageAppendResp:
		say("log is %d/%d", m.LogTerm, m.Index)
	case pb.MsgStorageApply, pb.MsgStorageApplyResp:
		say("%s", describeEntries(m.Entries))
	}
	if len(m.Context) > 0 && (m.Type == pb.MsgHeartbeat || m.Type == pb.MsgHeartbeatResp) {
		say("read=%q", m.Context)
	}
	return strings.TrimRight(b.String(), " ")
}

func describeStorageAppend(m *pb.Message, say func(string, ...any)) {
	if m.Vote != raft.None {
		say("vote=%s", name(m.Vote))
	}
	if m.Commit != 0 {
		say("commit=%d", m.Commit)
	}
	if len(m.Entries) > 0 {
		say("%s", describeEntries(m.Entries))
	}
	if m.Snapshot != nil {
		say("%s", describeSnapshot(*m.Snapshot))
	}
	for i, r := range m.Responses {
		if i == 0 {
			say("then")
		}
		say("%s", r.Type)
	}
}

func describeEntries(entries []pb.Entry) string {
	if len(entries) == 0 {
		return "[]"
	}
	parts := make([]string, len(entries))
	for i := range entries {
		parts[i] = describeEntry(&entries[i])
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// describeEntry says term/index, once the entry has them, and what is in it.
func describeEntry(e *pb.Entry) string {
	content := short(string(e.Data))
	if change := changeOf(e); change != nil {
		content = describeChange(change.AsV2())
	}
	if e.Index == 0 {
		return content
	}
	return strings.TrimRight(fmt.Sprintf("%d/%d %s", e.Term, e.Index, content), " ")
}

// short returns data as a story names it, see dataOf.
func short(data string) string {
	if len(data) > 1 && strings.Trim(data, "x") == "" {
		return fmt.Sprintf("%dB", len(data))
	}
	return data
}

func describeData(data []string) string {
	parts := make([]string, len(data))
	for i := range data {
		parts[i] = short(data[i])
	}
	return "[" + strings.Join(parts, " ") + "]"
}

func describeChange(cc pb.ConfChangeV2) string {
	if cc.LeaveJoint() {
		return "leave"
	}
	return "{" + pb.ConfChangesToString(cc.Changes) + "}"
}

func describeSnapshot(s pb.Snapshot) string {
	return fmt.Sprintf("snapshot %d/%d [%s] %s", s.Metadata.Term, s.Metadata.Index, s.Data, describeConf(s.Metadata.ConfState))
}

func describeConf(cs pb.ConfState) string {
	text := "voters=" + names(cs.Voters)
	if len(cs.VotersOutgoing) > 0 {
		text += " outgoing=" + names(cs.VotersOutgoing)
	}
	if len(cs.Learners) > 0 {
		text += " learners=" + names(cs.Learners)
	}
	if len(cs.LearnersNext) > 0 {
		text += " learners-next=" + names(cs.LearnersNext)
	}
	if cs.AutoLeave {
		text += " auto-leave"
	}
	return text
}

func names(ids []uint64) string {
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = name(id)
	}
	return "(" + strings.Join(parts, " ") + ")"
}

func name(id uint64) string {
	switch id {
	case raft.None:
		return "nobody"
	case raft.LocalAppendThread:
		return "append"
	case raft.LocalApplyThread:
		return "apply"
	}
	return fmt.Sprintf("n%d", id)
}
