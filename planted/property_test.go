package planted_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/checker"
	"raftsim/planted"
)

// others are headings of violations that come from no table of the checker.
var others = []string{"linearizability", "sequential consistency", "no panic", "no unexcused failure", "no end", "entries unchanged"}

func TestEveryExpectedPropertyExists(t *testing.T) {
	known := others
	for _, p := range checker.Properties() {
		known = append(known, p.Name)
	}
	for _, p := range checker.LivenessProperties() {
		known = append(known, p.Name)
	}
	bugs, err := planted.Load(root)
	require.NoError(t, err)
	for _, bug := range bugs {
		for _, property := range bug.Properties {
			require.Contains(t, known, property, "%s expects a property that there is not", bug.Name)
		}
	}
}
