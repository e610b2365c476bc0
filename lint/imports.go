package lint

import (
	"go/ast"
	"go/types"
	"path"
	"slices"
	"strconv"
	"strings"
)

// A layer is a row of the table of imports: a folder, what it may import of
// this module, and of others. Names end in "/..." to mean all below as well.
type layer struct {
	folder string
	ours   []string
	theirs []string
}

const (
	protowire = "google.golang.org/protobuf/encoding/protowire"
	porcupine = "github.com/anishathalye/porcupine"
)

var (
	// simulated is what package sim stands on. It does without raft/quorum and
	// raft/confchange, for it judges: what a quorum is says checker/membership.
	simulated = []string{"internal/text", "clock", "random", "vfs", "override", "mark", "trace", "host", "raft", "raft/raftpb", "raft/tracker", "raft/wal", "replica/...", "network", "disk", "faults", "workload", "checker/..."}
	// told is all that the faces of the program may use.
	told = append([]string{"sim", "scenarios", "internal/outfile", "internal/self"}, simulated...)
)

// layers is the table of design: imports point one way. The first row that
// fits a folder holds.
var layers = []layer{
	{folder: "clock"},
	{folder: "random", ours: []string{"internal/text"}},
	{folder: "vfs"},
	{folder: "override"},
	{folder: "trace", ours: []string{"clock", "random", "network", "raft/raftpb"}},
	{folder: "mark", ours: []string{"internal/text"}},
	{folder: "host", ours: []string{"clock", "random", "vfs", "mark", "raft", "raft/raftpb", "replica/snapstream"}},
	{folder: "raft/raftpb", theirs: []string{protowire}},
	{folder: "raft/quorum"},
	{folder: "raft/wal", ours: []string{"raft", "raft/raftpb", "vfs"}, theirs: []string{protowire}},
	{folder: "raft/...", ours: []string{"raft", "raft/raftpb", "raft/quorum", "raft/tracker", "raft/confchange"}},
	{folder: "replica", ours: []string{"clock", "vfs", "override", "host", "raft", "raft/raftpb", "raft/tracker", "raft/wal", "replica/snapstream"}},
	{folder: "replica/snapstream", ours: []string{"raft/raftpb"}, theirs: []string{protowire}},
	{folder: "network", ours: []string{"clock", "random"}},
	{folder: "disk", ours: []string{"clock", "random", "vfs"}},
	{folder: "faults", ours: []string{"clock", "random", "internal/registry", "internal/text"}},
	{folder: "workload", ours: []string{"random", "internal/registry", "internal/text"}, theirs: []string{porcupine}},
	{folder: "checker", ours: []string{"checker/membership", "raft", "raft/raftpb", "clock", "internal/text"}},
	{folder: "checker/membership", ours: []string{"raft/raftpb"}},
	{folder: "checker/history", ours: []string{"checker", "clock", "random", "override", "workload", "internal/text"}, theirs: []string{porcupine}},
	{folder: "sim/internal/clients", ours: []string{"checker/history", "clock", "host", "network", "random", "workload"}},
	{folder: "sim/internal/coverage", ours: []string{"checker", "checker/membership", "clock", "faults", "host", "mark", "network", "raft", "raft/raftpb", "replica/snapstream", "trace"}},
	{folder: "sim/internal/recovery", ours: []string{"checker", "checker/membership", "clock", "network", "raft", "random", "replica"}},
	{folder: "sim", ours: append([]string{"internal/registry", "sim/internal/..."}, simulated...), theirs: []string{protowire, porcupine}},
	{folder: "sim/simtest", ours: told, theirs: []string{"pgregory.net/rapid"}},
	{folder: "scenarios", ours: append([]string{"sim"}, simulated...), theirs: []string{"github.com/goccy/go-yaml/..."}},
	{folder: "hunt", ours: told, theirs: []string{"..."}},
	{folder: "report"},
	{folder: "cli/...", ours: append([]string{"cli/...", "hunt", "report", "internal/command"}, told...), theirs: []string{"..."}},
	{folder: "cmd/...", ours: []string{"cli"}},
	{folder: "examples/...", ours: []string{"..."}, theirs: []string{"..."}},
	{folder: "internal/command", ours: []string{"internal/text"}, theirs: []string{"github.com/spf13/cobra", "github.com/spf13/pflag"}},
	{folder: "internal/outfile"},
	{folder: "internal/registry"},
	{folder: "internal/self"},
	{folder: "internal/text"},
	{folder: "lint"},
	{folder: "planted", ours: []string{"checker", "internal/outfile", "internal/text", "report"}, theirs: []string{"github.com/goccy/go-yaml/..."}},
	{folder: "planted/cmd/planted", ours: []string{"planted", "scenarios", "internal/command", "internal/text"}, theirs: []string{"github.com/spf13/cobra"}},
}

