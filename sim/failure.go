package sim

import (
	"fmt"
	"path"
	"runtime"
	"strings"

	"raftsim/checker"
)

// unexcused is the violation of a process that ended with an error although
// its disk did not refuse or lose anything.
func unexcused(host uint64, err error) checker.Violation {
	return checker.Violation{
		Property: "no unexcused failure", Source: "the disk of the host did all that was asked of it",
		Detail: fmt.Sprintf("the process of n%d ended: %v", host, err),
		Hosts:  []uint64{host}, Signature: "no unexcused failure",
	}
}

// panicViolation tells which host panicked, on what, and in which state it was.
func (s *Simulation) panicViolation(cause any, where string) checker.Violation {
	during := s.queue.cause()
	v := checker.Violation{
		Property: "no panic", Source: "a broken assertion is a bug",
		Detail: fmt.Sprint(cause), Signature: "no panic: " + where,
	}
	fact := func(host uint64, text string) {
		v.Evidence = append(v.Evidence, checker.Evidence{At: s.now, Event: s.events, Host: host, Text: text})
	}
	h := s.host(during.Host)
	if h == nil {
		fact(0, "in the event: "+during.String())
		return v
	}
	v.Hosts = []uint64{h.id}
	v.Detail = fmt.Sprintf("%s panics: %s", name(h.id), v.Detail)
	if p := h.raft(); p != nil {
		fact(h.id, fmt.Sprintf("is in term %d, %s, and has applied index %d; started %d times", p.term, leading(p.lead, h.id), p.applied, h.incarnation))
	}
	if during.What == deliverEvent.String() {
		during.What += " of " + s.inbox.describe()
	}
	fact(h.id, "panics in the event: "+during.String())
	return v
}

func leading(lead, id uint64) string {
	switch lead {
	case 0:
		return "follows nobody"
	case id:
		return "leads"
	}
	return "follows " + name(lead)
}

// describe prints what a message is, as a trace does.
func (m *Message) describe() string {
	f := m.summary()
	return fmt.Sprintf("%s (term %d, index %d, %d entries)", messageTypeName(f[0]), f[1], f[2], f[3])
}

// offersWithoutEnd is the violation of a Node that always has one more Ready.
func offersWithoutEnd(host uint64, readys int) checker.Violation {
	return checker.Violation{
		Property: "no end", Source: "raft.Ready: work that was handed out is not offered again",
		Detail: fmt.Sprintf("the Node of n%d offers a Ready after %d others, all at one instant", host, readys),
		Hosts:  []uint64{host}, Signature: "no end",
	}
}

// panicStack lists the functions that a panic went through, the one in which it
// began first: the same for equal panics on every machine.
func panicStack() []string {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs[:])])
	var stack []string
	panicking := false
	for {
		frame, more := frames.Next()
		ours := strings.HasPrefix(frame.Function, "raftsim/") || strings.HasPrefix(frame.Function, "main.")
		switch {
		case frame.Function == "runtime.gopanic":
			panicking, stack = true, nil
		case panicking && (ours || len(stack) > 0):
			stack = append(stack, fmt.Sprintf("%s (%s:%d)", frame.Function, path.Base(frame.File), frame.Line))
		}
		if frame.Function == "raftsim/sim.(*Simulation).next" || !more {
			break
		}
	}
	if len(stack) == 0 {
		return []string{"unknown"}
	}
	return stack
}
