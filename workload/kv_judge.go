package workload

import "fmt"

// Object names the key of a command, such as "k3".
func (kv) Object(command []byte) string {
	var c kvCommand
	c.decode(command)
	return fmt.Sprintf("k%d", c.key)
}

// Access takes an operation for one on a register: put, delete and an effective
// compare-and-set begin a version afresh, append extends the one before.
func (kv) Access(command, answer []byte, known bool) (a Access, ok bool) {
	var c kvCommand
	if !c.decode(command) || known && len(answer) == 0 {
		return a, false
	}
	refused := known && answer[0] == statusRefused
	if known && (refused || c.reads()) {
		a.Reads = true
		if a.Value, ok = splitPieces(answer[1:]); !ok || refused != (c.op == kvCAS) || !refused && answer[0] != statusOK {
			return a, false
		}
		// A compare-and-set is refused because the version is another one.
		return a, !refused || lastPiece(a.Value) != c.expect
	}
	if c.reads() {
		return a, true
	}
	a.Write, a.Piece, a.Extends = c.mark, c.piece, c.op == kvAppend
	a.Conditional, a.After = c.op == kvCAS, c.expect
	return a, !known || len(answer) == 1 && answer[0] == statusOK
}

func lastPiece(value []Piece) Mark {
	if len(value) == 0 {
		return Mark{}
	}
	return value[len(value)-1].Mark
}

func splitPieces(value []byte) (pieces []Piece, ok bool) {
	d := decoder{rest: value}
	for len(d.rest) > 0 {
		before := d.rest
		m, _ := d.piece()
		pieces = append(pieces, Piece{m, before[:len(before)-len(d.rest)]})
	}
	return pieces, !d.bad
}
