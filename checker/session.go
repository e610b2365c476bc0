package checker

import "fmt"

// execution is the last command of a session that took effect.
type execution struct {
	number, index uint64
	by            stamp
}

// Executed says that a host's state machine met a client's request at a log
// index; duplicate when it had no effect. The first host to reach an index
// counts; the others are held to it by their state.
func (c *Protocol) Executed(host, index, session, number uint64, duplicate bool) {
	if c.blind {
		return
	}
	if index <= c.executed {
		return
	}
	c.executed = index
	if duplicate {
		return
	}
	last, known := c.sessions[session]
	switch {
	case known && number == last.number:
		c.report(sessionOnce, "twice", fmt.Sprintf("command %d of session %d takes effect twice", number, session),
			last.by.fact(last.by.host, "executes it at index %d", last.index),
			c.fact(host, "executes it at index %d", index))
	case known && number < last.number:
		c.report(sessionOnce, "out of order", fmt.Sprintf("command %d of session %d takes effect after command %d", number, session, last.number),
			last.by.fact(last.by.host, "executes command %d at index %d", last.number, last.index),
			c.fact(host, "executes command %d at index %d", number, index))
	}
	c.sessions[session] = execution{number, index, stamp{host, c.now}}
}

// Acknowledged says that a client was told that its request took effect.
func (c *Protocol) Acknowledged(session, number uint64) {
	if c.blind {
		return
	}
	if c.sessions[session].number >= number {
		return
	}
	c.report(sessionOnce, "never executed", fmt.Sprintf("command %d of session %d is acknowledged and has not taken effect", number, session),
		c.fact(0, "client of session %d is answered", session))
}
