package sim

import (
	"fmt"
	"path"
	"regexp"
	"runtime"
	"strings"

	"raftsim/checker"
	"raftsim/random"
)

// panicked is a panic that was recovered: its text, and the functions that it went
// through, the one in which it began first. Both are the same for equal panics.
type panicked struct {
	text  string
	stack []runtime.Frame
}

// caught describes a panic. It is called in the deferred function that recovered
// the cause, or from one that it calls.
func caught(cause any) panicked {
	return panicked{text: heapAddress.ReplaceAllString(fmt.Sprint(cause), "(address)"), stack: panicStack()}
}

// heapAddress is the address of a value, as %p and %v print it: of 7 to 12 digits, on machines of 32 bits too. It
// differs between equal runs.
var heapAddress = regexp.MustCompile(`\b0x[0-9a-f]{7,12}\b`)

// outermost is where the stack of a panic ends: what calls this is the same for all.
const outermost = "raftsim/sim.(*Simulation).next"

// panicStack lists the functions that the panic in hand went through, those of the
// Go runtime left out. One that was recovered and thrown again is shown from where
// it began first.
func panicStack() []runtime.Frame {
	var pcs [256]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs[:])])
	var stack []runtime.Frame
	for {
		frame, more := frames.Next()
		switch {
		case frame.Function == "runtime.gopanic":
			stack = nil
		case !strings.HasPrefix(frame.Function, "runtime.") && !strings.HasPrefix(frame.Function, "internal/runtime/"):
			stack = append(stack, frame)
		}
		if frame.Function == outermost || !more {
			return stack
		}
	}
}

// where prints the stack, one function a line.
func (p panicked) where() string {
	lines := make([]string, len(p.stack))
	for i, f := range p.stack {
		lines[i] = fmt.Sprintf("%s (%s:%d)", f.Function, path.Base(f.File), f.Line)
	}
	return strings.Join(lines, "\n")
}

// signature is made of the innermost functions and the shape of the text. Several
// functions tell the callers of one assertion apart.
func (p panicked) signature() string {
	const innermost = 3
	var functions []string
	for _, f := range p.stack[:min(innermost, len(p.stack))] {
		functions = append(functions, f.Function)
	}
	return fmt.Sprintf("%s: %s", strings.Join(functions, " < "), shapeOf(p.text))
}

// violation is the panic as a broken property.
func (p panicked) violation() checker.Violation {
	return *checker.NoPanic.Unmet(p.signature(), p.text)
}

// number is what differs between two texts about the same thing: a number, a
// duration, an address, a digest, or several in a row.
var number = regexp.MustCompile(`(-?(0x)?[0-9a-fA-F]*[0-9][0-9a-fA-F]*[.:, ]*)+`)

// shapeOf is the first line of a text without its numbers, for a signature.
func shapeOf(text string) string {
	const longest = 200
	first, _, _ := strings.Cut(text, "\n")
	first = number.ReplaceAllString(first, "# ")
	return strings.ToValidUTF8(first[:min(len(first), longest)], "")
}

// PanicVerdict is the verdict on a run that a panic kept from being planned or built,
// or that it ended outside of the events. Call it in the deferred function that
// recovered the cause.
func PanicVerdict(title string, seed random.Seed, cause any) Verdict {
	p := caught(cause)
	return Verdict{Name: title, Seed: seed, Outcome: Panicked, Violations: []checker.Violation{p.violation()}, Stack: p.where()}
}

// runOver is thrown to leave an event at once, when a violation has ended the run.
type runOver struct{}

// catch turns a panic of a process into the outcome of the run. The rest of
// the run is lost: the process may have left anything half done.
func (s *Simulation) catch() {
	switch cause := recover(); cause {
	case nil, runOver{}:
	default:
		s.fail(caught(cause), s.whoPanicked)
	}
}

// catchJudge is catch for a panic of a model while the history is judged.
func (s *Simulation) catchJudge() {
	if cause := recover(); cause != nil {
		s.fail(caught(cause), func(v *checker.Violation) {
			s.addFact(v, 0, fmt.Sprintf("the operations are judged by the model of the workload %s", s.members.workload.Name()))
		})
	}
}

// fail ends the run with a panic. tell adds what is known about it.
func (s *Simulation) fail(p panicked, tell func(*checker.Violation)) {
	s.panicked = p.where()
	v := p.violation()
	tell(&v)
	s.violate(v)
}

// whoPanicked tells which host panicked, in which state and in which event.
func (s *Simulation) whoPanicked(v *checker.Violation) {
	during := s.queue.cause()
	h := s.host(during.Host)
	if h == nil {
		s.addFact(v, 0, "in the event: "+during.String())
		return
	}
	v.Hosts = []uint64{h.id}
	v.Detail = fmt.Sprintf("%s panics: %s", name(h.id), v.Detail)
	if p := h.raft(); p != nil {
		s.addFact(v, h.id, fmt.Sprintf("is in term %d, %s, and has applied index %d; started %d times", p.Term(), leading(p.Lead(), h.id), p.Applied(), h.incarnation))
	}
	if during.What == deliverEvent.String() {
		during.What += " of " + describe(&s.inbox)
	}
	s.addFact(v, h.id, "panics in the event: "+during.String())
}

// addFact adds evidence that holds now.
func (s *Simulation) addFact(v *checker.Violation, host uint64, text string) {
	v.Evidence = append(v.Evidence, checker.Evidence{At: s.now, Event: s.events, Host: host, Text: text})
}
