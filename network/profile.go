package network

import (
	"fmt"
	"strings"

	"raftsim/random"
)

// Profile says how a link treats its packets. The zero value is a perfect link:
// no latency, no limit, no loss.
//
// A link keeps the order of its packets, as a stream over TCP does: one that
// would overtake arrives at the instant of the one before it. Only packets that
// Reorder picks leave the order, and copies may come late. A change of the
// latency begins a new order, so that what is sent after a slow spell does not
// wait for what was sent during it; so does a cut, which leaves nothing to wait
// for.
type Profile struct {
	// Latency is the time in flight. It is drawn for each packet.
	Latency random.Distribution

	// Delay is added to the latency of each packet, a copy's too: what goes
	// wrong on top of what the link takes anyway.
	Delay random.Distribution
	// Loss is the share of packets that are dropped.
	Loss random.Ratio

	// Duplicate is the share of packets that arrive twice. The copy has a
	// latency of its own.
	Duplicate random.Ratio

	// Replay is the share of packets of which another copy arrives much later,
	// as if an old datagram had been stuck in some router. What cuts a link
	// does not reach that copy unless the link is cut when it arrives.
	Replay random.Ratio

	// ReplayBy is how much later a replayed copy arrives. Zero stands for
	// 0.5s..10s.
	ReplayBy random.Distribution

	// Reorder is the share of packets that leave the order of the link: they
	// arrive later by ReorderBy, neither waiting for the packets before them
	// nor holding up those behind.
	Reorder random.Ratio

	// ReorderBy is how much later a reordered packet arrives. Zero stands for
	// the latency, drawn once more.
	ReorderBy random.Distribution

	// Corrupt is the share of packets that are changed on their way; a receiver
	// sees that their checksum is wrong (outcome [Corrupt]).
	Corrupt random.Ratio

	// BytesPerSecond is the bandwidth; 0 is unlimited. A packet leaves when all
	// before it have left and its own bytes have been sent.
	BytesPerSecond int64

	// QueueBytes is the most that may wait for bandwidth; 0 is unlimited. The
	// packet that is being sent no longer counts.
	QueueBytes int64

	// Full says which packet is dropped when the queue is full.
	Full DropPolicy
}

// DropPolicy says which packet a full queue drops.
type DropPolicy uint8

const (
	// DropNewest refuses the packet that does not fit (tail drop).
	DropNewest DropPolicy = iota
	// DropOldest drops waiting packets from the front until the new one fits.
	// A packet that is larger than the whole queue is refused.
	DropOldest
)

// String returns "newest" or "oldest".
func (p DropPolicy) String() string {
	switch p {
	case DropNewest:
		return "newest"
	case DropOldest:
		return "oldest"
	}
	return fmt.Sprintf("DropPolicy(%d)", uint8(p))
}

// ParseDropPolicy reads what [DropPolicy.String] prints.
func ParseDropPolicy(text string) (DropPolicy, error) {
	for _, p := range []DropPolicy{DropNewest, DropOldest} {
		if text == p.String() {
			return p, nil
		}
	}
	return 0, fmt.Errorf(`network: drop policy %q: want "newest" or "oldest"`, text)
}

// Validate reports the first field that is out of range: a ratio above one or a
// negative limit.
func (p *Profile) Validate() error {
	for _, r := range []struct {
		name  string
		ratio random.Ratio
	}{
		{"Loss", p.Loss}, {"Duplicate", p.Duplicate}, {"Replay", p.Replay}, {"Reorder", p.Reorder}, {"Corrupt", p.Corrupt},
	} {
		if r.ratio.Num > r.ratio.Den {
			return fmt.Errorf("network: %s is %v, must be at most 100%%", r.name, r.ratio)
		}
	}
	if p.BytesPerSecond < 0 {
		return fmt.Errorf("network: BytesPerSecond is %d, must not be negative", p.BytesPerSecond)
	}
	if p.QueueBytes < 0 {
		return fmt.Errorf("network: QueueBytes is %d, must not be negative", p.QueueBytes)
	}
	if p.Full > DropOldest {
		return fmt.Errorf("network: Full is %v, must be newest or oldest", p.Full)
	}
	return nil
}

// Change is an overlay on the profile of a link: the fields that are not nil
// replace those of the profile.
type Change struct {
	Latency        *random.Distribution
	Delay          *random.Distribution
	Loss           *random.Ratio
	Duplicate      *random.Ratio
	Replay         *random.Ratio
	ReplayBy       *random.Distribution
	Reorder        *random.Ratio
	ReorderBy      *random.Distribution
	Corrupt        *random.Ratio
	BytesPerSecond *int64
	QueueBytes     *int64
	Full           *DropPolicy
}

// Apply lays the change over p.
func (c *Change) Apply(p *Profile) {
	set(&p.Latency, c.Latency)
	set(&p.Delay, c.Delay)
	set(&p.Loss, c.Loss)
	set(&p.Duplicate, c.Duplicate)
	set(&p.Replay, c.Replay)
	set(&p.ReplayBy, c.ReplayBy)
	set(&p.Reorder, c.Reorder)
	set(&p.ReorderBy, c.ReorderBy)
	set(&p.Corrupt, c.Corrupt)
	set(&p.BytesPerSecond, c.BytesPerSecond)
	set(&p.QueueBytes, c.QueueBytes)
	set(&p.Full, c.Full)
}

func set[T any](field, value *T) {
	if value != nil {
		*field = *value
	}
}

// String returns what the change does, such as "loses 20%, delays 5ms". An empty
// change is "changes nothing".
func (c Change) String() string {
	var parts []string
	parts = describe(parts, "delays", c.Latency)
	parts = describe(parts, "loses", c.Loss)
	parts = describe(parts, "duplicates", c.Duplicate)
	parts = describe(parts, "replays", c.Replay)
	parts = describe(parts, "replays by", c.ReplayBy)
	parts = describe(parts, "reorders", c.Reorder)
	parts = describe(parts, "reorders by", c.ReorderBy)
	parts = describe(parts, "corrupts", c.Corrupt)
	parts = describe(parts, "bytes per second", c.BytesPerSecond)
	parts = describe(parts, "queue bytes", c.QueueBytes)
	parts = describe(parts, "full queue drops", c.Full)
	if len(parts) == 0 {
		return "changes nothing"
	}
	return strings.Join(parts, ", ")
}

func describe[T any](parts []string, what string, value *T) []string {
	if value == nil {
		return parts
	}
	return append(parts, fmt.Sprint(what, " ", *value))
}
