package sim

import (
	"fmt"
	"slices"

	"raftsim/checker"
	"raftsim/checker/history"
	"raftsim/mark"
)

// judge gives the verdict on a run that has ended.
func (s *Simulation) judge() Verdict {
	counts, noEffect := s.reckon()
	v := Verdict{
		Name: s.options.Name, Seed: s.options.Seed,
		Events: s.events, Simulated: s.now, Operations: Operations(s.clients.History.Counts),
		Leaders: len(s.members.leaders), Faults: counts, Stack: s.panicked,
		Class: s.trouble.class, OutOfModel: s.trouble.outOfModel,
	}
	if s.recovery.Begun() {
		v.Recovery = s.now.Sub(s.recovery.Since())
	}
	v.Unchecked = s.unchecked()
	v.Marks = s.Reached()
	v.Outcome, v.Violations = s.outcome(&v, noEffect)
	v.Fingerprint = s.trace.Digest()
	v = s.expected(v)
	if len(v.OutOfModel) > 0 && (v.Outcome == Safety || v.Outcome == Liveness) {
		v.Outcome = OutOfModel
		for i := range v.Violations {
			v.Violations[i].Detail += "; out of model: " + v.OutOfModel[0]
		}
	}
	return v
}

// outcome is the worst that the run showed, with what was violated.
func (s *Simulation) outcome(v *Verdict, noEffect string) (Outcome, []checker.Violation) {
	broken := append(s.protocol.Violations(), s.violations...)
	switch {
	case s.panicked != "":
		return Panicked, s.violations
	case len(broken) > 0 && broken[0].Class == checker.Liveness:
		return Liveness, broken
	case len(broken) > 0:
		return Safety, broken
	}
	illegal, conclusive := s.judgeHistory(v)
	switch {
	case s.panicked != "":
		v.Stack = s.panicked
		return Panicked, s.violations
	case illegal != nil:
		return Safety, []checker.Violation{*illegal}
	case s.recovery.Failed() != nil:
		return Liveness, []checker.Violation{*s.recovery.Failed()}
	case s.memory.exceeded != nil:
		v.Memory = s.memory.exceeded
		return MemoryBound, nil
	case s.events >= s.options.MaxEvents:
		return Endless, nil
	}
	if empty := s.vacuous(v, noEffect); empty != nil {
		return Vacuous, []checker.Violation{*empty}
	}
	if !conclusive {
		return Inconclusive, nil
	}
	return Pass, nil
}

// judgeHistory judges what the clients were answered. It comes after all else, so
// what is wrong with it is seen at the end of the run.
func (s *Simulation) judgeHistory(v *Verdict) (illegal *checker.Violation, conclusive bool) {
	defer s.catchJudge()
	if s.options.Expect.SkipLinearizable {
		return nil, true
	}
	ops := s.clients.History.Judged()
	r := history.Linearizable(s.members.workload, ops, int64(s.options.SearchSteps()))
	conclusive = r.Verdict != history.Inconclusive
	if r.Verdict == history.Illegal {
		v.Illegal, illegal = &r, r.Violation
	} else if slices.ContainsFunc(ops, func(o history.Operation) bool { return o.Stale }) {
		var judged bool
		illegal, judged = history.StaleReads(s.members.workload, ops)
		conclusive = conclusive && judged
	}
	if illegal != nil {
		late := *illegal
		illegal = s.seen(&late)
	}
	return illegal, conclusive
}

// seen says that a violation was seen now.
func (s *Simulation) seen(v *checker.Violation) *checker.Violation {
	v.At, v.Event = s.now, s.events
	return v
}

// vacuous says why a run that broke nothing has shown nothing, or nil. A fault
// may have had no effect.
func (s *Simulation) vacuous(v *Verdict, noEffect string) *checker.Violation {
	e, detail := &s.options.Expect, ""
	switch {
	case v.Operations.Completed < e.MinOperations:
		detail = fmt.Sprintf("%d operations completed, at least %d expected", v.Operations.Completed, e.MinOperations)
	case v.Leaders < e.MinLeaders:
		detail = fmt.Sprintf("%d terms had a leader, at least %d expected", v.Leaders, e.MinLeaders)
	case s.missing(v) != nil:
		m := s.missing(v)
		detail = fmt.Sprintf("the mark %s was not hit: %s", m.ID(), m.About())
	case !e.AllowNoEffect && noEffect != "":
		detail = noEffect
	default:
		return nil
	}
	return s.seen(checker.NothingVacuous.Unmet("", detail))
}

// missing is the first mark that the run should have hit and did not, or nil.
func (s *Simulation) missing(v *Verdict) *Mark {
	for _, id := range s.options.Expect.Marks {
		if m, err := mark.Lookup(id); err == nil && !slices.Contains(v.Marks, id) {
			return m
		}
	}
	return nil
}

// expected turns the verdict of a run that is meant to violate a property.
func (s *Simulation) expected(v Verdict) Verdict {
	want := s.options.Expect.Violation
	if want == "" {
		return v
	}
	if first := v.Violation(); first != nil && first.Property == want {
		v.Outcome, v.Violations, v.Illegal = Pass, nil, nil
		return v
	}
	if v.Outcome == Pass {
		v.Outcome = Vacuous
		v.Violations = []checker.Violation{*s.seen(checker.ExpectedViolation.Unmet("", "no violation of "+want))}
	}
	return v
}
