package lint

import (
	"go/ast"
	"go/token"
	"go/types"
)

// checkGlobals finds functions that write package variables. An init function
// may: it has run before any simulation begins.
func checkGlobals(p *Package, file *ast.File) []Finding {
	var findings []Finding
	report := func(n ast.Node, target ast.Expr) {
		root := p.root(target)
		if root == nil || !p.isGlobal(root) || p.isInit(n) || p.excused(writtenBeforeRuns, n) {
			return
		}
		findings = append(findings, p.at("global state", target.Pos(),
			"package variable %s is written: simulations side by side share it: make it a field, or say \"// %s: why\"",
			root.Name(), writtenBeforeRuns))
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				for _, target := range n.Lhs {
					report(n, target)
				}
			}
		case *ast.IncDecStmt:
			report(n, n.X)
		case *ast.RangeStmt:
			if n.Tok == token.ASSIGN {
				report(n, n.Key)
				if n.Value != nil {
					report(n, n.Value)
				}
			}
		case *ast.CallExpr:
			if p.isBuiltin(n, "delete") || p.isBuiltin(n, "clear") || p.isBuiltin(n, "copy") {
				report(n, n.Args[0])
			}
		}
		return true
	})
	return findings
}

// root is the variable at the left end of x.f[i].g, or nil.
func (p *Package) root(e ast.Expr) types.Object {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			if v, ok := p.info.ObjectOf(x).(*types.Var); ok {
				return v
			}
			return nil
		case *ast.SelectorExpr:
			if v, ok := p.info.Uses[x.Sel].(*types.Var); ok && !v.IsField() {
				return v // a variable of another package
			}
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.SliceExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		default:
			return nil
		}
	}
}

// isGlobal tells whether v is declared outside all functions.
func (p *Package) isGlobal(v types.Object) bool {
	return v.Pkg() != nil && v.Parent() == v.Pkg().Scope()
}

func (p *Package) isInit(n ast.Node) bool {
	f := p.function(n)
	return f != nil && f.Recv == nil && f.Name.Name == "init"
}
