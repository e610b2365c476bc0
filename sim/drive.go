package sim

import (
	"fmt"

	"raftsim/raft"
)

// driven is what the simulator needs of a raft.Node: that it can be asked for
// work without a channel, and for its state without a copy of everything. Every
// Node that raft.NewNode returns has both.
type driven interface {
	raft.Node
	raft.TryReadier
	raft.StatusViewer
}

// drive returns the Node of a factory as the simulator drives it.
func drive(n raft.Node) (driven, error) {
	d, ok := n.(driven)
	if !ok {
		return nil, fmt.Errorf("sim: a %T cannot be driven by one thread: it must offer raft.TryReadier and raft.StatusViewer, as raft.NewNode does for any core", n)
	}
	return d, nil
}
