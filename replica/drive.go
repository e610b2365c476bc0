package replica

import (
	"fmt"
	"maps"
	"slices"

	"raftsim/override"
	"raftsim/raft"
	"raftsim/raft/tracker"
)

// driven is what a Replica needs of a raft.Node: that it can be asked for
// work without a channel, and for its state without a copy of everything. Every
// Node that raft.NewNode returns has both.
type driven interface {
	raft.Node
	raft.TryReadier
	raft.StatusViewer
}

// drive returns the Node of a factory as a Replica drives it.
func drive(n raft.Node) (driven, error) {
	d, ok := n.(driven)
	if !ok {
		return nil, fmt.Errorf("replica: a %T cannot be driven by one thread: it must offer raft.TryReadier and raft.StatusViewer, as raft.NewNode does for any core", n)
	}
	if override.Bypasses(n, "TryReady", "Ready") {
		return nil, fmt.Errorf("replica: a %T overrides Ready and not TryReady, which a Replica calls in its place: it must override both", n)
	}
	o := overridden{d, override.Bypasses(n, "BasicStatus", "Status"), override.Bypasses(n, "WithProgress", "Status")}
	if o.basic || o.progress {
		return &o, nil
	}
	return d, nil
}

// overridden is a Node that overrides Status. What it says there counts in the place of
// the views that it does not override.
type overridden struct {
	driven
	basic, progress bool // whether these views are those of what it embeds
}

func (n *overridden) BasicStatus() raft.BasicStatus {
	if n.basic {
		return n.Status().BasicStatus
	}
	return n.driven.BasicStatus()
}

func (n *overridden) WithProgress(visitor func(uint64, raft.ProgressType, tracker.Progress)) {
	if !n.progress {
		n.driven.WithProgress(visitor)
		return
	}
	progress := n.Status().Progress
	for _, id := range slices.Sorted(maps.Keys(progress)) {
		typ := raft.ProgressTypePeer
		if progress[id].IsLearner {
			typ = raft.ProgressTypeLearner
		}
		visitor(id, typ, progress[id])
	}
}

func (n *overridden) UncommittedBytes() (bytes uint64, ok bool) {
	if viewer, can := n.driven.(raft.UncommittedViewer); can {
		return viewer.UncommittedBytes()
	}
	return 0, false
}
