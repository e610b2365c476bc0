package faults_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/faults"
)

func classOf(t require.TestingT, line string, b faults.Budget) faults.Class {
	a, err := faults.ParseAction(line)
	require.NoError(t, err, line)
	return faults.Fault{Action: a}.Class(b)
}

func TestAFaultIsTolerableWhileAQuorumIsLeft(t *testing.T) {
	five := faults.Budget{Voters: []uint64{1, 2, 3, 4, 5}}
	wounded := five
	wounded.Faulty = faults.Hosts(5)
	for _, c := range []struct {
		line          string
		whole, broken faults.Class
	}{
		{"crash n1", faults.Tolerable, faults.Tolerable},
		{"crash n1 n2", faults.Tolerable, faults.SafetyOnly},
		{"crash n1 n5", faults.Tolerable, faults.Tolerable}, // n5 is down already
		{"crash n1 n2 n3", faults.SafetyOnly, faults.SafetyOnly},
		{"crash n6 n7 n8", faults.Tolerable, faults.Tolerable}, // no voters
		{"crash learners", faults.Tolerable, faults.Tolerable},
		{"crash leader follower", faults.Tolerable, faults.SafetyOnly},
		{"crash minority", faults.Tolerable, faults.SafetyOnly},
		{"crash majority", faults.SafetyOnly, faults.SafetyOnly},
		{"crash all", faults.SafetyOnly, faults.SafetyOnly},
		{"blackout", faults.SafetyOnly, faults.SafetyOnly},
		{"partition n1 n2 | n3 n4 n5", faults.Tolerable, faults.SafetyOnly},
		{"partition n1 n2 n5 | n3 n4", faults.Tolerable, faults.SafetyOnly},
		{"partition n1 | n5 | rest", faults.Tolerable, faults.Tolerable},
		{"partition n1 | n2", faults.Tolerable, faults.Tolerable}, // n3 and n4 talk to both
		{"partition n1 n2 | n3 n4 | rest", faults.SafetyOnly, faults.SafetyOnly},
		{"partition minority | rest", faults.Tolerable, faults.SafetyOnly},
		{"partition majority | rest", faults.Tolerable, faults.SafetyOnly},
		{"partition n1 n2 n3 | rest", faults.Tolerable, faults.Tolerable}, // n5 is lost with n4
		{"partition n1 n2 n5 | rest", faults.Tolerable, faults.SafetyOnly},
		{"partition leader | rest", faults.Tolerable, faults.Tolerable},
		{"partition leader | followers", faults.Tolerable, faults.Tolerable},
		{"isolate leader", faults.Tolerable, faults.Tolerable},
		{"cut n1 -> n2", faults.SafetyOnly, faults.SafetyOnly},
		{"network loses 30%", faults.Tolerable, faults.Tolerable},
		{"network loses 31%", faults.SafetyOnly, faults.SafetyOnly},
		{"network delays 500ms", faults.Tolerable, faults.Tolerable},
		{"network delays 501ms", faults.SafetyOnly, faults.SafetyOnly},
		{"network delays median 5ms p99 600ms", faults.SafetyOnly, faults.SafetyOnly},
		{"network limits 64KB/s", faults.Tolerable, faults.Tolerable},
		{"network limits 63KB/s", faults.SafetyOnly, faults.SafetyOnly},
		{"slow n1 n2 by 10ms", faults.Tolerable, faults.Tolerable},
		{"slow n1 n2 by 11ms", faults.Tolerable, faults.SafetyOnly},
		{"disk n1 n2 stalls", faults.Tolerable, faults.SafetyOnly},
		{"disk all scrambles", faults.Tolerable, faults.Tolerable},
		{"disk n1 fails-sync once losing pages", faults.Tolerable, faults.Tolerable},
		{"disk n1 lies once", faults.OutOfModel, faults.OutOfModel},
		{"disk n1 lost", faults.OutOfModel, faults.OutOfModel},
		{"skew all by +10s", faults.Tolerable, faults.Tolerable},
		{"freeze n1 n2", faults.Tolerable, faults.SafetyOnly},
		{"strobe n1 by +10s each 10ms", faults.SafetyOnly, faults.SafetyOnly},
		{"pause leader and clock", faults.Tolerable, faults.Tolerable},
		{"reconfigure add n6", faults.Tolerable, faults.Tolerable},
		{"reconfigure remove n1", faults.Tolerable, faults.Tolerable},
		{"reconfigure remove n1 n2 n3", faults.Tolerable, faults.SafetyOnly},
		{"reconfigure remove n1 n2 n3 n4 n5", faults.SafetyOnly, faults.SafetyOnly},
		{"reconfigure remove followers", faults.SafetyOnly, faults.SafetyOnly},
		{"reconfigure demote follower follower follower", faults.Tolerable, faults.SafetyOnly},
		{"replace n5 with n6", faults.Tolerable, faults.Tolerable},
		{"heal", faults.Tolerable, faults.Tolerable},
	} {
		require.Equal(t, c.whole, classOf(t, c.line, five), "%s, all well", c.line)
		require.Equal(t, c.broken, classOf(t, c.line, wounded), "%s, n5 down", c.line)
	}
}

