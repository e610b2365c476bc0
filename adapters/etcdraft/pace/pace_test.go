package pace_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/adapters/etcdraft/pace"
)

// Programs move from one library to the other by changing imports: this one did.
func TestOneTextDrivesBothLibraries(t *testing.T) {
	ours, err := os.ReadFile("ours/cluster.go")
	require.NoError(t, err)
	theirs, err := os.ReadFile("theirs/cluster.go")
	require.NoError(t, err)
	imports := strings.NewReplacer(`"raftsim/raft"`, `"go.etcd.io/raft/v3"`, `"raftsim/raft/raftpb"`, `"go.etcd.io/raft/v3/raftpb"`)
	require.Equal(t, string(theirs), imports.Replace(string(ours)))
}

func TestBothDoAllTheWorkThatIsMeasured(t *testing.T) {
	for _, w := range pace.Works() {
		for _, l := range pace.Libraries {
			c := l.New(w.Nodes)
			applied, read := c.Counts()
			const n = 2500
			w.Do(c, n)
			appliedAfter, readAfter := c.Counts()
			switch w.Unit {
			case "proposal":
				require.Equal(t, n*w.Nodes, appliedAfter-applied, "%s %s", w.Name, l.Name)
			case "read":
				require.Equal(t, n, readAfter-read, "%s %s", w.Name, l.Name)
			}
		}
	}
}

// Ours allocates less than half of what etcd's does in every work, however
// busy the machine is. What it costs in time is measured, not asserted: see README.md.
func TestOursAllocatesLess(t *testing.T) {
	for _, w := range pace.Works() {
		c := pace.Measure(w, 3, 20*time.Millisecond)
		require.Less(t, c[1].Allocations, c[0].Allocations/2, w.Name)
	}
}

// go test -bench . prints both; the command pace prints ratios.
func BenchmarkLibraries(b *testing.B) {
	for _, w := range pace.Works() {
		for _, l := range pace.Libraries {
			b.Run(w.Name+"/"+l.Name, func(b *testing.B) {
				c := l.New(w.Nodes)
				b.ReportAllocs()
				b.ResetTimer()
				w.Do(c, b.N)
			})
		}
	}
}
