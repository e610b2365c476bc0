package lint

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// assign reads an assignment of the loop's body.
func (l *loop) assign(s *ast.AssignStmt) {
	if !isAssignment(s.Tok) {
		l.read(s.Rhs...)
		switch s.Tok {
		case token.ADD_ASSIGN, token.SUB_ASSIGN:
			l.accumulate(s.Lhs[0], "sum", s)
		case token.MUL_ASSIGN, token.OR_ASSIGN, token.AND_ASSIGN, token.XOR_ASSIGN, token.AND_NOT_ASSIGN:
			l.accumulate(s.Lhs[0], s.Tok.String(), s)
		default:
			l.accumulate(s.Lhs[0], "", s)
		}
		return
	}
	if len(s.Lhs) != len(s.Rhs) { // x, ok := m[k] and its kin
		l.read(s.Rhs...)
		for _, target := range s.Lhs {
			if l.declare(target) == nil && !l.isLocal(target) {
				l.refuse("%s keeps a value of one turn", types.ExprString(target))
			}
		}
		return
	}
	for i, target := range s.Lhs {
		if s.Tok == token.DEFINE && l.declare(target) != nil {
			l.read(s.Rhs[i])
			continue
		}
		l.store(target, s.Rhs[i], s)
	}
}

// store reads target = value.
func (l *loop) store(target, value ast.Expr, s ast.Stmt) {
	if l.isLocal(target) {
		l.readIndexes(target)
		l.read(value)
		return
	}
	if call, ok := ast.Unparen(value).(*ast.CallExpr); ok && len(call.Args) > 0 {
		own := l.p.placeOf(target, l.key).same(l.p.placeOf(call.Args[0], l.key))
		switch {
		case own && l.p.isBuiltin(call, "append") && !call.Ellipsis.IsValid():
			l.read(call.Args[1:]...)
			l.write(target, "collected", s)
			return
		case own && (l.p.isBuiltin(call, "max") || l.p.isBuiltin(call, "min")) && !isFloat(l.p.typeOf(target)):
			l.read(call.Args[1:]...)
			l.write(target, types.ExprString(call.Fun), s)
			return
		}
	}
	l.read(value)
	place := l.p.placeOf(target, l.key)
	switch {
	case slices.Contains(place.path, "[key]"):
		l.write(target, "set at its key", s)
	case l.isInvariant(value):
		if place.same(l.subject.part("[]")) {
			l.refuse("a new key may or may not have a turn")
		}
		l.write(target, "set to "+types.ExprString(value), s)
	case place.root != nil && place.root == l.value && len(place.path) > 0 && !l.uses(value, l.key):
		l.write(target, "set within its value", s)
	default:
		l.refuse("%s keeps the value of the last turn", types.ExprString(target))
	}
}

// accumulate reads x += y and the like. Only integers give the same sum in any
// order; how is empty for an operation that does not commute with itself.
func (l *loop) accumulate(target ast.Expr, how string, s ast.Stmt) {
	if l.isLocal(target) {
		l.readIndexes(target)
		return
	}
	if how == "" || !isInteger(l.p.typeOf(target)) {
		l.refuse("%s depends on the order of its operands", types.ExprString(target))
	}
	l.write(target, how, s)
}

// isExtreme reads `if x > best { best = x }`, which keeps the greatest.
func (l *loop) isExtreme(s *ast.IfStmt) bool {
	cond, ok := ast.Unparen(s.Cond).(*ast.BinaryExpr)
	if !ok || s.Else != nil || len(s.Body.List) != 1 || isFloat(l.p.typeOf(cond.X)) {
		return false
	}
	set, ok := s.Body.List[0].(*ast.AssignStmt)
	if !ok || set.Tok != token.ASSIGN || len(set.Lhs) != 1 || len(set.Rhs) != 1 || l.isLocal(set.Lhs[0]) {
		return false
	}
	greater := cond.Op == token.GTR || cond.Op == token.GEQ
	if !greater && cond.Op != token.LSS && cond.Op != token.LEQ {
		return false
	}
	x, y := types.ExprString(cond.X), types.ExprString(cond.Y)
	best, candidate := types.ExprString(set.Lhs[0]), types.ExprString(set.Rhs[0])
	switch {
	case candidate == x && best == y:
	case candidate == y && best == x:
		greater = !greater
	default:
		return false
	}
	l.read(set.Rhs[0])
	how := "min"
	if greater {
		how = "max"
	}
	l.write(set.Lhs[0], how, s)
	return true
}

