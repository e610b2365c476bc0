package lint

import (
	"go/ast"
	"go/token"
	"go/types"
)

const oneThread = "one simulation is one thread: make it an event of clock.Queue"

// checkConcurrency finds goroutines and everything done with channels.
func checkConcurrency(p *Package, file *ast.File) []Finding {
	var findings []Finding
	report := func(n ast.Node, what, instead string) {
		findings = append(findings, p.at("concurrency", n.Pos(), "%s: %s", what, instead))
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			report(n, "go statement", oneThread)
		case *ast.SelectStmt:
			report(n, "select", oneThread)
		case *ast.SendStmt:
			report(n, "channel send", "call the receiver, or "+oneThread)
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				report(n, "channel receive", "call the sender, or "+oneThread)
			}
		case *ast.RangeStmt:
			if isChannel(p.typeOf(n.X)) {
				report(n, "range over a channel", "range over a slice, or "+oneThread)
			}
		case *ast.CallExpr:
			switch {
			case p.isBuiltin(n, "close"):
				report(n, "close of a channel", oneThread)
			case p.isBuiltin(n, "make") && isChannel(p.typeOf(n)):
				report(n, "make of a channel", "keep a slice or a clock.Queue")
			}
		}
		return true
	})
	return append(findings, p.banned(file, "concurrency", concurrencyNames, concurrencyImports)...)
}

var concurrencyNames = map[string]string{
	"context.AfterFunc": oneThread,
	"iter.Pull":         "it runs a coroutine: write a plain loop",
	"iter.Pull2":        "it runs a coroutine: write a plain loop",
	"sync.Cond":         oneThread,
	"sync.Map":          "keep a plain map and sorted keys",
	"sync.NewCond":      oneThread,
	"sync.Pool":         "the collector decides what it holds: keep a free list",
	"sync.WaitGroup":    oneThread,
}

var concurrencyImports = map[string]string{
	"sync/atomic":                "nothing is shared between simulations: use a plain variable, or a sync.Mutex where servers share it",
	"golang.org/x/sync/errgroup": oneThread,
}

func isChannel(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Chan)
	return ok
}

// typeOf is the type of an expression, or nil.
func (p *Package) typeOf(e ast.Expr) types.Type {
	return p.info.TypeOf(e)
}

// isBuiltin tells whether a call is one of the builtin function of that name.
func (p *Package) isBuiltin(call *ast.CallExpr, name string) bool {
	builtin, ok := p.callee(call).(*types.Builtin)
	return ok && builtin.Name() == name
}

// callee is the function or method that a call names, or nil when it calls a
// value or is a conversion.
func (p *Package) callee(call *ast.CallExpr) types.Object {
	fun := ast.Unparen(call.Fun)
	switch index := fun.(type) {
	case *ast.IndexExpr:
		fun = index.X
	case *ast.IndexListExpr:
		fun = index.X
	}
	var object types.Object
	switch fun := fun.(type) {
	case *ast.Ident:
		object = p.info.Uses[fun]
	case *ast.SelectorExpr:
		object = p.info.Uses[fun.Sel]
	}
	switch object.(type) {
	case *types.Func, *types.Builtin:
		return object
	}
	return nil
}

// qualified is the name of a package-level object with its import path, such
// as "math/bits.Len64", or of a method, such as "reflect.Value.Pointer".
func qualified(object types.Object) string {
	if object == nil || object.Pkg() == nil {
		return ""
	}
	name := object.Name()
	if f, ok := object.(*types.Func); ok {
		if receiver := f.Signature().Recv(); receiver != nil {
			t := receiver.Type()
			if pointer, ok := t.(*types.Pointer); ok {
				t = pointer.Elem()
			}
			named, ok := t.(*types.Named)
			if !ok {
				return ""
			}
			return object.Pkg().Path() + "." + named.Obj().Name() + "." + name
		}
	}
	if object.Parent() != object.Pkg().Scope() {
		return ""
	}
	return object.Pkg().Path() + "." + name
}
