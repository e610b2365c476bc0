package workload

import (
	"encoding/binary"

	"raftsim/random"
)

// decoder takes an encoded command, answer or snapshot apart. It never fails
// halfway: once the bytes do not fit, bad stays set and everything reads as
// zero, so that a caller checks once, at the end.
type decoder struct {
	rest []byte
	bad  bool
}

// byte takes one byte.
func (d *decoder) byte() byte {
	if len(d.rest) == 0 {
		d.bad = true
		return 0
	}
	b := d.rest[0]
	d.rest = d.rest[1:]
	return b
}

// uint takes a number in its shortest form: each thing has one encoding, so a
// damaged answer is never taken for a good one.
func (d *decoder) uint() uint64 {
	v, n := binary.Uvarint(d.rest)
	if n <= 0 || n > 1 && d.rest[n-1] == 0 {
		d.bad, d.rest = true, nil
		return 0
	}
	d.rest = d.rest[n:]
	return v
}

// count takes a number of things that take up at least one byte each, so that
// a wild number cannot ask for more memory than the input is long.
func (d *decoder) count() int {
	v := d.uint()
	if v > uint64(len(d.rest)) {
		d.bad, d.rest = true, nil
		return 0
	}
	return int(v)
}

// bytes takes n bytes, which share memory with the input.
func (d *decoder) bytes(n int) []byte {
	if n < 0 || n > len(d.rest) {
		d.bad, d.rest = true, nil
		return nil
	}
	b := d.rest[:n:n]
	d.rest = d.rest[n:]
	return b
}

// done reports whether everything was taken and all of it fitted.
func (d *decoder) done() bool { return !d.bad && len(d.rest) == 0 }

// hashBytes fingerprints b onto h, eight bytes at a time.
func hashBytes[B []byte | string](h uint64, b B) uint64 {
	h = random.Mix(h, uint64(len(b)))
	for len(b) >= 8 {
		h = random.Mix(h, uint64(b[0])|uint64(b[1])<<8|uint64(b[2])<<16|uint64(b[3])<<24|
			uint64(b[4])<<32|uint64(b[5])<<40|uint64(b[6])<<48|uint64(b[7])<<56)
		b = b[8:]
	}
	var last uint64
	for i := range len(b) {
		last |= uint64(b[i]) << (8 * i)
	}
	return random.Mix(h, last)
}

// Every answer begins with a status. What follows it depends on the operation.
const (
	statusMalformed byte = iota // the command makes no sense
	statusOK                    // it took effect, or it is a read
	statusRefused               // it was understood and took no effect
)

// malformed is the answer to a command that makes no sense.
func malformed() []byte { return []byte{statusMalformed} }
