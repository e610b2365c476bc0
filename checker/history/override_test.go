package history_test

import (
	"slices"
	"testing"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/require"

	"raftsim/checker/history"
	"raftsim/workload"
)

// informed is a workload with all that it may know beyond its model; nil is what it
// does not know.
type informed struct {
	workload.Workload
	workload.Replayer
	workload.Ranker
	workload.Registers
	workload.Namer
}

func inform(w workload.Workload) (i informed) {
	i.Workload = w
	i.Replayer, _ = w.(workload.Replayer)
	i.Ranker, _ = w.(workload.Ranker)
	i.Registers, _ = w.(workload.Registers)
	i.Namer, _ = w.(workload.Namer)
	return i
}

// otherModel embeds a workload and judges by a model of its own.
type otherModel struct {
	informed
	accepts bool
}

func (w otherModel) Model() porcupine.Model {
	return porcupine.Model{
		Init:              func() any { return 0 },
		Step:              func(state, _, _ any) (bool, any) { return w.accepts, state },
		DescribeOperation: func(any, any) string { return "" },
		DescribeState:     func(any) string { return "" },
	}
}

// otherOperation embeds a workload and takes each answer for an unknown one.
type otherOperation struct{ informed }

func (w otherOperation) Operation(command, answer []byte, known bool) (input, output any) {
	return w.Workload.Operation(command, nil, false)
}

func TestModelOfATypeThatEmbedsAWorkloadCounts(t *testing.T) {
	for _, name := range workload.Names() {
		t.Run(name, func(t *testing.T) {
			w, err := workload.Lookup(name)
			require.NoError(t, err)
			v := newService(w, workload.Shape{Keys: 2}, 4, 7, scheduled(5))
			good := v.run(60)
			bad := slices.Clone(good)
			for corrupt(w, bad, v.draw) < 0 || reference(w, bad) == history.Legal {
				bad = slices.Clone(good)
			}
			for _, ops := range [][]history.Operation{good, bad, withoutHints(good), withoutHints(bad)} {
				judge := func(w workload.Workload) history.Verdict { return history.Linearizable(w, ops, 0).Verdict }
				require.Equal(t, history.Legal, judge(otherModel{inform(w), true}), "a model that accepts everything")
				require.Equal(t, history.Illegal, judge(otherModel{inform(w), false}), "a model that accepts nothing")
				require.Equal(t, history.Legal, judge(otherOperation{inform(w)}), "answers that are all unknown")
			}
		})
	}
}
