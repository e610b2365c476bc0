package wal_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/vfs"
)

func TestReopenedLogHoldsWhatWasSaved(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		fs := vfs.Mem()
		w, _ := open(rt, fs)
		var m model
		rt.Repeat(map[string]func(*rapid.T){
			"step": func(rt *rapid.T) {
				s := drawStep(rt, m)
				m = s.apply(m)
				if s.verb != "reopen" {
					require.NoError(rt, s.run(w))
					return
				}
				require.NoError(rt, w.Close())
				again, state := open(rt, fs)
				w = again
				require.Equal(rt, m.recovered(), describeState(state))
				require.Zero(rt, state.TornBytes)
				m.hs = state.HardState
			},
		})
	})
}
