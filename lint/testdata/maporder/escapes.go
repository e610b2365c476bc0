package maporder

import (
	"fmt"
	"maps"
	"slices"
	"sort"
)

type peer struct {
	match, next uint64
	alive       bool
	owner       string
	weight      float64
}

type cluster struct {
	peers map[string]*peer
	order []string
	count int
	limit int
}

func send(string) {}

func escapes(m map[string]int, c *cluster, out map[int]string, base []string) (result string) {
	for k := range m { // want "range over map m: send may do more than compute: range over slices.Sorted"
		send(k)
	}
	for k := range m { // want "result keeps the value of the last turn"
		result = k
	}
	for k := range m { // want "result depends on the order of its operands"
		result += k
	}
	for _, p := range c.peers { // want "p.weight depends on the order of its operands"
		p.weight += 0.5 // want "floating-point"
	}
	for k, v := range m { // want "out\\[v\\] keeps the value of the last turn"
		out[v] = k
	}
	for k := range m { // want "c is not sorted before its next use"
		c.order = append(c.order, k)
	}
	send(c.order[0])
	slices.Sort(c.order)
	var keys []string
	for k := range m { // want "keys is not sorted before its next use"
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int { return len(a) - len(b) }) // ties keep the order of the map
	for k, v := range m {                                                   // want "it returns one of the keys or values"
		if v > 3 {
			return k
		}
	}
	for range m { // want "it ends early, which shows how many turns there were"
		c.count++
		if c.limit > 3 {
			break
		}
	}
	for range m { // want "a turn can read what another turn wrote to c"
		if c.count < 3 {
			c.count++
		}
	}
	for k := range m { // want "deleting another key decides whether its turn comes"
		delete(m, k+"x")
	}
	for k := range m { // want "a new key may or may not have a turn"
		m[k+"x"] = 1
	}
	for k := range m { // want "a turn can read what another turn wrote to m"
		m[k] = len(m)
	}
	for k, p := range c.peers { // want "p.owner keeps the value of the last turn"
		p.owner = k
	}
	for k, v := range m { // want "it writes c in two ways"
		if v > 1 {
			c.count = 1
		}
		if k == "" {
			c.count = 2
		}
	}
	for k := range m { // want "append may do more than compute"
		c.order = slices.Clone(append(base, k))
	}
	for k, v := range m { // want "it changes the key"
		k = "x"
		m[k] = v
	}
	var last string
	for last = range m { // want "the last key or value is kept"
	}
	best, bestAt := 0, ""
	for k, v := range m { // want "best keeps the value of the last turn"
		if v > best {
			best, bestAt = v, k
		}
	}
	for k := range m { // want "c.reset may do more than compute"
		if k == "" {
			c.reset()
		}
	}
	for k := range m { // want "line 110 does more than compute"
		defer func() { send(k) }()
	}
	return last + bestAt
}

func (c *cluster) reset() {}

func iterators(m map[string]int) []string {
	for k := range maps.Keys(m) { // want "range over map m: send may do more than compute"
		send(k)
	}
	_ = slices.Collect(maps.Keys(m))                                       // want "maps.Keys gives a random order: wrap it in slices.Sorted"
	_ = slices.SortedFunc(maps.Values(m), func(a, b int) int { return 0 }) // want "maps.Values gives a random order"
	_ = maps.Collect(maps.All(m))
	return slices.Sorted(maps.Keys(m))
}

func unsorted(m map[int]bool) []int {
	var keys []int
	for k := range m { // want "keys is not sorted before its next use"
		keys = append(keys, k)
	}
	return keys
}

func sortedTooLate(m map[int]bool, rounds int) {
	var keys []int
	for range rounds {
		for k := range m { // want "keys is not sorted before its next use"
			keys = append(keys, k)
		}
		fmt.Sprint(keys)
	}
	sort.Ints(keys)
}