// write records an effect on a place from outside.
func (l *loop) write(target ast.Expr, how string, s ast.Stmt) {
	if ident, ok := target.(*ast.Ident); ok && ident.Name == "_" {
		return
	}
	l.readIndexes(target)
	l.effect(l.p.placeOf(target, l.key), how, s)
}

func (l *loop) effect(target place, how string, s ast.Stmt) {
	switch {
	case target.root == nil:
		l.refuse("it writes to something that is no variable")
		return
	case target.root == l.key && len(target.path) == 0:
		l.refuse("it changes the key")
	}
	l.effects = append(l.effects, effect{place: target, how: how, block: l.p.parents[s]})
}

// isLocal tells whether a target belongs to one turn alone: a variable made in
// it, or a part of one that is reached without a pointer, map or slice.
func (l *loop) isLocal(target ast.Expr) bool {
	for {
		switch e := ast.Unparen(target).(type) {
		case *ast.Ident:
			object := l.p.info.ObjectOf(e)
			return e.Name == "_" || l.locals[object] && object != l.key
		case *ast.SelectorExpr:
			if _, ok := l.p.typeOf(e.X).Underlying().(*types.Struct); !ok {
				return false
			}
			target = e.X
		case *ast.IndexExpr:
			if _, ok := l.p.typeOf(e.X).Underlying().(*types.Array); !ok {
				return false
			}
			target = e.X
		default:
			return false
		}
	}
}

// isInvariant tells whether e is the same in each turn: it names nothing that
// a turn makes. What a turn may change is found by comparing reads.
func (l *loop) isInvariant(e ast.Expr) bool {
	invariant := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			invariant = invariant && !l.locals[l.p.info.ObjectOf(n)]
		case *ast.FuncLit:
			invariant = false
		}
		return invariant
	})
	return invariant
}

func (l *loop) uses(e ast.Expr, v types.Object) bool {
	return v != nil && l.p.mentions(e, v, nil)
}

// readIndexes reads the indexes within a target.
func (l *loop) readIndexes(target ast.Expr) {
	for {
		switch e := ast.Unparen(target).(type) {
		case *ast.IndexExpr:
			l.read(e.Index)
			target = e.X
		case *ast.SelectorExpr:
			target = e.X
		case *ast.StarExpr:
			target = e.X
		default:
			return
		}
	}
}

// read records what expressions read, and refuses those that may do more than
// compute.
func (l *loop) read(expressions ...ast.Expr) {
	for _, e := range expressions {
		if e == nil {
			continue
		}
		ast.Inspect(e, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				l.refuse("a function literal may do more than compute")
				return false
			case *ast.UnaryExpr:
				if n.Op == token.ARROW {
					l.refuse("it waits for a channel")
				}
			case *ast.CallExpr:
				if !l.computes(n) {
					l.refuse("%s may do more than compute", types.ExprString(n.Fun))
				}
			case ast.Expr:
				if place := l.p.placeOf(n, l.key); place.root != nil {
					if place.root != l.value {
						l.reads = append(l.reads, place)
					}
					l.readIndexes(n)
					return false
				}
			}
			return true
		})
	}
}

// computes tells whether a call only computes a value: a conversion, a builtin
// without effect, or a function of the standard library known for it.
func (l *loop) computes(call *ast.CallExpr) bool {
	if l.p.info.Types[call.Fun].IsType() {
		return true
	}
	switch f := l.p.callee(call).(type) {
	case *types.Builtin:
		if f.Name() == "append" { // of a slice from outside, it may write behind its end
			return l.isInvariant(call.Args[0]) == (l.p.placeOf(call.Args[0], nil).root == nil)
		}
		return slices.Contains([]string{"cap", "len", "make", "max", "min", "new"}, f.Name())
	case *types.Func:
		if f.Pkg() == nil || f.Signature().Recv() != nil {
			return false
		}
		switch path := f.Pkg().Path(); path {
		case "strings", "strconv", "cmp", "math/bits", "unicode", "unicode/utf8":
			return true
		case "bytes", "slices":
			return slices.Contains([]string{"BinarySearch", "Clone", "Compare", "Contains", "Equal", "HasPrefix", "HasSuffix", "Index", "Max", "Min", "Sorted"}, f.Name())
		case "maps":
			return slices.Contains([]string{"All", "Clone", "Collect", "Equal", "Keys", "Values"}, f.Name())
		case "fmt":
			return strings.HasPrefix(f.Name(), "Sprint") || f.Name() == "Errorf"
		}
	}
	return false
}
