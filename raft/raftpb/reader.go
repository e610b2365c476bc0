package raftpb

import (
	"errors"
	"fmt"
	"io"

	"google.golang.org/protobuf/encoding/protowire"
)

// Errors of Unmarshal. Bytes that end too soon give [io.ErrUnexpectedEOF].
var (
	// ErrInvalidLengthRaft reports a length that no buffer can have.
	ErrInvalidLengthRaft = errors.New("raftpb: length is negative or overflows")
	// ErrIntOverflowRaft reports a number of more than ten bytes.
	ErrIntOverflowRaft = errors.New("raftpb: number has more than ten bytes")
	// ErrUnexpectedEndOfGroupRaft reports the end of a group that never began.
	ErrUnexpectedEndOfGroupRaft = errors.New("end of a group that never began")
)

// maxDepth is how deep Responses may nest in encoded messages. Real ones have
// one level; without a limit a few megabytes could exhaust the stack.
const maxDepth = 100

// reader walks over the fields of an encoded message. After the first error it
// is at the end of its bytes and gives zero values, so that callers need only
// look at err when they are done.
type reader struct {
	b   []byte
	i   int
	err error
}

func (r *reader) more() bool { return r.i < len(r.b) }

// tag reads the tag of the next field. Only the low 32 bits of a field number
// count.
func (r *reader) tag() uint64 {
	if t := r.b[r.i]; t < 0x80 {
		r.i++
		return uint64(t)
	}
	const mask = 1<<35 - 1
	return r.longVarint() & mask
}

// uint reads a number.
func (r *reader) uint() uint64 {
	if i := r.i; i < len(r.b) && r.b[i] < 0x80 {
		r.i++
		return uint64(r.b[i])
	}
	return r.longVarint()
}

// longVarint reads a number of any length. Bits beyond the 64th are dropped.
func (r *reader) longVarint() uint64 {
	var v uint64
	for shift := 0; shift < 70; shift += 7 {
		if r.i >= len(r.b) {
			r.fail(io.ErrUnexpectedEOF)
			return 0
		}
		c := r.b[r.i]
		r.i++
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return v
		}
	}
	r.fail(ErrIntOverflowRaft)
	return 0
}

// nested reads a length and returns that many bytes, which belong to the input.
func (r *reader) nested() []byte {
	n := r.uint()
	if n > uint64(len(r.b)-r.i) {
		r.failLength(n)
		return nil
	}
	v := r.b[r.i : r.i+int(n)]
	r.i += int(n)
	return v
}

// bytes reads a length and returns a copy of that many bytes, never nil.
func (r *reader) bytes() []byte {
	v := r.nested()
	c := make([]byte, len(v))
	copy(c, v)
	return c
}

// ids appends a packed list of ids.
func (r *reader) ids(list []uint64) []uint64 {
	packed := reader{b: r.nested()}
	if list == nil && packed.more() {
		n := 0
		for _, c := range packed.b {
			if c < 0x80 {
				n++
			}
		}
		list = make([]uint64, 0, n)
	}
	for packed.more() {
		id := packed.uint()
		if packed.err != nil {
			r.fail(packed.err)
			break
		}
		list = append(list, id)
	}
	return list
}

// repeats counts how many fields with this one-byte tag and nested contents
// follow one another, the current one, whose tag has been read, included.
func (r *reader) repeats(tag byte) int {
	ahead := reader{b: r.b, i: r.i}
	n := 0
	for {
		ahead.nested()
		if ahead.err != nil {
			return n
		}
		n++
		if !ahead.more() || ahead.b[ahead.i] != tag {
			return n
		}
		ahead.i++
	}
}

// unknown steps over a field that the message named does not have. Its own
// fields are numbered from 1 to last without gaps; if tag is one of them it was
// written in a way that it cannot be.
func (r *reader) unknown(message string, last int32, tag uint64) {
	if r.err != nil {
		return
	}
	field, wire := int32(tag>>3), int(tag&7)
	switch {
	case wire == int(protowire.EndGroupType):
		r.fail(fmt.Errorf("raftpb: %s: field %d: %w", message, field, ErrUnexpectedEndOfGroupRaft))
	case field <= 0:
		r.fail(fmt.Errorf("raftpb: %s: field number %d is not positive", message, field))
	case field <= last:
		r.fail(fmt.Errorf("raftpb: %s: field %d has wire type %d", message, field, wire))
	default:
		r.skip(tag)
	}
}

// skip steps over one value, or over a whole group. Groups are walked in a
// loop, so their nesting costs no stack.
func (r *reader) skip(tag uint64) {
	depth := 0
	for {
		switch wire := protowire.Type(tag & 7); wire {
		case protowire.VarintType:
			r.uint()
		case protowire.Fixed64Type:
			r.jump(8)
		case protowire.BytesType:
			r.nested()
		case protowire.StartGroupType:
			depth++
		case protowire.EndGroupType:
			depth--
		case protowire.Fixed32Type:
			r.jump(4)
		default:
			r.fail(fmt.Errorf("raftpb: wire type %d does not exist", wire))
		}
		if depth == 0 || r.err != nil {
			return
		}
		if !r.more() {
			r.fail(io.ErrUnexpectedEOF)
			return
		}
		tag = r.tag()
	}
}

func (r *reader) jump(n int) {
	if n > len(r.b)-r.i {
		r.fail(io.ErrUnexpectedEOF)
		return
	}
	r.i += n
}

func (r *reader) failLength(n uint64) {
	if int64(n) < 0 {
		r.fail(ErrInvalidLengthRaft)
		return
	}
	r.fail(io.ErrUnexpectedEOF)
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
	r.i = len(r.b)
}
