package raft

// slot is the meeting point of a core and an application that receives Readys from
// a channel, without a goroutine between them. The channel has room for one Ready,
// an offer. Before anything else is done to the core, the offer is settled: if it
// is still there, it is withdrawn, as if it had never been made; if it is gone,
// the application has accepted it. Afterwards there is a new offer, if there is
// anything to offer.
//
// All methods are called with the lock of the node held; only the application's
// receive is not.
type slot struct {
	core  Core
	peek  *RawNode // core, if it is one and nothing around one
	async bool     // no Advance is to be waited for

	c chan Ready
	// watched is set once anyone has asked for the channel. Before, there is
	// nobody to make an offer to.
	watched bool
	// offered is set while an offer was made and is not settled.
	offered bool
	offer   Ready
	// kept is an offer that was withdrawn from the channel, but not from a core
	// that is not a RawNode. It is offered again.
	kept bool
	// taken is set from when a Ready is accepted until it is acknowledged.
	taken bool
}

// newSlot returns a slot without an offer. Only of a RawNode itself it shows Readys that
// are not accepted yet: a type that embeds one may have a Ready of its own.
func newSlot(core Core) slot {
	s := slot{core: core, c: make(chan Ready, 1)}
	s.peek, _ = core.(*RawNode)
	if a, ok := core.(interface{ AsyncStorageWrites() bool }); ok {
		s.async = a.AsyncStorageWrites()
	}
	return s
}

// settle finds out what became of the offer.
func (s *slot) settle() {
	if !s.offered {
		return
	}
	s.offered = false
	select {
	case <-s.c:
		s.kept = s.peek == nil
	default:
		if s.peek != nil {
			s.peek.acceptReady(&s.offer)
		}
		s.taken = !s.async
	}
	if !s.kept {
		s.release()
	}
}

// release lets go of the offer, but for what Advance may ask for.
func (s *slot) release() {
	if !s.taken {
		s.offer = Ready{}
	}
}

// renew makes an offer, if anybody may be waiting for one.
func (s *slot) renew() {
	if !s.watched || s.offered || s.taken || !s.prepare() {
		return
	}
	s.kept, s.offered = false, true
	s.c <- s.offer
}

// prepare makes offer the next Ready, and returns false if there is none.
func (s *slot) prepare() bool {
	if s.kept {
		return true
	}
	if !s.core.HasReady() {
		return false
	}
	if s.peek != nil {
		s.offer = s.peek.peekReady()
	} else {
		s.offer = s.core.Ready()
	}
	return true
}

// take accepts the next Ready on behalf of the application. There is no offer in
// the channel.
func (s *slot) take() (Ready, bool) {
	if s.taken || !s.prepare() {
		return Ready{}, false
	}
	if s.peek != nil {
		s.peek.acceptReady(&s.offer)
	}
	s.kept, s.taken = false, !s.async
	rd := s.offer
	s.release()
	return rd, true
}

// advance acknowledges the Ready that was taken, if any.
func (s *slot) advance() {
	if !s.taken {
		return
	}
	s.taken = false
	s.core.Advance(s.offer)
	s.release()
}
