package cli_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"raftsim/report"
	"raftsim/sim"
)

// valid reads what a command printed with --json: every line is one object of the
// published schema, all but the last of the type that is given, and the last is
// the summary.
func valid(t *testing.T, output, lineType string) (lines []json.RawMessage, summary report.Summary) {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(report.Schema))
	require.NoError(t, err)
	require.NoError(t, compiler.AddResource("output.json", document))
	schema, err := compiler.Compile("output.json")
	require.NoError(t, err)
	require.True(t, strings.HasSuffix(output, "\n"), output)
	for line := range strings.Lines(output) {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		require.NoError(t, err, line)
		require.NoError(t, schema.Validate(value), line)
		lines = append(lines, json.RawMessage(line))
	}
	last := len(lines) - 1
	for i, line := range lines {
		var head struct{ Type string }
		require.NoError(t, json.Unmarshal(line, &head))
		if i == last {
			lineType = "summary"
		}
		require.Equal(t, lineType, head.Type, output)
	}
	require.NoError(t, json.Unmarshal(lines[last], &summary))
	return lines[:last], summary
}

// runsOf reads the lines of runs.
func runsOf(t *testing.T, lines []json.RawMessage) []report.Run {
	t.Helper()
	all := make([]report.Run, len(lines))
	for i, line := range lines {
		require.NoError(t, json.Unmarshal(line, &all[i]))
	}
	return all
}

// outcomes has a scenario for each thing that a run can come to. broken says that
// it is run by the program with broken Rafts.
var outcomes = map[string]struct {
	broken bool
	text   string
	flags  []string
	code   int
}{
	sim.Pass.String():         {false, steady, nil, 0},
	sim.Safety.String():       {true, steady + "cluster: {rafts: alters}\n", nil, 1},
	sim.Liveness.String():     {true, "name: mute\nseeds: 1-2\nrun: 1s\ncluster: {rafts: mute}\nexpect: {recovers_within: 5 election timeouts}\n", nil, 3},
	sim.Panicked.String():     {true, steady + "cluster: {rafts: panics}\n", nil, 4},
	"nondeterminism":          {true, steady + "cluster: {rafts: differs}\n", []string{"--twice"}, 5},
	sim.Vacuous.String():      {false, steady + "expect: {min_operations: 100000}\n", nil, 6},
	sim.Endless.String():      {false, steady + "max_events: 100\n", nil, 6},
	sim.Inconclusive.String(): {true, forgets + "expect: {check_steps: 1}\n", nil, 6},
	sim.MemoryBound.String():  {false, "name: copies\nseeds: 1-2\nrun: 60s\nmax_memory: 16MB\nfaults:\n  - 1s disk n1 copied every 5ms\n", nil, 6},
	sim.OutOfModel.String():   {false, outOfModel, nil, 0},
}

// outOfModel loses what was acknowledged: two of three hosts get an empty disk.
const outOfModel = "name: lost\nseeds: 1-12\nrun: 4s\nfaults:\n  - 1s disk n1 lost\n  - 1.05s disk n2 lost\n"

func TestTheJSONOfEveryOutcomeIsOfThePublishedSchema(t *testing.T) {
	for o := sim.Pass; !strings.HasPrefix(o.String(), "outcome("); o++ {
		require.Contains(t, outcomes, o.String())
	}
	for name, c := range outcomes {
		t.Run(name, func(t *testing.T) {
			dir, program := folder(t, "a.yaml", c.text), simrun
			if c.broken {
				program = brokenraft
			}
			got := in(t, dir, program, append(append([]string{"run", "--json"}, c.flags...), "a.yaml")...)
			require.Equal(t, c.code, got.code, got.stdout+got.stderr)
			require.Empty(t, got.stderr)
			lines, summary := valid(t, got.stdout, "run")
			require.Equal(t, c.code, summary.ExitCode)
			require.EqualValues(t, len(lines), summary.Sweep.Runs)
			require.Equal(t, summary.Sweep.Asked, summary.Sweep.Runs)
			var seen []string
			for _, o := range summary.Sweep.Outcomes {
				seen = append(seen, o.Outcome)
			}
			require.Contains(t, seen, name)
			for _, run := range runsOf(t, lines) {
				require.Equal(t, "a.yaml", run.File)
				require.Equal(t, run.Failed, run.Reproduce != "")
				require.Equal(t, run.Failed, run.Signature != "")
				if run.Failed {
					require.Equal(t, c.code, shell(t, dir, run.Reproduce).code, run.Reproduce)
				}
			}
		})
	}
}

