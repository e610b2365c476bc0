package checker

import "slices"

// stamp is a fact that a later violation may name.
type stamp struct {
	host uint64
	note
}

// termMemory is what is remembered of one term. Memory grows with the number of
// terms and of the entries made in them.
type termMemory struct {
	number uint64
	// leader is who was elected or acted as leader; its host is zero while
	// nobody is known to.
	leader stamp
	acted  bool // seen by a message, not by an election
	// first is the index of the leader's first entry, and chains holds the
	// digest of the log up to each of its entries: log matching says there is
	// only one.
	first      uint64
	chains     []uint64
	votes      []ballot
	candidates []candidate
}

// ballot is a vote that left its voter.
type ballot struct {
	voter, candidate uint64
	note
}

// candidate is a host that asked for votes, with the end of its log. A host
// that asks again after a restart has two.
type candidate struct {
	host      uint64
	pre       bool // asked for a pre-vote only
	lastIndex uint64
	lastTerm  uint64
	note
}

// term returns the memory of a term, making it on first sight.
func (c *Protocol) term(number uint64) *termMemory {
	if t := c.lastTerm; t != nil && t.number == number {
		return t
	}
	t := c.terms[number]
	if t == nil {
		t = &termMemory{number: number}
		c.terms[number] = t
	}
	c.lastTerm = t
	return t
}

// chainAt returns the digest of all logs that have an entry of this term at
// index, and whether any was seen.
func (t *termMemory) chainAt(index uint64) (uint64, bool) {
	if index < t.first || index-t.first >= uint64(len(t.chains)) {
		return 0, false
	}
	return t.chains[index-t.first], true
}

// learn remembers the digest for an index that continues those known. Others
// are left out: they come from logs that begin in the middle of a term.
func (t *termMemory) learn(index, chain uint64) {
	if len(t.chains) == 0 {
		t.first = index
	}
	if index == t.first+uint64(len(t.chains)) {
		t.chains = append(t.chains, chain)
	}
}

func (t *termMemory) vote(voter uint64) *ballot {
	if i := slices.IndexFunc(t.votes, func(b ballot) bool { return b.voter == voter }); i >= 0 {
		return &t.votes[i]
	}
	return nil
}
