package hunt

import (
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"

	"raftsim/internal/text"
	"raftsim/scenarios"
	"raftsim/sim"
)

// trial is a candidate: a plan, and the file that says it.
type trial struct {
	text     string
	scenario *scenarios.Scenario // as it was read from the text
	plan     sim.Options         // of the scenario: complete, without name and seed
	result   Result
}

// trial makes the candidate of a plan. It is refused when its text is not a
// valid file.
func (h *shrinker) trial(plan sim.Options) (trial, bool) {
	if len(plan.Schedule) == 0 {
		plan.Expect.AllowNoEffect = false
	}
	story := &scenarios.Scenario{Name: h.name(), About: h.about(), Seeds: scenarios.One(h.unit.Seed), Plan: sparse(plan)}
	t := trial{text: story.String()}
	var err error
	if t.scenario, err = scenarios.Parse(h.unit.Scenario.File, []byte(t.text)); err != nil {
		return t, false
	}
	if t.plan, err = t.scenario.Options(h.unit.Seed); err != nil {
		return t, false
	}
	t.plan.Name, t.plan.Seed = "", 0
	return t, true
}

// The lengths that fit the keys of a file.
const maxShrunkName, maxShrunkAbout = 100, 2000

// name is the title of the result.
func (h *shrinker) name() string {
	title := strings.TrimSuffix(h.unit.Scenario.Title(), h.suffix())
	return oneLine(title, maxShrunkName-len(h.suffix())) + h.suffix()
}

func (h *shrinker) suffix() string { return fmt.Sprintf(" seed %d shrunk", h.unit.Seed) }

// about says where the result comes from, and what it shows. What was shrunk
// before and is shrunk again came from where it says already.
func (h *shrinker) about() string {
	if s := h.unit.Scenario; strings.HasSuffix(s.Name, h.suffix()) && s.About != "" {
		return s.About
	}
	v := h.original.Verdict.Violation()
	from := h.unit.Scenario.File
	switch {
	case from == "" || from == scenarios.StandardInput:
		from = h.unit.Scenario.Title()
	case filepath.IsAbs(from):
		from = filepath.Base(from) // the file may be read on other machines
	}
	about := fmt.Sprintf("Shrunk from %s, seed %d. It broke %s", from, h.unit.Seed, v.Property)
	if v.Source != "" {
		about += " (" + v.Source + ")"
	}
	return oneLine(about+", with the signature \""+h.signature+"\".", maxShrunkAbout)
}

// oneLine is what fits a key that holds at most so many characters.
func oneLine(s string, most int) string { return text.Cut(strings.Join(strings.Fields(s), " "), most) }

// sparse is the plan without what Defaults fills in, so that its file shows
// only what matters.
func sparse(plan sim.Options) sim.Options {
	blank(reflect.ValueOf(&plan).Elem(), reflect.ValueOf(sim.Options{}.Defaults()))
	return plan
}

func blank(v, ordinary reflect.Value) {
	if isGroup(v) {
		for i := range v.NumField() {
			blank(v.Field(i), ordinary.Field(i))
		}
		return
	}
	if reflect.DeepEqual(v.Interface(), ordinary.Interface()) {
		v.SetZero()
	}
}

// isGroup tells a struct of settings from one that is a single value.
func isGroup(v reflect.Value) bool {
	if v.Kind() != reflect.Struct {
		return false
	}
	for i := range v.NumField() {
		if !v.Type().Field(i).IsExported() {
			return false
		}
	}
	return v.Type().PkgPath() != "raftsim/random"
}

// try runs candidates, several at once, and adopts the first of them in order
// that fails as the original does. It returns its index, or -1 for none.
func (h *shrinker) try(candidates ...sim.Options) int {
	var trials []trial
	var index []int
	seen := map[string]bool{h.best.text: true}
	for i, plan := range candidates {
		if len(trials) >= h.left() || h.ctx.Err() != nil {
			break
		}
		t, ok := h.trial(plan)
		if !ok || seen[t.text] || h.tried[t.text] {
			continue
		}
		seen[t.text] = true
		trials, index = append(trials, t), append(index, i)
	}
	won := h.race(trials)
	if won < 0 {
		return -1
	}
	h.best = trials[won]
	h.tried[h.best.text] = true // no way leads back
	return index[won]
}

// race runs trials side by side until it is known which is the first in order
// that fails alike. What was run beyond that one is forgotten, so that the
// number of workers changes nothing.
func (h *shrinker) race(trials []trial) int {
	type outcome struct {
		index  int
		result Result
		alike  bool
	}
	done := make(chan outcome, len(trials)) // holds all: no run waits for its reader
	var next, end atomic.Int64
	end.Store(int64(len(trials)))
	for range min(h.options.Workers, len(trials)) {
		go func() {
			for h.ctx.Err() == nil {
				i := next.Add(1) - 1
				if i >= end.Load() {
					return
				}
				h.slots <- struct{}{}
				r := h.run(Unit{trials[i].scenario, h.unit.Seed}, nil)
				<-h.slots
				alike := h.alike(&r)
				for known := end.Load(); alike && i < known && !end.CompareAndSwap(known, i); known = end.Load() {
				}
				done <- outcome{int(i), r, alike}
			}
		}()
	}
	finished := map[int]outcome{}
	for i := 0; i < len(trials); {
		select {
		case <-h.ctx.Done():
			return -1
		case o := <-done:
			finished[o.index] = o
		}
		for o, ok := finished[i]; ok; o, ok = finished[i] {
			h.count(1)
			if o.alike {
				trials[i].result = o.result
				return i
			}
			h.tried[trials[i].text] = true
			i++
		}
	}
	return -1
}

// dropping takes away elements of a list, first many at once and then fewer,
// as long as the failure stays (delta debugging). without returns the plan
// without the elements [from, to) of the list as it is in the best plan, size
// how long that list is.
func (h *shrinker) dropping(size func() int, without func(from, to int) sim.Options) {
	for chunk := size(); chunk > 0; chunk /= 2 {
		for from, again := 0, false; ; {
			if h.over() {
				return
			}
			var candidates []sim.Options
			for at := from; at < size(); at += chunk {
				candidates = append(candidates, without(at, min(at+chunk, size())))
			}
			won := h.try(candidates...)
			if won >= 0 {
				from, again = from+won*chunk, true // what came before it was needed
				continue
			}
			if !again || chunk > 1 {
				break
			}
			from, again = 0, false // until no single one can go
		}
	}
}
