package network

import "strconv"

// ClientBase is the least id that belongs to a client; hosts have smaller ids.
const ClientBase = 1_000_000

// HostName returns the name of a host as traces print it: "n3" for host 3, and
// "c1" for the client ClientBase+1.
func HostName(id uint64) string {
	if id >= ClientBase {
		return "c" + strconv.FormatUint(id-ClientBase, 10)
	}
	return "n" + strconv.FormatUint(id, 10)
}

// Ids below denseIDs, and client ids that close above ClientBase, are numbered
// by their place in a slice; all others through a map.
const denseIDs = 4096

// directory numbers the hosts from 0 in the order in which they appear.
type directory struct {
	servers []int32 // number+1 by id
	clients []int32 // number+1 by id-ClientBase
	others  map[uint64]int32
	count   int32
}

// number returns the number of a host, which is new if need be.
func (d *directory) number(id uint64) int {
	if id < uint64(len(d.servers)) {
		if n := d.servers[id]; n != 0 {
			return int(n - 1)
		}
	}
	if i := id - ClientBase; i < uint64(len(d.clients)) {
		if n := d.clients[i]; n != 0 {
			return int(n - 1)
		}
	}
	return int(d.add(id))
}

// add is the slow half of number.
func (d *directory) add(id uint64) int32 {
	switch {
	case id < denseIDs:
		return d.place(&d.servers, int(id))
	case id >= ClientBase && id-ClientBase < denseIDs:
		return d.place(&d.clients, int(id-ClientBase))
	}
	n, ok := d.others[id]
	if !ok {
		if d.others == nil {
			d.others = make(map[uint64]int32)
		}
		n = d.count
		d.others[id] = n
		d.count++
	}
	return n
}

func (d *directory) place(numbers *[]int32, i int) int32 {
	for len(*numbers) <= i {
		*numbers = append(*numbers, 0)
	}
	d.count++
	(*numbers)[i] = d.count
	return d.count - 1
}
