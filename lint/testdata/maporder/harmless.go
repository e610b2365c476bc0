package maporder

import (
	"slices"
	"sort"
	"strings"
)

// Nothing in this file is a finding.

func harmless(m map[string]int, c *cluster, other map[string]bool, lists map[string][]int) (sum int) {
	for _, v := range m {
		sum += v
	}
	for range m {
		sum++
	}
	bits := 0
	for _, v := range m {
		bits |= 1 << v
		bits |= v
	}
	most, least := 0, 0
	for _, v := range m {
		most = max(most, v)
		if v < least {
			least = v
		}
	}
	for k := range m {
		delete(m, k)
	}
	for k, v := range m {
		if v == 0 && !strings.HasPrefix(k, "n") {
			delete(m, k)
			delete(c.peers, strings.ToUpper(k))
			continue
		}
		other[k] = v > 3
	}
	for k := range m {
		m[k] = 0
	}
	for _, p := range c.peers {
		p.alive = false
		p.next = p.match + 1
		c.count += int(p.next)
	}
	found := false
	for _, v := range m {
		if v == 7 {
			found = true
			break
		}
	}
	total := map[int]int{}
	for k, list := range lists {
		size := len(list)
		for i := range list {
			if list[i] == 0 {
				break
			}
			size--
			total[list[i]]++
		}
		switch {
		case size > 3:
			other[k] = true
		default:
			c.count -= size
		}
	}
	if found {
		return most + least + bits
	}
	return sum
}

func anyOf(m map[string]*peer) bool {
	for _, p := range m {
		if !p.alive {
			return true
		}
	}
	return false
}

func keysOf(m map[string]int) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		if k != "" {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys
}

func (c *cluster) names(nested map[string]map[int]bool) []int {
	var ids []int
	for _, inner := range nested {
		for id := range inner {
			ids = append(ids, id)
		}
	}
	sort.Ints(ids)
	c.order = c.order[:0]
	for name := range c.peers {
		c.order = append(c.order, name)
	}
	slices.Sort(c.order)
	return ids
}

func clone(m map[string][]int) map[string][]int {
	out := make(map[string][]int, len(m))
	for k, v := range m {
		out[k] = slices.Clone(v)
		slices.Sort(out[k])
	}
	for k, v := range m {
		out[k] = append([]int(nil), v...)
	}
	return out
}
