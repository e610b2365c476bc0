package lockstep

// Minimise returns a plan as small as it gets by leaving steps out and making
// numbers zero, that still fails. fails must be true of p.
func Minimise(p Plan, fails func(p *Plan) bool) Plan {
	for {
		before := len(p.Steps)
		p = withoutSteps(p, fails)
		p = withZeros(p, fails)
		if len(p.Steps) == before {
			return p
		}
	}
}

// withoutSteps leaves out runs of steps, long ones first.
func withoutSteps(p Plan, fails func(p *Plan) bool) Plan {
	for size := max(1, len(p.Steps)/2); size > 0; size /= 2 {
		for at := len(p.Steps); at > 0; at -= size {
			from := max(0, at-size)
			if at > len(p.Steps) {
				continue
			}
			q := p
			q.Steps = append(append([]Step(nil), p.Steps[:from]...), p.Steps[at:]...)
			if fails(&q) {
				p = q
			}
		}
	}
	return p
}

// withZeros makes arguments of steps zero where it does not matter.
func withZeros(p Plan, fails func(p *Plan) bool) Plan {
	for i := range p.Steps {
		for _, zero := range []func(s *Step){func(s *Step) { s.A = 0 }, func(s *Step) { s.B = 0 }} {
			q := p
			q.Steps = append([]Step(nil), p.Steps...)
			if zero(&q.Steps[i]); q.Steps[i] != p.Steps[i] && fails(&q) {
				p = q
			}
		}
	}
	return p
}
