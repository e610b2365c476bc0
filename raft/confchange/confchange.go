// Package confchange computes configurations from changes: one voter at a time
// (thesis §4.1), or any number by way of a joint configuration (Raft §6, thesis
// §4.3). It changes nothing; the caller installs the result.
//
// The names are those of go.etcd.io/raft/v3/confchange v3.6.
package confchange

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"raftsim/raft/quorum"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

// Changer computes the configuration that follows Tracker's. Its methods return
// the new configuration and the progress of its members, or an error that says
// what rule the change breaks. Neither they nor the caller who installs the
// result write to what Tracker holds, but Inflights of members that stay are
// shared.
type Changer struct {
	// Tracker holds the configuration to start from.
	Tracker tracker.ProgressTracker
	// LastIndex is the last index of the leader's log; probing of new members
	// starts there.
	LastIndex uint64
}

// EnterJoint returns a joint configuration: its outgoing half is the one that
// was in force, and its incoming half is that with all changes made. The
// configuration must not be joint yet. With autoLeave the leader ends it.
func (c Changer) EnterJoint(autoLeave bool, ccs ...pb.ConfChangeSingle) (tracker.Config, tracker.ProgressMap, error) {
	d, err := c.draft()
	if err != nil {
		return refuse(err)
	}
	if err := d.enterJoint(autoLeave, ccs); err != nil {
		return refuse(err)
	}
	return d.finish()
}

// LeaveJoint returns the incoming half of a joint configuration as the one in
// force. Voters of the outgoing half alone are gone, and those in LearnersNext
// are learners.
func (c Changer) LeaveJoint() (tracker.Config, tracker.ProgressMap, error) {
	d, err := c.draft()
	if err != nil {
		return refuse(err)
	}
	if err := d.leaveJoint(); err != nil {
		return refuse(err)
	}
	return d.finish()
}

// Simple returns a configuration with all changes made at once. They must add or
// remove at most one voter in all: then any majority of the old voters meets any
// majority of the new ones. The configuration must not be joint.
func (c Changer) Simple(ccs ...pb.ConfChangeSingle) (tracker.Config, tracker.ProgressMap, error) {
	d, err := c.draft()
	if err != nil {
		return refuse(err)
	}
	if err := d.simple(ccs); err != nil {
		return refuse(err)
	}
	return d.finish()
}

// Validate reports a change that no configuration can take: of a type that does not
// exist, or of a node whose id is that of a storage thread (the two highest).
func Validate(ccs ...pb.ConfChangeSingle) error {
	for _, cc := range ccs {
		switch {
		case cc.NodeID >= math.MaxUint64-1:
			return fmt.Errorf("change of node %#x, which is the id of a storage thread and of no node", cc.NodeID)
		case cc.Type < pb.ConfChangeAddNode || cc.Type > pb.ConfChangeAddLearnerNode:
			return fmt.Errorf("change of node %d has type %d, which does not exist", cc.NodeID, int32(cc.Type))
		}
	}
	return nil
}

// Describe prints changes for people, such as
// "ConfChangeAddNode(1) ConfChangeRemoveNode(2)".
func Describe(ccs ...pb.ConfChangeSingle) string {
	var b strings.Builder
	for i, cc := range ccs {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%s(%d)", cc.Type, cc.NodeID)
	}
	return b.String()
}

func refuse(err error) (tracker.Config, tracker.ProgressMap, error) {
	return tracker.Config{}, nil, fmt.Errorf("confchange: %w", err)
}

// draft returns a copy of the current configuration to work on.
func (c Changer) draft() (*draft, error) {
	d := &draft{
		Config:           c.Tracker.Config.Clone(),
		progress:         make(tracker.ProgressMap, len(c.Tracker.Progress)),
		lastIndex:        c.LastIndex,
		maxInflight:      c.Tracker.MaxInflight,
		maxInflightBytes: c.Tracker.MaxInflightBytes,
	}
	for id, pr := range c.Tracker.Progress {
		copied := *pr
		d.progress[id] = &copied
	}
	return d, d.check()
}

// draft is a configuration in the making, and the progress of its members.
type draft struct {
	tracker.Config
	progress tracker.ProgressMap

	lastIndex        uint64
	maxInflight      int
	maxInflightBytes uint64
}

func (d *draft) incoming() quorum.MajorityConfig { return d.Voters[0] }
func (d *draft) outgoing() quorum.MajorityConfig { return d.Voters[1] }
func (d *draft) joint() bool                     { return len(d.outgoing()) > 0 }

func (d *draft) enterJoint(autoLeave bool, ccs []pb.ConfChangeSingle) error {
	if d.joint() {
		return fmt.Errorf("configuration is joint already (%s)", d.Config)
	}
	if len(d.incoming()) == 0 {
		return errors.New("configuration without voters cannot become joint")
	}
	d.Voters[1] = maps.Clone(d.incoming())
	d.AutoLeave = autoLeave
	return d.apply(ccs)
}

