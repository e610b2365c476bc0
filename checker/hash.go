package checker

import (
	"math/bits"

	pb "raftsim/raft/raftpb"
)

// mix folds a word into a digest. For equal digests it tells any two words
// apart.
func mix(h, v uint64) uint64 {
	h = (bits.RotateLeft64(h, 29) ^ v) * 0x9fb21c651e98df25
	return h ^ h>>32
}

// hashBytes folds bytes into a digest, eight at a time.
func hashBytes(h uint64, b []byte) uint64 {
	h = mix(h, uint64(len(b)))
	for len(b) >= 8 {
		h = mix(h, uint64(b[0])|uint64(b[1])<<8|uint64(b[2])<<16|uint64(b[3])<<24|
			uint64(b[4])<<32|uint64(b[5])<<40|uint64(b[6])<<48|uint64(b[7])<<56)
		b = b[8:]
	}
	for i, x := range b {
		h ^= uint64(x) << (8*i + 8)
	}
	return mix(h, 0)
}

// chain extends the digest of a log by one entry: equal chains mean equal logs.
func chain(before uint64, e *pb.Entry) uint64 {
	return hashBytes(mix(mix(before, e.Term), uint64(e.Type)), e.Data)
}
