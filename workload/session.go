package workload

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
}

// NewSessions wraps a machine in its initial state, with an empty table.
func NewSessions(m StateMachine) *Sessions { return &Sessions{machine: m} }

// EncodeRequest appends a command with its session and number to dst. Session
// and number start at one.
func EncodeRequest(dst []byte, session, number uint64, command []byte) []byte { panic("not yet") }

// DecodeRequest splits what EncodeRequest joined. The command shares memory
// with the request. ok is false when the bytes are no request.
func DecodeRequest(request []byte) (session, number uint64, command []byte, ok bool) {
	panic("not yet")
}

// Apply executes a request once. duplicate says that it had no effect now: its
// answer is that of its first execution, or it was refused. A refused request
// (older than its session, or malformed) is answered with nil, which no
// machine answers: whoever waits for it has to go on waiting or give up.
// The answer is shared with the table and must not be changed.
func (s *Sessions) Apply(request []byte) (answer []byte, duplicate bool) { panic("not yet") }

// Query answers a command that only reads: a bare command, not a request.
func (s *Sessions) Query(query []byte) []byte { return s.machine.Query(query) }

// Last returns the number of the last executed command of a session, zero when
// the session is unknown.
func (s *Sessions) Last(session uint64) uint64 { panic("not yet") }

// Snapshot encodes the table and the machine.
func (s *Sessions) Snapshot() []byte { panic("not yet") }

// Restore replaces table and machine by encoded ones. On an error both are as
// they were.
func (s *Sessions) Restore(snapshot []byte) error { panic("not yet") }

// Digest fingerprints table and machine.
func (s *Sessions) Digest() uint64 { panic("not yet") }

// Machine returns the wrapped machine.
func (s *Sessions) Machine() StateMachine { return s.machine }
