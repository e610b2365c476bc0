package scenarios_test

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"

	"raftsim/scenarios"
)

// A key that no story uses may be broken without anybody noticing. The links of
// clients have the keys of those between hosts, from the same table: one use is
// enough for both.
func TestEveryKeyIsUsedByAStory(t *testing.T) {
	all, err := scenarios.LoadAll(".")
	require.NoError(t, err)
	used := map[string]bool{}
	for _, s := range all {
		text, err := os.ReadFile(s.File)
		require.NoError(t, err)
		var file map[string]any
		require.NoError(t, yaml.Unmarshal(text, &file))
		pathsOf(file, "", used)
	}
	var schema map[string]any
	require.NoError(t, json.Unmarshal(scenarios.Schema(), &schema))
	unused := slices.DeleteFunc(keyPaths(schema, ""), func(path string) bool {
		return used[path] || used[strings.Replace(path, "access.", "network.", 1)]
	})
	require.Empty(t, unused, "keys that no story uses")
}

// pathsOf notes the path of every key of a file.
func pathsOf(value any, path string, used map[string]bool) {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			used[path+key] = true
			pathsOf(inner, path+key+".", used)
		}
	case []any:
		for _, inner := range v {
			pathsOf(inner, path, used)
		}
	}
}

// keyPaths lists the path of every key that a schema knows by name, in order.
func keyPaths(schema map[string]any, path string) (paths []string) {
	properties, _ := schema["properties"].(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(properties)) {
		inner := properties[key].(map[string]any)
		paths = append(append(paths, path+key), keyPaths(inner, path+key+".")...)
		if items, ok := inner["items"].(map[string]any); ok {
			paths = append(paths, keyPaths(items, path+key+".")...)
		}
	}
	return paths
}
