package workload

import (
	"fmt"
	"strings"

	"github.com/anishathalye/porcupine"
)

// kvInput and kvOutput are what the model of the key-value store sees.
type kvInput struct {
	op     byte
	key    uint64
	expect Mark
	mark   Mark
	piece  string
}

type kvOutput struct {
	known  bool
	status byte
	value  string // of a read and of a refused compare-and-set
}

// kvState is the value of one key.
type kvState struct {
	value string
	last  Mark
}

func (kv) Operation(command, answer []byte, known bool) (input, output any) {
	var c kvCommand
	if !c.decode(command) {
		c.op = 255
	}
	out := kvOutput{known: known}
	if known {
		d := decoder{rest: answer}
		out.status = d.byte()
		out.value = string(d.rest)
	}
	return kvInput{op: c.op, key: c.key, expect: c.expect, mark: c.mark, piece: string(c.piece)}, out
}

func (w kv) Model() porcupine.Model {
	return porcupine.Model{
		Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
			return partition(history, func(input any) uint64 { return input.(kvInput).key })
		},
		Init: func() any { return kvState{} },
		Step: func(state, input, output any) (bool, any) {
			return kvStep(state.(kvState), input.(kvInput), output.(kvOutput))
		},
		Equal: func(a, b any) bool { return a.(kvState) == b.(kvState) },
		Hash: func(state any) uint64 {
			s := state.(kvState)
			return s.last.hash(uint64(len(s.value)))
		},
		DescribeOperation: func(input, output any) string {
			return input.(kvInput).describe(output.(kvOutput))
		},
		DescribeState: func(state any) string { return describeValue(state.(kvState).value) },
	}
}

func kvStep(s kvState, in kvInput, out kvOutput) (bool, any) {
	next, want := s, kvOutput{known: out.known, status: statusOK}
	switch in.op {
	case kvGet, kvStaleGet:
		want.value = s.value
	case kvPut, kvDelete:
		next = kvState{in.piece, in.mark}
	case kvAppend:
		next = kvState{s.value + in.piece, in.mark}
	case kvCAS:
		if s.last == in.expect {
			next = kvState{in.piece, in.mark}
		} else {
			want.status, want.value = statusRefused, s.value
		}
	default:
		want.status = statusMalformed
	}
	return !out.known || out == want, next
}

func (kv) Describe(command, answer []byte) string {
	in, out := KV.Operation(command, answer, answer != nil)
	return in.(kvInput).describe(out.(kvOutput))
}

func (in kvInput) describe(out kvOutput) string {
	var b strings.Builder
	switch in.op {
	case kvGet, kvStaleGet, kvDelete:
		fmt.Fprintf(&b, "%s k%d", kvOps[in.op], in.key)
	case kvPut, kvAppend:
		fmt.Fprintf(&b, "%s k%d %s", kvOps[in.op], in.key, in.mark)
	case kvCAS:
		fmt.Fprintf(&b, "cas k%d from %s to %s", in.key, in.expect, in.mark)
	default:
		b.WriteString("malformed command")
	}
	if in.op == kvDelete {
		fmt.Fprintf(&b, " (%s)", in.mark)
	}
	b.WriteString(" -> ")
	switch {
	case !out.known:
		b.WriteString("unknown")
	case out.status == statusOK && (in.op == kvGet || in.op == kvStaleGet):
		b.WriteString(describeValue(out.value))
	case out.status == statusOK:
		b.WriteString("ok")
	case out.status == statusRefused:
		b.WriteString("refused, is " + describeValue(out.value))
	default:
		fmt.Fprintf(&b, "malformed answer (status %d)", out.status)
	}
	return b.String()
}

// describeValue lists the marks of a value: "c1.4+c2.7", "nothing", or
// "deleted(c1.5)+c2.7" when the first piece is a tombstone.
func describeValue(value string) string {
	marks, deleted, ok := decodePieces([]byte(value))
	if !ok {
		return fmt.Sprintf("%d bytes that are no value", len(value))
	}
	if len(marks) == 0 {
		return Mark{}.String()
	}
	words := make([]string, len(marks))
	for i, m := range marks {
		words[i] = m.String()
	}
	if deleted {
		words[0] = "deleted(" + words[0] + ")"
	}
	return strings.Join(words, "+")
}
