package workload

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/anishathalye/porcupine"

	"raftsim/random"
)

// bankOutput is an answer taken apart: as many balances as the operation has.
type bankOutput struct {
	known    bool
	status   byte
	ledger   uint64
	before   Mark // the ledger's last entry before the operation
	balances []uint64
}

// bankState holds the balances as text, eight bytes each, so that states
// compare with ==. Accounts at the end that are as they were opened are left
// out.
type bankState struct {
	ledger   uint64
	last     Mark
	balances string
}

func (bank) Operation(command, answer []byte, known bool) (input, output any) {
	var c bankCommand
	if !c.decode(command) {
		c = bankCommand{op: 255}
	}
	out := bankOutput{known: known}
	if known {
		d := decoder{rest: answer}
		out.status, out.ledger, out.before = d.byte(), d.uint(), d.mark()
		for len(d.rest) > 0 {
			out.balances = append(out.balances, d.uint())
		}
		if d.bad {
			out.status = statusMalformed
		}
	}
	return c, out
}

// Model has one partition: the ledger is one object.
func (bank) Model() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return bankState{} },
		Step: func(state, input, output any) (bool, any) {
			return bankStep(state.(bankState), input.(bankCommand), output.(bankOutput))
		},
		Equal: func(a, b any) bool { return a.(bankState) == b.(bankState) },
		Hash: func(state any) uint64 {
			s := state.(bankState)
			return hashBytes(s.last.hash(s.ledger), s.balances)
		},
		DescribeOperation: func(input, output any) string {
			return input.(bankCommand).describe(output.(bankOutput))
		},
		DescribeState: func(state any) string {
			s := state.(bankState)
			return fmt.Sprintf("ledger %d (%s): %v", s.ledger, s.last, s.list(uint64(len(s.balances)/8)))
		},
	}
}

func bankStep(s bankState, in bankCommand, out bankOutput) (bool, any) {
	switch in.op {
	case bankBalance:
		return !out.known || out.is(s, statusOK, s.ledger, s.balance(in.from)), s
	case bankAudit:
		return !out.known || out.is(s, statusOK, s.ledger, s.list(in.to)...), s
	case bankTransfer:
		from, to := s.balance(in.from), s.balance(in.to)
		if from < in.amount {
			return !out.known || out.is(s, statusRefused, s.ledger, from), s
		}
		if out.known && !out.is(s, statusOK, s.ledger+1, from-in.amount, to+in.amount) {
			return false, s
		}
		next := s.with(in.from, from-in.amount).with(in.to, to+in.amount)
		next.ledger, next.last = s.ledger+1, in.mark
		return true, next
	}
	return !out.known, s
}

func (o bankOutput) is(s bankState, status byte, ledger uint64, balances ...uint64) bool {
	if o.status != status || o.ledger != ledger || o.before != s.last || len(o.balances) != len(balances) {
		return false
	}
	for i, b := range balances {
		if o.balances[i] != b {
			return false
		}
	}
	return true
}

func (s bankState) balance(account uint64) uint64 {
	if account >= uint64(len(s.balances)/8) {
		return BankOpening
	}
	return binary.BigEndian.Uint64([]byte(s.balances[account*8:][:8]))
}

// list returns the balances of the first accounts.
func (s bankState) list(accounts uint64) []uint64 {
	list := make([]uint64, accounts)
	for i := range list {
		list[i] = s.balance(uint64(i))
	}
	return list
}

func (s bankState) with(account, balance uint64) bankState {
	b := []byte(s.balances)
	for uint64(len(b)/8) <= account {
		b = binary.BigEndian.AppendUint64(b, BankOpening)
	}
	binary.BigEndian.PutUint64(b[account*8:], balance)
	for len(b) > 0 && binary.BigEndian.Uint64(b[len(b)-8:]) == BankOpening {
		b = b[:len(b)-8]
	}
	s.balances = string(b)
	return s
}

func (bank) Describe(command, answer []byte) string {
	in, out := Bank.Operation(command, answer, answer != nil)
	return in.(bankCommand).describe(out.(bankOutput))
}

func (c bankCommand) describe(out bankOutput) string {
	var b strings.Builder
	switch c.op {
	case bankTransfer:
		fmt.Fprintf(&b, "transfer %d from a%d to a%d %s", c.amount, c.from, c.to, c.mark)
	case bankBalance:
		fmt.Fprintf(&b, "balance a%d", c.from)
	case bankAudit:
		fmt.Fprintf(&b, "audit %d accounts", c.to)
	default:
		b.WriteString("malformed command")
	}
	switch {
	case !out.known:
		b.WriteString(" -> unknown")
	case out.status == statusOK:
		fmt.Fprintf(&b, " -> %v, ledger %d after %s", out.balances, out.ledger, out.before)
	case out.status == statusRefused:
		fmt.Fprintf(&b, " -> refused, has %v, ledger %d after %s", out.balances, out.ledger, out.before)
	default:
		fmt.Fprintf(&b, " -> malformed answer (status %d)", out.status)
	}
	return b.String()
}

// Rank counts the transfers that took effect.
func (bank) Rank(state any) [2]uint64 { return [2]uint64{state.(bankState).ledger} }

// RankBefore reads the ledger number out of the answer.
func (bank) RankBefore(input, output any) (rank [2]uint64, tells [2]bool) {
	out := output.(bankOutput)
	if !out.known || out.status == statusMalformed {
		return rank, tells
	}
	rank[0] = out.ledger
	if input.(bankCommand).op == bankTransfer && out.status == statusOK {
		rank[0]--
	}
	return rank, [2]bool{true, true}
}

// Effect distinguishes transfers by their marks.
func (bank) Effect(input any) Effect {
	c := input.(bankCommand)
	kind := random.Mix(random.Mix(c.from, c.to), c.amount)
	return Effect{Counter: 0, Own: c.mark.hash(1), Kind: kind}
}

// Reveals names the entry before an operation, and a transfer's own.
func (bank) Reveals(input, output any) (causes []Cause) {
	in, out := input.(bankCommand), output.(bankOutput)
	if !out.known || out.status == statusMalformed {
		return nil
	}
	before := out.ledger
	if in.op == bankTransfer && out.status == statusOK {
		causes = append(causes, Cause{0, out.ledger, in.mark.hash(1)})
		before--
	}
	if out.before != (Mark{}) {
		causes = append(causes, Cause{0, before, out.before.hash(1)})
	}
	return causes
}
