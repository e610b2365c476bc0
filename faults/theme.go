package faults

import (
	"fmt"
	"time"

	"raftsim/clock"
	"raftsim/random"
)

// theme is trouble that comes together. Faults drawn one by one, each at a time
// of its own, seldom meet; most bugs of a Raft need two or three that do, such
// as a leader cut off just after it was asked for something. A theme has a few
// rounds, and in each of them faults of its kinds begin within about an election
// timeout of each other.
type theme struct {
	name string
	// kinds of faults. One that is named twice comes twice.
	kinds []string
	// prefers, unless zero, is the role that half of the faults hit.
	prefers Role
	// lasts is how long its faults last, in percent of the election timeout.
	lasts [2]int
}

// themes are all of them. A choice among them has room for as many again.
var themes = []theme{
	{"membership", []string{"reconfigure", "propose", "crash", "reconfigure", "transfer", "isolate", "reconfigure", "compact"}, Leader, [2]int{20, 400}},
	{"replacements", []string{"replace", "reconfigure", "leave-joint", "crash", "partition", "replace", "propose"}, Leader, [2]int{20, 400}},
	{"deposed leaders", []string{"propose", "isolate", "propose", "campaign", "partition", "crash", "transfer"}, Leader, [2]int{80, 400}},
	{"elections", []string{"campaign", "crash", "transfer", "forget-leader", "campaign", "isolate", "drop"}, 0, [2]int{5, 150}},
	{"power", []string{"propose", "crash", "crash", "disk slows", "crash-loop", "blackout", "campaign", "compact"}, 0, [2]int{2, 150}},
	{"broken disks", []string{"propose", "disk fails-sync", "disk fails-write", "disk stalls", "disk scrambles", "disk fails-read", "crash", "compact", "crash"}, 0, [2]int{5, 150}},
	{"laggards", []string{"isolate", "propose", "compact", "clog", "propose", "transfer", "crash", "drop"}, Follower, [2]int{100, 600}},
	{"snapshots", []string{"isolate", "propose", "compact", "crash", "reconfigure", "compact", "disk slows", "link loses"}, Follower, [2]int{20, 400}},
	{"old messages", []string{"link replays", "hold", "campaign", "link reorders", "propose", "swizzle", "transfer", "crash"}, Leader, [2]int{50, 400}},
	{"reads", []string{"isolate", "read", "cut", "read", "pause", "transfer", "read", "campaign", "bridge"}, Leader, [2]int{50, 300}},
	{"half links", []string{"cut", "propose", "bridge", "drop", "read", "cut", "campaign", "ring"}, Leader, [2]int{80, 400}},
	{"transfers", []string{"propose", "transfer", "drop", "read", "isolate", "transfer", "crash", "pause"}, Leader, [2]int{20, 300}},
	{"lost messages", []string{"drop", "drop", "propose", "read", "campaign", "drop", "link loses"}, 0, [2]int{50, 400}},
	{"slow disks", []string{"disk slows", "propose", "campaign", "disk stalls", "propose", "isolate", "transfer", "crash"}, 0, [2]int{50, 500}},
	{"late snapshots", []string{"isolate", "propose", "compact", "link replays", "link delays", "campaign", "propose", "hold"}, Follower, [2]int{50, 500}},
	{"slow hosts", []string{"pause", "propose", "read", "slow", "pause", "disk stalls", "campaign", "freeze"}, Leader, [2]int{50, 300}},
}

// maxRounds is how many rounds a theme has at most.
const maxRounds = 6

// changes is a theme that comes beside any other: a configuration that does not
// stay as it is.
var changes = theme{"changes", []string{"reconfigure", "read", "replace", "reconfigure", "leave-joint", "read"}, 0, [2]int{20, 400}}

// themes draws the themes of a schedule: none, one that is drawn from all, or
// made up of a few kinds; and beside that whether the configuration changes. Only
// swarms have any; the others draw each fault by itself.
func (g *generator) themes(c random.Chooser) []theme {
	if p := g.options.Profile; p != Swarm && p != Safety || len(g.options.Only) > 0 {
		return nil
	}
	var drawn []theme
	if c.Choose("theme", 8) >= 3 {
		const places = 32
		if i := int(c.Choose("theme which", places)) * (len(themes) + 2) / places; i < len(themes) {
			drawn = append(drawn, themes[i])
		} else {
			drawn = append(drawn, g.madeUp(c))
		}
	}
	if c.Choose("theme changes", 8) >= 5 {
		drawn = append(drawn, changes)
	}
	return drawn
}

// madeUp is a theme of kinds that have nothing to do with each other.
func (g *generator) madeUp(c random.Chooser) theme {
	t := theme{name: "made up", lasts: [2]int{20, 400}}
	for _, k := range kinds.Values() {
		if g.allows(k) && c.Choose("theme with "+k.Name, 8) == 7 {
			t.kinds = append(t.kinds, k.Name)
		}
	}
	return t
}

// rounds draws the faults of a theme: when its rounds are, which of its kinds
// each of them has, and when those begin.
func (g *generator) rounds(c random.Chooser, t theme) []*draft {
	var drafts []*draft
	kinds := g.kindsOf(c, t)
	n := 2 + int(c.Choose("theme "+t.name+" rounds", maxRounds-1))
	span := g.options.End.Sub(g.options.Start) / time.Duration(n)
	for round := range n {
		begins := g.options.Start.Add(span*time.Duration(round) + part(span, c.Choose("theme "+t.name+" begins", parts)))
		reach := []int{100, 10, 300}[c.Choose("theme "+t.name+" reach", 3)]
		for _, k := range kinds {
			d := &draft{kind: k.Kind}
			d.draw = Draw{chooser: c, prefix: fmt.Sprintf("theme %s, %s %d ", t.name, k.Name, k.number), generator: g, prefers: t.prefers}
			if d.draw.Chance("left out", 3) {
				continue
			}
			d.fault = d.draw.nearby(begins, reach, k.Lasting, t.lasts)
			drafts = append(drafts, d)
		}
	}
	return drafts
}

// parts is into how many of them the time of a round is divided.
const parts = 64

func part(span time.Duration, n uint64) time.Duration { return span / parts * time.Duration(n) }

// nearby draws when a fault happens that belongs to a round: how far from the
// round's beginning, and how long, in percent of the election timeout.
func (d *Draw) nearby(begins clock.Time, reach int, lasting bool, lasts [2]int) Fault {
	end := d.generator.options.End
	f := Fault{At: min(begins.Add(d.Time("offset", 0, reach)), end.Add(-time.Millisecond))}
	if lasting {
		f.For = min(d.Time("for", lasts[0], lasts[1]), end.Sub(f.At))
	}
	return f
}

// numbered is a kind of a theme with how often the theme has named it before.
type numbered struct {
	Kind
	number int
}

// kindsOf draws which kinds of a theme a schedule has: it leaves some out.
func (g *generator) kindsOf(c random.Chooser, t theme) []numbered {
	var kinds []numbered
	for i, name := range t.kinds {
		number := 0
		for _, earlier := range t.kinds[:i] {
			if earlier == name {
				number++
			}
		}
		k, ok := Lookup(name)
		if ok && g.allows(k) && c.Choose("theme "+t.name+" without "+name, 4) != 3 {
			kinds = append(kinds, numbered{k, number})
		}
	}
	return kinds
}
