package raftpb

import (
	"fmt"
	"slices"
)

// The decoders add to what the message already holds, as protobuf says: scalars
// and bytes are replaced, lists are appended to, nested messages are merged.
// Whatever they add is freshly allocated, in proportion to the input. They rely
// on detach having been called, where there is one, to keep appends and merges
// away from memory that the message shares with others.

func (m *Entry) decode(b []byte) error {
	r := reader{b: b}
	for r.more() {
		tag, v, ok := r.short()
		if !ok {
			tag, v = r.next()
		}
		switch tag {
		case 1 << 3:
			m.Type = EntryType(v)
		case 2 << 3:
			m.Term = v
		case 3 << 3:
			m.Index = v
		case 4<<3 | bytesField:
			m.Data = r.bytes(v)
		default:
			r.unknown("Entry", 4, tag, v)
		}
	}
	return r.err
}

func (m *HardState) decode(b []byte) error {
	r := reader{b: b}
	for r.more() {
		switch tag, v := r.next(); tag {
		case 1 << 3:
			m.Term = v
		case 2 << 3:
			m.Vote = v
		case 3 << 3:
			m.Commit = v
		default:
			r.unknown("HardState", 3, tag, v)
		}
	}
	return r.err
}

func (m *ConfState) decode(b []byte) error {
	r := reader{b: b}
	for r.more() {
		switch tag, v := r.next(); tag {
		case 1 << 3:
			m.Voters = append(m.Voters, v)
		case 2 << 3:
			m.Learners = append(m.Learners, v)
		case 3 << 3:
			m.VotersOutgoing = append(m.VotersOutgoing, v)
		case 4 << 3:
			m.LearnersNext = append(m.LearnersNext, v)
		case 5 << 3:
			m.AutoLeave = v != 0
		case 1<<3 | bytesField:
			m.Voters = r.ids(m.Voters, v)
		case 2<<3 | bytesField:
			m.Learners = r.ids(m.Learners, v)
		case 3<<3 | bytesField:
			m.VotersOutgoing = r.ids(m.VotersOutgoing, v)
		case 4<<3 | bytesField:
			m.LearnersNext = r.ids(m.LearnersNext, v)
		default:
			r.unknown("ConfState", 5, tag, v)
		}
	}
	return r.err
}

func (m *SnapshotMetadata) decode(b []byte) error {
	r := reader{b: b}
	for r.more() {
		switch tag, v := r.next(); tag {
		case 1<<3 | bytesField:
			r.merge(m.ConfState.decode(r.nested(v)))
		case 2 << 3:
			m.Index = v
		case 3 << 3:
			m.Term = v
		default:
			r.unknown("SnapshotMetadata", 3, tag, v)
		}
	}
	return r.err
}

func (m *Snapshot) decode(b []byte) error {
	r := reader{b: b}
	for r.more() {
		switch tag, v := r.next(); tag {
		case 1<<3 | bytesField:
			m.Data = r.bytes(v)
		case 2<<3 | bytesField:
			r.merge(m.Metadata.decode(r.nested(v)))
		default:
			r.unknown("Snapshot", 2, tag, v)
		}
	}
	return r.err
}

func (m *Message) decode(b []byte, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("raftpb: responses nest deeper than %d levels", maxDepth)
	}
	r := reader{b: b}
	for r.more() {
		tag, v, ok := r.short()
		if !ok {
			tag, v = r.next()
		}
		switch tag {
		case 1 << 3:
			m.Type = MessageType(v)
		case 2 << 3:
			m.To = v
		case 3 << 3:
			m.From = v
		case 4 << 3:
			m.Term = v
		case 5 << 3:
			m.LogTerm = v
		case 6 << 3:
			m.Index = v
		case 7<<3 | bytesField:
			m.decodeEntry(&r, v)
		case 8 << 3:
			m.Commit = v
		case 9<<3 | bytesField:
			if m.Snapshot == nil {
				m.Snapshot = new(Snapshot)
			}
			r.merge(m.Snapshot.decode(r.nested(v)))
		case 10 << 3:
			m.Reject = v != 0
		case 11 << 3:
			m.RejectHint = v
		case 12<<3 | bytesField:
			m.Context = r.bytes(v)
		case 13 << 3:
			m.Vote = v
		case 14<<3 | bytesField:
			m.decodeResponse(&r, v, depth)
		default:
			r.unknown("Message", 14, tag, v)
		}
	}
	return r.err
}

// decodeEntry appends one entry. The first of several makes room for all.
func (m *Message) decodeEntry(r *reader, length uint64) {
	if m.Entries == nil {
		m.Entries = make([]Entry, 0, r.repeats(7<<3|bytesField, length))
	}
	m.Entries = append(m.Entries, Entry{})
	r.merge(m.Entries[len(m.Entries)-1].decode(r.nested(length)))
}

// decodeResponse appends one response. The first of several makes room for all.
func (m *Message) decodeResponse(r *reader, length uint64, depth int) {
	if m.Responses == nil {
		m.Responses = make([]Message, 0, r.repeats(14<<3|bytesField, length))
	}
	m.Responses = append(m.Responses, Message{})
	r.merge(m.Responses[len(m.Responses)-1].decode(r.nested(length), depth+1))
}

func (m *ConfChange) decode(b []byte) error {
	r := reader{b: b}
	for r.more() {
		switch tag, v := r.next(); tag {
		case 1 << 3:
			m.ID = v
		case 2 << 3:
			m.Type = ConfChangeType(v)
		case 3 << 3:
			m.NodeID = v
		case 4<<3 | bytesField:
			m.Context = r.bytes(v)
		default:
			r.unknown("ConfChange", 4, tag, v)
		}
	}
	return r.err
}

func (m *ConfChangeSingle) decode(b []byte) error {
	r := reader{b: b}
	for r.more() {
		switch tag, v := r.next(); tag {
		case 1 << 3:
			m.Type = ConfChangeType(v)
		case 2 << 3:
			m.NodeID = v
		default:
			r.unknown("ConfChangeSingle", 2, tag, v)
		}
	}
	return r.err
}

func (m *ConfChangeV2) decode(b []byte) error {
	r := reader{b: b}
	for r.more() {
		switch tag, v := r.next(); tag {
		case 1 << 3:
			m.Transition = ConfChangeTransition(v)
		case 2<<3 | bytesField:
			m.Changes = append(m.Changes, ConfChangeSingle{})
			r.merge(m.Changes[len(m.Changes)-1].decode(r.nested(v)))
		case 3<<3 | bytesField:
			m.Context = r.bytes(v)
		default:
			r.unknown("ConfChangeV2", 3, tag, v)
		}
	}
	return r.err
}

// merge takes over the error of a nested message.
func (r *reader) merge(err error) {
	if err != nil {
		r.fail(err)
	}
}

// detach makes sure that appending to m's lists and merging into its snapshot
// writes to no memory that m shares with another value.
func (m *Message) detach() {
	m.Entries = slices.Clip(m.Entries)
	m.Responses = slices.Clip(m.Responses)
	if m.Snapshot != nil {
		snapshot := *m.Snapshot
		snapshot.Metadata.ConfState.detach()
		m.Snapshot = &snapshot
	}
}

func (m *ConfState) detach() {
	m.Voters = slices.Clip(m.Voters)
	m.Learners = slices.Clip(m.Learners)
	m.VotersOutgoing = slices.Clip(m.VotersOutgoing)
	m.LearnersNext = slices.Clip(m.LearnersNext)
}
