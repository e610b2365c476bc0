package checker

import "fmt"

// ReadRequested says that a linearizable read begins, under a number that no
// other read of the run has.
func (c *Protocol) ReadRequested(read uint64) { c.reads[read] = c.committed.last() }

// ReadServed says that a host answers a read from its state, which has all
// entries up to index applied. A read is served once at most.
func (c *Protocol) ReadServed(host, read, index uint64) {
	if c.disabled {
		return
	}
	c.tell(FactReadServed, 0)
	want, asked := c.reads[read]
	if !asked {
		return
	}
	delete(c.reads, read)
	h := c.host(host)
	if index < want {
		var evidence []Evidence
		if k := c.committed.at(want); k != nil {
			evidence = append(evidence, k.by.fact(k.by.host, "reports index %d of term %d as committed", want, k.term))
		}
		c.report(ReadIndex, "stale", fmt.Sprintf("n%d serves a read at index %d, and index %d was committed before it began", host, index, want),
			append(evidence, c.fact(host, "serves a read at index %d", index))...)
	}
	if index > h.applied {
		c.report(ReadIndex, "not applied", fmt.Sprintf("n%d serves a read at index %d and has applied %d", host, index, h.applied),
			c.fact(host, "serves a read at index %d", index))
	}
}

// ReadAbandoned says that nobody waits for a read any more.
func (c *Protocol) ReadAbandoned(read uint64) { delete(c.reads, read) }
