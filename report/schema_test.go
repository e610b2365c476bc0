package report_test

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"testing"

	"github.com/invopop/jsonschema"
	"github.com/stretchr/testify/require"

	"raftsim/report"
)

// lines are all types of lines.
var lines = []report.Line{
	report.Run{}, report.Scenario{}, report.Mark{}, report.FaultKind{}, report.Version{}, report.Reduction{}, report.Summary{},
}

// published is the schema as it follows from the types and their comments.
func published(t *testing.T) []byte {
	r := &jsonschema.Reflector{}
	require.NoError(t, r.AddGoComments("raftsim", ".", jsonschema.WithFullComment()))
	for name, text := range r.CommentMap {
		r.CommentMap[regexp.MustCompile(`^raftsim`).ReplaceAllString(name, "raftsim/report")] = text
	}
	top := &jsonschema.Schema{
		Version: jsonschema.Version, Title: "raftsim output",
		Description: "A line that the command prints with --json. The last line of a command is its summary.",
		Definitions: jsonschema.Definitions{},
	}
	for _, line := range lines {
		one := r.Reflect(line)
		for name, definition := range one.Definitions {
			top.Definitions[name] = definition
		}
		top.OneOf = append(top.OneOf, &jsonschema.Schema{Ref: one.Ref})
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	require.NoError(t, e.Encode(top))
	return b.Bytes()
}

func TestTheSchemaIsThatOfTheTypes(t *testing.T) {
	want := published(t)
	if os.Getenv("UPDATE") != "" {
		require.NoError(t, os.WriteFile("schema.json", want, 0o666))
	}
	kept, err := os.ReadFile("schema.json")
	require.NoError(t, err)
	require.Equal(t, string(want), string(kept), "run UPDATE=1 go test ./report to make it again")
}

// Keys are lower-case words, and each says what it is in the schema where its name
// leaves a doubt.
func TestKeysAreInSnakeCase(t *testing.T) {
	keys := regexp.MustCompile(`json:"([^",]+)`)
	for _, file := range []string{"report.go", "run.go", "sweep.go", "shrink.go"} {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, key := range keys.FindAllStringSubmatch(string(text), -1) {
			require.Regexp(t, `^[a-z]+(_[a-z]+)*$`, key[1])
		}
	}
}
