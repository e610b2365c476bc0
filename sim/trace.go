package sim

import "raftsim/trace"

// The records of package trace, under the names that a test of a simulation uses.
type (
	Record = trace.Record
	Verb   = trace.Verb
	Cause  = trace.Cause
)

// name prints a host as n1, a client as c1 and the simulator as "-".
func name(id uint64) string { return trace.Name(id) }
