package network

import (
	"raftsim/clock"
)

// Packet is one message on its way, or one copy of it.
type Packet[M any] struct {
	From, To uint64
	Sent     clock.Time // when Send took it
	Seq      uint64     // its number on the link from From to To, from 0
	Copy     uint32     // 0 is the packet itself, 1 its duplicate, 2 its late replay
	Size     int        // bytes that count against the bandwidth
	Message  M
}

// PacketID names a packet between the call of schedule and that of
// [Network.Arrive].
type PacketID uint64

// makeID puts together the place of a packet and the generation of that place,
// which tells it from those that were there before.
func makeID(slot, generation uint32) PacketID {
	return PacketID(generation)<<32 | PacketID(slot)
}

func (id PacketID) slot() uint32       { return uint32(id) }
func (id PacketID) generation() uint32 { return uint32(id >> 32) }

// state is where a packet is.
type state uint8

const (
	free    state = iota // nowhere: the place is not in use
	waiting              // in the queue of its link
	leaving              // its bytes are being sent
	flying               // on its way
	held                 // stopped at the far end
	dropped              // the drop is counted, its owner does not know yet
)

// slot is a place for a packet.
type slot[M any] struct {
	packet     Packet[M]
	link       *link[M]
	generation uint32
	next       uint32 // in the list that the packet is in
	version    uint32 // of the link and of the filter when last looked at
	filtering  uint32
	due        clock.Time
	epoch      uint32 // of the link when sent: another one means it was cut
	state      state
	corrupt    bool
	replay     bool    // an old copy: cuts do not reach it on its way
	verdict    Outcome // why it was dropped, in that state
}

// slab holds the packets in pages that never move, so that a pointer to a
// packet stays good while others are sent.
type slab[M any] struct {
	pages []*[pageSlots]slot[M]
	free  uint32 // head of the list of places not in use; none if empty
	used  uint32 // places ever used
}

const (
	pageBits  = 6
	pageSlots = 1 << pageBits
	none      = ^uint32(0)
)

func (s *slab[M]) at(i uint32) *slot[M] {
	return &s.pages[i>>pageBits][i%pageSlots]
}

// take finds a place for a packet. What was in it before is still there, but for
// the message.
func (s *slab[M]) take() (uint32, *slot[M]) {
	if i := s.free; i != none {
		p := s.at(i)
		s.free = p.next
		return i, p
	}
	i := s.used
	if i>>pageBits == uint32(len(s.pages)) {
		s.pages = append(s.pages, new([pageSlots]slot[M]))
	}
	s.used++
	return i, s.at(i)
}

// give takes a place back and lets go of the message.
func (s *slab[M]) give(i uint32) {
	p := s.at(i)
	var nothing M
	p.packet.Message = nothing
	p.generation++
	p.state = free
	p.next = s.free
	s.free = i
}

// find returns the slot of a packet, or nil when that packet is gone.
func (s *slab[M]) find(id PacketID) *slot[M] {
	if id.slot() >= s.used {
		return nil
	}
	p := s.at(id.slot())
	if p.generation != id.generation() || p.state == free {
		return nil
	}
	return p
}

// list is a first-in first-out list of packets, threaded through their slots.
// Its zero value is not usable: an empty list has head none.
type list struct {
	head, tail uint32
	count      int
}

func (l *list) empty() bool { return l.head == none }

func push[M any](s *slab[M], l *list, i uint32) {
	s.at(i).next = none
	if l.head == none {
		l.head = i
	} else {
		s.at(l.tail).next = i
	}
	l.tail = i
	l.count++
}

func pop[M any](s *slab[M], l *list) uint32 {
	i := l.head
	l.head = s.at(i).next
	l.count--
	return i
}
