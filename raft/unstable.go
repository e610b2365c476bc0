package raft

import pb "raftsim/raft/raftpb"

// unstable is the end of the log that Storage does not have for certain: a
// snapshot, or entries, or a snapshot and the entries after it. Part of it may
// be in progress, which means handed out to be persisted.
//
// Entries lie in a block of memory that is only ever written to once: what was
// cut off the end of the log is not overwritten, the rest moves to a new block
// instead. So slices of it can be handed out without a copy.
type unstable struct {
	snapshot           *pb.Snapshot
	snapshotInProgress bool

	entries []pb.Entry
	// offset is the index of entries[0], or of the next entry if there are none.
	offset uint64
	// inProgress is the index of the first entry that was not handed out.
	inProgress uint64

	// prevTerm is the term of the entry before offset, zero if it is not known.
	// Almost every MsgApp asks for it.
	prevTerm uint64

	// peak is the most entries that there were lately, for the size of blocks.
	peak int
	// released is the bytes of data in the part of the block before entries.
	released uint64
}

const (
	leastBlock = 64   // entries
	mostPeak   = 4096 // entries: larger blocks are not made in advance
	// mostReleased is how many bytes of data a block may keep from the
	// collector after their entries became stable.
	mostReleased = 64 << 10
)

// last returns the index of the last entry, or of the snapshot.
func (u *unstable) last() uint64 { return u.offset + uint64(len(u.entries)) - 1 }

// slice returns the entries of [lo, hi).
func (u *unstable) slice(lo, hi uint64) []pb.Entry {
	if lo < u.offset || lo > hi || hi > u.last()+1 {
		broken("entries [%d, %d) are not within the unstable log [%d, %d]", lo, hi, u.offset, u.last())
	}
	return u.entries[lo-u.offset : hi-u.offset : hi-u.offset]
}

// next returns the entries that were not handed out, nil if there are none.
func (u *unstable) next() []pb.Entry {
	if u.inProgress > u.last() {
		return nil
	}
	return u.slice(u.inProgress, u.last()+1)
}

// nextSnapshot returns the snapshot if it was not handed out.
func (u *unstable) nextSnapshot() *pb.Snapshot {
	if u.snapshotInProgress {
		return nil
	}
	return u.snapshot
}

// accept marks everything as in progress.
func (u *unstable) accept() {
	u.inProgress = u.last() + 1
	u.snapshotInProgress = u.snapshot != nil
}

// extend makes room for n entries at the end and returns it.
func (u *unstable) extend(n int) []pb.Entry {
	at := len(u.entries)
	if cap(u.entries)-at < n {
		u.move(n)
	}
	u.entries = u.entries[:at+n]
	return u.entries[at:]
}

// move copies the entries to a new block with room for n more.
func (u *unstable) move(n int) {
	need := len(u.entries) + n
	if len(u.entries) > 0 {
		need *= 2 // it is not the first move of these entries
	}
	size := max(leastBlock, need, 2*min(u.peak, mostPeak))
	block := make([]pb.Entry, len(u.entries), size)
	copy(block, u.entries)
	u.entries = block
	u.peak /= 2
	u.released = 0
}

// truncate drops the entries from index on, which may be before offset: then
// Storage has entries that are to be replaced. A snapshot stays: the log never
// diverges before one.
func (u *unstable) truncate(index uint64) {
	if index > u.last() {
		return
	}
	if index <= u.offset {
		if index < u.offset {
			u.prevTerm = 0
		}
		u.entries, u.offset, u.inProgress, u.released = nil, index, index, 0
		return
	}
	keep := index - u.offset
	u.entries = u.entries[:keep:keep]
	u.inProgress = min(u.inProgress, index)
}

// append replaces everything from the index of the first entry on. Few entries are
// copied, their data is not. Many become the block, if there is none: nobody writes to
// what came in a message, so it can be shared.
func (u *unstable) append(entries []pb.Entry) {
	first := entries[0].Index
	if first > u.last()+1 {
		broken("entry %d appended to a log that ends at %d", first, u.last())
	}
	u.truncate(first)
	if len(u.entries) == 0 && len(entries) >= leastBlock {
		u.entries, u.released = entries[:len(entries):len(entries)], 0
		return
	}
	copy(u.extend(len(entries)), entries)
}

// stableTo drops the entries up to index, which Storage has now, provided that
// the one at index is still of the given term. Otherwise it was replaced while
// it was being persisted.
func (u *unstable) stableTo(index, term uint64) {
	if index < u.offset || index > u.last() || u.entries[index-u.offset].Term != term {
		return
	}
	u.peak = max(u.peak, len(u.entries))
	n := index + 1 - u.offset
	u.released += dataSize(u.entries[:n])
	u.entries = u.entries[n:]
	u.offset = index + 1
	u.inProgress = max(u.inProgress, u.offset)
	u.prevTerm = term
	if len(u.entries) == 0 && u.released > mostReleased {
		u.entries, u.released = nil, 0
		u.peak = 0 // a block that is given up so soon need not have room for more
	}
}

// stableSnapshotTo drops the snapshot if it is the one at index.
func (u *unstable) stableSnapshotTo(index uint64) {
	if u.snapshot != nil && u.snapshot.Metadata.Index == index {
		u.snapshot, u.snapshotInProgress = nil, false
	}
}

// restore makes the log end with a snapshot.
func (u *unstable) restore(s *pb.Snapshot) {
	*u = unstable{
		snapshot:   s,
		offset:     s.Metadata.Index + 1,
		inProgress: s.Metadata.Index + 1,
		prevTerm:   s.Metadata.Term,
		peak:       u.peak,
	}
}
