package raft

import "strconv"

// StateType is the role of a node (Raft §5.1).
type StateType uint64

const (
	// StateFollower answers leaders and candidates.
	StateFollower StateType = iota
	// StateCandidate asks for votes.
	StateCandidate
	// StateLeader replicates its log.
	StateLeader
	// StatePreCandidate asks whether it would get votes (thesis §9.6).
	StatePreCandidate
)

var stateNames = [...]string{"StateFollower", "StateCandidate", "StateLeader", "StatePreCandidate"}

// String returns the name of the constant.
func (st StateType) String() string {
	if st < StateType(len(stateNames)) {
		return stateNames[st]
	}
	return "StateType(" + strconv.FormatUint(uint64(st), 10) + ")"
}

// MarshalJSON returns the name of the constant as a JSON string.
func (st StateType) MarshalJSON() ([]byte, error) {
	return strconv.AppendQuote(nil, st.String()), nil
}