func TestBothHalvesOfAJointConfigurationMustKeepAQuorum(t *testing.T) {
	joint := faults.Budget{Voters: []uint64{1, 2, 3, 4, 5}, Outgoing: []uint64{1, 2, 6}}
	require.Equal(t, faults.Tolerable, classOf(t, "crash n1 n5", joint))
	require.Equal(t, faults.SafetyOnly, classOf(t, "crash n1 n2", joint), "two of the three old voters")
	require.Equal(t, faults.SafetyOnly, classOf(t, "crash n3 n4 n5", joint))
	require.Equal(t, faults.Tolerable, classOf(t, "crash minority", joint))
	require.Equal(t, faults.SafetyOnly, classOf(t, "partition n1 n2 | rest", joint), "no side has a quorum of both")
}

func TestClocksMatterWhenReadsRelyOnThem(t *testing.T) {
	leases := faults.Budget{Voters: []uint64{1, 2, 3}, Leases: true, LeaseDriftPPM: 1000}
	require.Equal(t, faults.OutOfModel, classOf(t, "skew n1 by +1ms", leases))
	require.Equal(t, faults.OutOfModel, classOf(t, "freeze n1", leases))
	require.Equal(t, faults.OutOfModel, classOf(t, "strobe n1 by +1ms each 1ms", leases))
	require.Equal(t, faults.OutOfModel, classOf(t, "pause n1 and clock", leases))
	require.Equal(t, faults.Tolerable, classOf(t, "pause n1", leases))
	require.Equal(t, faults.Tolerable, classOf(t, "drift n1 by -1000ppm", leases))
	require.Equal(t, faults.OutOfModel, classOf(t, "drift n1 by -1001ppm", leases))
}

func TestBindingNeverMakesAFaultWorse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := anyView(t)
		a := anyAction(t)
		bound, err := faults.Bind(a, v, rapid.Uint64().Draw(t, "fate"))
		if err != nil {
			return
		}
		b := faults.Budget{Voters: v.incoming, Outgoing: v.outgoing}
		b.Faulty = faults.Hosts(rapid.SliceOfDistinct(rapid.SampledFrom(v.Hosts()), rapid.ID[uint64]).Draw(t, "faulty")...)
		b.Faulty = append(b.Faulty, faults.Hosts(faults.Resolve(faults.Down.Target(), v, 0)...)...)
		require.LessOrEqual(t, faults.Fault{Action: bound}.Class(b), faults.Fault{Action: a}.Class(b), "%s bound to %s", a, bound)
	})
}

// What is tolerable really leaves a quorum, by the most naive count there is.
func TestWhatIsTolerableLeavesAQuorum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := anyView(t)
		faulty := rapid.SliceOfDistinct(rapid.Uint64Range(1, 12), rapid.ID[uint64]).Draw(t, "faulty")
		b := faults.Budget{Voters: v.incoming, Outgoing: v.outgoing, Faulty: faults.Hosts(faulty...)}
		crash := faults.Crash{Hosts: faults.Hosts(rapid.SliceOfNDistinct(rapid.Uint64Range(1, 12), 1, 5, rapid.ID[uint64]).Draw(t, "crash")...)}
		left := func(half []uint64) bool { return quorum(minus(half, append(crash.Hosts.IDs(), faulty...)), half) }
		want := faults.SafetyOnly
		if left(v.incoming) && left(v.outgoing) {
			want = faults.Tolerable
		}
		require.Equal(t, want, faults.Fault{Action: crash}.Class(b))

		sides := anySides(t, 2, 3)
		partition, err := faults.Bind(faults.Partition{Sides: sides}, v, 1)
		if err != nil || (faults.Fault{Action: partition}).Class(b) != faults.Tolerable {
			return
		}
		require.True(t, slices.ContainsFunc(partition.Groups(), func(kept faults.Group) bool {
			var lost []uint64
			for _, side := range partition.Groups() {
				if !slices.Equal(side, kept) {
					lost = append(lost, side.IDs()...)
				}
			}
			lost = append(lost, faulty...)
			return quorum(minus(v.incoming, lost), v.incoming) && quorum(minus(v.outgoing, lost), v.outgoing)
		}), "%s", partition)
	})
}

