package scenarios

import (
	"strings"

	pb "raftsim/raft/raftpb"
	"raftsim/sim"
)

// State is a state of a cluster that a story may be made to reach: the key
// "reaches" names one. It is seen in the trace of a run.
type State struct {
	// Name is what a file says, such as "two leaders at once".
	Name string
	// About says what is seen.
	About string
	watch func() func(*sim.Record) bool
}

// Watch returns a listener for sim.Options.Trace, and what tells whether the
// run that it listened to has reached the state.
func (s *State) Watch() (listen func(*sim.Record), reached func() bool) {
	see, seen := s.watch(), false
	return func(r *sim.Record) { seen = see(r) || seen }, func() bool { return seen }
}

// LookupState returns the state of this name, nil when there is none.
func LookupState(name string) *State {
	for i := range states {
		if states[i].Name == name {
			return &states[i]
		}
	}
	return nil
}

// StateNames lists the names of all states.
func StateNames() []string {
	names := make([]string, len(states))
	for i := range states {
		names[i] = states[i].Name
	}
	return names
}

var states = []State{
	{"a change of leaders", "Two terms had a leader.", changeOfLeaders},
	{"a term without a leader", "A host campaigns after a term in which one did and nobody won.", lostElection},
	{"two leaders at once", "A host is elected while another, the leader of an older term, is up and knows of no newer one.", twoLeaders},
	{"a transfer of leadership", "A host is told to campaign at once.", delivered(pb.MsgTimeoutNow)},
	{"overwritten entries", "A host replaces entries that it had written.", overwritten},
	{"entries sent twice", "A follower gets entries that it has got from the same leader before.", entriesTwice},
	{"a forwarded proposal", "A follower passes a proposal on.", delivered(pb.MsgProp)},
	{"a message of an old term", "A message arrives at a host that is in a later term.", oldMessage},
	{"a snapshot installed", "A follower replaces its state by a snapshot.", verb(sim.Installed)},
	{"a compacted log", "A host drops entries that a snapshot holds.", verb(sim.Compacted)},
	{"a changed configuration", "A host applies a configuration.", verb(sim.Reconfigured)},
	{"a joint configuration", "A host applies a joint configuration.", text(sim.Reconfigured, "&&")},
	{"a retired host", "A host that was removed is switched off.", verb(sim.Retired)},
	{"a restart", "A host boots again.", field(sim.Boot, 0, 2)},
	{"a recovered tail", "A host boots with entries that it does not know to be committed.", recoveredTail},
	{"every host down", "No host is up, and all have been.", allDown},
	{"a paused host woken", "A host handles what came while it was paused.", field(sim.Resumed, 0, 1)},
	{"unsynced writes lost", "A crash takes what was not synced.", field(sim.Crashed, 0, 1)},
	{"a torn write", "A crash leaves part of a write.", field(sim.Crashed, 2, 1)},
	{"a process stopped by its disk", "A process ends with an error.", verb(sim.Failed)},
	{"a replaced disk", "A disk is lost, or swapped for an old copy.", replacedDisk},
	{"a packet cut", "A packet meets a link that is cut.", text(sim.Dropped, "cut")},
	{"a damaged packet refused", "A packet fails its checksum.", text(sim.Dropped, "corrupt")},
	{"an overflowing queue", "A packet does not fit into the queue of its link.", text(sim.Dropped, "overflow")},
	{"an abandoned operation", "A client gives an operation up.", verb(sim.GaveUp)},
}

// verb sees any record of a verb.
func verb(v sim.Verb) func() func(*sim.Record) bool { return field(v, 0, 0) }

// field sees a record of a verb with a field of at least least.
func field(v sim.Verb, i int, least uint64) func() func(*sim.Record) bool {
	return func() func(*sim.Record) bool {
		return func(r *sim.Record) bool { return r.Verb == v && r.Fields[i] >= least }
	}
}

