package planted_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/checker"
	"raftsim/planted"
)

func TestEveryExpectedPropertyExists(t *testing.T) {
	bugs, err := planted.Load(root)
	require.NoError(t, err)
	for _, bug := range bugs {
		for _, property := range bug.Properties {
			_, known := checker.Lookup(property)
			require.True(t, known, "%s expects a property that there is not: %s", bug.Name, property)
		}
	}
}
