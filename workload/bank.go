package workload

import (
	"encoding/binary"
	"errors"
	"slices"

	"raftsim/random"
)

// Bank moves money between accounts: transfer, balance of one account, audit
// of all. Every account opens with BankOpening and the total never changes,
// whatever is lost, retried or applied out of turn.
//
// Every operation touches the one ledger, so the history cannot be split by
// account. To keep it checkable every answer carries the number of the ledger's
// last entry, which fixes the place of the operation among the transfers, and
// the mark of the entry before the operation, which tells a transfer of unknown
// outcome that took effect.
var Bank Workload = bank{}

// BankOpening is what is on an account before its first transfer.
const BankOpening = 100

func init() { Register(Bank) }

type bank struct{}

const (
	bankTransfer = iota
	bankBalance
	bankAudit
)

var (
	bankOps = []string{"transfer", "balance", "audit"}
	bankMix = []Weight{{"transfer", 6}, {"balance", 2}, {"audit", 2}}
)

const bankAccounts = 5

func (bank) Name() string                  { return "bank" }
func (bank) Ops() []string                 { return slices.Clone(bankOps) }
func (bank) NewStateMachine() StateMachine { return &bankMachine{} }

// bankCommand is a decoded command.
type bankCommand struct {
	op       byte
	from, to uint64 // of a balance only from; of an audit, to is the number of accounts
	amount   uint64
	mark     Mark // of a transfer
}

func (c bankCommand) append(dst []byte) []byte {
	dst = append(dst, c.op)
	if c.op != bankAudit {
		dst = binary.AppendUvarint(dst, c.from)
	}
	if c.op != bankBalance {
		dst = binary.AppendUvarint(dst, c.to)
	}
	if c.op == bankTransfer {
		dst = c.mark.append(binary.AppendUvarint(dst, c.amount))
	}
	return dst
}

// decode takes an encoded command apart into c, which is zero before.
func (c *bankCommand) decode(command []byte) (ok bool) {
	d := decoder{rest: command}
	if c.op = d.byte(); c.op > bankAudit {
		return false
	}
	if c.op != bankAudit {
		c.from = d.uint()
	}
	if c.op != bankBalance {
		c.to = d.uint()
	}
	if c.op == bankTransfer {
		c.amount, c.mark = d.uint(), d.mark()
		if c.from == c.to || c.to >= MaxKeys || c.amount == 0 || c.mark == (Mark{}) {
			return false
		}
	}
	return d.done() && c.from < MaxKeys && c.to <= MaxKeys
}

type bankMachine struct {
	balances []uint64 // accounts beyond its end hold BankOpening
	ledger   uint64   // transfers made
	last     Mark     // the last of them
	digest   uint64   // sum over the accounts that differ from BankOpening
}

func (m *bankMachine) Apply(command []byte) []byte {
	var c bankCommand
	if !c.decode(command) {
		return malformed()
	}
	if c.op != bankTransfer {
		return m.read(c)
	}
	from, to := m.balance(c.from), m.balance(c.to)
	if from < c.amount {
		return m.answer(statusRefused, m.ledger, from)
	}
	m.set(c.from, from-c.amount)
	m.set(c.to, to+c.amount)
	answer := m.answer(statusOK, m.ledger+1, from-c.amount, to+c.amount)
	m.ledger, m.last = m.ledger+1, c.mark
	return answer
}

func (m *bankMachine) Query(query []byte) []byte {
	var c bankCommand
	if !c.decode(query) || c.op == bankTransfer {
		return malformed()
	}
	return m.read(c)
}

func (m *bankMachine) read(c bankCommand) []byte {
	if c.op == bankBalance {
		return m.answer(statusOK, m.ledger, m.balance(c.from))
	}
	dst := m.answer(statusOK, m.ledger)
	for account := range c.to {
		dst = binary.AppendUvarint(dst, m.balance(account))
	}
	return dst
}

// answer encodes a status, the ledger number, the entry before and balances.
func (m *bankMachine) answer(status byte, ledger uint64, balances ...uint64) []byte {
	dst := m.last.append(binary.AppendUvarint([]byte{status}, ledger))
	for _, b := range balances {
		dst = binary.AppendUvarint(dst, b)
	}
	return dst
}

func (m *bankMachine) balance(account uint64) uint64 {
	if account < uint64(len(m.balances)) {
		return m.balances[account]
	}
	return BankOpening
}

func (m *bankMachine) set(account, balance uint64) {
	for account >= uint64(len(m.balances)) {
		m.balances = append(m.balances, BankOpening)
	}
	m.digest += accountDigest(account, balance) - accountDigest(account, m.balances[account])
	m.balances[account] = balance
}

// accountDigest is zero for an account as it was opened, so that an account
// that came back to it is like one never touched.
func accountDigest(account, balance uint64) uint64 {
	if balance == BankOpening {
		return 0
	}
	return random.Mix(account, balance)
}

func (m *bankMachine) Digest() uint64 {
	return m.last.hash(random.Mix(m.ledger, m.digest))
}

// Snapshot leaves out the accounts at the end that are as they were opened.
func (m *bankMachine) Snapshot() []byte {
	touched := len(m.balances)
	for touched > 0 && m.balances[touched-1] == BankOpening {
		touched--
	}
	dst := m.last.append(binary.AppendUvarint(nil, m.ledger))
	dst = binary.AppendUvarint(dst, uint64(touched))
	for _, b := range m.balances[:touched] {
		dst = binary.AppendUvarint(dst, b)
	}
	return dst
}

func (m *bankMachine) Restore(snapshot []byte) error {
	d := decoder{rest: snapshot}
	next := bankMachine{ledger: d.uint(), last: d.mark()}
	for account := range uint64(d.count()) {
		next.set(account, d.uint())
	}
	if !d.done() || len(next.balances) > MaxKeys {
		return errors.New("workload: bank: the snapshot is damaged")
	}
	*m = next
	return nil
}
