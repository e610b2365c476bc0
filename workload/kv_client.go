package workload

import "raftsim/random"

// appendRun is the mean number of appends of a client after which it puts
// instead, so that values stay short under a mix of appends alone.
const appendRun = 64

func (kv) NewClient(k random.Key, client uint64, s Shape) Client {
	return &kvClient{
		generator: newGenerator(k, client, s, kvOps, kvMix, kvKeys),
		seen:      map[uint64]Mark{},
	}
}

// kvClient expects, when it compares and sets, what it last saw of the key.
type kvClient struct {
	generator
	seen map[uint64]Mark
	// asked is the last command, for Learn.
	asked  kvCommand
	number uint64
}

func (c *kvClient) Next(n uint64) Command {
	k := kvCommand{op: byte(c.op(n)), key: c.object(n), mark: c.mark(n)}
	switch k.op {
	case kvCAS:
		k.expect = c.seen[k.key]
	case kvAppend:
		if c.below(purposeTurn, n, appendRun) == 0 {
			k.op = kvPut
		}
	}
	c.asked, c.number = k, n
	plain := len(appendPiece(nil, k.mark, false, 0))
	return Command{Bytes: k.append(nil, max(0, c.shape.ValueBytes-plain)), ReadOnly: k.reads(), Stale: k.op == kvStaleGet}
}

func (c *kvClient) Learn(n uint64, answer []byte) {
	if n != c.number || len(answer) == 0 {
		return
	}
	if !c.asked.reads() && answer[0] == statusOK {
		c.seen[c.asked.key] = c.asked.mark
		return
	}
	if marks, _, ok := decodePieces(answer[1:]); ok {
		c.seen[c.asked.key] = lastMark(marks)
	}
}

func lastMark(marks []Mark) Mark {
	if len(marks) == 0 {
		return Mark{}
	}
	return marks[len(marks)-1]
}

// decodePieces lists the marks of a value in order. deleted says that the first
// of them is a tombstone.
func decodePieces(value []byte) (marks []Mark, deleted, ok bool) {
	d := decoder{rest: value}
	for len(d.rest) > 0 {
		m, tombstone := d.piece()
		if tombstone {
			if len(marks) > 0 {
				d.bad = true
			}
			deleted = true
		}
		marks = append(marks, m)
	}
	return marks, deleted, d.done()
}