// Imports reports the imports that the table does not allow, packages that it
// does not know, and uses of Raft's verbs by what judges it.
func Imports(t *Tree) []Finding {
	var findings []Finding
	for _, p := range t.Packages {
		row := slices.IndexFunc(layers, func(l layer) bool { return fits(p.Folder, l.folder) })
		if row < 0 {
			findings = append(findings, p.at("imports", p.Files[0].Package,
				"package %s is not in the table of imports: add a row to lint/imports.go and to docs/architecture.md", p.Folder))
			continue
		}
		for _, file := range p.Files {
			findings = append(findings, p.checkImports(file, layers[row], t.module)...)
			if p.judges(file) {
				findings = append(findings, p.checkNouns(file, t.module)...)
			}
		}
	}
	sortFindings(findings)
	return findings
}

// fits tells whether a folder or import path is the pattern, or lies below one
// that ends in "/...".
func fits(name, pattern string) bool {
	if pattern == "..." {
		return true
	}
	if top, ok := strings.CutSuffix(pattern, "/..."); ok {
		return name == top || strings.HasPrefix(name, top+"/")
	}
	return name == pattern
}

func (p *Package) checkImports(file *ast.File, row layer, module string) []Finding {
	var findings []Finding
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		allowed, name := row.theirs, path
		if ours, ok := strings.CutPrefix(path, module+"/"); ok {
			allowed, name = row.ours, ours
		} else if first, _, _ := strings.Cut(path, "/"); !strings.Contains(first, ".") {
			continue // the standard library
		}
		if !slices.ContainsFunc(allowed, func(pattern string) bool { return fits(name, pattern) }) {
			findings = append(findings, p.at("imports", spec.Pos(), "%s imports %s: it may import %s", row.folder, path, row.allowance()))
		}
	}
	return findings
}

// allowance lists what a row allows, for a message.
func (l layer) allowance() string {
	all := slices.Concat(l.ours, l.theirs)
	if len(all) == 0 {
		return "the standard library only"
	}
	return strings.Join(all, ", ") + " and the standard library"
}

// judging are the files that say how bad a fault is, what must recover, and what
// excuses a host.
var judging = []string{"sim/budget.go", "sim/internal/recovery/*.go"}

// judges tells whether a file is part of the judge of a Raft.
func (p *Package) judges(file *ast.File) bool {
	return fits(p.Folder, "checker/...") || slices.ContainsFunc(judging, func(pattern string) bool {
		matches, _ := path.Match(pattern, p.file(file.Package))
		return matches
	})
}

// harmless are the methods that say what a message or an entry holds.
var harmless = []string{"String", "Unmarshal"}

// checkNouns reports functions and methods of packages raft and raftpb in the judge:
// it borrows types and constants, so that a mistake of the Raft does not move it.
func (p *Package) checkNouns(file *ast.File, module string) []Finding {
	var findings []Finding
	ast.Inspect(file, func(n ast.Node) bool {
		ident, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		f, ok := p.info.Uses[ident].(*types.Func)
		if !ok || f.Pkg() == nil || slices.Contains(harmless, f.Name()) {
			return true
		}
		if from := strings.TrimPrefix(f.Pkg().Path(), module+"/"); from == "raft" || from == "raft/raftpb" {
			findings = append(findings, p.at("imports", ident.Pos(),
				"%s calls %s.%s: the judge borrows nouns (types, constants), never verbs", p.Folder, f.Pkg().Name(), f.Name()))
		}
		return true
	})
	return findings
}
