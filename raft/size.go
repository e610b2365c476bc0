package raft

import (
	"math/bits"

	pb "raftsim/raft/raftpb"
)

// limitSize returns the longest prefix of entries whose encoded size is at most
// maxSize bytes, and never less than the first entry.
func limitSize(entries []pb.Entry, maxSize uint64) []pb.Entry {
	if maxSize == noLimit || len(entries) <= 1 {
		return entries
	}
	// To see that all fit, a bound of their sizes will do most of the time.
	if dataSize(entries)+uint64(len(entries))*mostOverhead <= maxSize {
		return entries
	}
	size := uint64(entries[0].Size())
	for i := 1; i < len(entries); i++ {
		size += uint64(entries[i].Size())
		if size > maxSize {
			return entries[:i]
		}
	}
	return entries
}

// mostOverhead is the most bytes that an encoded entry has besides its data: four tags,
// three numbers of up to ten bytes and the length of the data.
const mostOverhead = 4 + 3*10 + 10

// encodedSize returns the encoded size of entries in bytes. Consecutive entries differ
// little in what is not data, so that is worked out only where it changes.
func encodedSize(entries []pb.Entry) uint64 {
	var size, term, width, end uint64 // width is that of term and index, for terms as this one and indexes before end
	for i := range entries {
		e := &entries[i]
		if e.Term != term || e.Index >= end || i == 0 {
			term = e.Term
			indexBits := (bits.Len64(e.Index|1) + 6) / 7 * 7
			width = varintSize(term) + uint64(indexBits/7)
			end = 1 << indexBits // 0 beyond 2^63: then each is worked out
		}
		size += 3 + width
		if uint32(e.Type) < 128 {
			size++
		} else {
			size += varintSize(uint64(e.Type))
		}
		if n := uint64(len(e.Data)); e.Data != nil {
			size += 1 + n + varintSize(n)
		}
	}
	return size
}

// varintSize is how many bytes a number takes on the wire.
func varintSize(n uint64) uint64 { return uint64(bits.Len64(n|1)+6) / 7 }

// dataSize returns the bytes of data in entries.
func dataSize(entries []pb.Entry) uint64 {
	var size uint64
	for i := range entries {
		size += uint64(len(entries[i].Data))
	}
	return size
}
