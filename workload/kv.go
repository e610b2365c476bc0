package workload

import (
	"encoding/binary"
	"errors"
	"maps"
	"slices"

	"raftsim/random"
)

// KV is a key-value store: put, get, compare-and-set, append, delete, and a get
// that is declared stale, for which a mix must ask by name. It is partitioned
// by key.
//
// A value is made of pieces. Put, a successful compare-and-set and delete leave
// one piece, append adds one at the end. Every piece carries the Mark of the
// command that wrote it; the piece of a delete is a tombstone. So each read
// tells which write it saw, and of appends also which came before.
// Compare-and-set compares the mark of the last piece.
var KV Workload = kv{}

func init() { Register(KV) }

type kv struct{}

// The operations, in the order of Ops: the first byte of a command.
const (
	kvPut = iota
	kvGet
	kvCAS
	kvAppend
	kvDelete
	kvStaleGet
)

var (
	kvOps = []string{"put", "get", "cas", "append", "delete", "stale-get"}
	kvMix = []Weight{{"put", 4}, {"get", 4}, {"cas", 2}, {"append", 2}, {"delete", 1}}
)

const kvKeys = 5

func (kv) Name() string                  { return "kv" }
func (kv) Ops() []string                 { return slices.Clone(kvOps) }
func (kv) Reserved() []string            { return []string{kvOps[kvStaleGet]} }
func (kv) NewStateMachine() StateMachine { return &kvMachine{values: map[uint64]*kvValue{}} }

// kvCommand is a decoded command. The piece shares memory with its bytes.
type kvCommand struct {
	op     byte
	key    uint64
	mark   Mark   // what it writes, if it writes
	expect Mark   // what a compare-and-set expects to be last
	piece  []byte // mark, size and filling as they are stored
}

// reads says whether the command changes nothing.
func (c *kvCommand) reads() bool { return c.op == kvGet || c.op == kvStaleGet }

// append encodes the command. filler is the number of bytes that swell a piece.
func (c *kvCommand) append(dst []byte, filler int) []byte {
	dst = append(dst, c.op)
	dst = binary.AppendUvarint(dst, c.key)
	if c.op == kvCAS {
		dst = c.expect.append(dst)
	}
	if !c.reads() {
		dst = appendPiece(dst, c.mark, c.op == kvDelete, filler)
	}
	return dst
}

// decode takes an encoded command apart into c, which is zero before.
func (c *kvCommand) decode(command []byte) (ok bool) {
	d := decoder{rest: command}
	c.op, c.key = d.byte(), d.uint()
	if c.op == kvCAS {
		c.expect = d.mark()
	}
	if !c.reads() {
		var tombstone bool
		c.piece = d.rest
		c.mark, tombstone = d.piece()
		if c.mark == (Mark{}) || tombstone != (c.op == kvDelete) {
			return false
		}
	}
	return c.op <= kvStaleGet && d.done()
}

// appendPiece encodes one piece of a value.
func appendPiece(dst []byte, m Mark, tombstone bool, filler int) []byte {
	if tombstone {
		filler = 0
	}
	size := uint64(filler) << 1
	if tombstone {
		size |= 1
	}
	dst = binary.AppendUvarint(m.append(dst), size)
	for i := range filler {
		dst = append(dst, 'a'+byte((m.Number+uint64(i))%26))
	}
	return dst
}

// piece takes one piece of a value and returns its mark.
func (d *decoder) piece() (m Mark, tombstone bool) {
	m = d.mark()
	size := d.uint()
	if size>>1 > uint64(len(d.rest)) {
		d.bad, d.rest = true, nil
		return m, false
	}
	d.bytes(int(size >> 1))
	return m, size&1 != 0
}

// kvValue is the value of one key: its pieces one after the other.
type kvValue struct {
	pieces []byte
	last   Mark
	hash   uint64 // of the pieces, rolled on by each append
}

func (v *kvValue) set(m Mark, piece []byte) {
	v.pieces, v.last, v.hash = append(v.pieces[:0], piece...), m, hashBytes(0, piece)
}

func (v *kvValue) add(m Mark, piece []byte) {
	v.pieces, v.last, v.hash = append(v.pieces, piece...), m, hashBytes(v.hash, piece)
}

type kvMachine struct {
	values map[uint64]*kvValue // keys that were ever written
	digest uint64              // sum over the keys, so that their order does not matter
}

func (m *kvMachine) Apply(command []byte) []byte {
	var c kvCommand
	if !c.decode(command) {
		return malformed()
	}
	if c.reads() {
		return m.read(statusOK, c.key)
	}
	v := m.values[c.key]
	if c.op == kvCAS && c.expect != v.mark() {
		return m.read(statusRefused, c.key)
	}
	if v == nil {
		v = &kvValue{}
		m.values[c.key] = v
	} else {
		m.digest -= random.Mix(c.key, v.hash)
	}
	if c.op == kvAppend {
		v.add(c.mark, c.piece)
	} else {
		v.set(c.mark, c.piece)
	}
	m.digest += random.Mix(c.key, v.hash)
	return []byte{statusOK}
}

// mark returns the mark of the last piece, nothing for a key never written.
func (v *kvValue) mark() Mark {
	if v == nil {
		return Mark{}
	}
	return v.last
}

func (m *kvMachine) Query(query []byte) []byte {
	var c kvCommand
	if !c.decode(query) || !c.reads() {
		return malformed()
	}
	return m.read(statusOK, c.key)
}

// read answers with a status and the pieces of a key.
func (m *kvMachine) read(status byte, key uint64) []byte {
	v := m.values[key]
	if v == nil {
		return []byte{status}
	}
	return append(append(make([]byte, 0, 1+len(v.pieces)), status), v.pieces...)
}

func (m *kvMachine) Digest() uint64 { return m.digest }

func (m *kvMachine) Snapshot() []byte {
	dst := binary.AppendUvarint(nil, uint64(len(m.values)))
	for _, key := range slices.Sorted(maps.Keys(m.values)) {
		v := m.values[key]
		dst = binary.AppendUvarint(dst, key)
		dst = binary.AppendUvarint(dst, uint64(len(v.pieces)))
		dst = append(dst, v.pieces...)
	}
	return dst
}

func (m *kvMachine) Restore(snapshot []byte) error {
	d := decoder{rest: snapshot}
	next := kvMachine{values: map[uint64]*kvValue{}}
	for range d.count() {
		key := d.uint()
		pieces := decoder{rest: d.bytes(d.count())}
		v := &kvValue{}
		for len(pieces.rest) > 0 {
			before := pieces.rest
			mark, _ := pieces.piece()
			v.add(mark, before[:len(before)-len(pieces.rest)])
		}
		if pieces.bad || v.last == (Mark{}) || next.values[key] != nil {
			d.bad = true
			break
		}
		next.values[key] = v
		next.digest += random.Mix(key, v.hash)
	}
	if !d.done() {
		return errors.New("workload: kv: the snapshot is damaged")
	}
	*m = next
	return nil
}
