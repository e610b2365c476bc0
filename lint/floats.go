package lint

import (
	"go/ast"
	"go/token"
	"go/types"
)

const integersInstead = "count in integers (random.Ratio, random.Distribution, time.Duration), or say \"// " + forDisplayOnly + ": why\""

// checkFloats finds floating-point arithmetic, comparisons and conversions to
// integers. Constants are exact, so they pass. A display or report function
// says so with a justification.
func checkFloats(p *Package, file *ast.File) []Finding {
	var findings []Finding
	report := func(n ast.Node, pos token.Pos, what string) {
		if !p.excused(forDisplayOnly, n) && !p.excusedFunction(forDisplayOnly, n) {
			findings = append(findings, p.at("floating point", pos, "%s: %s", what, integersInstead))
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if !p.isConstant(n) && isFloat(p.typeOf(n.X)) {
				report(n, n.OpPos, "floating-point "+n.Op.String())
			}
		case *ast.AssignStmt:
			if n.Tok != token.ASSIGN && n.Tok != token.DEFINE && isFloat(p.typeOf(n.Lhs[0])) {
				report(n, n.TokPos, "floating-point "+n.Tok.String())
			}
		case *ast.IncDecStmt:
			if isFloat(p.typeOf(n.X)) {
				report(n, n.TokPos, "floating-point "+n.Tok.String())
			}
		case *ast.CallExpr:
			if p.truncates(n) {
				report(n, n.Pos(), "floating point made an integer")
			}
			f, ok := p.callee(n).(*types.Func)
			if ok && f.Pkg() != nil && (f.Pkg().Path() == "math" || f.Pkg().Path() == "math/cmplx") {
				report(n, n.Pos(), qualified(f))
			}
		}
		return true
	})
	return findings
}

// truncates tells whether a call converts a float that is no constant to an
// integer.
func (p *Package) truncates(call *ast.CallExpr) bool {
	if len(call.Args) != 1 || p.isConstant(call) || !p.info.Types[call.Fun].IsType() {
		return false
	}
	return isFloat(p.typeOf(call.Args[0])) && isInteger(p.typeOf(call))
}

func (p *Package) isConstant(e ast.Expr) bool {
	return p.info.Types[e].Value != nil
}

func isFloat(t types.Type) bool {
	return hasInfo(t, types.IsFloat|types.IsComplex)
}

func isInteger(t types.Type) bool {
	return hasInfo(t, types.IsInteger)
}

func hasInfo(t types.Type, info types.BasicInfo) bool {
	if t == nil {
		return false
	}
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Info()&info != 0
}
