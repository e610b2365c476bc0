package lint

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// checkMapOrder finds ranges over maps whose order can escape, and iterators
// over maps that are neither sorted at once nor gathered into another map.
//
// It is a sufficient condition: a body passes when each of its statements is
// known to give the same result in any order (see [loop]); anything else needs
// sorted keys or a justification.
func checkMapOrder(p *Package, file *ast.File) []Finding {
	var findings []Finding
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.RangeStmt:
			m, ok := p.mapOf(n.X)
			if !ok || p.excused(orderDoesNotEscape, n) {
				break
			}
			if why := p.orderEscapes(n); why != "" {
				findings = append(findings, p.at("map order", n.Pos(),
					"range over map %s: %s: range over slices.Sorted(maps.Keys(m)), or say \"// %s: why\"",
					types.ExprString(m), why, orderDoesNotEscape))
			}
		case *ast.CallExpr:
			if p.isMapIterator(n) && !p.isTamed(n) && !p.excused(orderDoesNotEscape, n) {
				findings = append(findings, p.at("map order", n.Pos(),
					"%s gives a random order: wrap it in slices.Sorted, or say \"// %s: why\"",
					qualified(p.callee(n)), orderDoesNotEscape))
			}
		}
		return true
	})
	return findings
}

// mapOf is the map that a range statement goes through: x itself, or the
// argument of maps.Keys, maps.Values or maps.All.
func (p *Package) mapOf(x ast.Expr) (ast.Expr, bool) {
	if call, ok := ast.Unparen(x).(*ast.CallExpr); ok && p.isMapIterator(call) {
		return call.Args[0], true
	}
	t := p.typeOf(x)
	if t == nil {
		return nil, false
	}
	_, ok := t.Underlying().(*types.Map)
	return x, ok
}

func (p *Package) isMapIterator(call *ast.CallExpr) bool {
	switch qualified(p.callee(call)) {
	case "maps.Keys", "maps.Values", "maps.All":
		return len(call.Args) == 1
	}
	return false
}

// isTamed tells whether an iterator over a map is sorted or gathered where it
// stands. A range over it is judged as a range. SortedFunc is not enough: a
// comparison that ties lets the order through.
func (p *Package) isTamed(iterator *ast.CallExpr) bool {
	switch parent := p.parents[iterator].(type) {
	case *ast.RangeStmt:
		return parent.X == iterator
	case *ast.CallExpr:
		switch qualified(p.callee(parent)) {
		case "slices.Sorted", "maps.Collect":
			return true
		}
	}
	return false
}

// sortsAfter tells whether, after the loop, the slice at path is sorted before
// anything else uses it.
func (p *Package) sortsAfter(loop ast.Stmt, slice place) bool {
	for n := ast.Node(loop); n != nil; n = p.parents[n] {
		var following []ast.Stmt
		switch parent := p.parents[n].(type) {
		case *ast.BlockStmt:
			following = after(parent.List, n)
		case *ast.CaseClause:
			following = after(parent.Body, n)
		case *ast.ForStmt, *ast.RangeStmt:
			if n != ast.Node(loop) && p.mentions(parent, slice.root, loop) {
				return false
			}
		case *ast.FuncDecl, *ast.FuncLit, nil:
			return false
		}
		for _, stmt := range following {
			if p.mentions(stmt, slice.root, nil) {
				return p.sorts(stmt, slice)
			}
		}
	}
	return false
}

// after are the statements of list that follow the one at n.
func after(list []ast.Stmt, n ast.Node) []ast.Stmt {
	for i, stmt := range list {
		if ast.Node(stmt) == n {
			return list[i+1:]
		}
	}
	return nil
}

// mentions tells whether v occurs below n, outside the node except.
func (p *Package) mentions(n ast.Node, v types.Object, except ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if ident, ok := n.(*ast.Ident); ok && p.info.ObjectOf(ident) == v {
			found = true
		}
		return n == nil || n != except
	})
	return found
}

// sorts tells whether stmt puts the slice into an order that does not depend
// on the order it had: equal elements are then alike.
func (p *Package) sorts(stmt ast.Stmt, slice place) bool {
	call, ok := stmtCall(stmt)
	if !ok || len(call.Args) != 1 {
		return false
	}
	switch qualified(p.callee(call)) {
	case "slices.Sort", "sort.Strings", "sort.Ints":
		return p.placeOf(call.Args[0], nil).same(slice)
	}
	return false
}

func stmtCall(stmt ast.Stmt) (*ast.CallExpr, bool) {
	expr, ok := stmt.(*ast.ExprStmt)
	if !ok {
		return nil, false
	}
	call, ok := ast.Unparen(expr.X).(*ast.CallExpr)
	return call, ok
}

// A place is a variable or a part of one: a root and the way from it. A part
// of a map or slice is "[key]" when the index is the key of the loop, so that
// each turn has its own, and "[]" otherwise.
type place struct {
	root types.Object
	path []string
}

func (a place) same(b place) bool {
	return a.root != nil && a.root == b.root && strings.Join(a.path, ".") == strings.Join(b.path, ".")
}

// clashes tells whether a read of a may see a write of b by another turn of
// the loop.
func (a place) clashes(b place) bool {
	if a.root != b.root {
		return false
	}
	for i := range min(len(a.path), len(b.path)) {
		x, y := a.path[i], b.path[i]
		if x == "[key]" && y == "[key]" {
			return false
		}
		index := strings.HasPrefix(x, "[") && strings.HasPrefix(y, "[")
		if x != y && !index {
			return false
		}
	}
	return true
}

// placeOf reads x.f[i].g as a place; its root is nil when it is none. The key
// may be nil.
func (p *Package) placeOf(e ast.Expr, key types.Object) place {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := p.info.ObjectOf(e).(*types.Var); ok {
			return place{root: v}
		}
	case *ast.SelectorExpr:
		if v, ok := p.info.Uses[e.Sel].(*types.Var); ok {
			if !v.IsField() {
				return place{root: v}
			}
			return p.placeOf(e.X, key).part(e.Sel.Name)
		}
	case *ast.IndexExpr:
		if ident, ok := ast.Unparen(e.Index).(*ast.Ident); ok && key != nil && p.info.ObjectOf(ident) == key {
			return p.placeOf(e.X, key).part("[key]")
		}
		return p.placeOf(e.X, key).part("[]")
	case *ast.StarExpr:
		return p.placeOf(e.X, key)
	}
	return place{}
}

func (a place) part(name string) place {
	return place{root: a.root, path: append(a.path[:len(a.path):len(a.path)], name)}
}

// isAssignment tells whether tok writes without reading first.
func isAssignment(tok token.Token) bool {
	return tok == token.ASSIGN || tok == token.DEFINE
}
