package wal

import pb "raftsim/raft/raftpb"

// AppendRecord is the one door to the format: tests that forge records need right
// checksums. It returns the bytes of a record of a segment that begins at or after
// end, and where they go.
func AppendRecord(segment uint64, end, durable int64, chain uint32, body []byte) ([]byte, int64) {
	pos := headerAt(end)
	b, _ := appendRecord(nil, segment, pos, header{kind: saveKind, durable: durable}, chain, body)
	return b, partStart(pos)
}

// AppendBodies returns a segment of so many bytes, with number 1, that holds these
// bodies in well-formed records, after an opening.
func AppendBodies(size int64, bodies [][]byte) []byte {
	o := opening{bytes: size}
	body := o.append(nil)
	pos := headerAt(0)
	b, h := appendRecord(nil, 1, pos, header{kind: segmentKind}, 0, body)
	end := aligned(bodyEnd(pos, len(body)))
	for _, body := range bodies {
		pos := headerAt(end)
		if len(body) == 0 || bodyEnd(pos, len(body)) > size {
			break
		}
		b = append(b, make([]byte, partStart(pos)-int64(len(b)))...)
		b, h = appendRecord(b, 1, pos, header{kind: saveKind, durable: end}, h.checksum, body)
		end = aligned(bodyEnd(pos, len(body)))
	}
	return append(b, make([]byte, max(0, size-int64(len(b))))...)
}

// Body is the body of the record of a Save.
func Body(hs pb.HardState, entries []pb.Entry) []byte {
	return (&save{state: hs, entries: entries}).append(nil)
}

// End is where the last record of an open log ends.
func (w *WAL) End() int64 { return w.end }

// Segments are the numbers of the segments of an open log.
func (w *WAL) Segments() []uint64 {
	var numbers []uint64
	for _, s := range w.segments {
		numbers = append(numbers, s.number)
	}
	return numbers
}

// Books is how many lines the ledger of an open log has.
func (w *WAL) Books() int { return len(w.terms) + len(w.segments) + len(w.stale) }
