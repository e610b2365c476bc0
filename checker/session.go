package checker

import "fmt"

// execution is the last command of a session that took effect.
type execution struct {
	number, index uint64
	by            stamp
}

// acknowledgement is that of a client's command.
type acknowledgement struct {
	session, number uint64
	note
}

// Executed says that a host's state machine met a client's request at a log
// index; duplicate when it had no effect. The first host to reach an index
// counts; the others are held to it by their state.
func (c *Protocol) Executed(host, index, session, number uint64, duplicate bool) {
	if c.disabled {
		return
	}
	if index <= c.executed {
		return
	}
	c.executed = index
	if duplicate {
		return
	}
	c.beginSessions()
	last, known := c.sessions[session]
	switch {
	case known && number == last.number:
		c.report(Session, "twice", fmt.Sprintf("command %d of session %d is executed twice", number, session),
			last.by.fact(last.by.host, "executes it at index %d", last.index),
			c.fact(host, "executes it at index %d", index))
	case known && number < last.number:
		c.report(Session, "out of order", fmt.Sprintf("command %d of session %d is executed after command %d", number, session, last.number),
			last.by.fact(last.by.host, "executes command %d at index %d", last.number, last.index),
			c.fact(host, "executes command %d at index %d", number, index))
	}
	c.sessions[session] = execution{number, index, stamp{host, c.now}}
}

// Acknowledged says that a client got the answer that its request was executed.
func (c *Protocol) Acknowledged(session, number uint64) {
	if c.disabled {
		return
	}
	a := acknowledgement{session, number, c.now}
	switch {
	case c.sessions[session].number >= number:
	case c.executes:
		c.reportUnexecuted(a)
	case c.premature.session == 0:
		c.premature = a
	}
}

// Executes reports whether any host reports what it executes.
func (c *Protocol) Executes() bool { return c.executes }

// beginSessions is called when a host first tells what it executes: it had to tell what
// clients were answered before.
func (c *Protocol) beginSessions() {
	if !c.executes && c.premature.session != 0 {
		c.reportUnexecuted(c.premature)
	}
	c.executes = true
}

func (c *Protocol) reportUnexecuted(a acknowledgement) {
	c.report(Session, "never executed", fmt.Sprintf("command %d of session %d is acknowledged and was not executed", a.number, a.session),
		a.fact(0, "the client of session %d is answered", a.session))
}
