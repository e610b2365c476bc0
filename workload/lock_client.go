package workload

import "raftsim/random"

func (lock) NewClient(k random.Key, client uint64, s Shape) Client {
	return &lockClient{
		generator: newGenerator(k, client, s, lockOps, lockMix, lockKeys),
		tokens:    map[uint64]uint64{},
	}
}

// lockClient releases and writes with the last token that it was granted, even
// when it was deposed since: it cannot know, and the fence must hold.
type lockClient struct {
	generator
	tokens map[uint64]uint64 // lock to token
	asked  lockCommand
	number uint64
}

func (c *lockClient) Next(n uint64) Command {
	k := lockCommand{op: byte(c.op(n)), lock: c.object(n)}
	k.token = c.tokens[k.lock]
	if k.token == 0 && k.hasToken() { // nothing to release or to write with yet
		k.op = lockAcquire
	}
	if k.hasMark() {
		k.mark = c.mark(n)
	}
	c.asked, c.number = k, n
	return Command{Bytes: k.append(nil), ReadOnly: k.op == lockRead}
}

func (c *lockClient) Learn(n uint64, answer []byte) {
	d := decoder{rest: answer}
	status, s := d.byte(), d.lockState()
	if n != c.number || !d.done() || status != statusOK {
		return
	}
	switch c.asked.op {
	case lockAcquire, lockSteal:
		c.tokens[c.asked.lock] = s.token
	case lockRelease:
		delete(c.tokens, c.asked.lock)
	}
}
