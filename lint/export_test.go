package lint

// Examine applies the rules of determinism to a planted package, as if its
// folder were deterministic.
func Examine(p *Package) []Finding { return p.examine() }

// IdleExceptions lists the exceptions that no package of t needs.
func IdleExceptions(t *Tree) []string { return idleExceptions(t) }
