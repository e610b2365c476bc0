package raftpb

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// Names of the enums' values by number, as in the protobuf definition. They are
// for lookup; nobody may write to them.
var (
	EntryType_name            = namesOf(entryTypeNames[:])
	MessageType_name          = namesOf(messageTypeNames[:])
	ConfChangeType_name       = namesOf(confChangeTypeNames[:])
	ConfChangeTransition_name = namesOf(confChangeTransitionNames[:])
)

// Numbers of the enums' values by name, the inverse of the maps above.
var (
	EntryType_value            = valuesOf(entryTypeNames[:])
	MessageType_value          = valuesOf(messageTypeNames[:])
	ConfChangeType_value       = valuesOf(confChangeTypeNames[:])
	ConfChangeTransition_value = valuesOf(confChangeTransitionNames[:])
)

var entryTypeNames = [...]string{
	EntryNormal:       "EntryNormal",
	EntryConfChange:   "EntryConfChange",
	EntryConfChangeV2: "EntryConfChangeV2",
}

var messageTypeNames = [...]string{
	MsgHup:               "MsgHup",
	MsgBeat:              "MsgBeat",
	MsgProp:              "MsgProp",
	MsgApp:               "MsgApp",
	MsgAppResp:           "MsgAppResp",
	MsgVote:              "MsgVote",
	MsgVoteResp:          "MsgVoteResp",
	MsgSnap:              "MsgSnap",
	MsgHeartbeat:         "MsgHeartbeat",
	MsgHeartbeatResp:     "MsgHeartbeatResp",
	MsgUnreachable:       "MsgUnreachable",
	MsgSnapStatus:        "MsgSnapStatus",
	MsgCheckQuorum:       "MsgCheckQuorum",
	MsgTransferLeader:    "MsgTransferLeader",
	MsgTimeoutNow:        "MsgTimeoutNow",
	MsgReadIndex:         "MsgReadIndex",
	MsgReadIndexResp:     "MsgReadIndexResp",
	MsgPreVote:           "MsgPreVote",
	MsgPreVoteResp:       "MsgPreVoteResp",
	MsgStorageAppend:     "MsgStorageAppend",
	MsgStorageAppendResp: "MsgStorageAppendResp",
	MsgStorageApply:      "MsgStorageApply",
	MsgStorageApplyResp:  "MsgStorageApplyResp",
	MsgForgetLeader:      "MsgForgetLeader",
}

var confChangeTypeNames = [...]string{
	ConfChangeAddNode:        "ConfChangeAddNode",
	ConfChangeRemoveNode:     "ConfChangeRemoveNode",
	ConfChangeUpdateNode:     "ConfChangeUpdateNode",
	ConfChangeAddLearnerNode: "ConfChangeAddLearnerNode",
}

var confChangeTransitionNames = [...]string{
	ConfChangeTransitionAuto:          "ConfChangeTransitionAuto",
	ConfChangeTransitionJointImplicit: "ConfChangeTransitionJointImplicit",
	ConfChangeTransitionJointExplicit: "ConfChangeTransitionJointExplicit",
}

// String returns the name of x, or its number if it has none.
func (x EntryType) String() string { return nameOf(x, entryTypeNames[:]) }

// String returns the name of x, or its number if it has none.
func (x MessageType) String() string { return nameOf(x, messageTypeNames[:]) }

// String returns the name of x, or its number if it has none.
func (x ConfChangeType) String() string { return nameOf(x, confChangeTypeNames[:]) }

// String returns the name of x, or its number if it has none.
func (x ConfChangeTransition) String() string { return nameOf(x, confChangeTransitionNames[:]) }

// Enum returns a pointer to a copy of x.
func (x EntryType) Enum() *EntryType { return &x }

// Enum returns a pointer to a copy of x.
func (x MessageType) Enum() *MessageType { return &x }

// Enum returns a pointer to a copy of x.
func (x ConfChangeType) Enum() *ConfChangeType { return &x }

// Enum returns a pointer to a copy of x.
func (x ConfChangeTransition) Enum() *ConfChangeTransition { return &x }

// UnmarshalJSON accepts a number or a name.
func (x *EntryType) UnmarshalJSON(data []byte) error {
	return unmarshalEnum(x, data, "EntryType", EntryType_value)
}

// UnmarshalJSON accepts a number or a name.
func (x *MessageType) UnmarshalJSON(data []byte) error {
	return unmarshalEnum(x, data, "MessageType", MessageType_value)
}

// UnmarshalJSON accepts a number or a name.
func (x *ConfChangeType) UnmarshalJSON(data []byte) error {
	return unmarshalEnum(x, data, "ConfChangeType", ConfChangeType_value)
}

// UnmarshalJSON accepts a number or a name.
func (x *ConfChangeTransition) UnmarshalJSON(data []byte) error {
	return unmarshalEnum(x, data, "ConfChangeTransition", ConfChangeTransition_value)
}

func nameOf[E ~int32](x E, names []string) string {
	if x >= 0 && int(x) < len(names) {
		return names[x]
	}
	return strconv.Itoa(int(x))
}

func namesOf(names []string) map[int32]string {
	m := make(map[int32]string, len(names))
	for i, name := range names {
		m[int32(i)] = name
	}
	return m
}

func valuesOf(names []string) map[string]int32 {
	m := make(map[string]int32, len(names))
	for i, name := range names {
		m[name] = int32(i)
	}
	return m
}

func unmarshalEnum[E ~int32](x *E, data []byte, enum string, values map[string]int32) error {
	var number int32
	if json.Unmarshal(data, &number) == nil {
		*x = E(number)
		return nil
	}
	var name string
	if err := json.Unmarshal(data, &name); err != nil {
		return fmt.Errorf("raftpb: %s is neither a number nor a name of %s", data, enum)
	}
	number, ok := values[name]
	if !ok {
		return fmt.Errorf("raftpb: %q is not a name of %s", name, enum)
	}
	*x = E(number)
	return nil
}