func TestFaultsThatOverlapShareTheBudget(t *testing.T) {
	b := faults.Budget{Voters: []uint64{1, 2, 3}, ElectionTimeout: time.Second}
	for text, want := range map[string]faults.Class{
		"1s crash n1 for 1s\n3s crash n2 for 1s":                            faults.Tolerable,
		"1s crash n1 for 2s\n3s crash n2 for 1s":                            faults.SafetyOnly, // n1 restarts as n2 crashes
		"1s crash n1 for 1s..3s\n3s crash n2 for 1s":                        faults.SafetyOnly,
		"1s crash n1 for 3s\n3s crash n1 for 1s":                            faults.Tolerable,
		"1s crash n1\n30s crash n2 for 1s":                                  faults.SafetyOnly, // nobody restarts n1
		"1s crash n1\n20s heal\n30s crash n2 for 1s":                        faults.Tolerable,
		"1s..25s crash n1\n20s heal\n30s crash n2 for 1s":                   faults.SafetyOnly,
		"1s crash n1 for 1s every 2s\n30s crash n2 for 1s":                  faults.SafetyOnly,
		"1s crash n1 for 1s every 2s until 28s\n30s crash n2 for 1s":        faults.Tolerable,
		"1s crash n1 for 1s every 2s until 29s\n30s crash n2 for 1s":        faults.SafetyOnly,
		"1s crash leader for 1s\n4s crash leader for 1s":                    faults.SafetyOnly, // the first may wait 2s for a leader
		"1s crash leader for 1s\n4.001s crash leader for 1s":                faults.Tolerable,
		"1s crash leader for 1s within 10ms\n2.5s crash leader for 1s":      faults.Tolerable,
		"1s crash n1 at operation 5 for 1s\n2.1s crash n2 for 1s":           faults.Tolerable,
		"1s disk n1 fails-sync once for 1s\n4.9s crash n2 for 1s":           faults.SafetyOnly, // n1 may still be down
		"1s disk n1 fails-sync once for 1s\n5.1s crash n2 for 1s":           faults.Tolerable,
		"1s swizzle n1 over 1s for 1s\n2.9s crash n2 for 1s":                faults.SafetyOnly,
		"1s swizzle n1 over 1s for 1s\n3.1s crash n2 for 1s":                faults.Tolerable,
		"1s isolate n1 for 9s\n2s disk n1 slows by 1ms":                     faults.Tolerable,
		"1s disk leader copied\n1s crash n1 for 1s\n2.5s crash n2 for 1s":   faults.Tolerable,
		"1s network loses 20% for 9s\n2s crash n1 for 1s":                   faults.Tolerable,
		"1s crash n1 for 9s\n2s disk n2 lies once for 1s":                   faults.OutOfModel,
		"1s reconfigure add n4 n5\n2s crash n1 n2 for 1s":                   faults.SafetyOnly, // it may not be made yet
		"1s reconfigure add n4\n2s crash n4 for 1s":                         faults.Tolerable,
		"1s reconfigure remove n3\n2s crash n1 for 1s":                      faults.SafetyOnly, // two are left
		"1s replace n3 with n4\n2s crash n1 for 1s":                         faults.Tolerable,
		"1s replace n3 with n4\n2s crash n1 n3 for 1s":                      faults.SafetyOnly,
		"1s replace follower with new\n2s crash n1 for 1s":                  faults.Tolerable,
		"1s reconfigure remove follower\n2s crash n1 for 1s":                faults.SafetyOnly,
		"1s crash n1 for 9s\n2s reconfigure remove n3":                      faults.SafetyOnly,
		"1s crash n1 for 9s\n2s reconfigure remove n1":                      faults.Tolerable,
		"1s crash n4 for 9s\n2s reconfigure add n4":                         faults.Tolerable, // one of four
		"1s crash n1 n4 for 9s\n2s reconfigure add n4":                      faults.SafetyOnly,
		"1s reconfigure learn n4\n2s crash n4 n1 for 1s":                    faults.Tolerable,
		"1s reconfigure remove followers\n9s crash n1 for 1s":               faults.SafetyOnly,
		"1s reconfigure add n4\n2s reconfigure add n5\n3s crash n4 n5":      faults.Tolerable,
		"1s reconfigure add n4\n2s reconfigure add n5\n3s crash n1 n4":      faults.SafetyOnly,
		"1s partition minority | rest for 1s\n1.5s pause n1 for 1s":         faults.SafetyOnly,
		"1s partition n1 | rest for 1s\n1.5s pause n1 and clock for 1s":     faults.Tolerable,
		"1s disk n1 slows by 1ms for 5s\n2s crash n2 for 1s":                faults.Tolerable,
		"1s disk n1 slows by 900ms for 5s\n2s crash n2 for 1s":              faults.SafetyOnly,
		"1s transfer leader to n2\n1s campaign n3\n1s compact all\n1s heal": faults.Tolerable,
	} {
		s, err := faults.Parse(text)
		require.NoError(t, err, text)
		require.Equal(t, want, s.Class(b), text)
	}
	require.Equal(t, faults.Tolerable, faults.Schedule{}.Class(b))
}
