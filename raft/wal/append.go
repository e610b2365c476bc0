package wal

import (
	"errors"
	"fmt"
)

// keptBytes is the largest buffer that is kept from one record to the next.
const keptBytes = 4 << 20

// append writes a record, unless it is empty, and syncs if asked.
func (w *WAL) append(s *save, sync bool) error {
	if w.err != nil {
		return w.err
	}
	if s.snapshot.index > 0 || !emptyState(s.state) || len(s.entries) > 0 {
		if err := w.check(s); err != nil {
			return w.fail(err)
		}
		w.body = s.append(w.body[:0])
		if len(w.body) > maxBodyBytes {
			return w.fail(fmt.Errorf("a record of %d bytes, must be at most %d", len(w.body), maxBodyBytes))
		}
		if bodyEnd(headerAt(w.end), len(w.body)) > w.size-sealRoom {
			if err := w.follow(len(w.body), true); err != nil {
				return w.fail(err)
			}
		}
		if err := w.write(saveKind, w.body); err != nil {
			return w.fail(err)
		}
		w.apply(s)
		if cap(w.record) > keptBytes {
			w.body, w.record = nil, nil
		}
	}
	if sync {
		if err := w.sync(); err != nil {
			return w.fail(err)
		}
	}
	return nil
}

// write appends a record to the segment.
func (w *WAL) write(k kind, body []byte) error {
	pos := headerAt(w.end)
	record, h := appendRecord(w.record[:0], w.number(), pos, header{kind: k, durable: w.durable}, w.chain, body)
	w.record = record
	if _, err := w.file.WriteAt(record, partStart(pos)); err != nil {
		return err
	}
	w.end, w.chain = aligned(bodyEnd(pos, len(body))), h.checksum
	return nil
}

func (w *WAL) sync() error {
	if w.durable == w.end {
		return nil
	}
	if err := w.file.Sync(); err != nil {
		return err
	}
	w.durable = w.end
	return nil
}

// number is that of the last segment.
func (w *WAL) number() uint64 { return w.segments[len(w.segments)-1].number }

// follow goes on in a new segment, with room for a body of length bytes, and seals
// the one before it if that ends cleanly. The order matters: a seal says that the
// next segment exists.
func (w *WAL) follow(length int, seal bool) error {
	if err := w.sync(); err != nil {
		return err
	}
	next := *w
	o := opening{previous: w.end, chain: w.chain, state: w.state, snapshot: w.snapshot, last: w.last}
	if err := next.start(w.number()+1, o, length); err != nil {
		return err
	}
	if seal {
		if err := w.write(sealKind, sealBody); err != nil {
			return errors.Join(err, next.file.Close())
		}
		if err := w.file.Sync(); err != nil {
			return errors.Join(err, next.file.Close())
		}
	}
	err := w.file.Close()
	*w = next
	return err
}

var sealBody = []byte{1}

// start makes a segment of this number and makes it the one to append to.
func (w *WAL) start(number uint64, o opening, length int) error {
	const overhead = 2 * sectorBytes // the opening, stamps of partial sectors, the seal
	stamps := int64(length) / (sectorBytes - stampBytes) * stampBytes
	o.bytes = max(w.segmentBytes, overhead+int64(length)+stamps)
	o.bytes = (o.bytes + sectorBytes - 1) / sectorBytes * sectorBytes
	file, end, chain, err := createSegment(w.fs, w.dir, number, o)
	if err != nil {
		return err
	}
	w.segments = append(w.segments, segment{number: number})
	w.file, w.size, w.end, w.durable, w.chain = file, o.bytes, end, end, chain
	return nil
}

// fail makes an error the last one.
func (w *WAL) fail(err error) error {
	w.err = fmt.Errorf("wal: %w", err)
	return w.err
}
