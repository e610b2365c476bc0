package quorum_test

import (
	"fmt"
	"testing"

	"raftsim/raft/quorum"
)

func BenchmarkCommitted(b *testing.B) {
	for _, n := range []int{3, 5, 51} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			acked := make([]quorum.Index, n)
			for b.Loop() {
				for i := range acked {
					acked[i] = quorum.Index(uint32(i) * 2654435761) // no order to profit from
				}
				quorum.Committed(acked)
			}
		})
	}
}
