package history

import "raftsim/random"

// set holds possibilities without repetition, in the order they were added.
type set struct {
	byHash map[uint64][]int
	list   []*possibility
}

func (s *set) reset() {
	if s.byHash == nil || len(s.byHash) > 256 { // clearing costs what it once held
		s.byHash = map[uint64][]int{}
	}
	clear(s.byHash)
	s.list = s.list[:0]
}

func (s *set) add(j *judge, p *possibility) bool {
	h := random.Mix(j.model.Hash(p.state), p.usedHash)
	for i, word := range p.done {
		if word != 0 {
			h = random.Mix(h^uint64(i), word)
		}
	}
	for _, i := range s.byHash[h] {
		if o := s.list[i]; sameBits(o.done, p.done) && sameBits(o.used, p.used) && j.model.Equal(o.state, p.state) {
			return false
		}
	}
	s.byHash[h] = append(s.byHash[h], len(s.list))
	s.list = append(s.list, p)
	return true
}

// sameBits compares two sets of bits; a longer one may end in zeros.
func sameBits(a, b []uint64) bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	for i, word := range a {
		if i < len(b) && word != b[i] || i >= len(b) && word != 0 {
			return false
		}
	}
	return true
}
