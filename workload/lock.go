package workload

import (
	"encoding/binary"
	"errors"
	"maps"
	"slices"

	"raftsim/random"
)

// Lock hands out locks with fencing tokens: acquire, release, steal (take over
// from a holder that is believed dead), write (to the resource that the lock
// guards, fenced by a token) and read. It is partitioned by lock.
//
// A token is one more than the token before, whichever client got it. The resource
// accepts a write when it carries a token at least as high as any it has seen:
// so a holder that was deposed without knowing it cannot overwrite what its
// successor wrote.
var Lock Workload = lock{}

func init() { Register(Lock) }

type lock struct{}

const (
	lockAcquire = iota
	lockRelease
	lockSteal
	lockWrite
	lockRead
)

var (
	lockOps = []string{"acquire", "release", "steal", "write", "read"}
	lockMix = []Weight{{"acquire", 4}, {"release", 3}, {"steal", 1}, {"write", 4}, {"read", 2}}
)

const lockKeys = 3

func (lock) Name() string                  { return "lock" }
func (lock) Ops() []string                 { return slices.Clone(lockOps) }
func (lock) NewStateMachine() StateMachine { return &lockMachine{locks: map[uint64]lockState{}} }

// lockCommand is a decoded command.
type lockCommand struct {
	op    byte
	lock  uint64
	mark  Mark   // of acquire and steal who asks; of write what is written
	token uint64 // of release and write
}

func (c lockCommand) append(dst []byte) []byte {
	dst = append(dst, c.op)
	dst = binary.AppendUvarint(dst, c.lock)
	if c.hasMark() {
		dst = c.mark.append(dst)
	}
	if c.hasToken() {
		dst = binary.AppendUvarint(dst, c.token)
	}
	return dst
}

func (c lockCommand) hasMark() bool {
	return c.op == lockAcquire || c.op == lockSteal || c.op == lockWrite
}

func (c lockCommand) hasToken() bool { return c.op == lockRelease || c.op == lockWrite }

// decode takes an encoded command apart into c, which is zero before.
func (c *lockCommand) decode(command []byte) (ok bool) {
	d := decoder{rest: command}
	c.op, c.lock = d.byte(), d.uint()
	if c.hasMark() {
		c.mark = d.mark()
	}
	if c.hasToken() {
		c.token = d.uint()
	}
	return d.done() && c.op <= lockRead && (c.mark != Mark{} || !c.hasMark())
}

// lockState is one lock and the resource that it guards. The machine and the
// model both keep it; how it changes is written twice.
type lockState struct {
	token  uint64 // the last one handed out
	holder Mark   // the command that got it; nothing when the lock is free
	fence  uint64 // the highest token that the resource has seen
	value  Mark   // what was last written to the resource
	writes uint64 // how often it was written
}

func (s lockState) hash(h uint64) uint64 {
	h = s.holder.hash(random.Mix(h, s.token))
	return random.Mix(s.value.hash(random.Mix(h, s.fence)), s.writes)
}

// append encodes everything there is to know, as a read answers it.
func (s lockState) append(dst []byte) []byte {
	dst = s.holder.append(binary.AppendUvarint(dst, s.token))
	return binary.AppendUvarint(s.value.append(binary.AppendUvarint(dst, s.fence)), s.writes)
}

func (d *decoder) lockState() lockState {
	return lockState{token: d.uint(), holder: d.mark(), fence: d.uint(), value: d.mark(), writes: d.uint()}
}

type lockMachine struct {
	locks  map[uint64]lockState // locks that were ever held
	digest uint64               // sum over the locks
}

func (m *lockMachine) Apply(command []byte) []byte {
	var c lockCommand
	if !c.decode(command) {
		return malformed()
	}
	s := m.locks[c.lock]
	was, took := s, true
	switch c.op {
	case lockAcquire:
		took = s.holder == Mark{}
		fallthrough
	case lockSteal:
		if took {
			s.token, s.holder = s.token+1, c.mark
		}
	case lockRelease:
		if took = s.holder != (Mark{}) && s.token == c.token; took {
			s.holder = Mark{}
		}
	case lockWrite:
		if took = s.fence <= c.token && 0 < c.token && c.token <= s.token; took {
			s.fence, s.value = c.token, c.mark
			s.writes++
		}
	}
	if s != was {
		if was != (lockState{}) {
			m.digest -= was.hash(c.lock)
		}
		m.digest += s.hash(c.lock)
		m.locks[c.lock] = s
	}
	return s.answer(took)
}

// answer tells the state after the operation, and whether it took effect.
func (s lockState) answer(took bool) []byte {
	if !took {
		return s.append([]byte{statusRefused})
	}
	return s.append([]byte{statusOK})
}

func (m *lockMachine) Query(query []byte) []byte {
	var c lockCommand
	if !c.decode(query) || c.op != lockRead {
		return malformed()
	}
	return m.locks[c.lock].answer(true)
}

func (m *lockMachine) Digest() uint64 { return m.digest }

func (m *lockMachine) Snapshot() []byte {
	dst := binary.AppendUvarint(nil, uint64(len(m.locks)))
	for _, id := range slices.Sorted(maps.Keys(m.locks)) {
		dst = m.locks[id].append(binary.AppendUvarint(dst, id))
	}
	return dst
}

func (m *lockMachine) Restore(snapshot []byte) error {
	d := decoder{rest: snapshot}
	next := lockMachine{locks: map[uint64]lockState{}}
	for range d.count() {
		id, s := d.uint(), d.lockState()
		if _, twice := next.locks[id]; twice || s == (lockState{}) {
			d.bad = true
			break
		}
		next.locks[id] = s
		next.digest += s.hash(id)
	}
	if !d.done() {
		return errors.New("workload: lock: the snapshot is damaged")
	}
	*m = next
	return nil
}
