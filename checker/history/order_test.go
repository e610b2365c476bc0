package history_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/checker/history"
	"raftsim/workload"
)

// sparser is a history whose log has so many times as many indices.
func sparser(ops []history.Operation, times uint64) []history.Operation {
	ops = slices.Clone(ops)
	for i := range ops {
		ops[i].Applied *= times
	}
	return ops
}

func TestCertificateNeedsNeitherADenseLogNorHistoryInOrder(t *testing.T) {
	for _, name := range workload.Names() {
		w, err := workload.Lookup(name)
		require.NoError(t, err)
		for _, times := range []uint64{1, 3, 20, 1 << 40} {
			ops := sparser(crowded(w, 500, 5).ops, times)
			require.Equal(t, history.ByCertificate, history.Linearizable(w, ops, 0).Method, "%s, %d times", name, times)
			slices.Reverse(ops)
			require.Equal(t, history.ByCertificate, history.Linearizable(w, ops, 0).Method, "%s, %d times", name, times)
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
			ops := crowded(w, 200, 5).ops
			wrong := slices.IndexFunc(ops, func(o history.Operation) bool { return o.Return != history.Open })
			o := &ops[wrong]
			o.Answer, o.Applied = append(slices.Clone(o.Answer), 0), claimed
			require.Equal(t, history.Illegal, history.Linearizable(w, ops, 0).Verdict, "%s, index %d", name, claimed)
		}
	}
}
