package lockstep

import (
	"errors"
	"fmt"
	"strings"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

// compareReadys ends the play unless both Readys say the same, byte for byte.
func compareReadys(first, second *raft.Ready) {
	soft := func(s *raft.SoftState) string {
		if s == nil {
			return "unchanged"
		}
		return raft.DescribeSoftState(*s)
	}
	differ("SoftState", soft(first.SoftState), soft(second.SoftState))
	differ("HardState", first.HardState, second.HardState)
	differ("MustSync", first.MustSync, second.MustSync)
	differ("ReadStates", fmt.Sprintf("%v", first.ReadStates), fmt.Sprintf("%v", second.ReadStates))
	if encode(&first.Snapshot) != encode(&second.Snapshot) {
		differ("Snapshot", raft.DescribeSnapshot(first.Snapshot), raft.DescribeSnapshot(second.Snapshot))
		differ("Snapshot in bytes", encode(&first.Snapshot), encode(&second.Snapshot))
	}
	compareEntries("Entries", first.Entries, second.Entries)
	compareEntries("CommittedEntries", first.CommittedEntries, second.CommittedEntries)
	compareMessages(first.Messages, second.Messages)
}

func compareEntries(what string, first, second []pb.Entry) {
	equal := len(first) == len(second)
	for i := 0; equal && i < len(first); i++ {
		equal = encode(&first[i]) == encode(&second[i])
	}
	if !equal {
		panic(&Difference{what, raft.DescribeEntries(first, nil), raft.DescribeEntries(second, nil)})
	}
}

func compareMessages(first, second []pb.Message) {
	equal := len(first) == len(second)
	for i := 0; equal && i < len(first); i++ {
		equal = encode(&first[i]) == encode(&second[i])
	}
	if !equal {
		panic(&Difference{"Messages", describe(first), describe(second)})
	}
}

func describe(messages []pb.Message) string {
	var b strings.Builder
	for i := range messages {
		fmt.Fprintf(&b, "%s\n", raft.DescribeMessage(messages[i], nil))
	}
	return b.String()
}

// compare ends the play unless both cores show the same state and have drawn as
// many numbers.
func (h *host) compare() {
	first, second := &h.sides[0], &h.sides[1]
	differ(fmt.Sprintf("numbers drawn by n%d", h.id), first.rand.n, second.rand.n)
	differ(fmt.Sprintf("HasReady of n%d", h.id), first.core.HasReady(), second.core.HasReady())
	a, b := first.core.Status(), second.core.Status()
	if h.postponed {
		leads, committed, alone := h.leads()
		h.postponed = !leads || !committed || alone
	}
	differ(fmt.Sprintf("BasicStatus of n%d", h.id), a.BasicStatus, b.BasicStatus)
	a.Config.AutoLeave, b.Config.AutoLeave = false, false // v3.6.0 does not copy it
	if x, y := a.Config.String(), b.Config.String(); x != y {
		differ(fmt.Sprintf("Config of n%d", h.id), x, y)
	}
	differ(fmt.Sprintf("number of Progress of n%d", h.id), len(a.Progress), len(b.Progress))
	for id, x := range a.Progress {
		y := b.Progress[id]
		if !sameProgress(&x, &y) {
			differ(fmt.Sprintf("Progress of n%d at n%d", id, h.id), fmt.Sprintf("%v %+v", &x, x), fmt.Sprintf("%v %+v", &y, y))
		}
	}
}

func sameProgress(a, b *tracker.Progress) bool {
	x, y := *a, *b
	full := func(p *tracker.Progress) bool { return p.Inflights != nil && p.Inflights.Full() }
	if x.Inflights.Count() != y.Inflights.Count() || full(&x) != full(&y) {
		return false
	}
	return x.Match == y.Match && x.Next == y.Next && x.State == y.State && x.PendingSnapshot == y.PendingSnapshot &&
		x.RecentActive == y.RecentActive && x.MsgAppFlowPaused == y.MsgAppFlowPaused && x.IsLearner == y.IsLearner
}

// errorText is an error as far as callers can tell: a known one, another, or none.
func errorText(err error) string {
	for _, known := range []error{raft.ErrProposalDropped, raft.ErrStepLocalMsg, raft.ErrStepPeerNotFound} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	if err != nil {
		return "an error"
	}
	return "no error"
}

// encode is the wire form of anything, comparable.
func encode(m interface{ Marshal() ([]byte, error) }) string { return string(must(m.Marshal())) }
