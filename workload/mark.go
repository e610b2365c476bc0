package workload

import (
	"encoding/binary"
	"fmt"

	"raftsim/random"
)

// Mark names one write of a run: the number of the client that made it, and the
// number of the command among that client's commands, counted from one. No two
// writes share a mark, so a value that is read tells who wrote it. The zero
// Mark stands for "never written".
type Mark struct{ Client, Number uint64 }

// String renders the mark as "c3.17", and the zero Mark as "nothing".
func (m Mark) String() string {
	if m == (Mark{}) {
		return "nothing"
	}
	return fmt.Sprintf("c%d.%d", m.Client, m.Number)
}

func (m Mark) append(dst []byte) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(dst, m.Client), m.Number)
}

func (m Mark) hash(h uint64) uint64 {
	return random.Mix(random.Mix(h, m.Client), m.Number)
}

func (d *decoder) mark() Mark { return Mark{Client: d.uint(), Number: d.uint()} }