func TestTheJSONOfACommandThatOnlyLooksIsOfThePublishedSchema(t *testing.T) {
	dir := folder(t, "scenarios/a.yaml", steady+"about: A story\n  in two lines.\n", "scenarios/b.yaml", crashes)
	for lineType, commands := range map[string][]string{
		"scenario":   {"list", "check", "list scenarios/a.yaml"},
		"mark":       {"marks"},
		"fault_kind": {"faults", "faults crash"},
		"version":    {"version"},
	} {
		for _, command := range commands {
			got := in(t, dir, simrun, append(strings.Fields(command), "--json")...)
			require.Equal(t, 0, got.code, got.stderr)
			lines, summary := valid(t, got.stdout, lineType)
			require.NotEmpty(t, lines, command)
			require.Equal(t, strings.Fields(command)[0], summary.Command)
			require.Regexp(t, "^sha256:", summary.BuiltFrom)
		}
	}
	text, err := os.ReadFile("../report/schema.json")
	require.NoError(t, err)
	require.Equal(t, string(text), in(t, dir, simrun, "schema", "output").stdout)
	require.Contains(t, in(t, dir, simrun, "schema", "scenario").stdout, `"title": "raftsim scenario"`)
}

func TestAWrongCommandLineOrFileEndsInASummaryWithItsErrors(t *testing.T) {
	dir := folder(t, "bad.yaml", "name: x\nsedes: 1\nrun: 0s\n", "a.yaml", steady)
	sedes := `unknown key "sedes", did you mean "seeds"?`
	for args, want := range map[string]report.Mistake{
		"run --json bad.yaml":                    {Message: sedes, File: "bad.yaml", Line: 2, Column: 1},
		"check --json bad.yaml":                  {Message: sedes, File: "bad.yaml", Line: 2, Column: 1},
		"list --json bad.yaml":                   {Message: sedes, File: "bad.yaml", Line: 2, Column: 1},
		"shrink --json bad.yaml":                 {Message: sedes, File: "bad.yaml", Line: 2, Column: 1},
		"run --seads 1 --json a.yaml":            {Message: `unknown flag: --seads, did you mean --seeds?`},
		"rnu --seed 2 --json=true a.yaml":        {Message: `unknown command "rnu", did you mean "run"?`},
		"run --json --trace --seed 1 a.yaml":     {Message: "--trace and --json both print to standard output, write the trace to a file: --trace=run.txt"},
		"shrink --json --seed 1 a.yaml":          {Message: "hunt: steady, seed 1: the run passes, there is nothing to shrink; see: " + simrun + " run --seed 1 a.yaml"},
		"faults --json crahs":                    {},
		"run --json --require-marks none a.yaml": {},
	} {
		got := in(t, dir, simrun, strings.Fields(args)...)
		require.Equal(t, 2, got.code, args)
		require.NotEmpty(t, got.stderr)
		lines, summary := valid(t, got.stdout, "")
		require.Empty(t, lines)
		require.Equal(t, 2, summary.ExitCode)
		require.NotEmpty(t, summary.Errors)
		first := summary.Errors[0]
		require.True(t, strings.HasPrefix(first.Message, want.Message), first.Message)
		if first.Message = want.Message; want.Message != "" {
			require.Equal(t, want, first, args)
		}
	}
	got := in(t, dir, simrun, "run", "a.yaml", "--seads", "1", "--", "--json")
	require.Empty(t, got.stdout, "behind -- it is a file")
}

func TestAnInterruptedSweepEndsInASummaryOfWhatWasRun(t *testing.T) {
	c := exec.Command(simrun, "run", "--json", "a.yaml", "b.yaml", "c.yaml")
	c.Dir = begun(t)
	var out watched
	c.Stdout = &out
	require.NoError(t, c.Start())
	out.await(t, `"scenario":"endless","seed":1,`)
	require.NoError(t, c.Process.Signal(os.Interrupt))
	require.Error(t, c.Wait())
	require.Equal(t, 130, c.ProcessState.ExitCode())
	lines, summary := valid(t, out.String(), "run")
	require.True(t, summary.Interrupted)
	require.Equal(t, 130, summary.ExitCode)
	require.EqualValues(t, 1000008, summary.Sweep.Asked)
	require.EqualValues(t, len(lines), summary.Sweep.Runs)
	require.Len(t, summary.Sweep.GoOn, 2)
}

func TestTheJSONOfAShrinkIsOfThePublishedSchema(t *testing.T) {
	dir := folder(t, "a.yaml", altered)
	got := in(t, dir, brokenraft, "shrink", "--json", "--seed", "3", "--runs", "60", "a.yaml")
	require.Equal(t, 0, got.code, got.stderr)
	lines, summary := valid(t, got.stdout, "reduction")
	require.NotEmpty(t, lines)
	require.Equal(t, "a_3_shrunk.yaml", summary.Shrunk.Written)
	require.Equal(t, read(t, dir, "a_3_shrunk.yaml"), summary.Shrunk.Text)
	require.Equal(t, 1, shell(t, dir, summary.Shrunk.Reproduce).code)
}
