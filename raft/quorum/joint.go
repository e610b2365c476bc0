package quorum

import "maps"

// JointConfig is two groups of voters that must both agree (Raft §6): the
// incoming one and the outgoing one, which is empty unless the configuration is
// about to change. A voter may be in both.
type JointConfig [2]MajorityConfig

// CommittedIndex returns the largest index that both halves have committed.
func (c JointConfig) CommittedIndex(l AckedIndexer) Index {
	return min(c[0].CommittedIndex(l), c[1].CommittedIndex(l))
}

// VoteResult returns how the vote stands: it is won when both halves have won
// it, and lost when either has lost it.
func (c JointConfig) VoteResult(votes map[uint64]bool) VoteResult {
	return Both(c[0].VoteResult(votes), c[1].VoteResult(votes))
}

// Both joins the results of the two halves of a joint configuration.
func Both(incoming, outgoing VoteResult) VoteResult {
	switch {
	case incoming == outgoing:
		return incoming
	case incoming == VoteLost || outgoing == VoteLost:
		return VoteLost
	}
	return VotePending
}

// IDs returns a new set of the voters of both halves.
func (c JointConfig) IDs() map[uint64]struct{} {
	ids := make(map[uint64]struct{}, len(c[0])+len(c[1]))
	maps.Copy(ids, c[0])
	maps.Copy(ids, c[1])
	return ids
}

// Describe draws all voters as [MajorityConfig.Describe] does.
func (c JointConfig) Describe(l AckedIndexer) string {
	return MajorityConfig(c.IDs()).Describe(l)
}

// String returns the incoming voters and, if there are any, the outgoing ones:
// "(1 2 3)&&(1 2 4)".
func (c JointConfig) String() string {
	if len(c[1]) > 0 {
		return c[0].String() + "&&" + c[1].String()
	}
	return c[0].String()
}
