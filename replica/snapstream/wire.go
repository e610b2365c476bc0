package snapstream

import (
	"bytes"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// The fields of the wire format, protobuf's. Zero is not written.
const (
	termField     = 1 // of a chunk and of an acknowledgement
	attemptField  = 2
	headField     = 3 // of a chunk
	sizeField     = 4
	sumField      = 5
	offsetField   = 6
	dataField     = 7
	receivedField = 3 // of an acknowledgement
	refusedField  = 4
)

// Append appends the wire format of c to b.
func (c *Chunk) Append(b []byte) []byte {
	b = appendNumber(b, termField, c.ID.Term)
	b = appendNumber(b, attemptField, c.ID.Attempt)
	b = protowire.AppendTag(b, headField, protowire.BytesType)
	b = protowire.AppendVarint(b, uint64(c.Head.Size()))
	b = c.Head.Append(b)
	b = appendNumber(b, sizeField, c.Size)
	b = appendNumber(b, sumField, uint64(c.Sum))
	b = appendNumber(b, offsetField, c.Offset)
	if len(c.Data) == 0 {
		return b
	}
	b = protowire.AppendTag(b, dataField, protowire.BytesType)
	return protowire.AppendBytes(b, c.Data)
}

// Unmarshal replaces c by what b holds, whatever its bytes are: a broken encoding
// is an error. c keeps parts of b, which must not change any more.
func (c *Chunk) Unmarshal(b []byte) error {
	*c = Chunk{}
	err := fields(b, func(field protowire.Number, v uint64, value []byte) error {
		switch field {
		case termField:
			c.ID.Term = v
		case attemptField:
			c.ID.Attempt = v
		case headField:
			return c.Head.Unmarshal(value)
		case sizeField:
			c.Size = v
		case sumField:
			c.Sum = uint32(v)
		case offsetField:
			c.Offset = v
		case dataField:
			c.Data = value
			if len(value) < len(b)/2 {
				c.Data = bytes.Clone(value) // a receiver that keeps it must not keep the rest of b
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("snapstream: chunk: %w", err)
	}
	return nil
}

// Append appends the wire format of a to b.
func (a *Ack) Append(b []byte) []byte {
	b = appendNumber(b, termField, a.ID.Term)
	b = appendNumber(b, attemptField, a.ID.Attempt)
	b = appendNumber(b, receivedField, a.Received)
	return appendNumber(b, refusedField, protowire.EncodeBool(a.Refused))
}

// Unmarshal replaces a by what b holds, whatever its bytes are: a broken encoding
// is an error.
func (a *Ack) Unmarshal(b []byte) error {
	*a = Ack{}
	err := fields(b, func(field protowire.Number, v uint64, _ []byte) error {
		switch field {
		case termField:
			a.ID.Term = v
		case attemptField:
			a.ID.Attempt = v
		case receivedField:
			a.Received = v
		case refusedField:
			a.Refused = v != 0
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("snapstream: acknowledgement: %w", err)
	}
	return nil
}

func appendNumber(b []byte, field protowire.Number, v uint64) []byte {
	if v == 0 {
		return b
	}
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), v)
}

// fields calls take with each field of an encoding: its number v, or its bytes.
// Fields of other wire types are passed over, as later versions may have them.
func fields(b []byte, take func(field protowire.Number, v uint64, value []byte) error) error {
	for len(b) > 0 {
		field, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return protowire.ParseError(n)
		}
		b = b[n:]
		var v uint64
		var value []byte
		switch kind {
		case protowire.VarintType:
			v, n = protowire.ConsumeVarint(b)
		case protowire.BytesType:
			value, n = protowire.ConsumeBytes(b)
		default:
			n = protowire.ConsumeFieldValue(field, kind, b)
		}
		if n < 0 {
			return protowire.ParseError(n)
		}
		b = b[n:]
		if kind != protowire.VarintType && kind != protowire.BytesType {
			continue
		}
		if err := take(field, v, value); err != nil {
			return err
		}
	}
	return nil
}
