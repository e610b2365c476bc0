package lint

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const (
	// maxFileLines bounds every file of Go that a person writes.
	maxFileLines = 500
	// maxFunctionLines bounds every function outside tests, from its first
	// line to its last.
	maxFunctionLines = 100
)

// Shape reports files and functions that are too long anywhere below root,
// nested modules and tests included, but generated files not.
func Shape(root string) ([]Finding, error) {
	var findings []Finding
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != root && strings.HasPrefix(entry.Name(), ".") {
			return filepath.SkipDir
		}
		if entry.IsDir() || filepath.Ext(path) != ".go" {
			return nil
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		found, err := shapeOf(path, filepath.ToSlash(name))
		findings = append(findings, found...)
		return err
	})
	sortFindings(findings)
	return findings, err
}

// shapeOf measures one file; name is its path in findings.
func shapeOf(path, name string) ([]Finding, error) {
	source, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	if ast.IsGenerated(file) {
		return nil, nil
	}
	p := &Package{Folder: filepath.ToSlash(filepath.Dir(name)), fset: fset}
	var findings []Finding
	if lines := bytes.Count(source, []byte("\n")); lines > maxFileLines {
		findings = append(findings, p.at("shape", file.Package, "the file has %d lines, the limit is %d: split it by noun", lines, maxFileLines))
	}
	if strings.HasSuffix(name, "_test.go") {
		return findings, nil
	}
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		lines := fset.Position(f.End()).Line - fset.Position(f.Pos()).Line + 1
		if lines > maxFunctionLines {
			findings = append(findings, p.at("shape", f.Pos(), "function %s has %d lines, the limit is %d: keep the branching here and move the leaves out", f.Name.Name, lines, maxFunctionLines))
		}
	}
	return findings, nil
}
