package raftpb

import (
	"fmt"
	"strconv"
	"strings"
)

// ConfChange is the first form of a configuration change: one operation on one
// node, as in [ConfChangeV2] with a single change (thesis §4.1).
type ConfChange struct {
	// Type is the operation.
	Type ConfChangeType `protobuf:"varint,2,opt,name=type,enum=raftpb.ConfChangeType" json:"type"`
	// NodeID is the node to add, remove or update. Zero makes the operation
	// void.
	NodeID uint64 `protobuf:"varint,3,opt,name=node_id,json=nodeId" json:"node_id"`
	// Context travels with the change and means something to the application
	// only.
	Context []byte `protobuf:"bytes,4,opt,name=context" json:"context,omitempty"`
	// ID lets a proposer recognise its change. Raft does not look at it, and
	// ConfChangeV2 has nothing like it.
	ID uint64 `protobuf:"varint,1,opt,name=id" json:"id"`
}

// ConfChangeSingle is one operation of a [ConfChangeV2].
type ConfChangeSingle struct {
	// Type is the operation.
	Type ConfChangeType `protobuf:"varint,1,opt,name=type,enum=raftpb.ConfChangeType" json:"type"`
	// NodeID is the node it acts on. Zero makes the operation void.
	NodeID uint64 `protobuf:"varint,2,opt,name=node_id,json=nodeId" json:"node_id"`
}

// ConfChangeV2 changes any number of members in one step. One change at a time
// is safe by itself (thesis §4.1); more than one goes through a joint
// configuration (Raft §6, thesis §4.3). A change with no operations and
// ConfChangeTransitionAuto leaves a joint configuration.
//
// A change takes effect when its entry is applied, not, as in the papers, when
// it is appended.
type ConfChangeV2 struct {
	// Transition says whether to go through a joint configuration and who ends
	// it.
	Transition ConfChangeTransition `protobuf:"varint,1,opt,name=transition,enum=raftpb.ConfChangeTransition" json:"transition"`
	// Changes are carried out in order, all or none.
	Changes []ConfChangeSingle `protobuf:"bytes,2,rep,name=changes" json:"changes"`
	// Context travels with the change and means something to the application
	// only.
	Context []byte `protobuf:"bytes,3,opt,name=context" json:"context,omitempty"`
}

// ConfChangeType is an operation on one member.
type ConfChangeType int32

const (
	// ConfChangeAddNode makes the node a voter, promoting it if it is a learner.
	ConfChangeAddNode ConfChangeType = 0
	// ConfChangeRemoveNode removes the node.
	ConfChangeRemoveNode ConfChangeType = 1
	// ConfChangeUpdateNode changes nothing in Raft: it is the application that
	// has something to update, an address for instance.
	ConfChangeUpdateNode ConfChangeType = 2
	// ConfChangeAddLearnerNode makes the node a learner, demoting it if it is a
	// voter.
	ConfChangeAddLearnerNode ConfChangeType = 3
)

// ConfChangeTransition says how a [ConfChangeV2] uses joint consensus.
type ConfChangeTransition int32

const (
	// ConfChangeTransitionAuto goes through a joint configuration only when
	// there is more than one operation, and leaves it without being asked. It
	// is what most applications want.
	ConfChangeTransitionAuto ConfChangeTransition = 0
	// ConfChangeTransitionJointImplicit always goes through a joint
	// configuration, and leaves it without being asked.
	ConfChangeTransitionJointImplicit ConfChangeTransition = 1
	// ConfChangeTransitionJointExplicit always goes through a joint
	// configuration, and stays in it until the application proposes the zero
	// ConfChangeV2.
	ConfChangeTransitionJointExplicit ConfChangeTransition = 2
)

// ConfChangeI is either form of a configuration change.
type ConfChangeI interface {
	// AsV2 returns the change in its second form.
	AsV2() ConfChangeV2
	// AsV1 returns the change in its first form, and whether it had that form.
	AsV1() (ConfChange, bool)
}

// AsV1 returns c and true.
func (c ConfChange) AsV1() (ConfChange, bool) { return c, true }

// AsV2 returns the change with the same operation and context. The ID has no
// place there and is lost.
func (c ConfChange) AsV2() ConfChangeV2 {
	return ConfChangeV2{
		Changes: []ConfChangeSingle{{Type: c.Type, NodeID: c.NodeID}},
		Context: c.Context,
	}
}

// AsV1 returns false: a second form is never turned back into a first.
func (c ConfChangeV2) AsV1() (ConfChange, bool) { return ConfChange{}, false }

// AsV2 returns c.
func (c ConfChangeV2) AsV2() ConfChangeV2 { return c }

// EnterJoint says whether c goes through a joint configuration, and, if so,
// whether that configuration is left without being asked. A transition this
// version does not know is taken for ConfChangeTransitionJointImplicit: it can
// carry out any list of changes.
func (c ConfChangeV2) EnterJoint() (autoLeave, ok bool) {
	switch c.Transition {
	case ConfChangeTransitionAuto:
		joint := len(c.Changes) > 1
		return joint, joint
	case ConfChangeTransitionJointExplicit:
		return false, true
	}
	return true, true
}

// LeaveJoint says whether c is the zero change, Context aside, which leaves a
// joint configuration.
func (c ConfChangeV2) LeaveJoint() bool {
	return c.Transition == ConfChangeTransitionAuto && len(c.Changes) == 0
}

// MarshalConfChange encodes c for an [Entry] and returns the type that the entry
// must have. A nil c is the zero ConfChangeV2, encoded as no bytes at all, so
// that no size limit can refuse the entry.
func MarshalConfChange(c ConfChangeI) (EntryType, []byte, error) {
	if c == nil {
		return EntryConfChangeV2, nil, nil
	}
	if v1, ok := c.AsV1(); ok {
		data, err := v1.Marshal()
		return EntryConfChange, data, err
	}
	v2 := c.AsV2()
	data, err := v2.Marshal()
	return EntryConfChangeV2, data, err
}

// ConfChangesFromString parses operations separated by spaces: v1 makes node 1 a
// voter, l1 a learner, r1 removes it, u1 updates it. An empty string is no
// operation.
func ConfChangesFromString(s string) ([]ConfChangeSingle, error) {
	var ccs []ConfChangeSingle
	for _, word := range strings.Fields(s) {
		t := strings.IndexByte(confChangeLetters, word[0])
		if t < 0 {
			return nil, fmt.Errorf("raftpb: change %q must begin with one of v, l, r, u", word)
		}
		id, err := strconv.ParseUint(word[1:], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("raftpb: change %q must end with the number of a node: %w", word, err)
		}
		ccs = append(ccs, ConfChangeSingle{Type: ConfChangeType(t), NodeID: id})
	}
	return ccs, nil
}

// ConfChangesToString prints operations in the form that
// [ConfChangesFromString] parses.
func ConfChangesToString(ccs []ConfChangeSingle) string {
	var b strings.Builder
	for i, cc := range ccs {
		if i > 0 {
			b.WriteByte(' ')
		}
		if cc.Type >= 0 && int(cc.Type) < len(confChangeLetters) {
			b.WriteByte(confChangeLetters[cc.Type])
		} else {
			b.WriteString("unknown")
		}
		b.WriteString(strconv.FormatUint(cc.NodeID, 10))
	}
	return b.String()
}

// confChangeLetters holds the letter of each ConfChangeType.
const confChangeLetters = "vrul"
