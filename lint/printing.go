package lint

import (
	"go/ast"
	"go/constant"
	"go/types"
	"strings"
)

// checkPrinting finds the verb %p, and values given to package fmt that print
// as addresses.
func checkPrinting(p *Package, file *ast.File) []Finding {
	var findings []Finding
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			value := p.info.Types[n].Value
			if value != nil && value.Kind() == constant.String && hasVerb(constant.StringVal(value), 'p') {
				findings = append(findings, p.at("printing", n.Pos(), "%%p prints an address: print an id, such as n1"))
			}
		case *ast.CallExpr:
			for _, arg := range p.printed(n) {
				if what := address(p.typeOf(arg), 0, true, nil); what != "" {
					findings = append(findings, p.at("printing", arg.Pos(),
						"%s prints as an address: give its type a String method, or print its fields", what))
				}
			}
		}
		return true
	})
	return findings
}

// printed are the operands of a call of package fmt. The first argument is
// left out when it is a writer; a format is harmless, being a string.
func (p *Package) printed(call *ast.CallExpr) []ast.Expr {
	f, ok := p.callee(call).(*types.Func)
	if !ok || f.Pkg() == nil || f.Pkg().Path() != "fmt" || f.Signature().Recv() != nil || !f.Signature().Variadic() {
		return nil
	}
	if call.Ellipsis.IsValid() || strings.Contains(f.Name(), "can") { // Sscan and its kin write to addresses
		return nil
	}
	return call.Args[min(f.Signature().Params().Len()-1, len(call.Args)):]
}

// hasVerb tells whether a format has the verb, flags and widths allowed.
func hasVerb(format string, verb byte) bool {
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			continue
		}
		for i++; i < len(format) && strings.IndexByte("+-# 0123456789.*[]", format[i]) >= 0; i++ {
		}
		if i < len(format) && format[i] == verb {
			return true
		}
	}
	return false
}

// address describes the part of a value of type t that package fmt prints as
// an address, or is empty. Depth counts the structs, maps, slices and pointers
// above it; a method counts only where fmt can see it, which is not below an
// unexported field.
func address(t types.Type, depth int, visible bool, seen []types.Type) string {
	for _, s := range seen {
		if types.Identical(s, t) {
			return ""
		}
	}
	if visible && printsItself(t) {
		return ""
	}
	seen = append(seen, t)
	switch u := t.Underlying().(type) {
	case *types.Chan:
		return "a channel"
	case *types.Signature:
		return "a function"
	case *types.Basic:
		if u.Kind() == types.UnsafePointer {
			return "an unsafe.Pointer"
		}
	case *types.Pointer:
		switch u.Elem().Underlying().(type) {
		case *types.Struct, *types.Slice, *types.Map, *types.Array:
			if depth == 0 {
				return address(u.Elem(), 1, visible, seen)
			}
		}
		return "a pointer to " + types.TypeString(u.Elem(), (*types.Package).Name)
	case *types.Slice:
		return address(u.Elem(), depth+1, visible, seen)
	case *types.Array:
		return address(u.Elem(), depth+1, visible, seen)
	case *types.Map:
		if what := address(u.Key(), depth+1, visible, seen); what != "" {
			return what
		}
		return address(u.Elem(), depth+1, visible, seen)
	case *types.Struct:
		for field := range u.Fields() {
			if what := address(field.Type(), depth+1, visible && field.Exported(), seen); what != "" {
				return "field " + field.Name() + ", " + what + ","
			}
		}
	}
	return ""
}

// printsItself tells whether fmt calls a method of t instead of looking inside.
func printsItself(t types.Type) bool {
	methods := types.NewMethodSet(t)
	for _, name := range []string{"Error", "String", "Format"} {
		if methods.Lookup(nil, name) != nil {
			return true
		}
	}
	return false
}
