package raft

import (
	"fmt"
	"strconv"
	"strings"

	pb "raftsim/raft/raftpb"
)

// EntryFormatter shows the data of an entry to people. Nil shows a quoted string.
type EntryFormatter func([]byte) string

// IsLocalMsg reports whether a message of this type never crosses the network:
// a node sends it to itself, or its storage threads do.
func IsLocalMsg(msgt pb.MessageType) bool {
	switch msgt {
	case pb.MsgHup, pb.MsgBeat, pb.MsgUnreachable, pb.MsgSnapStatus, pb.MsgCheckQuorum,
		pb.MsgStorageAppend, pb.MsgStorageAppendResp, pb.MsgStorageApply, pb.MsgStorageApplyResp:
		return true
	}
	return false
}

// IsResponseMsg reports whether a message of this type answers another one.
func IsResponseMsg(msgt pb.MessageType) bool {
	switch msgt {
	case pb.MsgAppResp, pb.MsgVoteResp, pb.MsgHeartbeatResp, pb.MsgUnreachable, pb.MsgReadIndexResp,
		pb.MsgPreVoteResp, pb.MsgStorageAppendResp, pb.MsgStorageApplyResp:
		return true
	}
	return false
}

// IsLocalMsgTarget reports whether id is that of a storage thread.
func IsLocalMsgTarget(id uint64) bool {
	return id == LocalAppendThread || id == LocalApplyThread
}

// DescribeHardState returns a line about a hard state.
func DescribeHardState(hs pb.HardState) string {
	text := "Term:" + strconv.FormatUint(hs.Term, 10)
	if hs.Vote != None {
		text += " Vote:" + strconv.FormatUint(hs.Vote, 10)
	}
	return text + " Commit:" + strconv.FormatUint(hs.Commit, 10)
}

// DescribeSoftState returns a line about a soft state.
func DescribeSoftState(ss SoftState) string {
	return fmt.Sprintf("Lead:%d State:%s", ss.Lead, ss.RaftState)
}

// DescribeConfState returns a line about a configuration.
func DescribeConfState(state pb.ConfState) string {
	return fmt.Sprintf("Voters:%v VotersOutgoing:%v Learners:%v LearnersNext:%v AutoLeave:%v",
		state.Voters, state.VotersOutgoing, state.Learners, state.LearnersNext, state.AutoLeave)
}

// DescribeSnapshot returns a line about a snapshot, without its data.
func DescribeSnapshot(snap pb.Snapshot) string {
	m := snap.Metadata
	return fmt.Sprintf("Index:%d Term:%d ConfState:%s", m.Index, m.Term, DescribeConfState(m.ConfState))
}

// DescribeReady returns lines about whatever is set in a Ready.
func DescribeReady(rd Ready, f EntryFormatter) string {
	var b strings.Builder
	if rd.SoftState != nil {
		b.WriteString(DescribeSoftState(*rd.SoftState) + "\n")
	}
	if !IsEmptyHardState(rd.HardState) {
		fmt.Fprintf(&b, "HardState %s\n", DescribeHardState(rd.HardState))
	}
	if len(rd.ReadStates) > 0 {
		fmt.Fprintf(&b, "ReadStates %v\n", rd.ReadStates)
	}
	if len(rd.Entries) > 0 {
		b.WriteString("Entries:\n" + DescribeEntries(rd.Entries, f))
	}
	if !IsEmptySnap(rd.Snapshot) {
		fmt.Fprintf(&b, "Snapshot %s\n", DescribeSnapshot(rd.Snapshot))
	}
	if len(rd.CommittedEntries) > 0 {
		b.WriteString("CommittedEntries:\n" + DescribeEntries(rd.CommittedEntries, f))
	}
	if len(rd.Messages) > 0 {
		b.WriteString("Messages:\n")
		for _, m := range rd.Messages {
			b.WriteString(DescribeMessage(m, f) + "\n")
		}
	}
	if b.Len() == 0 {
		return "<empty Ready>"
	}
	return fmt.Sprintf("Ready MustSync=%t:\n%s", rd.MustSync, b.String())
}

// DescribeMessage returns a line about a message, or several if it carries more
// than one entry, a snapshot or responses.
func DescribeMessage(m pb.Message, f EntryFormatter) string {
	var b strings.Builder
	describeMessage(&b, "", &m, f)
	return b.String()
}

func describeMessage(b *strings.Builder, indent string, m *pb.Message, f EntryFormatter) {
	fmt.Fprintf(b, "%s%s->%s %s Term:%d Log:%d/%d", indent,
		describeNode(m.From), describeNode(m.To), m.Type, m.Term, m.LogTerm, m.Index)
	if m.Reject {
		fmt.Fprintf(b, " Rejected (Hint: %d)", m.RejectHint)
	}
	if m.Commit != 0 {
		fmt.Fprintf(b, " Commit:%d", m.Commit)
	}
	if m.Vote != 0 {
		fmt.Fprintf(b, " Vote:%d", m.Vote)
	}
	if len(m.Entries) == 1 {
		fmt.Fprintf(b, " Entries:[%s]", DescribeEntry(m.Entries[0], f))
	} else if len(m.Entries) > 1 {
		b.WriteString(" Entries:[")
		for _, e := range m.Entries {
			fmt.Fprintf(b, "\n%s  %s", indent, DescribeEntry(e, f))
		}
		fmt.Fprintf(b, "\n%s]", indent)
	}
	if m.Snapshot != nil && !IsEmptySnap(*m.Snapshot) {
		fmt.Fprintf(b, "\n%s  Snapshot: %s", indent, DescribeSnapshot(*m.Snapshot))
	}
	if len(m.Responses) > 0 {
		b.WriteString(" Responses:[")
		for i := range m.Responses {
			b.WriteString("\n")
			describeMessage(b, indent+"  ", &m.Responses[i], f)
		}
		fmt.Fprintf(b, "\n%s]", indent)
	}
}

func describeNode(id uint64) string {
	switch id {
	case None:
		return "None"
	case LocalAppendThread:
		return "AppendThread"
	case LocalApplyThread:
		return "ApplyThread"
	}
	return strconv.FormatUint(id, 16)
}

// DescribeEntries returns a line for each entry.
func DescribeEntries(ents []pb.Entry, f EntryFormatter) string {
	var b strings.Builder
	for _, e := range ents {
		b.WriteString(DescribeEntry(e, f) + "\n")
	}
	return b.String()
}

// DescribeEntry returns a line about an entry: term, index, type and content.
func DescribeEntry(e pb.Entry, f EntryFormatter) string {
	var content string
	switch e.Type {
	case pb.EntryNormal:
		if f == nil {
			f = func(data []byte) string { return fmt.Sprintf("%q", data) }
		}
		content = f(e.Data)
	case pb.EntryConfChange:
		var cc pb.ConfChange
		content = describeChange(cc.Unmarshal(e.Data), &cc)
	case pb.EntryConfChangeV2:
		var cc pb.ConfChangeV2
		content = describeChange(cc.Unmarshal(e.Data), &cc)
	}
	if content != "" {
		content = " " + content
	}
	return fmt.Sprintf("%d/%d %s%s", e.Term, e.Index, e.Type, content)
}

// describeChange returns the operations of a configuration change, or the error
// that reading it gave.
func describeChange(err error, cc pb.ConfChangeI) string {
	if err != nil {
		return err.Error()
	}
	return pb.ConfChangesToString(cc.AsV2().Changes)
}
