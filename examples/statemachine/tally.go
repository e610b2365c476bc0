// Package statemachine is a workload of one's own: a replicated state machine,
// the operations of its clients, and the model by which their histories are
// judged. Importing it makes the workload "tally" known to scenario files and to
// sim.Options.
package statemachine

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/anishathalye/porcupine"

	"raftsim/random"
	"raftsim/workload"
)

// Tally keeps sums by name, the numbers 0 to 255. To add answers the sum after it.
var Tally workload.Workload = tally{}

func init() { workload.Register(Tally) }

type tally struct{}

// A command is the operation, the name of the sum, and what to add, which a read
// ignores. An answer is a sum of 8 bytes.
const (
	add = iota
	read
)

func (tally) Name() string                           { return "tally" }
func (tally) Ops() []string                          { return []string{"add", "read"} }
func (tally) NewStateMachine() workload.StateMachine { return &machine{sums: map[byte]uint64{}} }

// machine is what each host has a copy of.
type machine struct{ sums map[byte]uint64 }

// Apply adds or reads. Anything else is answered with a byte that is no sum.
func (m *machine) Apply(command []byte) []byte {
	if len(command) != 3 || command[0] > read {
		return []byte{0}
	}
	if command[0] == add {
		m.sums[command[1]] += uint64(command[2])
	}
	return binary.BigEndian.AppendUint64(nil, m.sums[command[1]])
}

// Query reads.
func (m *machine) Query(query []byte) []byte {
	if len(query) != 3 || query[0] != read {
		return []byte{0}
	}
	return m.Apply(query)
}

// Snapshot lists the sums in order of their names.
func (m *machine) Snapshot() (snapshot []byte) {
	for _, name := range slices.Sorted(maps.Keys(m.sums)) {
		snapshot = binary.BigEndian.AppendUint64(append(snapshot, name), m.sums[name])
	}
	return snapshot
}

// Restore reads what Snapshot wrote.
func (m *machine) Restore(snapshot []byte) error {
	if len(snapshot)%9 != 0 {
		return errors.New("statemachine: the snapshot is damaged")
	}
	m.sums = map[byte]uint64{}
	for one := range slices.Chunk(snapshot, 9) {
		m.sums[one[0]] = binary.BigEndian.Uint64(one[1:])
	}
	return nil
}

// Digest depends on the sums, not on how they came about.
func (m *machine) Digest() (digest uint64) {
	for name, sum := range m.sums {
		digest += random.Mix(uint64(name), sum)
	}
	return digest
}

// NewClient returns a client that draws its operations from k.
func (tally) NewClient(k random.Key, _ uint64, s workload.Shape) workload.Client {
	if s.Keys == 0 {
		s.Keys = 3
	}
	return client{k, uint64(min(s.Keys, 256))}
}

// client reads as often as it adds. A richer one would heed Shape.Mix.
type client struct {
	key   random.Key
	names uint64
}

// Next draws by the number of the command, so that each is what it is whatever
// became of the others.
func (c client) Next(n uint64) workload.Command {
	op, name, amount := c.key.Fate(1, n)%2, c.key.Fate(2, n)%c.names, c.key.Fate(3, n)%10
	return workload.Command{Bytes: []byte{byte(op), byte(name), byte(amount)}, ReadOnly: op == read}
}

func (client) Learn(uint64, []byte) {}

// Operation hands the model the command and the answer as they are; nil stands
// for an unknown one.
func (tally) Operation(command, answer []byte, known bool) (input, output any) {
	if !known {
		return command, []byte(nil)
	}
	return command, answer
}

// Model says what one copy that never fails could answer: each sum by itself.
func (tally) Model() porcupine.Model {
	return porcupine.Model{
		Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
			parts := make([][]porcupine.Operation, 256)
			for _, o := range history {
				name := o.Input.([]byte)[1]
				parts[name] = append(parts[name], o)
			}
			return slices.DeleteFunc(parts, func(part []porcupine.Operation) bool { return len(part) == 0 })
		},
		Init: func() any { return uint64(0) },
		Step: func(state, input, output any) (bool, any) {
			sum, command, answer := state.(uint64), input.([]byte), output.([]byte)
			if command[0] == add {
				sum += uint64(command[2])
			}
			return answer == nil || len(answer) == 8 && binary.BigEndian.Uint64(answer) == sum, sum
		},
		Equal: func(a, b any) bool { return a == b },
		Hash:  func(state any) uint64 { return state.(uint64) },
	}
}

// Describe puts an operation into words.
func (tally) Describe(command, answer []byte) string {
	text := fmt.Sprintf("read s%d", command[1])
	if command[0] == add {
		text = fmt.Sprintf("add %d to s%d", command[2], command[1])
	}
	if len(answer) != 8 {
		return text + " -> unknown"
	}
	return fmt.Sprintf("%s -> %d", text, binary.BigEndian.Uint64(answer))
}
