package raft

// uncommitted counts the bytes of data in the tail of a leader's log that is not
// committed, for Config.MaxUncommittedEntriesSize. Proposals leave it in the order
// in which they came, when their last entry is committed: whether this leader's own
// disk has them, or its application has applied them, is another matter.
type uncommitted struct {
	bytes uint64
	// tail is what makes up bytes, the first of it at front.
	tail  []uncommittedPart
	front int
}

// uncommittedPart is a proposal, or what earlier leaders have left.
type uncommittedPart struct{ last, bytes uint64 }

func (u *uncommitted) reset() { u.bytes, u.tail, u.front = 0, u.tail[:0], 0 }

// add counts bytes of data in entries of which the last has this index.
func (u *uncommitted) add(last, bytes uint64) {
	if bytes == 0 {
		return
	}
	if u.front > 0 && len(u.tail) == cap(u.tail) {
		u.tail = u.tail[:copy(u.tail, u.tail[u.front:])]
		u.front = 0
	}
	u.bytes += bytes
	u.tail = append(u.tail, uncommittedPart{last, bytes})
}

// commit takes out what is committed up to index.
func (u *uncommitted) commit(index uint64) {
	for u.front < len(u.tail) && u.tail[u.front].last <= index {
		u.bytes -= u.tail[u.front].bytes
		u.front++
	}
	if u.front == len(u.tail) {
		u.tail, u.front = u.tail[:0], 0
	}
}

// inheritUncommitted counts what the leader of a new term finds uncommitted in its
// log. It reads no more than shows that the bound is reached: all of it is committed
// at once, by the first entry of the term.
func (r *raft) inheritUncommitted() {
	if r.MaxUncommittedEntriesSize == noLimit {
		return
	}
	last, bytes := r.log.last(), uint64(0)
	for next := r.log.committed + 1; next <= last && bytes < r.MaxUncommittedEntriesSize; {
		page, err := r.log.entries(next, r.MaxUncommittedEntriesSize-bytes)
		mustRead(err, "uncommitted entries")
		bytes += dataSize(page)
		next += uint64(len(page))
	}
	r.uncommitted.add(last, bytes)
}

// reserve lets entries with size bytes of data, up to the one with index last, into
// the uncommitted tail of the log, and returns false if they do not fit. Anything
// fits into an empty tail, and no data, such as the first entry of a leader, fits
// always.
func (r *raft) reserve(last, size uint64) bool {
	if held := r.uncommitted.bytes; held > 0 && size > 0 && held+size > r.MaxUncommittedEntriesSize {
		if !r.quiet {
			r.Logger.Warningf("raft %x: drops a proposal of %d bytes: %d are uncommitted, limit is %d", r.ID, size, held, r.MaxUncommittedEntriesSize)
		}
		return false
	}
	r.uncommitted.add(last, size)
	return true
}
