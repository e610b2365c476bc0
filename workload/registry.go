package workload

import (
	"fmt"
	"strings"
)

// registered holds the workloads in order of name.
var registered []Workload

// Register adds a workload under its name, so that scenario files can ask for
// it. It panics when the name is empty or taken. Call it from an init function:
// it must not run while simulations do.
func Register(w Workload) {
	name := w.Name()
	if name == "" || strings.ContainsAny(name, " \t\n") {
		panic(fmt.Sprintf("workload: register %q: a name is one word", name))
	}
	at := 0
	for at < len(registered) && registered[at].Name() < name {
		at++
	}
	if at < len(registered) && registered[at].Name() == name {
		panic(fmt.Sprintf("workload: register %q: the name is taken", name))
	}
	// written before any run: Register is called from init functions
	registered = append(registered[:at:at], append([]Workload{w}, registered[at:]...)...)
}

// Lookup returns the workload of a name, or an error that lists the names
// there are.
func Lookup(name string) (Workload, error) {
	for _, w := range registered {
		if w.Name() == name {
			return w, nil
		}
	}
	return nil, fmt.Errorf("workload: no workload %q, valid are %s", name, strings.Join(Names(), ", "))
}

// Names lists the registered workloads in alphabetical order.
func Names() []string {
	names := make([]string, len(registered))
	for i, w := range registered {
		names[i] = w.Name()
	}
	return names
}
