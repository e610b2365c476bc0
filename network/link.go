package network

import (
	"slices"

	"raftsim/clock"
	"raftsim/random"
)

// LinkID names the directed link between two hosts.
type LinkID struct{ From, To uint64 }

// String returns the link as "n1->n2".
func (id LinkID) String() string { return HostName(id.From) + "->" + HostName(id.To) }

// Compare orders links by their ends, From first.
func (id LinkID) Compare(other LinkID) int {
	switch {
	case id == other:
		return 0
	case id.From < other.From || id.From == other.From && id.To < other.To:
		return -1
	}
	return 1
}

// What the fates of a link decide, each at the number of a packet.
const (
	purposeLatency random.Purpose = iota + 1
	purposeLoss
	purposeReorder
	purposeReorderBy
	purposeCorrupt
	purposeDuplicate
	purposeDuplicateLatency
	purposeDuplicateCorrupt
	purposeReplay
	purposeReplayBy
	purposeReplayCorrupt
	purposeDelay
)

// link is one directed link.
type link[M any] struct {
	id      LinkID
	key     random.Key
	next    uint64   // number of the next packet
	profile *Profile // in force: the network's default, own, or own with overlays
	own     *Profile // nil: the network's default

	overlays []overlay
	filters  []filter[M]
	cuts     int // how many times it is cut now
	holds    int // how many times it is held now

	// version changes with the profile and the filters, epoch with each cut.
	// Packets remember both from when they were sent.
	version, epoch uint32

	latency     random.Distribution // of the packets in the present order
	sending     uint32              // the packet whose bytes are being sent, when busy
	delay       random.Distribution // likewise
	last        clock.Time          // when the latest packet of those in order arrives
	line        list                // packets waiting for bandwidth
	waitingSize int64               // bytes in line
	busy        bool                // a packet is leaving
	kept        list                // packets held at the far end, in order of arrival

	live  int // packets on their way that a cut reaches
	stats Stats
}

// overlay is a change in force.
type overlay struct {
	handle uint64
	change Change
}

// filter is a Filter in force.
type filter[M any] struct {
	handle uint64
	Filter[M]
}

func newLink[M any](fates random.Fates, id LinkID, profile *Profile) *link[M] {
	return &link[M]{
		id:      id,
		key:     fates.Key("network " + id.String()),
		profile: profile,
		latency: profile.Latency,
		delay:   profile.Delay,
		line:    list{head: none},
		kept:    list{head: none},
	}
}

// refresh works out the profile in force anew.
func (l *link[M]) refresh(base *Profile) {
	l.version++
	if l.own != nil {
		base = l.own
	}
	if len(l.overlays) > 0 {
		p := *base
		for i := range l.overlays {
			l.overlays[i].change.Apply(&p)
		}
		base = &p
	}
	if !base.Latency.Equal(&l.latency) || !base.Delay.Equal(&l.delay) {
		l.latency, l.delay = base.Latency, base.Delay
		l.last = 0
	}
	l.profile = base
}

// calm takes away the overlay or the filter of a handle.
func (l *link[M]) calm(handle uint64) {
	l.overlays = slices.DeleteFunc(l.overlays, func(o overlay) bool { return o.handle == handle })
	l.filters = slices.DeleteFunc(l.filters, func(f filter[M]) bool { return f.handle == handle })
}

// unlucky reports whether the packet with that number is lost at the ratio in
// force.
func (l *link[M]) unlucky(number uint64) bool {
	return !l.profile.Loss.Zero() && l.profile.Loss.Hit(l.key.Fate(purposeLoss, number))
}

// filtered reports whether a filter of the link picks the packet.
func (l *link[M]) filtered(p *Packet[M]) bool {
	for i := range l.filters {
		if l.filters[i].Drop(p) {
			return true
		}
	}
	return false
}

// corrupts reports whether a packet or a copy of one is corrupted at the ratio
// in force.
func (l *link[M]) corrupts(p *Packet[M]) bool {
	if l.profile.Corrupt.Zero() {
		return false
	}
	purpose := purposeCorrupt
	switch p.Copy {
	case duplicateCopy:
		purpose = purposeDuplicateCorrupt
	case replayCopy:
		purpose = purposeReplayCorrupt
	}
	return l.profile.Corrupt.Hit(l.key.Fate(purpose, p.Seq))
}

// count adds a drop to the statistics.
func (l *link[M]) count(o Outcome) {
	switch o {
	case Lost:
		l.stats.Lost++
	case Cut:
		l.stats.Cut++
	case Overflow:
		l.stats.Overflow++
	case Filtered:
		l.stats.Filtered++
	case Corrupt:
		l.stats.Corrupt++
	}
}
