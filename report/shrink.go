package report

// Reduction is what one pass of the command shrink made smaller.
type Reduction struct {
	Type string `json:"type" jsonschema:"const=reduction"`
	// Pass is what was looked at, such as "faults".
	Pass string `json:"pass"`
	// Runs is how many runs the pass took.
	Runs int `json:"runs"`
	// Before and after are the sizes of the scenario around it.
	Before Size `json:"before"`
	After  Size `json:"after"`
}

// Size is how much there is in a scenario.
type Size struct {
	// Faults is the number of lines of the schedule, repeated how many of them come
	// back, roles how many name hosts by a role.
	Faults   int `json:"faults"`
	Repeated int `json:"repeated"`
	Roles    int `json:"roles"`
	// Hosts is the number of members that the cluster starts with.
	Hosts int `json:"hosts"`
	// Clients is the number of clients, operations_per_second what they begin in all.
	Clients             int `json:"clients"`
	OperationsPerSecond int `json:"operations_per_second"`
	// Settings is the number of options that are not at their default.
	Settings int `json:"settings"`
	// RunNS is the time before the recovery.
	RunNS int64 `json:"run_ns"`
}

// Shrunk is the smallest scenario that the command shrink found.
type Shrunk struct {
	// File and seed are the run that was shrunk.
	File string `json:"file"`
	Seed uint64 `json:"seed"`
	// Written is the file that the result was written to, text what it holds.
	Written string `json:"written"`
	Text    string `json:"text"`
	// Signature is that of the failure, before and after.
	Signature string `json:"signature"`
	// Violation is what the result shows.
	Violation Violation `json:"violation"`
	Before    Size      `json:"before"`
	After     Size      `json:"after"`
	// EventsBefore and EventsAfter are the lengths of the two runs.
	EventsBefore uint64 `json:"events_before"`
	EventsAfter  uint64 `json:"events_after"`
	// Runs is the number of smaller scenarios that were tried, at most asked.
	Runs  int `json:"runs"`
	Asked int `json:"asked"`
	// Spent says that there were no runs left to look for something smaller.
	Spent bool `json:"spent"`
	// Reproduce is the command that runs the result, for a shell in the same folder.
	Reproduce string `json:"reproduce"`
}
