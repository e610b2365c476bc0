package raft

import pb "raftsim/raft/raftpb"

// EncodedSize is the one door to sizes: what entries weigh shows only in where pages end.
func EncodedSize(entries []pb.Entry) uint64 { return encodedSize(entries) }

// LimitSize is the other half of it.
func LimitSize(entries []pb.Entry, maxSize uint64) []pb.Entry { return limitSize(entries, maxSize) }
