package workload

import "raftsim/random"

func (bank) NewClient(k random.Key, client uint64, s Shape) Client {
	return &bankClient{newGenerator(k, client, s, bankOps, bankMix, bankAccounts)}
}

// bankClient learns nothing: what it asks depends on the number alone.
type bankClient struct{ generator }

func (c *bankClient) Next(n uint64) Command {
	k := bankCommand{op: byte(c.op(n))}
	accounts := uint64(c.shape.Keys)
	switch k.op {
	case bankTransfer:
		k.mark = c.mark(n)
		k.from, k.amount = c.object(n), 1+c.below(purposeAmount, n, BankOpening)
		if accounts == 1 { // there is nobody to give to but one outside
			k.to = 1
			break
		}
		k.to = c.below(purposeOther, n, accounts-1)
		if k.to >= k.from {
			k.to++
		}
	case bankBalance:
		k.from = c.object(n)
	case bankAudit:
		k.to = accounts
	}
	return Command{Bytes: k.append(nil), ReadOnly: k.op != bankTransfer}
}

func (c *bankClient) Learn(uint64, []byte) {}
