package lint

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// A loop is the body of a range over a map, read statement by statement. What
// a turn does to variables from outside must not depend on the turns before:
//
//   - integers may be summed, or-ed, xor-ed, counted; the greatest or smallest
//     may be kept;
//   - a variable may be set to a value that is the same in each turn;
//   - the element at the loop's own key may be set or deleted, and from other
//     maps any key may be deleted;
//   - a slice may be appended to when it is sorted before its next use;
//   - the loop may end early, or return a value that is the same in each turn,
//     when nothing else shows how many turns there were.
//
// No turn may read what another may have written, or call a function of which
// the rule does not know that it only computes.
type loop struct {
	p          *Package
	stmt       *ast.RangeStmt
	subject    place // the map, as far as it is a place
	key, value types.Object
	locals     map[types.Object]bool // made anew in each turn, key and value among them
	reads      []place
	effects    []effect
	exits      []exit
	why        string // the first reason to refuse
}

// An effect is one way to write a place from outside the loop; two effects on
// one place must agree.
type effect struct {
	place place
	how   string // "sum", "set to 0", ...
	block ast.Node
}

// An exit is a break or return in the loop.
type exit struct {
	text  string
	block ast.Node
}

// orderEscapes says why the order of a range over a map can escape, or is
// empty when it cannot.
func (p *Package) orderEscapes(stmt *ast.RangeStmt) string {
	l := &loop{p: p, stmt: stmt, locals: make(map[types.Object]bool)}
	if m, ok := p.mapOf(stmt.X); ok {
		l.subject = p.placeOf(m, nil)
	}
	if stmt.Tok == token.ASSIGN {
		return "the last key or value is kept"
	}
	l.key, l.value = l.declare(stmt.Key), l.declare(stmt.Value)
	if call, ok := ast.Unparen(stmt.X).(*ast.CallExpr); ok && qualified(p.callee(call)) == "maps.Values" {
		l.key, l.value = nil, l.key
	}
	l.block(stmt.Body)
	l.settle()
	return l.why
}

func (l *loop) refuse(format string, args ...any) {
	if l.why == "" {
		l.why = fmt.Sprintf(format, args...)
	}
}

// declare makes the variable that an identifier defines a local of the turn.
func (l *loop) declare(e ast.Expr) types.Object {
	ident, ok := e.(*ast.Ident)
	if !ok {
		return nil
	}
	object := l.p.info.Defs[ident]
	if object != nil {
		l.locals[object] = true
	}
	return object
}

// settle compares all effects with each other, with the reads and the exits.
func (l *loop) settle() {
	for i, e := range l.effects {
		for _, other := range l.effects[:i] {
			if e.place.clashes(other.place) && (e.how != other.how || !e.place.same(other.place)) {
				l.refuse("it writes %s in two ways", e.place.root.Name())
			}
		}
		for _, read := range l.reads {
			if read.clashes(e.place) {
				l.refuse("a turn can read what another turn wrote to %s", e.place.root.Name())
			}
		}
		if e.how == "collected" && !l.p.sortsAfter(l.stmt, e.place) {
			l.refuse("%s is not sorted before its next use", e.place.root.Name())
		}
	}
	for _, x := range l.exits {
		if x.text != l.exits[0].text {
			l.refuse("it can end in two ways")
		}
		for _, e := range l.effects {
			if len(l.exits) > 1 || e.block != x.block || !strings.HasPrefix(e.how, "set to ") {
				l.refuse("it ends early, which shows how many turns there were")
			}
		}
	}
}

// block reads the statements of a block.
func (l *loop) block(b *ast.BlockStmt) {
	for _, s := range b.List {
		l.statement(s)
	}
}

