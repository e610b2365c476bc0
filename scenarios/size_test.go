package scenarios_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/scenarios"
	"raftsim/sim"
)

// anyDocument is a text whose values are all within the limits of their keys, often
// at them.
func anyDocument(t *rapid.T) string {
	var b strings.Builder
	one := func(name string, values ...string) {
		if v := rapid.SampledFrom(append(values, "")).Draw(t, name); v != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, v)
		}
	}
	b.WriteString("name: any\nmax_events: 2000\n")
	one("max_memory", "16MB", "64MB", "1GB")
	one("run", "1ms", "1s", "1m", "24h")
	one("network", "{latency: 1h}", "{latency: 1ns}", "{latency: 10000h, replay: 100%, replay_by: 10000h, duplicate: 100%}", "{loss: 100%}", "{bandwidth: 1/s}")
	one("access", "{latency: 1h}", "{latency: 1ns}", "{loss: 100%}", "{duplicate: 100%, reorder: 100%, reorder_by: 1h}")
	one("disk", "{sync: 10000h}", "{write: 1ns}", "{capacity: 1}", "{bandwidth: 1/s}")
	b.WriteString("workload:\n  keys: 1\n")
	one("  kind", "kv", "queue", "bank", "lock")
	one("  clients", "0", "1", "20", "1000")
	one("  rate", "1/s", "1000/s", "1000000/s")
	one("  value_bytes", "1", "64KB", "1MB")
	one("  timeout", "1ms", "1h")
	b.WriteString("  attempt: 1ms\ncluster:\n")
	one("  nodes", "1", "3", "20", "101")
	b.WriteString("  raft:\n    heartbeat_ticks: 1\n")
	one("    tick", "1ms", "1m")
	one("    election_ticks", "2", "10000")
	one("    snapshot_every", "1", "1000000000")
	one("    keep_entries", "1000000000")
	one("    segment_bytes", "4KB", "64MB")
	one("    max_inflight_messages", "1", "1000000")
	one("    max_size_per_message", "1", "1024GB")
	if lines := rapid.SliceOfN(rapid.SampledFrom([]string{
		"0s pause n1 for 1ms every 1ms", "0s crash leader for 1ms every 1ms until 90s", "0s disk n1 copied every 1ms until 10s",
		"0s reconfigure add n101", "0s reconfigure add n9999", "0s isolate any for 1h every 10ms until 50s", "0s partition n1 | rest every 1ms until 99s",
	}), 0, 4).Draw(t, "faults"); len(lines) > 0 {
		b.WriteString("faults:\n  - " + strings.Join(lines, "\n  - ") + "\n")
	}
	return b.String()
}

// What is within all limits either has a mistake with a place, or makes a run that
// ends and keeps no more than it may. The bound is looked at now and then, so a run
// may be over it by what it does in between.
func TestADocumentWithinLimitsIsRefusedOrItsRunIsWithinItsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := anyDocument(t)
		s, err := scenarios.Parse("any.yaml", []byte(text))
		if err != nil {
			var mistakes scenarios.Errors
			require.ErrorAs(t, err, &mistakes)
			require.Greater(t, mistakes[0].Line, 1, "%s\n%v", text, err)
			return
		}
		o, err := s.Options(1)
		require.NoError(t, err, text)
		run, err := sim.New(o)
		require.NoError(t, err, text)
		v := run.Run()
		u := run.MemoryUse()
		require.LessOrEqual(t, v.Events, o.MaxEvents)
		require.LessOrEqual(t, u.Bytes, 2*u.Bound, "%s\n%v", text, &u)
		require.Equal(t, v.Outcome == sim.MemoryBound, v.Memory != nil)
	})
}
