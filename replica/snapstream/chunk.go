// Package snapstream carries a snapshot to a follower in chunks, beside the
// messages of the protocol, so that a heartbeat never waits behind megabytes
// (the offset, data and done of InstallSnapshot: extended Raft paper, Figure 13).
//
// A [Sender] cuts a MsgSnap into chunks and sends again what is not
// acknowledged; a [Receiver] puts the chunks together, in whatever order and
// however often they arrive, and gives the MsgSnap back. Both are plain values:
// they know no clock, no goroutine and no network. The caller carries chunks and
// acknowledgements, and calls Tick.
//
// A transfer that was interrupted goes on where it stood: what the receiver has
// of the same contents counts, also for the next attempt of the same leader and
// for another leader whose snapshot is the same to the byte. What has arrived is
// kept in memory only: a receiver that restarts begins again.
package snapstream

import (
	"hash/crc32"

	pb "raftsim/raft/raftpb"
)

// ID names one attempt to send a snapshot from one member to another. An attempt
// with a greater ID replaces those with lesser ones.
type ID struct {
	// Term is that of the leader that sends.
	Term uint64
	// Attempt counts the attempts of one sender, from 1.
	Attempt uint64
}

func (a ID) less(b ID) bool {
	return a.Term < b.Term || a.Term == b.Term && a.Attempt < b.Attempt
}

// Chunk is a piece of a snapshot on its way to a follower.
type Chunk struct {
	ID ID
	// Head is the MsgSnap without the data of its snapshot.
	Head pb.Message
	// Size is the length of all data of the snapshot, in bytes, and Sum its
	// checksum (CRC-32C).
	Size uint64
	Sum  uint32
	// Offset is where Data belongs, in bytes from the beginning.
	Offset uint64
	// Data is shared with the snapshot that it is cut from. Nobody changes it.
	Data []byte
}

// Ack answers a chunk.
type Ack struct {
	ID ID
	// Received is the number of bytes that have arrived without a gap, from the
	// beginning. It is the size of the snapshot once all has arrived intact.
	Received uint64
	// Refused says that the receiver will not take this snapshot, because it is
	// larger than the receiver's bound.
	Refused bool
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum is that of the data of a snapshot.
func checksum(data []byte) uint32 { return crc32.Checksum(data, castagnoli) }
