package workload

import (
	"fmt"
	"strings"

	"raftsim/internal/registry"
	"raftsim/internal/text"
)

// registered holds the workloads by name.
var registered registry.Registry[Workload]

// Register adds a workload under its name, so that scenario files can ask for
// it, and returns what takes it away again: a test that runs more than once in a
// process says t.Cleanup(workload.Register(w)). It panics when the name is empty
// or taken.
func Register(w Workload) (unregister func()) {
	name := w.Name()
	if name == "" || strings.ContainsAny(name, " \t\n") {
		panic(fmt.Sprintf("workload: register %q: a name is one word", name))
	}
	unregister, ok := registered.Add(name, w)
	if !ok {
		panic(fmt.Sprintf("workload: register %q: the name is taken; a test registers for itself alone with t.Cleanup(workload.Register(...))", name))
	}
	return unregister
}

// Lookup returns the workload of a name, or an error that lists the names
// there are.
func Lookup(name string) (Workload, error) {
	if w, ok := registered.Lookup(name); ok {
		return w, nil
	}
	return nil, fmt.Errorf("workload: no workload is named %q, %s", name, text.Suggestion(name, Names()))
}

// Names lists the registered workloads in alphabetical order.
func Names() []string { return registered.Names() }
