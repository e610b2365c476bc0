package snapstream

import (
	"errors"
	"fmt"
	"slices"

	pb "raftsim/raft/raftpb"
)

// ErrDamaged is returned, wrapped, when all chunks of a snapshot have arrived and
// do not have its checksum. Everything is dropped and the transfer begins again.
var ErrDamaged = errors.New("snapstream: the snapshot does not have its checksum")

// Receiver puts together one snapshot at a time: that of the latest transfer.
type Receiver struct {
	maxBytes uint64
	id       ID // of the latest transfer; zero before the first
	content  content
	pieces   []piece // what has arrived, by offset, without overlap
	done     bool    // all has arrived, and was given away
}

// content is what makes two snapshots the same one.
type content struct {
	index, term, size uint64
	sum               uint32
}

// piece is data at an offset.
type piece struct {
	offset uint64
	data   []byte
}

func (p piece) end() uint64 { return p.offset + uint64(len(p.data)) }

// NewReceiver makes a receiver of snapshots of at most maxBytes bytes of data
// each; zero means no bound. What it holds in memory is what has arrived, never
// what a chunk promises.
func NewReceiver(maxBytes uint64) *Receiver { return &Receiver{maxBytes: maxBytes} }

// Receive takes a chunk, whose data it keeps. It returns the answer to send back,
// nil if there is none, and the whole MsgSnap when c was the last piece missing.
// An error says why a chunk was not taken; the receiver goes on all the same.
func (r *Receiver) Receive(c *Chunk) (*Ack, *pb.Message, error) {
	if err := c.validate(); err != nil {
		return nil, nil, err
	}
	if c.ID.less(r.id) {
		return nil, nil, nil // of a transfer that another has replaced
	}
	if r.maxBytes > 0 && c.Size > r.maxBytes {
		return &Ack{ID: c.ID, Refused: true}, nil,
			fmt.Errorf("snapstream: a snapshot has %d bytes, must have at most %d", c.Size, r.maxBytes)
	}
	r.begin(c)
	if r.done {
		return &Ack{ID: r.id, Received: r.content.size}, nil, nil
	}
	r.insert(piece{c.Offset, c.Data})
	received := r.received()
	if received < c.Size {
		return &Ack{ID: r.id, Received: received}, nil, nil
	}
	data := r.join()
	r.pieces = nil
	if checksum(data) != c.Sum {
		return &Ack{ID: r.id}, nil, fmt.Errorf("%w: index %d, %d bytes", ErrDamaged, r.content.index, c.Size)
	}
	r.done = true
	m := c.Head
	m.Snapshot = &pb.Snapshot{Data: data, Metadata: c.Head.Snapshot.Metadata}
	return &Ack{ID: r.id, Received: c.Size}, &m, nil
}

// Holding returns how many bytes of an unfinished snapshot are kept.
func (r *Receiver) Holding() uint64 {
	n := uint64(0)
	for _, p := range r.pieces {
		n += uint64(len(p.data))
	}
	return n
}

// begin goes over to the transfer of a chunk if that is another one.
func (r *Receiver) begin(c *Chunk) {
	meta := &c.Head.Snapshot.Metadata
	same := content{meta.Index, meta.Term, c.Size, c.Sum}
	if c.ID == r.id && same == r.content {
		return
	}
	if same != r.content || r.done {
		r.pieces = nil
	}
	r.id, r.content, r.done = c.ID, same, false
}

// insert adds what a piece has that has not arrived yet.
func (r *Receiver) insert(p piece) {
	at, _ := slices.BinarySearchFunc(r.pieces, p.offset, func(q piece, offset uint64) int {
		switch {
		case q.offset < offset:
			return -1
		case q.offset > offset:
			return 1
		}
		return 0
	})
	if at > 0 {
		p = p.from(r.pieces[at-1].end())
	}
	for ; len(p.data) > 0; at++ {
		gap := p
		if at < len(r.pieces) {
			gap = p.until(r.pieces[at].offset)
		}
		if len(gap.data) > 0 {
			r.pieces = slices.Insert(r.pieces, at, gap)
			at++
		}
		if at >= len(r.pieces) {
			return
		}
		p = p.from(r.pieces[at].end())
	}
}

// from is what of a piece lies at or after an offset.
func (p piece) from(offset uint64) piece {
	if offset <= p.offset {
		return p
	}
	cut := min(offset-p.offset, uint64(len(p.data)))
	return piece{p.offset + cut, p.data[cut:]}
}

// until is what of a piece lies before an offset.
func (p piece) until(offset uint64) piece {
	if offset <= p.offset {
		return piece{offset: p.offset}
	}
	return piece{p.offset, p.data[:min(offset-p.offset, uint64(len(p.data)))]}
}

// received is the number of bytes before the first gap.
func (r *Receiver) received() uint64 {
	end := uint64(0)
	for _, p := range r.pieces {
		if p.offset > end {
			break
		}
		end = p.end()
	}
	return end
}

// join copies all pieces into one.
func (r *Receiver) join() []byte {
	data := make([]byte, 0, r.Holding())
	for _, p := range r.pieces {
		data = append(data, p.data...)
	}
	return data
}

// validate says what is wrong with a chunk, wherever it comes from.
func (c *Chunk) validate() error {
	switch {
	case c.Head.Type != pb.MsgSnap || c.Head.Snapshot == nil:
		return fmt.Errorf("snapstream: the head of a chunk is a %v, must be a MsgSnap with the metadata of a snapshot", c.Head.Type)
	case len(c.Head.Snapshot.Data) > 0:
		return fmt.Errorf("snapstream: the head of a chunk has %d bytes of data, must have none", len(c.Head.Snapshot.Data))
	case c.ID == ID{}:
		return errors.New("snapstream: a chunk has no ID")
	case c.ID.Term != c.Head.Term:
		return fmt.Errorf("snapstream: a chunk of term %d has a head of term %d", c.ID.Term, c.Head.Term)
	case c.Offset > c.Size || uint64(len(c.Data)) > c.Size-c.Offset:
		return fmt.Errorf("snapstream: a chunk has bytes %d to %d of a snapshot of %d", c.Offset, c.Offset+uint64(len(c.Data)), c.Size)
	case len(c.Data) == 0 && c.Size > 0:
		return fmt.Errorf("snapstream: a chunk of a snapshot of %d bytes is empty", c.Size)
	}
	return nil
}
