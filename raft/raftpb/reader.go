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

// reader walks over the fields of an encoded message. After the first error
// there are no more of them, so that callers need only look at err at the end.
type reader struct {
	b   []byte
	i   int
	err error
}

func (r *reader) more() bool { return r.i < len(r.b) }

// next reads the tag of the next field and what follows it: the value of a
// number, or the length of bytes, which are known to be there. Fields of other
// kinds are left to unknown, and so is an error, with tag zero.
func (r *reader) next() (tag, v uint64) {
	if t := r.b[r.i]; t < 0x80 {
		r.i++
		tag = uint64(t)
	} else {
		// Only the low 32 bits of a field number count.
		tag = r.varint() & (1<<35 - 1)
	}
	wire := protowire.Type(tag & 7)
	if wire == protowire.VarintType || wire == protowire.BytesType {
		v = r.varint()
	}
	if wire == protowire.BytesType && v > uint64(len(r.b)-r.i) {
		r.failLength(v)
	}
	if r.err != nil {
		return 0, 0
	}
	return tag, v
}

// short is next for a number of one byte, which most of them are, and small
// enough to be inlined.
func (r *reader) short() (tag, v uint64, ok bool) {
	if b := r.b[r.i:]; len(b) > 1 && b[0]&0x87 == 0 && b[1] < 0x80 {
		r.i += 2
		return uint64(b[0]), uint64(b[1]), true
	}
	return 0, 0, false
}

// varint reads a number of any length. Bits beyond the 64th are dropped.
func (r *reader) varint() uint64 {
	b := r.b[r.i:]
	if len(b) > 0 && b[0] < 0x80 {
		r.i++
		return uint64(b[0])
	}
	var v uint64
	for k, c := range b {
		if k == 10 {
			r.fail(ErrIntOverflowRaft)
			return 0
		}
		v |= uint64(c&0x7f) << (7 * k)
		if c < 0x80 {
			r.i += k + 1
			return v
		}
	}
	r.fail(io.ErrUnexpectedEOF)
	return 0
}

// nested returns the next bytes, which belong to the input.
func (r *reader) nested(length uint64) []byte {
	v := r.b[r.i : r.i+int(length)]
	r.i += int(length)
	return v
}

// bytes returns a copy of the next bytes, never nil.
func (r *reader) bytes(length uint64) []byte {
	v := r.nested(length)
	c := make([]byte, len(v))
	copy(c, v)
	return c
}

// ids appends a packed list of ids.
func (r *reader) ids(list []uint64, length uint64) []uint64 {
	packed := reader{b: r.nested(length)}
	if list == nil && length > 0 {
		n := 0
		for _, c := range packed.b {
			if c < 0x80 {
				n++
			}
		}
		list = make([]uint64, 0, n)
	}
	for packed.more() {
		id := packed.varint()
		if packed.err != nil {
			r.fail(packed.err)
			break
		}
		list = append(list, id)
	}
	return list
}

// repeats counts how many fields with this one-byte tag and nested contents
// follow one another, beginning with the current one, of which all but the
// contents has been read.
func (r *reader) repeats(tag byte, length uint64) int {
	ahead := reader{b: r.b, i: r.i}
	for n := 1; ; n++ {
		ahead.i += int(length)
		if ahead.i >= len(ahead.b) || ahead.b[ahead.i] != tag {
			return n
		}
		ahead.i++
		length = ahead.varint()
		if length > uint64(len(ahead.b)-ahead.i) {
			return n
		}
	}
}

// unknown steps over a field that the message named does not have. Its own
// fields are numbered from 1 to last without gaps; if tag is one of them it was
// written in a way that it cannot be.
func (r *reader) unknown(message string, last int32, tag, length uint64) {
	field, wire := int32(tag>>3), protowire.Type(tag&7)
	switch {
	case r.err != nil:
	case wire == protowire.EndGroupType:
		r.fail(fmt.Errorf("raftpb: %s: field %d: %w", message, field, ErrUnexpectedEndOfGroupRaft))
	case field <= 0:
		r.fail(fmt.Errorf("raftpb: %s: field number %d is not positive", message, field))
	case field <= last:
		r.fail(fmt.Errorf("raftpb: %s: field %d has wire type %d", message, field, wire))
	default:
		r.skip(wire, length)
	}
}

// skip steps over what next left of a field, or over a whole group. Groups are
// walked in a loop, so their nesting costs no stack.
func (r *reader) skip(wire protowire.Type, length uint64) {
	for depth := 0; ; {
		switch wire {
		case protowire.VarintType:
		case protowire.BytesType:
			r.jump(length)
		case protowire.Fixed64Type:
			r.jump(8)
		case protowire.Fixed32Type:
			r.jump(4)
		case protowire.StartGroupType:
			depth++
		case protowire.EndGroupType:
			depth--
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
		var tag uint64
		tag, length = r.next()
		wire = protowire.Type(tag & 7)
	}
}

func (r *reader) jump(n uint64) {
	if n > uint64(len(r.b)-r.i) {
		r.fail(io.ErrUnexpectedEOF)
		return
	}
	r.i += int(n)
}

func (r *reader) failLength(n uint64) {
	if int64(n) < 0 {
		r.fail(ErrInvalidLengthRaft)
	} else {
		r.fail(io.ErrUnexpectedEOF)
	}
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
	r.i = len(r.b)
}
