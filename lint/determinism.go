package lint

import (
	"go/ast"
	"path"
	"slices"
	"strings"
)

// A Rule forbids one way for chance, time or the machine to get into a
// simulation.
type Rule struct {
	// Name is short and unique: "time", "map order".
	Name string
	// About is one sentence, without a full stop, on what goes wrong.
	About string

	check func(*Package, *ast.File) []Finding
}

// Rules are those that [Determinism] applies, in the order of their names.
func Rules() []Rule {
	return []Rule{
		{"concurrency", "the scheduler decides which goroutine goes first", checkConcurrency},
		{"floating point", "compilers may fuse or round an operation differently on another architecture", checkFloats},
		{"global state", "simulations run side by side in one process and share package variables", checkGlobals},
		{"map order", "a map is iterated in another order each time", checkMapOrder},
		{"platform", "files, environment and clocks of the machine differ from run to run", checkPlatform},
		{"printing", "a printed address differs from run to run", checkPrinting},
	}
}

// deterministic are the folders whose code must give the same results on
// every machine, with all that lies below them.
var deterministic = []string{
	"checker", "clock", "disk", "faults", "internal/text", "network", "raft", "random", "scenarios", "sim", "vfs", "workload",
}

// worldly are the parts of them that meet the real world.
var worldly = []string{"sim/simtest"}

// An exception is a file of a deterministic package that may break one rule.
type exception struct {
	file   string // a pattern of path.Match, relative to the root
	rule   string
	reason string
}

var exceptions = []exception{
	{"raft/logger.go", "global state", "users of the etcd family know SetLogger; what a logger writes is for people alone"},
	{"raft/logger.go", "platform", "a server that names no logger gets one on standard error"},
	{"raft/lockednode.go", "concurrency", "on a server, Propose waits for a leader and Stop wakes it; a simulation asks for the leader first"},
	{"raft/slot.go", "concurrency", "the one-slot Ready channel is how drivers of the etcd family receive work; no receive of it waits"},
	{"scenarios/load.go", "platform", "a scenario is read before its runs begin"},
	{"vfs/lock_*.go", "platform", "they lock a real directory, in the way of each system"},
	{"vfs/os*.go", "platform", "it is the real operating system behind vfs"},
}

// IsDeterministic tells whether the rules of determinism hold for a folder,
// given relative to the module's root.
func IsDeterministic(folder string) bool {
	return within(folder, deterministic) && !within(folder, worldly)
}

// within tells whether folder is one of the tops or lies below one.
func within(folder string, tops []string) bool {
	return slices.ContainsFunc(tops, func(top string) bool {
		return folder == top || strings.HasPrefix(folder, top+"/")
	})
}

// Determinism applies every rule to the deterministic packages of t, without
// what an exception allows.
func Determinism(t *Tree) []Finding {
	findings, _ := judge(t)
	return findings
}

// idleExceptions are the exceptions that nothing in t needs.
func idleExceptions(t *Tree) []string {
	_, needed := judge(t)
	var idle []string
	for i, e := range exceptions {
		if !needed[i] {
			idle = append(idle, e.file+" "+e.rule)
		}
	}
	return idle
}

func judge(t *Tree) (findings []Finding, needed []bool) {
	needed = make([]bool, len(exceptions))
	for _, p := range t.Packages {
		if !IsDeterministic(p.Folder) {
			continue
		}
		for _, f := range p.examine() {
			i := slices.IndexFunc(exceptions, func(e exception) bool {
				matched, _ := path.Match(e.file, f.File)
				return matched && e.rule == f.Rule
			})
			if i < 0 {
				findings = append(findings, f)
				continue
			}
			needed[i] = true
		}
	}
	sortFindings(findings)
	return findings, needed
}

// examine applies every rule to one package.
func (p *Package) examine() []Finding {
	var findings []Finding
	for _, file := range p.Files {
		for _, rule := range Rules() {
			found := rule.check(p, file)
			for i := range found {
				found[i].Rule = rule.Name
			}
			findings = append(findings, found...)
		}
	}
	for _, name := range p.Ignored {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		findings = append(findings, Finding{
			Rule: "platform", File: p.Folder + "/" + name, Line: 1, Column: 1,
			Message: "a build constraint leaves this file out: a deterministic package has the same files everywhere",
		})
	}
	return append(findings, p.idleNotes()...)
}
