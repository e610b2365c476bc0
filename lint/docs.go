package lint

import (
	"go/ast"
	"go/token"
)

// Docs reports exported names without a doc comment in the packages below the
// given folders: types, functions, methods, constants and variables. One
// comment over a group, or one at the end of a line, will do for constants and
// variables, and that of an interface speaks for its methods.
func Docs(t *Tree, folders ...string) []Finding {
	var findings []Finding
	for _, p := range t.Packages {
		if p.types.Name() == "main" || !within(p.Folder, folders) {
			continue
		}
		documented := false
		for _, file := range p.Files {
			documented = documented || file.Doc != nil
			for _, decl := range file.Decls {
				findings = append(findings, p.undocumented(decl)...)
			}
		}
		if !documented {
			findings = append(findings, p.at("docs", p.Files[0].Package, "package %s has no package comment", p.Folder))
		}
	}
	sortFindings(findings)
	return findings
}

func (p *Package) undocumented(decl ast.Decl) []Finding {
	var findings []Finding
	report := func(name *ast.Ident, of string) {
		if name.IsExported() {
			findings = append(findings, p.at("docs", name.Pos(), "%s has no doc comment: say what its signature cannot", of+name.Name))
		}
	}
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		receiver, exported := receiverOf(decl)
		if decl.Doc == nil && exported {
			report(decl.Name, receiver)
		}
	case *ast.GenDecl:
		for _, spec := range decl.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if spec.Doc == nil && (decl.Doc == nil || decl.Lparen.IsValid()) {
					report(spec.Name, "")
				}
			case *ast.ValueSpec:
				if decl.Doc == nil && spec.Doc == nil && spec.Comment == nil {
					for _, name := range spec.Names {
						report(name, "")
					}
				}
			}
		}
	}
	return findings
}

// receiverOf is the type of a method's receiver with a dot, and whether users
// can see it. A function has none and is seen.
func receiverOf(f *ast.FuncDecl) (string, bool) {
	if f.Recv == nil {
		return "", true
	}
	t := f.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.Name + ".", x.IsExported()
		default:
			return "", token.IsExported(f.Name.Name)
		}
	}
}
