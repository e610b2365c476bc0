// Package report has the lines of JSON that the command prints with --json, as
// plain data: a contract for programs that read them. schema.json, beside these
// files, says the same as a JSON Schema and is made from them.
//
// Each line is one object, and its type says which. The last line of a command is
// always its Summary, also when it failed, was interrupted, or was given wrong
// flags; a text without one was cut off. Times are whole nanoseconds and
// their keys end in _ns: virtual time, unless they say otherwise. A
// list that has nothing in it, and a key that does not apply, is left out. New
// keys and new types of lines may come, which the schema of an older version does not
// know: a reader passes over them.
package report

import _ "embed"

// Schema is the JSON Schema (draft 2020-12) of a line.
//
//go:embed schema.json
var Schema []byte

// A Line is one of the types that stand on a line of their own.
type Line interface{ line() }

func (Run) line()       {}
func (Scenario) line()  {}
func (Mark) line()      {}
func (FaultKind) line() {}
func (Version) line()   {}
func (Reduction) line() {}
func (Summary) line()   {}

// Summary is the last line of every command.
type Summary struct {
	Type string `json:"type" jsonschema:"const=summary"`
	// Command is the command that was given, such as "run"; empty when there is none
	// of that name.
	Command string `json:"command"`
	// ExitCode is the exit code of the program, as its help explains.
	ExitCode int `json:"exit_code"`
	// BuiltFrom is the build of the program: the commit, the version or a digest. A
	// seed means something only together with it.
	BuiltFrom string `json:"built_from"`
	// Interrupted says that the command was stopped before its end.
	Interrupted bool `json:"interrupted,omitempty"`
	// Errors say what was wrong with the command line or with files.
	Errors []Mistake `json:"errors,omitempty"`
	// Sweep is what the runs came to, for the command run.
	Sweep *Sweep `json:"sweep,omitempty"`
	// Shrunk is the result of the command shrink.
	Shrunk *Shrunk `json:"shrunk,omitempty"`
}

// Mistake is one error.
type Mistake struct {
	// Message shows what was given and says what would be valid.
	Message string `json:"message"`
	// File is the file that is wrong, as it was given.
	File string `json:"file,omitempty"`
	// Line and column count from one, columns in characters.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
}

// Scenario is a scenario file, for the commands list and check.
type Scenario struct {
	Type string `json:"type" jsonschema:"const=scenario"`
	// File is its path as it was given, "-" for standard input.
	File string `json:"file"`
	// Name is its title, unique among the scenarios that are read together.
	Name string `json:"name"`
	// About tells the story.
	About string `json:"about,omitempty"`
	// Seeds are those that it is run over, such as "1-50,77".
	Seeds string `json:"seeds"`
	// Reaches is the mark that some of its seeds hits.
	Reaches string `json:"reaches,omitempty"`
	// Catches is the planted bug that it was made to catch.
	Catches string `json:"catches,omitempty"`
}

// Mark is a state worth reaching, for the command marks.
type Mark struct {
	Type string `json:"type" jsonschema:"const=mark"`
	// ID is how scenarios name it, lower-case words with dashes.
	ID string `json:"id"`
	// Kind says what is expected of it.
	Kind string `json:"kind" jsonschema:"enum=reachable,enum=sometimes,enum=always"`
	// About says what has happened when it is hit.
	About string `json:"about"`
}

// FaultKind is something that can go wrong, for the command faults.
type FaultKind struct {
	Type string `json:"type" jsonschema:"const=fault_kind"`
	// Name is that of the kind, such as "crash".
	Name string `json:"name"`
	// Family is the group of the kind, such as "network".
	Family string `json:"family"`
	// Grammar is the form of its lines: words as they are, PLACES in capitals,
	// [optional parts] in brackets.
	Grammar string `json:"grammar"`
	// About says what happens.
	About string `json:"about"`
	// Lasting kinds last until they end and take "for"; others happen at once.
	Lasting bool `json:"lasting"`
	// Budget says how bad a fault of this kind is.
	Budget string `json:"budget"`
	// Examples are lines without their time.
	Examples []string `json:"examples"`
}

// Version is the build, for the command version.
type Version struct {
	Type string `json:"type" jsonschema:"const=version"`
	// Program is the name of the program.
	Program string `json:"program"`
	// BuiltFrom is the commit, the version or a digest of the program.
	BuiltFrom string `json:"built_from"`
	// Advice says how to build a program that names a commit, where this one does not.
	Advice string `json:"advice,omitempty"`
	// Go, os and arch are those that it was built with and for.
	Go   string `json:"go"`
	OS   string `json:"os"`
	Arch string `json:"arch"`
}
