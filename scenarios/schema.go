package scenarios

import (
	"bytes"
	"encoding/json"
)

// Schema is the JSON Schema (draft 2020-12) of a scenario file, made from the
// loader's own table of keys. The folder keeps it as schema.json, so that a
// file can begin with
//
//	# yaml-language-server: $schema=schema.json
//
// The schema knows keys, kinds and ranges. What needs more than one key to see,
// and the grammar of faults, only the loader knows.
func Schema() []byte {
	top := root.schema()
	top["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	top["title"] = "raftsim scenario"
	top["required"] = []string{"name"}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(top); err != nil {
		panic("scenarios: schema: " + err.Error()) // a table of constants
	}
	return b.Bytes()
}
