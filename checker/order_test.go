package checker_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/checker"
	"raftsim/workload"
)

// sparser is a history whose log has so many times as many indices.
func sparser(history []checker.Operation, times uint64) []checker.Operation {
	history = slices.Clone(history)
	for i := range history {
		history[i].Applied *= times
	}
	return history
}

func TestCertificateNeedsNeitherADenseLogNorHistoryInOrder(t *testing.T) {
	for _, name := range workload.Names() {
		w, err := workload.Lookup(name)
		require.NoError(t, err)
		for _, times := range []uint64{1, 3, 20, 1 << 40} {
			history := sparser(crowded(w, 500, 5).history, times)
			require.Equal(t, "certificate", checker.Linearizable(w, history, 0).Method, "%s, %d times", name, times)
			slices.Reverse(history)
			require.Equal(t, "certificate", checker.Linearizable(w, history, 0).Method, "%s, %d times", name, times)
		}
	}
}

// An operation that claims an index beyond all others, such as one whose double
// is zero in 64 bits, is judged like the rest.
func TestNoIndexExcusesAWrongAnswer(t *testing.T) {
	for _, name := range workload.Names() {
		w, err := workload.Lookup(name)
		require.NoError(t, err)
		for _, claimed := range []uint64{1, 1 << 31, 1 << 32, 1 << 63, 1<<64 - 1} {
			history := crowded(w, 200, 5).history
			wrong := slices.IndexFunc(history, func(o checker.Operation) bool { return o.Return != checker.Open })
			o := &history[wrong]
			o.Answer, o.Applied = append(slices.Clone(o.Answer), 0), claimed
			require.Equal(t, checker.Illegal, checker.Linearizable(w, history, 0).Verdict, "%s, index %d", name, claimed)
		}
	}
}
