package clients

import (
	"time"

	"raftsim/random"
)

// How long clients wait for an answer, and what they do then.

// patience is how long a client waits for the answer of one host. One that never
// gives up (made by hand, or in the recovery phase) waits longer each time, and not
// as long as the others: a cluster that is slow to catch up would otherwise be
// buried in retries, or refuse all but the first of those that come together.
func (c *client) patience(k *call) time.Duration {
	wait := c.options.Attempt
	if c.recovering {
		wait = c.options.RecoveryAttempt
	} else if c.generator != nil {
		return wait
	}
	k.tries++
	wait <<= min(k.tries-1, 2)
	return wait + time.Duration(random.Below(c.fate(purposePatience), int(wait/time.Microsecond)))*time.Microsecond
}

// pause is how long a client waits after a refusal. In the recovery phase, where
// everybody asks at once, each waits another time: a leader that bounds its
// uncommitted tail would otherwise accept a few and refuse the rest, each time.
func (c *client) pause() time.Duration {
	if !c.recovering {
		return refusedPause
	}
	return time.Duration(random.Below(c.fate(purposePatience), int(2*refusedPause/time.Microsecond))) * time.Microsecond
}

// giveUp ends the client's own operation without an answer.
func (c *client) giveUp() {
	k := &c.calls[0]
	c.world.GaveUp(c.id, &k.request)
	if k.read {
		c.History.drop(k.place)
	} else {
		c.calls = append(c.calls, *k)
		c.session, c.number = c.nextSession(), 0
	}
	k = &c.calls[0]
	k.busy, k.target = false, c.pick()
	c.think()
}

// pick draws a host to ask.
func (c *client) pick() uint64 {
	hosts := c.world.Reachable()
	return hosts[random.Below(c.fate(purposeTarget), len(hosts))]
}

// recover asks for all operations again that have no answer.
func (c *client) recover() {
	for i := range c.calls {
		k := &c.calls[i]
		k.target = c.pick()
		if k.busy {
			k.asked, k.tries = nil, 0
			c.ask(i)
		}
	}
}

// waits is the first call that has no answer yet, nil when there is none.
func (c *client) waits() *call {
	for i := range c.calls {
		if c.calls[i].busy {
			return &c.calls[i]
		}
	}
	return nil
}
