package lint

import (
	"fmt"
	"go/ast"
	"maps"
	"slices"
)

const (
	// maxMethods bounds the method set of every type.
	maxMethods = 60
	// maxMethodsWithin bounds it in the folders of narrow.
	maxMethodsWithin = 40
)

// narrow are the folders in which coupling hid in method sets before.
var narrow = []string{"sim/...", "checker/...", "replica", "faults/..."}

// wide are the types that have more methods than that, each with how many it may
// have and why. The numbers only ever go down: a type that has fewer methods than its
// row says is a finding too.
var wide = map[string]struct {
	most int
	why  string
}{
	"checker.Protocol": {112, "all invariants share one memory of the facts; they are to become one type each"},
	"disk.Disk":        {72, "a file system, its faults and its crash states over one set of sectors"},
	"faults.Parser":    {42, "one method for each thing that a line may hold"},
	"raft.raft":        {82, "the protocol is one state machine"},
	"replica.Replica":  {79, "one loop around a Node; its reads, snapshots and sessions are to become types of their own"},
	"sim.Host":         {52, "a machine with its clock, disk and process; its timers and crashes are to move out"},
	"sim.Simulation":   {135, "the loop, the directed API and all that faults do; injection is to move out"},
}

// Methods reports types with too many methods, declared on the type itself.
func Methods(t *Tree) []Finding {
	var findings []Finding
	for _, p := range t.Packages {
		count, first := map[string]int{}, map[string]*ast.FuncDecl{}
		for _, file := range p.Files {
			for _, decl := range file.Decls {
				if f, ok := decl.(*ast.FuncDecl); ok && f.Recv != nil {
					receiver, _ := receiverOf(f)
					if count[receiver]++; first[receiver] == nil {
						first[receiver] = f
					}
				}
			}
		}
		for _, receiver := range slices.Sorted(maps.Keys(count)) {
			if complaint := p.methodSet(receiver, count[receiver]); complaint != "" {
				findings = append(findings, p.at("methods", first[receiver].Pos(), "%s", complaint))
			}
		}
	}
	sortFindings(findings)
	return findings
}

// methodSet says what is wrong with a type, whose name ends in a dot, that has so
// many methods.
func (p *Package) methodSet(receiver string, n int) string {
	limit := maxMethods
	if slices.ContainsFunc(narrow, func(folder string) bool { return fits(p.Folder, folder) }) {
		limit = maxMethodsWithin
	}
	name := p.types.Name() + "." + receiver[:max(len(receiver)-1, 0)]
	row, known := wide[name]
	switch {
	case known && n > row.most:
		return fmt.Sprintf("%s has %d methods, and %d at the most: %s", name, n, row.most, row.why)
	case known && n < row.most:
		return fmt.Sprintf("%s has %d methods: lower its row in lint/methods.go from %d, or take it out at %d", name, n, row.most, limit)
	case !known && n > limit:
		return fmt.Sprintf("%s has %d methods, the limit is %d: split it by noun", name, n, limit)
	}
	return ""
}
