package workload

import (
	"encoding/binary"
	"errors"
	"maps"
	"slices"

	"raftsim/random"
)

// Sessions wraps a state machine so that a command that reaches the log more
// than once takes effect once (dissertation §6.3). Each client numbers the
// commands of a session 1, 2, 3 and so on, and has one of them under way at a
// time; a retry carries the number of the first try.
//
// Of each session the table keeps the last number and its answer, on every
// host alike: it is part of the snapshot and of the digest. A request whose
// number
//
//   - equals the last one is a retry: it is answered from the table;
//   - is older is refused: its client has had an answer or has given up, and
//     its effect must not come after the commands that followed it;
//   - is newer is executed, also when numbers were skipped. A number is
//     skipped when the client went on after a command that never reached the
//     log (a read that was dropped, a proposal that was lost and abandoned).
//     Nothing is lost by accepting it: should the skipped command arrive
//     later, it is older by then and is refused.
//
// A session begins with its first command and is never forgotten, so the table
// grows with the number of sessions of a run.
type Sessions struct {
	machine StateMachine
	table   map[uint64]session
	digest  uint64 // sum over the table, so that its order does not matter
}

// session is what the table keeps of one client.
type session struct {
	number uint64
	answer []byte
}

func (s session) hash(id uint64) uint64 {
	return hashBytes(random.Mix(id, s.number), s.answer)
}

// NewSessions wraps a machine in its initial state, with an empty table.
func NewSessions(m StateMachine) *Sessions {
	return &Sessions{machine: m, table: map[uint64]session{}}
}

// EncodeRequest appends a command with its session and number to dst. Session
// and number start at one.
func EncodeRequest(dst []byte, session, number uint64, command []byte) []byte {
	dst = binary.AppendUvarint(dst, session)
	dst = binary.AppendUvarint(dst, number)
	return append(dst, command...)
}

// DecodeRequest splits what EncodeRequest joined. The command shares memory
// with the request. ok is false when the bytes are no request.
func DecodeRequest(request []byte) (session, number uint64, command []byte, ok bool) {
	d := decoder{rest: request}
	session, number = d.uint(), d.uint()
	return session, number, d.rest, !d.bad && session > 0 && number > 0
}

// Identify returns the session and the number of a request, as DecodeRequest does.
func (s *Sessions) Identify(request []byte) (session, number uint64, ok bool) {
	session, number, _, ok = DecodeRequest(request)
	return session, number, ok
}

// Apply executes a request once. duplicate says that it had no effect now: its
// answer is that of its first execution, or it was refused. A refused request
// (older than its session, or malformed) is answered with nil, which no
// machine answers: a client that waits for it has to go on waiting or give up.
// The answer is shared with the table and must not be changed.
func (s *Sessions) Apply(request []byte) (answer []byte, duplicate bool) {
	id, number, command, ok := DecodeRequest(request)
	if !ok {
		return nil, true
	}
	last, known := s.table[id]
	switch {
	case known && number == last.number:
		return last.answer, true
	case known && number < last.number:
		return nil, true
	case known:
		s.digest -= last.hash(id)
	}
	now := session{number: number, answer: s.machine.Apply(command)}
	s.table[id] = now
	s.digest += now.hash(id)
	return now.answer, false
}

// Query answers a command that only reads: a bare command, not a request.
func (s *Sessions) Query(query []byte) []byte { return s.machine.Query(query) }

// Last returns the number of the last executed command of a session, zero when
// the session is unknown.
func (s *Sessions) Last(session uint64) uint64 { return s.table[session].number }

// Snapshot encodes the table and the machine.
func (s *Sessions) Snapshot() []byte {
	dst := binary.AppendUvarint(nil, uint64(len(s.table)))
	for _, id := range slices.Sorted(maps.Keys(s.table)) {
		last := s.table[id]
		dst = binary.AppendUvarint(dst, id)
		dst = binary.AppendUvarint(dst, last.number)
		dst = binary.AppendUvarint(dst, uint64(len(last.answer)))
		dst = append(dst, last.answer...)
	}
	return append(dst, s.machine.Snapshot()...)
}

// Restore replaces table and machine by encoded ones. On an error both are as
// they were.
func (s *Sessions) Restore(snapshot []byte) error {
	d := decoder{rest: snapshot}
	next := Sessions{machine: s.machine, table: map[uint64]session{}}
	for range d.count() {
		id := d.uint()
		last := session{number: d.uint(), answer: slices.Clone(d.bytes(d.count()))}
		if _, twice := next.table[id]; twice || d.bad {
			d.bad = true
			break
		}
		next.table[id] = last
		next.digest += last.hash(id)
	}
	if d.bad {
		return errors.New("workload: the session table of the snapshot is damaged")
	}
	if err := s.machine.Restore(d.rest); err != nil {
		return err
	}
	*s = next
	return nil
}

// Digest fingerprints table and machine.
func (s *Sessions) Digest() uint64 { return random.Mix(s.digest, s.machine.Digest()) }

// Machine returns the wrapped machine.
func (s *Sessions) Machine() StateMachine { return s.machine }
