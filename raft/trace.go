package raft

// StateTraceDeployed says whether nodes report their transitions to
// [Config.TraceLogger]. They do not: the simulator's own trace shows the same
// and more from outside.
const StateTraceDeployed = false

// TraceLogger is the type of [Config.TraceLogger]. Anything goes.
type TraceLogger interface{}

// TracingEvent has no content. It exists so that programs that name it compile.
type TracingEvent struct{}
