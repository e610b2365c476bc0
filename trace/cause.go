package trace

import "fmt"

// Cause is the event of the loop in which something happens.
type Cause struct {
	// What is the kind of the event, such as "delivery" or "timer".
	What string
	// Host is whom it is for, a client as in Record, zero for nobody.
	Host uint64
	// By is the number of the event that brought it about: in which the message
	// was sent or the timer set. Zero is the plan of the run.
	By uint64
}

// String renders the cause, such as "delivery to n2, brought about by event 1230".
func (c Cause) String() string {
	text := c.What
	if c.Host != 0 {
		text += " for " + Name(c.Host)
	}
	if c.By == 0 {
		return text + ", as planned"
	}
	return fmt.Sprintf("%s, brought about by event %d", text, c.By)
}
