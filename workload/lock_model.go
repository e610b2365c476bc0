package workload

import (
	"fmt"
	"strings"

	"github.com/anishathalye/porcupine"

	"raftsim/random"
)

// lockOutput is an answer taken apart.
type lockOutput struct {
	known  bool
	status byte
	state  lockState // after the operation
}

func (lock) Operation(command, answer []byte, known bool) (input, output any) {
	var c lockCommand
	if !c.decode(command) {
		c = lockCommand{op: 255}
	}
	out := lockOutput{known: known}
	if known {
		d := decoder{rest: answer}
		out.status, out.state = d.byte(), d.lockState()
		if !d.done() {
			out.status = statusMalformed
		}
	}
	return c, out
}

func (lock) Model() porcupine.Model {
	return porcupine.Model{
		Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
			return partition(history, func(input any) uint64 { return input.(lockCommand).lock })
		},
		Init: func() any { return lockState{} },
		Step: func(state, input, output any) (bool, any) {
			next, out := state.(lockState), output.(lockOutput)
			status := next.step(input.(lockCommand))
			return !out.known || out.status == status && status != statusMalformed && out.state == next, next
		},
		Equal: func(a, b any) bool { return a.(lockState) == b.(lockState) },
		Hash:  func(state any) uint64 { return state.(lockState).hash(0) },
		DescribeOperation: func(input, output any) string {
			return input.(lockCommand).describe(output.(lockOutput))
		},
		DescribeState: func(state any) string { return state.(lockState).String() },
	}
}

// step executes a command and returns the status of its answer.
func (s *lockState) step(in lockCommand) (status byte) {
	switch free := s.holder == (Mark{}); {
	case in.op == lockRead:
	case in.op == lockSteal, in.op == lockAcquire && free:
		s.token++
		s.holder = in.mark
	case in.op == lockRelease && !free && in.token == s.token:
		s.holder = Mark{}
	case in.op == lockWrite && in.token >= s.fence && in.token > 0 && in.token <= s.token:
		s.fence, s.value = in.token, in.mark
		s.writes++
	case in.op > lockRead:
		return statusMalformed
	default:
		return statusRefused
	}
	return statusOK
}

// String renders the state as "token 4 held by c1.3, write 2 was c1.5 with token
// 4".
func (s lockState) String() string {
	held := "free"
	if s.holder != (Mark{}) {
		held = "held by " + s.holder.String()
	}
	if s.writes == 0 {
		return fmt.Sprintf("token %d %s, nothing written", s.token, held)
	}
	return fmt.Sprintf("token %d %s, write %d was %s with token %d", s.token, held, s.writes, s.value, s.fence)
}

func (lock) Describe(command, answer []byte) string {
	in, out := Lock.Operation(command, answer, answer != nil)
	return in.(lockCommand).describe(out.(lockOutput))
}

func (c lockCommand) describe(out lockOutput) string {
	var b strings.Builder
	if c.op > lockRead {
		b.WriteString("malformed command")
	} else {
		fmt.Fprintf(&b, "%s l%d", lockOps[c.op], c.lock)
	}
	if c.hasMark() {
		fmt.Fprintf(&b, " %s", c.mark)
	}
	if c.hasToken() {
		fmt.Fprintf(&b, " with token %d", c.token)
	}
	switch {
	case !out.known:
		b.WriteString(" -> unknown")
	case out.status == statusOK:
		fmt.Fprintf(&b, " -> %s", out.state)
	case out.status == statusRefused:
		fmt.Fprintf(&b, " -> refused, %s", out.state)
	default:
		fmt.Fprintf(&b, " -> malformed answer (status %d)", out.status)
	}
	return b.String()
}

// Object names the lock of a command, such as "l2".
func (lock) Object(command []byte) string {
	var c lockCommand
	c.decode(command)
	return fmt.Sprintf("l%d", c.lock)
}

// Rank counts how often the lock changed hands, a release included, and the
// writes.
func (lock) Rank(state any) [2]uint64 { return state.(lockState).rank() }

func (s lockState) rank() [2]uint64 {
	handled := 2 * s.token
	if s.holder == (Mark{}) {
		handled++
	}
	return [2]uint64{handled, s.writes}
}

// RankBefore takes both counts from the answer, which shows the whole state.
func (lock) RankBefore(input, output any) (rank [2]uint64, tells [2]bool) {
	in, out := input.(lockCommand), output.(lockOutput)
	if !out.known || out.status == statusMalformed {
		return rank, tells
	}
	rank = out.state.rank()
	if out.status == statusOK {
		switch in.op {
		case lockAcquire, lockRelease:
			rank[0]--
		case lockSteal: // from a free lock or from a holder
			return rank, [2]bool{false, true}
		case lockWrite:
			rank[1]--
		}
	}
	return rank, [2]bool{true, true}
}

// Effect names the client that gets a lock, and what is written, by their marks.
func (lock) Effect(input any) Effect {
	switch c := input.(lockCommand); c.op {
	case lockWrite:
		return Effect{Counter: 1, Own: c.mark.hash(1), Kind: random.Mix(lockWrite, c.token)}
	case lockRelease:
		kind := random.Mix(lockRelease, c.token)
		return Effect{Counter: 0, Own: kind, Kind: kind}
	default:
		return Effect{Counter: 0, Own: c.mark.hash(1), Kind: uint64(c.op)}
	}
}

// Reveals names who holds the lock and what was written last.
func (lock) Reveals(_, output any) (causes []Cause) {
	out := output.(lockOutput)
	if !out.known || out.status == statusMalformed {
		return nil
	}
	if s := out.state; s.holder != (Mark{}) {
		causes = append(causes, Cause{0, s.rank()[0], s.holder.hash(1)})
	}
	if s := out.state; s.writes > 0 {
		causes = append(causes, Cause{1, s.writes, s.value.hash(1)})
	}
	return causes
}
