package planted_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/planted"
)

func TestADirectedTestCatchesABugOrLetsItEscape(t *testing.T) {
	root := t.TempDir()
	write(t, root, "go.mod", "module m\n\ngo 1.26\n")
	write(t, root, "a/a.go", "package a\n\nfunc Sum(x, y int) int { return x + y }\n\nfunc Loop() {}\n")
	write(t, root, "a/a_test.go", `package a

import "testing"

func TestSum(t *testing.T) {
	t.Run("of two", func(t *testing.T) {
		if Sum(1, 2) != 3 {
			t.Fatal("wrong")
		}
	})
	t.Run("loop", func(t *testing.T) { Loop() })
}
`)
	hunt := func(test, find, replace string) (*planted.Catch, error) {
		h := planted.Hunter{Root: root, Timeout: time.Minute}
		bug := planted.Bug{Name: "b", Test: test, Edits: []planted.Edit{{File: "a/a.go", Find: find, Replace: replace}}}
		r, err := h.Hunt(t.Context(), &bug, planted.Seeds{}, 3)
		if err != nil {
			return nil, err
		}
		require.Len(t, r.Sweeps, 1)
		require.Equal(t, test, r.Test)
		return r.First(), nil
	}

	catch, err := hunt("./a TestSum/of_two", "x + y", "x - y")
	require.NoError(t, err)
	require.Equal(t, &planted.Catch{Property: planted.DirectedTest, Detail: "TestSum/of_two fails"}, catch)

	catch, err = hunt("./a TestSum/of_two", "x + y", "y + x")
	require.NoError(t, err)
	require.Nil(t, catch)

	catch, err = hunt("./a TestSum/loop", "func Loop() {}", `func Loop() { panic("x") }`)
	require.NoError(t, err)
	require.NotNil(t, catch)

	_, err = hunt("./a TestGone", "x + y", "x - y")
	require.ErrorContains(t, err, "planted: ./a TestGone: no such test")

	_, err = hunt("./a TestSum/of_two", "x + y", "x + z")
	require.ErrorContains(t, err, "does not build")
}
