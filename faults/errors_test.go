package faults_test

import (
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"raftsim/faults"
)

// Each file under testdata/errors holds lines that are wrong in one way or
// another, with what is said about them. Regenerate with -rewrite.
func TestEachMistakeIsToldWithItsPlaceAndWhatWouldBeValid(t *testing.T) {
	datadriven.Walk(t, "testdata/errors", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			if d.Cmd != "parse" {
				d.Fatalf(t, "unknown command %q, must be parse", d.Cmd)
			}
			_, err := faults.ParseFor(d.Input, []uint64{1, 2, 3, 4, 5})
			if err == nil {
				d.Fatalf(t, "no mistake was found in %q", d.Input)
			}
			kindsOfTheseTests := strings.NewReplacer(" heat,", "", " melts,", "")
			return kindsOfTheseTests.Replace(err.Error()) + "\n"
		})
	})
}
