package wal

// tail looks at what follows the last whole record of the last segment, and says
// up to where anything was written there. It is a *CorruptError unless a crash can
// have left all of it: see the package comment for the rule.
func (r *reader) tail(stop *stopped) (written int64, err error) {
	if !stop.torn {
		return 0, r.corrupt(stop.offset, "%s", stop.reason)
	}
	written = r.end
	resume := aligned(stop.resume)
	for pos := r.end; pos < r.size; {
		next := min(sectorEnd(pos), r.size)
		b, err := r.bytes(pos, int(next-pos))
		if err != nil {
			return 0, err
		}
		if !zeros(b) {
			written = next
			if resume < next {
				from := max(pos, resume)
				var witness int64
				if resume, witness = r.witness(b[from-pos:], from, stop.offset); witness >= 0 {
					return 0, r.corrupt(stop.offset, "%s, though the record at %d says that it was durable", stop.reason, witness)
				}
			}
		}
		pos = next
	}
	return written, nil
}

// witness looks for whole headers in b, which is at from and ends with its sector.
// It returns the position of one that was written when offset was known to be
// durable, or -1, and where the next header can be: not inside the body of a
// record, where entries may hold anything.
func (r *reader) witness(b []byte, from, offset int64) (resume, witness int64) {
	pos := headerAt(from)
	for pos+headerBytes <= from+int64(len(b)) {
		h, ok := parseHeader(b[pos-from:], r.segment, pos)
		switch {
		case !ok:
			pos = headerAt(pos + alignment)
		case h.durable > offset:
			return pos, pos
		default:
			pos = headerAt(aligned(bodyEnd(pos, h.length)))
		}
	}
	return pos, -1
}
