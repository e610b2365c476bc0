// Package lint holds the rules that keep raftsim deterministic and readable,
// as an analyzer over go/ast and go/types, and the tests that apply them to
// the whole tree. Nothing imports it; `go test ./lint` runs it.
//
// There are four groups of rules:
//
//   - [Determinism] looks at the deterministic packages: no wall clock, no
//     goroutine, no global randomness, no map order that escapes, no floating
//     point that decides, nothing read from the machine.
//   - [Imports] holds the table of who may import whom.
//   - [Shape] bounds files and functions and asks for doc comments.
//   - [Vocabulary] lists words that texts must not use; docs/architecture.md has
//     the terms that they use.
//
// Each finding says what to write instead. Each rule is shown by a planted
// file in testdata.
package lint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// A Tree is a module on disk: its packages without their tests, parsed and
// type-checked.
type Tree struct {
	// Root is the folder of go.mod.
	Root string
	// Packages are sorted by folder.
	Packages []*Package

	module string
	fset   *token.FileSet
	// export maps an import path to its file of compiled types.
	export map[string]string
}

// A Package is one folder of non-test Go files.
type Package struct {
	// Folder is relative to the root, with slashes; "." is the root itself.
	Folder string
	Files  []*ast.File
	// Ignored are the files that a build constraint leaves out here.
	Ignored []string

	fset    *token.FileSet
	types   *types.Package
	info    *types.Info
	parents map[ast.Node]ast.Node
	notes   []*note
}

// Load reads the packages of the module at root. Dependencies come from the
// go command's build cache, so nothing but the module itself is checked from
// source. Packages named by also, such as those that only planted files
// import, can be imported as well.
//
// A package that does not compile is an error: rules about types would see
// only half of it.
func Load(root string, also ...string) (*Tree, error) {
	listed, err := list(root, also)
	if err != nil {
		return nil, err
	}
	t := &Tree{Root: root, fset: token.NewFileSet(), export: make(map[string]string)}
	for _, l := range listed {
		if l.Export != "" {
			t.export[l.ImportPath] = l.Export
		}
		if l.Module != nil && l.Module.Main {
			t.module = l.Module.Path
		}
	}
	var failures []error
	for _, l := range listed {
		if l.Module == nil || !l.Module.Main {
			continue
		}
		p, err := t.check(l.Dir, l.ImportPath, l.GoFiles)
		if err != nil {
			failures = append(failures, err)
			continue
		}
		p.Ignored = l.IgnoredGoFiles
		t.Packages = append(t.Packages, p)
	}
	return t, errors.Join(failures...)
}

// Folder type-checks one folder that the go command does not list, such as a
// planted one, as if it were a package of the module.
func (t *Tree) Folder(dir string) (*Package, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	names := make([]string, len(paths))
	for i, path := range paths {
		names[i] = filepath.Base(path)
	}
	return t.check(dir, t.module+"/"+filepath.Base(dir), names)
}

// listedPackage is what the go command says about a package.
type listedPackage struct {
	ImportPath     string
	Dir            string
	Export         string
	GoFiles        []string
	IgnoredGoFiles []string
	Module         *struct {
		Path string
		Main bool
	}
}

// list asks the go command for the module's packages and all that they
// import, in an order in which a package follows its imports.
func list(root string, also []string) ([]listedPackage, error) {
	arguments := []string{"list", "-e", "-export", "-deps",
		"-json=ImportPath,Dir,Export,GoFiles,IgnoredGoFiles,Module", "./..."}
	cmd := exec.Command("go", append(arguments, also...)...)
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("lint: go list in %s: %w\n%s", root, err, stderr.Bytes())
	}
	var all []listedPackage
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var l listedPackage
		switch err := decoder.Decode(&l); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, fmt.Errorf("lint: output of go list: %w", err)
		}
		all = append(all, l)
	}
}

// check parses and type-checks the named files of one folder.
func (t *Tree) check(dir, path string, names []string) (*Package, error) {
	folder, err := filepath.Rel(t.Root, dir)
	if err != nil {
		return nil, err
	}
	p := &Package{Folder: filepath.ToSlash(folder), fset: t.fset, parents: make(map[ast.Node]ast.Node)}
	for _, name := range names {
		file, err := parser.ParseFile(t.fset, filepath.Join(dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("lint: %w", err)
		}
		p.Files = append(p.Files, file)
	}
	p.info = &types.Info{
		Types:      make(map[ast.Expr]types.TypeAndValue),
		Defs:       make(map[*ast.Ident]types.Object),
		Uses:       make(map[*ast.Ident]types.Object),
		Implicits:  make(map[ast.Node]types.Object),
		Selections: make(map[*ast.SelectorExpr]*types.Selection),
	}
	config := types.Config{
		Importer: importer.ForCompiler(t.fset, "gc", t.open),
		Sizes:    types.SizesFor("gc", runtime.GOARCH), // that of the go command as well
	}
	if p.types, err = config.Check(path, t.fset, p.Files, p.info); err != nil {
		return nil, fmt.Errorf("lint: %s does not compile: %w", p.Folder, err)
	}
	for _, file := range p.Files {
		p.link(file)
		p.notes = append(p.notes, notesOf(t.fset, file)...)
	}
	return p, nil
}

// open finds the compiled types of an import.
func (t *Tree) open(path string) (io.ReadCloser, error) {
	file, ok := t.export[path]
	if !ok {
		return nil, fmt.Errorf("no compiled types of %q: does it compile?", path)
	}
	return os.Open(file)
}

// link records the parent of every node below file.
func (p *Package) link(file *ast.File) {
	var stack []ast.Node
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		if len(stack) > 0 {
			p.parents[n] = stack[len(stack)-1]
		}
		stack = append(stack, n)
		return true
	})
}

// function is the declared function around n, or nil.
func (p *Package) function(n ast.Node) *ast.FuncDecl {
	for ; n != nil; n = p.parents[n] {
		if f, ok := n.(*ast.FuncDecl); ok {
			return f
		}
	}
	return nil
}

// file is the path of the file around pos, relative to the module's root.
func (p *Package) file(pos token.Pos) string {
	name := filepath.Base(p.fset.Position(pos).Filename)
	return strings.TrimPrefix(p.Folder+"/"+name, "./")
}