func (l *loop) statement(s ast.Stmt) {
	switch s := s.(type) {
	case nil, *ast.EmptyStmt:
	case *ast.BlockStmt:
		l.block(s)
	case *ast.IfStmt:
		l.statement(s.Init)
		if l.isExtreme(s) {
			return
		}
		l.read(s.Cond)
		l.block(s.Body)
		l.statement(s.Else)
	case *ast.SwitchStmt:
		l.statement(s.Init)
		l.read(s.Tag)
		l.block(s.Body)
	case *ast.TypeSwitchStmt:
		l.statement(s.Init)
		l.read(switched(s))
		l.block(s.Body)
	case *ast.CaseClause:
		l.read(s.List...)
		if v := l.p.info.Implicits[s]; v != nil {
			l.locals[v] = true
		}
		for _, s := range s.Body {
			l.statement(s)
		}
	case *ast.ForStmt:
		l.statement(s.Init)
		l.read(s.Cond)
		l.block(s.Body)
		l.statement(s.Post)
	case *ast.RangeStmt:
		if s.Tok == token.ASSIGN {
			l.refuse("an inner loop keeps its last value")
		}
		l.read(s.X)
		l.declare(s.Key)
		l.declare(s.Value)
		l.block(s.Body)
	case *ast.DeclStmt:
		l.declaration(s)
	case *ast.AssignStmt:
		l.assign(s)
	case *ast.IncDecStmt:
		l.accumulate(s.X, "sum", s)
	case *ast.ExprStmt:
		l.expression(s)
	case *ast.BranchStmt:
		l.branch(s)
	case *ast.ReturnStmt:
		l.exit(s, s.Results)
	default:
		l.refuse("line %d does more than compute", l.p.fset.Position(s.Pos()).Line)
	}
}

// switched is the expression whose type a switch asks for.
func switched(s *ast.TypeSwitchStmt) ast.Expr {
	switch assign := s.Assign.(type) {
	case *ast.AssignStmt:
		return assign.Rhs[0]
	case *ast.ExprStmt:
		return assign.X
	}
	return nil
}

func (l *loop) declaration(s *ast.DeclStmt) {
	decl, ok := s.Decl.(*ast.GenDecl)
	if !ok {
		return
	}
	for _, spec := range decl.Specs {
		if spec, ok := spec.(*ast.ValueSpec); ok {
			l.read(spec.Values...)
			for _, name := range spec.Names {
				l.declare(name)
			}
		}
	}
}

// branch reads a continue, which is harmless, or a break, which may end the
// loop.
func (l *loop) branch(s *ast.BranchStmt) {
	switch {
	case s.Label != nil || s.Tok == token.GOTO:
		l.refuse("it jumps to a label")
	case s.Tok == token.BREAK && l.breaks(s):
		l.exit(s, nil)
	}
}

// breaks tells whether a break leaves the loop itself and not a statement
// inside it.
func (l *loop) breaks(s ast.Node) bool {
	for n := l.p.parents[s]; n != nil; n = l.p.parents[n] {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt:
			return n == ast.Node(l.stmt)
		}
	}
	return false
}

func (l *loop) exit(s ast.Stmt, results []ast.Expr) {
	text := "break"
	for _, result := range results {
		l.read(result)
		if !l.isInvariant(result) {
			l.refuse("it returns one of the keys or values")
		}
		text += " " + types.ExprString(result)
	}
	l.exits = append(l.exits, exit{text: text, block: l.p.parents[s]})
}

// expression reads a call that stands alone: delete, or a sort.
func (l *loop) expression(s *ast.ExprStmt) {
	call, ok := stmtCall(s)
	switch {
	case !ok:
		l.read(s.X)
	case l.p.isBuiltin(call, "delete"):
		l.remove(call, s)
	case qualified(l.p.callee(call)) == "slices.Sort" && l.isLocal(call.Args[0]):
		l.read(call.Args[0])
	case qualified(l.p.callee(call)) == "slices.Sort":
		l.write(call.Args[0], "sorted", s)
	default:
		l.refuse("%s may do more than compute", types.ExprString(call.Fun))
	}
}

func (l *loop) remove(call *ast.CallExpr, s ast.Stmt) {
	l.read(call.Args[1])
	target := l.p.placeOf(call.Args[0], l.key)
	ident, ok := ast.Unparen(call.Args[1]).(*ast.Ident)
	switch {
	case ok && l.key != nil && l.p.info.ObjectOf(ident) == l.key:
		target = target.part("[key]")
	case target.same(l.subject):
		l.refuse("deleting another key decides whether its turn comes")
	default:
		target = target.part("[]")
	}
	l.effect(target, "deleted", s)
}
