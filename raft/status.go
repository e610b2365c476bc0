package raft

import (
	"maps"
	"slices"
	"strconv"

	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

// BasicStatus is the state of a node at one moment. Taking one does not
// allocate.
type BasicStatus struct {
	ID uint64

	pb.HardState
	SoftState

	// Applied is the index of the last entry that the application has applied
	// and acknowledged.
	Applied uint64

	// LeadTransferee is the node that this leader is handing leadership to;
	// None when it is not.
	LeadTransferee uint64
}

// Status is a [BasicStatus] with the configuration in force and, of a leader,
// the progress of all members. It is a copy.
type Status struct {
	BasicStatus
	Config   tracker.Config
	Progress map[uint64]tracker.Progress
}

// ProgressType tells what kind of member a Progress belongs to.
type ProgressType byte

const (
	// ProgressTypePeer is a voter.
	ProgressTypePeer ProgressType = iota
	// ProgressTypeLearner is a learner.
	ProgressTypeLearner
)

// MarshalJSON returns a JSON object with ids in hexadecimal and members in
// ascending order of ids. A member that has denied what it acknowledged has a
// field "denied"; see [tracker.Progress].
func (s Status) MarshalJSON() ([]byte, error) {
	id := func(b []byte, id uint64) []byte {
		b = append(b, '"')
		b = strconv.AppendUint(b, id, 16)
		return append(b, '"')
	}
	b := id([]byte(`{"id":`), s.ID)
	b = strconv.AppendUint(append(b, `,"term":`...), s.Term, 10)
	b = id(append(b, `,"vote":`...), s.Vote)
	b = strconv.AppendUint(append(b, `,"commit":`...), s.Commit, 10)
	b = id(append(b, `,"lead":`...), s.Lead)
	b = strconv.AppendQuote(append(b, `,"raftState":`...), s.RaftState.String())
	b = strconv.AppendUint(append(b, `,"applied":`...), s.Applied, 10)
	b = append(b, `,"progress":{`...)
	for i, member := range slices.Sorted(maps.Keys(s.Progress)) {
		if i > 0 {
			b = append(b, ',')
		}
		pr := s.Progress[member]
		b = id(b, member)
		b = strconv.AppendUint(append(b, `:{"match":`...), pr.Match, 10)
		b = strconv.AppendUint(append(b, `,"next":`...), pr.Next, 10)
		b = strconv.AppendQuote(append(b, `,"state":`...), pr.State.String())
		if pr.Denied > 0 {
			b = strconv.AppendUint(append(b, `,"denied":`...), pr.Denied, 10)
		}
		b = append(b, '}')
	}
	b = id(append(b, `},"leadtransferee":`...), s.LeadTransferee)
	return append(b, '}'), nil
}

// String returns the JSON form.
func (s Status) String() string {
	b, _ := s.MarshalJSON()
	return string(b)
}
