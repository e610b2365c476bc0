package checker

// record is what is remembered of one log entry: its term, and the digest of
// the log up to and including it.
type record struct{ term, chain uint64 }

// logView is a host's log as far as the checker needs it. It starts after base,
// the last index that a snapshot stands for. The zero value is an empty log.
type logView struct {
	base    uint64
	before  record // at base
	records []record
}

// last returns the index of the last entry, base when there is none.
func (l *logView) last() uint64 { return l.base + uint64(len(l.records)) }

// at returns the record of an index, and whether the log knows it. Index zero
// is known to every log that has not been cut off.
func (l *logView) at(index uint64) (record, bool) {
	switch {
	case index == l.base:
		return l.before, true
	case index < l.base || index > l.last():
		return record{}, false
	}
	return l.records[index-l.base-1], true
}

// end returns the record of the last entry.
func (l *logView) end() record {
	r, _ := l.at(l.last())
	return r
}

// put sets the record of an index that is at most one past the end. Entries
// after it stay.
func (l *logView) put(index uint64, r record) {
	if index == l.last()+1 {
		l.records = append(l.records, r)
		return
	}
	l.records[index-l.base-1] = r
}

// truncate drops the entries after an index that the log knows.
func (l *logView) truncate(index uint64) { l.records = l.records[:index-l.base] }

// reset makes the log empty after a base.
func (l *logView) reset(base uint64, r record) {
	l.base, l.before, l.records = base, r, l.records[:0]
}

// compact forgets the entries up to an index. The memory is given up once half
// of it is unused, so the cost of an entry is constant.
func (l *logView) compact(index uint64) {
	r, ok := l.at(index)
	if !ok || index-l.base < uint64(len(l.records)/2) {
		return
	}
	l.records = l.records[:copy(l.records, l.records[index-l.base:])]
	l.base, l.before = index, r
}

// copyFrom makes l equal to o without sharing memory.
func (l *logView) copyFrom(o *logView) {
	l.base, l.before = o.base, o.before
	l.records = append(l.records[:0], o.records...)
}

// agree returns the highest index up to which both logs are known and the same;
// ok is false when they have no index in common.
func agree(a, b *logView) (index uint64, ok bool) {
	lo, hi := max(a.base, b.base), min(a.last(), b.last())
	if lo > hi {
		return 0, false
	}
	same := func(i uint64) bool {
		x, _ := a.at(i)
		y, _ := b.at(i)
		return x == y
	}
	if !same(lo) {
		return 0, false
	}
	for lo < hi { // same(lo) holds, and nothing above hi is the same
		if mid := lo + (hi-lo+1)/2; same(mid) {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return lo, true
}
