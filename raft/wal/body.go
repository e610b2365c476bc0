package wal

import (
	"encoding/binary"
	"errors"

	pb "raftsim/raft/raftpb"
)

// marker is a record's reference to a snapshot file. The zero marker is none.
type marker struct {
	index, term uint64
	checksum    uint32 // of the file
}

// save is the body of a saveKind record. Its parts take effect in the order of
// the fields.
type save struct {
	snapshot marker // none when its index is zero
	restart  bool   // the snapshot replaces the whole log, not only its beginning
	state    pb.HardState
	entries  []pb.Entry // indexes without a gap
}

// Parts present in a save.
const (
	hasState = 1 << iota
	hasSnapshot
	hasRestart
	hasEntries
)

// opening is the body of a segmentKind record: where the segment stands in the
// chain, and everything that the segments before it amount to but entries.
type opening struct {
	bytes    int64  // size of the segment
	previous int64  // where the segment before it ends; zero in the first of a log
	chain    uint32 // checksum of the last record before this one
	state    pb.HardState
	snapshot marker
	last     uint64 // last index of the log
}

// signature opens the body of every segment, so that people and tools can tell
// what the file is. It changes with the format.
const signature = "raftsim log 1\n"

func (s *save) append(b []byte) []byte {
	at := len(b)
	b = append(b, 0)
	if s.snapshot.index > 0 {
		b[at] |= hasSnapshot
		if s.restart {
			b[at] |= hasRestart
		}
		b = s.snapshot.append(b)
	}
	if !emptyState(s.state) {
		b[at] |= hasState
		b = appendState(b, s.state)
	}
	if len(s.entries) > 0 {
		b[at] |= hasEntries
		b = appendEntries(b, s.entries)
	}
	return b
}

func (m marker) append(b []byte) []byte {
	b = binary.AppendUvarint(b, m.index)
	b = binary.AppendUvarint(b, m.term)
	return binary.LittleEndian.AppendUint32(b, m.checksum)
}

func appendState(b []byte, hs pb.HardState) []byte {
	b = binary.AppendUvarint(b, hs.Term)
	b = binary.AppendUvarint(b, hs.Vote)
	return binary.AppendUvarint(b, hs.Commit)
}

func appendEntries(b []byte, entries []pb.Entry) []byte {
	b = binary.AppendUvarint(b, entries[0].Index)
	b = binary.AppendUvarint(b, uint64(len(entries)))
	for i := range entries {
		e := &entries[i]
		b = binary.AppendUvarint(b, e.Term)
		b = binary.AppendUvarint(b, uint64(uint32(e.Type)))
		b = binary.AppendUvarint(b, uint64(len(e.Data)))
		b = append(b, e.Data...)
	}
	return b
}

func (o *opening) append(b []byte) []byte {
	b = append(b, signature...)
	b = binary.AppendUvarint(b, uint64(o.bytes))
	b = binary.AppendUvarint(b, uint64(o.previous))
	b = binary.LittleEndian.AppendUint32(b, o.chain)
	b = appendState(b, o.state)
	b = o.snapshot.append(b)
	return binary.AppendUvarint(b, o.last)
}

func emptyState(hs pb.HardState) bool {
	return hs.Term == 0 && hs.Vote == 0 && hs.Commit == 0
}

// decoder takes a body apart. Once it has failed every answer is zero.
type decoder struct {
	rest []byte
	err  error
}

var (
	errShort = errors.New("the record's body ends too early")
	errLong  = errors.New("the record's body has bytes left over")
	errMagic = errors.New("the segment is of another format or version")
	errValue = errors.New("the record's body has a number out of range")
)

func decodeSave(body []byte) (save, error) {
	d := decoder{rest: body}
	var s save
	flags := d.bytes(1)
	if d.err != nil {
		return save{}, d.err
	}
	if flags[0]&hasSnapshot != 0 {
		s.snapshot = d.marker()
		s.restart = flags[0]&hasRestart != 0
	}
	if flags[0]&hasState != 0 {
		s.state = d.state()
	}
	if flags[0]&hasEntries != 0 {
		s.entries = d.entries()
	}
	return s, d.end()
}

func decodeOpening(body []byte) (opening, error) {
	d := decoder{rest: body}
	if string(d.bytes(uint64(len(signature)))) != signature {
		return opening{}, errMagic
	}
	o := opening{
		bytes:    int64(d.uvarint()),
		previous: int64(d.uvarint()),
		chain:    d.uint32(),
		state:    d.state(),
		snapshot: d.marker(),
		last:     d.uvarint(),
	}
	return o, d.end()
}

// end is the decoder's verdict.
func (d *decoder) end() error {
	if d.err == nil && len(d.rest) > 0 {
		d.err = errLong
	}
	return d.err
}

func (d *decoder) fail(err error) {
	if d.err == nil {
		d.err, d.rest = err, nil
	}
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.rest)
	if n <= 0 {
		d.fail(errShort)
		return 0
	}
	d.rest = d.rest[n:]
	return v
}

func (d *decoder) bytes(n uint64) []byte {
	if n > uint64(len(d.rest)) {
		d.fail(errShort)
		return nil
	}
	b := d.rest[:n:n]
	d.rest = d.rest[n:]
	return b
}

func (d *decoder) uint32() uint32 {
	if b := d.bytes(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (d *decoder) marker() marker {
	return marker{index: d.uvarint(), term: d.uvarint(), checksum: d.uint32()}
}

func (d *decoder) state() pb.HardState {
	return pb.HardState{Term: d.uvarint(), Vote: d.uvarint(), Commit: d.uvarint()}
}

// entries are decoded in place: their Data is part of the body.
func (d *decoder) entries() []pb.Entry {
	first, count := d.uvarint(), d.uvarint()
	const leastEntryBytes = 3
	if count == 0 || count > uint64(len(d.rest))/leastEntryBytes || first == 0 || first+count < first {
		d.fail(errValue)
		return nil
	}
	entries := make([]pb.Entry, count)
	for i := range entries {
		e := &entries[i]
		e.Index = first + uint64(i)
		e.Term = d.uvarint()
		e.Type = pb.EntryType(uint32(d.uvarint()))
		if data := d.bytes(d.uvarint()); len(data) > 0 {
			e.Data = data
		}
	}
	return entries
}