func (d *draft) leaveJoint() error {
	if !d.joint() {
		return fmt.Errorf("configuration is not joint (%s)", d.Config)
	}
	gone := d.outgoing()
	d.Voters[1] = nil
	d.AutoLeave = false
	for id := range d.LearnersNext { // order does not escape: each learner is added by itself
		d.addLearner(id)
	}
	d.LearnersNext = nil
	for id := range gone { // order does not escape: each is dropped by itself
		d.dropProgress(id)
	}
	return nil
}

func (d *draft) simple(ccs []pb.ConfChangeSingle) error {
	if d.joint() {
		return fmt.Errorf("configuration is joint (%s), no simple change is possible", d.Config)
	}
	before := maps.Clone(d.incoming())
	if err := d.apply(ccs); err != nil {
		return err
	}
	if n := difference(before, d.incoming()); n > 1 {
		return fmt.Errorf("%d voters change from %s to %s, without a joint configuration at most 1 may", n, before, d.incoming())
	}
	return nil
}

// apply carries out changes on the incoming half, in order. Those of node zero
// are void: a proposer's change that was refused looks like that.
func (d *draft) apply(ccs []pb.ConfChangeSingle) error {
	for _, cc := range ccs {
		if cc.NodeID == 0 {
			continue
		}
		if err := Validate(cc); err != nil {
			return err
		}
		switch cc.Type {
		case pb.ConfChangeAddNode:
			d.makeVoter(cc.NodeID)
		case pb.ConfChangeAddLearnerNode:
			d.makeLearner(cc.NodeID)
		case pb.ConfChangeRemoveNode:
			d.remove(cc.NodeID)
		case pb.ConfChangeUpdateNode:
		}
	}
	if len(d.incoming()) == 0 {
		return fmt.Errorf("changes %q leave no voter", Describe(ccs...))
	}
	return nil
}

func (d *draft) makeVoter(id uint64) {
	d.track(id).IsLearner = false
	d.Learners = without(d.Learners, id)
	d.LearnersNext = without(d.LearnersNext, id)
	d.Voters[0] = with(d.Voters[0], id)
}

// makeLearner adds a learner at once, or, while it votes in the outgoing half,
// when that is gone.
func (d *draft) makeLearner(id uint64) {
	d.track(id)
	delete(d.incoming(), id)
	if _, votes := d.outgoing()[id]; votes {
		d.LearnersNext = with(d.LearnersNext, id)
		return
	}
	d.addLearner(id)
}

func (d *draft) addLearner(id uint64) {
	d.Learners = with(d.Learners, id)
	d.progress[id].IsLearner = true
}

func (d *draft) remove(id uint64) {
	delete(d.incoming(), id)
	d.Learners = without(d.Learners, id)
	d.LearnersNext = without(d.LearnersNext, id)
	d.dropProgress(id)
}

// track returns the progress of a member, which may be new. A new one counts as
// active, or the leader could step down before it has had time to answer.
func (d *draft) track(id uint64) *tracker.Progress {
	if pr := d.progress[id]; pr != nil {
		return pr
	}
	pr := &tracker.Progress{
		Next:         max(d.lastIndex, 1),
		Inflights:    tracker.NewInflights(d.maxInflight, d.maxInflightBytes),
		RecentActive: true,
	}
	d.progress[id] = pr
	return pr
}

// dropProgress forgets the progress of a node that is in no part of the
// configuration any more.
func (d *draft) dropProgress(id uint64) {
	_, in := d.incoming()[id]
	_, out := d.outgoing()[id]
	_, learns := d.Learners[id]
	if !in && !out && !learns {
		delete(d.progress, id)
	}
}

// finish returns the configuration if it is sound.
func (d *draft) finish() (tracker.Config, tracker.ProgressMap, error) {
	if err := d.check(); err != nil {
		return refuse(err)
	}
	return d.Config, d.progress, nil
}

// difference counts the ids that are in one set only.
func difference(a, b quorum.MajorityConfig) int {
	n := 0
	for id := range a {
		if _, ok := b[id]; !ok {
			n++
		}
	}
	return n + len(b) - (len(a) - n)
}

// with adds id to a set, which may be nil.
func with[S ~map[uint64]struct{}](set S, id uint64) S {
	if set == nil {
		set = S{}
	}
	set[id] = struct{}{}
	return set
}

// without removes id from a set. A set without ids is nil.
func without(set map[uint64]struct{}, id uint64) map[uint64]struct{} {
	delete(set, id)
	if len(set) == 0 {
		return nil
	}
	return set
}

// ids returns a set's members in ascending order.
func ids(set map[uint64]struct{}) []uint64 { return slices.Sorted(maps.Keys(set)) }
