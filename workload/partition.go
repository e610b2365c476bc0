package workload

import (
	"maps"
	"slices"

	"github.com/anishathalye/porcupine"
)

// partition splits a history by a number that each input has, in increasing
// order of that number. Operations keep their order.
func partition(history []porcupine.Operation, of func(input any) uint64) [][]porcupine.Operation {
	parts := map[uint64][]porcupine.Operation{}
	for _, op := range history {
		id := of(op.Input)
		parts[id] = append(parts[id], op)
	}
	split := make([][]porcupine.Operation, 0, len(parts))
	for _, id := range slices.Sorted(maps.Keys(parts)) {
		split = append(split, parts[id])
	}
	return split
}
