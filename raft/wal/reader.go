package wal

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"raftsim/vfs"
)

// readAheadBytes is how much of a file is read at a time.
const readAheadBytes = 64 << 10

// reader reads the records of one segment, one after the other, until there is
// something else than a whole record.
type reader struct {
	file    vfs.File
	name    string // within the directory of the log
	segment uint64
	size    int64 // of the file
	end     int64 // after the last whole record
	chain   uint32
	durable int64 // as the last record read says

	window []byte // bytes of the file at start
	start  int64
	buffer []byte // what window is cut from
}

// stopped says why a reader does not go on.
type stopped struct {
	offset int64 // of the record that is not whole
	torn   bool  // a crash can have left it so
	resume int64 // no record begins before it
	reason string
}

func openReader(fs vfs.FS, path, name string, segment uint64) (*reader, error) {
	file, err := fs.Open(path)
	if err != nil {
		return nil, err
	}
	size, err := file.Size()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &reader{file: file, name: name, segment: segment, size: size}, nil
}

// next returns the body of the next record, which is the caller's, or why there
// is none.
func (r *reader) next() (header, []byte, *stopped, error) {
	pos := headerAt(r.end)
	if pos+headerBytes > r.size {
		return header{}, nil, &stopped{offset: r.end, torn: true, resume: r.size, reason: "the segment is full"}, nil
	}
	h, stop, err := r.header(pos)
	if stop != nil || err != nil {
		return header{}, nil, stop, err
	}
	end := bodyEnd(pos, h.length)
	if end > r.size {
		return header{}, nil, r.damaged(pos, "a record of %d bytes goes past the end of the file at %d", h.length, r.size), nil
	}
	b, err := r.bytes(pos+headerBytes, int(end-pos-headerBytes))
	if err != nil {
		return header{}, nil, nil, err
	}
	if sum := crc32.Update(r.chain, castagnoli, b); sum != h.bodyCRC {
		return header{}, nil, r.judge(pos, end, b, sum, h), nil
	}
	r.end, r.chain, r.durable = aligned(end), h.checksum, h.durable
	return h, withoutStamps(b, pos+headerBytes, h.length), nil, nil
}

// header reads the header at pos, or says what is there instead.
func (r *reader) header(pos int64) (header, *stopped, error) {
	from := partStart(pos)
	b, err := r.bytes(from, int(pos-from)+headerBytes)
	if err != nil {
		return header{}, nil, err
	}
	if zeros(b) {
		part, err := r.bytes(from, int(min(sectorEnd(pos), r.size)-from))
		if err == nil && !zeros(part) {
			return header{}, r.damaged(pos, "the sector is written but for the record that begins it"), nil
		}
		return header{}, &stopped{offset: pos, torn: true, resume: sectorEnd(pos), reason: "the record is missing"}, err
	}
	h, ok := parseHeader(b[pos-from:], r.segment, pos)
	if !ok {
		return header{}, r.damaged(pos, "the header of a record does not match its checksum"), nil
	}
	return h, nil, nil
}

// judge tells a torn record from a damaged one, given its bytes after the header.
func (r *reader) judge(pos, end int64, body []byte, sum uint32, h header) *stopped {
	for s := sectorEnd(pos); s < end; s += sectorBytes {
		if part := body[s-pos-headerBytes:]; zeros(part[:min(sectorBytes, end-s)]) {
			return &stopped{offset: pos, torn: true, resume: end, reason: fmt.Sprintf("the record's sector at %d is missing", s)}
		}
	}
	return r.damaged(pos, "the record's checksum is %08x, its contents give %08x", h.bodyCRC, sum)
}

func (r *reader) damaged(offset int64, format string, args ...any) *stopped {
	return &stopped{offset: offset, reason: fmt.Sprintf(format, args...)}
}

func (r *reader) corrupt(offset int64, format string, args ...any) *CorruptError {
	return &CorruptError{File: r.name, Offset: offset, Reason: fmt.Sprintf(format, args...)}
}

// bytes returns n bytes of the file at offset, valid until the next call.
func (r *reader) bytes(offset int64, n int) ([]byte, error) {
	from := offset - r.start
	if from >= 0 && from+int64(n) <= int64(len(r.window)) {
		return r.window[from : from+int64(n)], nil
	}
	want := int(min(int64(max(n, readAheadBytes)), r.size-offset))
	if cap(r.buffer) < want {
		r.buffer = make([]byte, want)
	}
	r.window, r.start = r.buffer[:want], offset
	got, err := r.file.ReadAt(r.window, offset)
	if got < want {
		r.window = nil
		if err == nil || errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, fmt.Errorf("read %d bytes of %s at offset %d: %w", want, r.name, offset, err)
	}
	if n > want {
		return nil, fmt.Errorf("read %d bytes of %s at offset %d: %w", n, r.name, offset, io.ErrUnexpectedEOF)
	}
	return r.window[:n], nil
}

// sectorEnd is the end of the sector that holds pos.
func sectorEnd(pos int64) int64 { return pos - pos%sectorBytes + sectorBytes }

// withoutStamps copies a body of length bytes out of the sectors that hold it.
func withoutStamps(b []byte, pos int64, length int) []byte {
	body := make([]byte, 0, length)
	for len(b) > 0 {
		if pos%sectorBytes == 0 {
			b, pos = b[stampBytes:], pos+stampBytes
		}
		n := min(len(b), int(sectorBytes-pos%sectorBytes))
		body = append(body, b[:n]...)
		b, pos = b[n:], pos+int64(n)
	}
	return body
}

// zeros tells whether all bytes are zero.
func zeros(b []byte) bool {
	for len(b) > 0 {
		n := min(len(b), len(zeroSector))
		if !bytes.Equal(b[:n], zeroSector[:n]) {
			return false
		}
		b = b[n:]
	}
	return true
}

var zeroSector [sectorBytes]byte
