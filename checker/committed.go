package checker

// commitRecord is what is remembered of one committed index.
type commitRecord struct {
	record
	// in is the term of the host that first showed the index to be committed.
	in uint64
	by stamp
	// state is the digest of the state machine after the index, if known.
	state   uint64
	stateBy stamp // host zero while it is not known
}

// CommittedLog is the log that all hosts must agree on, as far as any host has
// shown it to be committed.
type commits struct {
	base    uint64 // the index that the run began with
	before  record
	records []commitRecord
}

func (l *commits) last() uint64 { return l.base + uint64(len(l.records)) }

// at returns the record of a committed index, nil when it is not one or lies at
// or before the base.
func (l *commits) at(index uint64) *commitRecord {
	if index <= l.base || index > l.last() {
		return nil
	}
	return &l.records[index-l.base-1]
}

// entry returns term and digest at an index, the base included.
func (l *commits) entry(index uint64) (record, bool) {
	if index == l.base {
		return l.before, true
	}
	if r := l.at(index); r != nil {
		return r.record, true
	}
	return record{}, false
}
