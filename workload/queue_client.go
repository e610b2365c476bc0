package workload

import "raftsim/random"

func (queue) NewClient(k random.Key, client uint64, s Shape) Client {
	return &queueClient{newGenerator(k, client, s, queueOps, queueMix, queueKeys)}
}

// queueClient learns nothing: what it asks depends on the number alone.
type queueClient struct{ generator }

func (c *queueClient) Next(n uint64) Command {
	k := queueCommand{op: byte(c.op(n)), queue: c.object(n)}
	if k.op == queueEnqueue {
		k.mark = c.mark(n)
	}
	return Command{Bytes: k.append(nil), ReadOnly: k.op == queuePeek}
}

func (c *queueClient) Learn(uint64, []byte) {}
