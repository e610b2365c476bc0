package justification

func visit(m map[string]int, f func(string)) {
	for k := range m { // order does not escape // want "\"order does not escape\" gives no reason" want "range over map m: f may do more than compute"
		f(k)
	}
	for k := range m { // order does not escape: the caller sorts what f gathers
		f(k)
	}
	// order does not escape: the reason may also stand above, and run over
	// two lines.
	for k := range m {
		f(k)
	}
	for i := range 3 { // order does not escape: a stale reason // want "excuses nothing here: remove the comment"
		_ = i
	}
}
