package network

import "fmt"

// Outcome says what became of a packet, at the point where that is asked.
type Outcome uint8

const (
	// Scheduled: it is on its way and will arrive, if no fault meets it.
	Scheduled Outcome = iota
	// Queued: it waits for the bandwidth of its link.
	Queued
	// Delivered: it has arrived and belongs to the receiver.
	Delivered
	// Held: it has arrived and is kept until the link is released.
	Held
	// Lost: bad luck (Profile.Loss).
	Lost
	// Cut: its link was cut when it was sent, or while it was on its way.
	Cut
	// Overflow: the queue of its link was full.
	Overflow
	// Filtered: a filter picked it.
	Filtered
	// Corrupt: it has arrived, but its checksum is wrong.
	Corrupt
	// Stale: there is no such packet; it was dealt with before.
	Stale

	outcomes
)

var outcomeNames = [outcomes]string{
	"scheduled", "queued", "delivered", "held", "lost", "cut", "overflow", "filtered", "corrupt", "stale",
}

// Dropped reports whether the packet is gone without having been delivered.
func (o Outcome) Dropped() bool {
	switch o {
	case Lost, Cut, Overflow, Filtered, Corrupt:
		return true
	}
	return false
}

// String returns the name of the outcome in lower case.
func (o Outcome) String() string {
	if o >= outcomes {
		return fmt.Sprintf("Outcome(%d)", uint8(o))
	}
	return outcomeNames[o]
}

// Stats counts the packets of a link or of a whole network. Always
//
//	Sent + Duplicated + Replayed = Delivered + Lost + Cut + Overflow + Filtered + Corrupt + in flight
type Stats struct {
	Sent       uint64 // taken by Send, whatever became of them
	Duplicated uint64 // copies made
	Replayed   uint64 // late copies made

	Delivered uint64
	Lost      uint64
	Cut       uint64
	Overflow  uint64
	Filtered  uint64
	Corrupt   uint64

	Reordered uint64 // sent on their way out of order
	Held      uint64 // stopped by a hold, counted each time
	Bytes     uint64 // of the packets delivered
}

// Add returns the sum of two counts.
func (s Stats) Add(t Stats) Stats {
	s.Sent += t.Sent
	s.Duplicated += t.Duplicated
	s.Replayed += t.Replayed
	s.Delivered += t.Delivered
	s.Lost += t.Lost
	s.Cut += t.Cut
	s.Overflow += t.Overflow
	s.Filtered += t.Filtered
	s.Corrupt += t.Corrupt
	s.Reordered += t.Reordered
	s.Held += t.Held
	s.Bytes += t.Bytes
	return s
}

// Dropped returns how many packets were dropped for any reason.
func (s Stats) Dropped() uint64 {
	return s.Lost + s.Cut + s.Overflow + s.Filtered + s.Corrupt
}
