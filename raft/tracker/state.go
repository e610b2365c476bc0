package tracker

import "strconv"

// StateType is how a leader treats a follower.
type StateType uint64

const (
	// StateProbe means that the end of the follower's log is not known. It gets
	// one append message at a time, until one fits.
	StateProbe StateType = iota
	// StateReplicate means that the follower's log fits the leader's. It gets
	// entries as they come, without waiting for answers.
	StateReplicate
	// StateSnapshot means that the follower needs entries that the leader no
	// longer has. It has been sent a snapshot and gets nothing more until that
	// has arrived or failed.
	StateSnapshot
)

// String returns the name of the state.
func (s StateType) String() string {
	switch s {
	case StateProbe:
		return "StateProbe"
	case StateReplicate:
		return "StateReplicate"
	case StateSnapshot:
		return "StateSnapshot"
	}
	return "StateType(" + strconv.FormatUint(uint64(s), 10) + ")"
}
