package wal

import (
	"encoding/binary"
	"hash/crc32"
)

const (
	sectorBytes = 512 // what a disk writes whole or not at all
	headerBytes = 20
	alignment   = 4 // of the start of every record

	// maxBodyBytes bounds a record, so that positions fit into 32 bits.
	maxBodyBytes = 1 << 30
)

// stamp begins each sector that holds a part of a record. No single wrong byte
// makes it zero.
const (
	stamp      = "RAFT"
	stampBytes = 4
)

// castagnoli is the polynomial that processors compute by themselves.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// kind is the first byte of a record.
type kind byte

const (
	segmentKind kind = 'S' // the first record of a segment
	saveKind    kind = 'R' // one Save, SaveSnapshot or Install
	sealKind    kind = 'E' // after the last record, when the next segment exists
)

// header is what precedes the body of a record.
type header struct {
	kind     kind
	length   int    // of the body, without stamps
	durable  int64  // everything in the segment before this position was synced
	bodyCRC  uint32 // of the body with its stamps, seeded with the record before
	checksum uint32 // of the header itself: the link in the chain
}

// headerAt is where the header of a record goes when the one before it ended at
// end: after the stamp of a new sector, and never across two.
func headerAt(end int64) int64 {
	used := end % sectorBytes
	switch {
	case used == 0:
		return end + stampBytes
	case sectorBytes-used < headerBytes:
		return end - used + sectorBytes + stampBytes
	}
	return end
}

// partStart is where the record with this header begins to occupy its sector: at
// the stamp when the sector is its own.
func partStart(headerPos int64) int64 {
	if headerPos%sectorBytes == stampBytes {
		return headerPos - stampBytes
	}
	return headerPos
}

// bodyEnd is the position after a body of length bytes, counting the stamps of the
// sectors that it enters.
func bodyEnd(headerPos int64, length int) int64 {
	pos := headerPos + headerBytes
	left := int64(length)
	first := (sectorBytes - pos%sectorBytes) % sectorBytes
	if left <= first {
		return pos + left
	}
	left -= first
	whole := (left - 1) / (sectorBytes - stampBytes)
	return pos + first + whole*sectorBytes + stampBytes + left - whole*(sectorBytes-stampBytes)
}

// aligned is the first position at or after end at which a record may begin.
func aligned(end int64) int64 { return (end + alignment - 1) &^ (alignment - 1) }

// place seeds the checksum of a header with its position.
func place(segment uint64, headerPos int64) uint32 {
	return uint32(segment)*0xc2b2ae35 ^ uint32(headerPos)*0x27d4eb2f ^ uint32(segment>>32)
}

// appendRecord appends to buf the bytes of a record, from partStart(headerPos) to
// its end, and returns them with the record's header.
func appendRecord(buf []byte, segment uint64, headerPos int64, h header, chain uint32, body []byte) ([]byte, header) {
	if partStart(headerPos) != headerPos {
		buf = append(buf, stamp...)
	}
	at := len(buf)
	buf = append(buf, make([]byte, headerBytes)...)
	h.length = len(body)
	for pos := headerPos + headerBytes; len(body) > 0; {
		if pos%sectorBytes == 0 {
			buf = append(buf, stamp...)
			pos += stampBytes
		}
		n := min(len(body), int(sectorBytes-pos%sectorBytes))
		buf = append(buf, body[:n]...)
		body, pos = body[n:], pos+int64(n)
	}
	h.bodyCRC = crc32.Update(chain, castagnoli, buf[at+headerBytes:])
	b := buf[at : at+headerBytes]
	b[0] = byte(h.kind)
	binary.LittleEndian.PutUint32(b[4:], uint32(h.length))
	binary.LittleEndian.PutUint32(b[8:], uint32(h.durable))
	binary.LittleEndian.PutUint32(b[12:], h.bodyCRC)
	h.checksum = crc32.Update(place(segment, headerPos), castagnoli, b[:16])
	binary.LittleEndian.PutUint32(b[16:], h.checksum)
	return buf, h
}

// parseHeader reads the header in b, which is at headerPos. It is not ok unless
// every bit of it is as it was written.
func parseHeader(b []byte, segment uint64, headerPos int64) (h header, ok bool) {
	switch kind(b[0]) {
	case segmentKind, saveKind, sealKind:
	default:
		return header{}, false
	}
	h = header{
		kind:     kind(b[0]),
		length:   int(binary.LittleEndian.Uint32(b[4:])),
		durable:  int64(binary.LittleEndian.Uint32(b[8:])),
		bodyCRC:  binary.LittleEndian.Uint32(b[12:]),
		checksum: binary.LittleEndian.Uint32(b[16:]),
	}
	if crc32.Update(place(segment, headerPos), castagnoli, b[:16]) != h.checksum {
		return header{}, false
	}
	return h, h.length > 0 && h.length <= maxBodyBytes && h.durable <= headerPos
}