// text sees a record of a verb whose text holds some words.
func text(v sim.Verb, words string) func() func(*sim.Record) bool {
	return func() func(*sim.Record) bool {
		return func(r *sim.Record) bool { return r.Verb == v && strings.Contains(r.Text, words) }
	}
}

// delivered sees a message of a type that arrives.
func delivered(kind pb.MessageType) func() func(*sim.Record) bool {
	return func() func(*sim.Record) bool {
		return func(r *sim.Record) bool { return r.Verb == sim.Delivered && r.Fields[0] == uint64(kind) }
	}
}

func changeOfLeaders() func(*sim.Record) bool {
	last := uint64(0)
	return func(r *sim.Record) bool {
		if r.Verb != sim.BecameLeader {
			return false
		}
		changed := last != 0 && last != r.Fields[0]
		last = r.Fields[0]
		return changed
	}
}

func lostElection() func(*sim.Record) bool {
	tried, won := uint64(0), uint64(0) // the last terms that somebody tried to win, and won
	return func(r *sim.Record) bool {
		switch {
		case r.Verb == sim.BecameLeader:
			won = max(won, r.Fields[0])
		case r.Verb == sim.TermChanged && r.Fields[1] == r.Host && r.Fields[0] > tried:
			lost := tried > won
			tried = r.Fields[0]
			return lost
		}
		return false
	}
}

func twoLeaders() func(*sim.Record) bool {
	leads := map[uint64]bool{}
	return func(r *sim.Record) bool {
		switch r.Verb {
		case sim.TermChanged, sim.Crashed, sim.Retired:
			delete(leads, r.Host)
		case sim.BecameLeader:
			leads[r.Host] = true
			return len(leads) > 1
		}
		return false
	}
}

func overwritten() func(*sim.Record) bool {
	last := map[uint64]uint64{}
	return func(r *sim.Record) bool {
		switch r.Verb {
		case sim.Wrote:
			first := r.Fields[0] - r.Fields[1] + 1
			before := last[r.Host]
			last[r.Host] = r.Fields[0]
			return first <= before
		case sim.Crashed: // what was not synced may be gone
			delete(last, r.Host)
		}
		return false
	}
}

func entriesTwice() func(*sim.Record) bool {
	type link struct{ from, to, term uint64 }
	end := map[link]uint64{}
	return func(r *sim.Record) bool {
		if r.Verb != sim.Delivered || r.Fields[0] != uint64(pb.MsgApp) || r.Fields[3] == 0 {
			return false
		}
		of := link{r.Host, r.Peer, r.Fields[1]}
		last := r.Fields[2] + r.Fields[3]
		twice := last <= end[of]
		end[of] = max(end[of], last)
		return twice
	}
}

func oldMessage() func(*sim.Record) bool {
	term := map[uint64]uint64{}
	return func(r *sim.Record) bool {
		switch r.Verb {
		case sim.TermChanged:
			term[r.Host] = r.Fields[0]
		case sim.Delivered:
			return r.Fields[0] < uint64(len(pb.MessageType_name)) && r.Fields[1] > 0 && r.Fields[1] < term[r.Peer]
		}
		return false
	}
}

func recoveredTail() func(*sim.Record) bool {
	return func(r *sim.Record) bool { return r.Verb == sim.Recovered && r.Fields[3] > r.Fields[1] }
}

func allDown() func(*sim.Record) bool {
	up := map[uint64]bool{}
	return func(r *sim.Record) bool {
		switch r.Verb {
		case sim.Boot:
			up[r.Host] = true
		case sim.Crashed, sim.Retired:
			delete(up, r.Host)
			return len(up) == 0
		}
		return false
	}
}

func replacedDisk() func(*sim.Record) bool {
	return func(r *sim.Record) bool {
		return r.Verb == sim.FaultBegan && strings.HasPrefix(r.Text, "disk ") &&
			(strings.HasSuffix(r.Text, " lost") || strings.HasSuffix(r.Text, " swapped"))
	}
}
