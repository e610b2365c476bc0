package sim_test

import (
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/sim"
)

// steady is a cluster with nothing wrong and no clients.
func steady(nodes int) sim.Options {
	return sim.Options{Nodes: nodes, Seed: 1, Run: time.Hour, Workload: sim.WorkloadOptions{Clients: -1}}
}

// cpu is the processor time that this process has used: on a busy machine it
// says more than the time on the wall.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkSimulation measures a loaded cluster: simulated seconds per second
// of processor time, and events and allocations.
func BenchmarkSimulation(b *testing.B) {
	for _, nodes := range []int{3, 5, 9} {
		b.Run(fmt.Sprintf("nodes=%d", nodes), func(b *testing.B) {
			o := steady(nodes)
			o.Workload = sim.WorkloadOptions{Clients: 4, PerSecond: 100}
			s, err := sim.New(o)
			if err != nil {
				b.Fatal(err)
			}
			s.RunFor(2 * time.Second)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			first := s.Events()
			b.ResetTimer()
			start := cpu(b)
			for range b.N {
				s.RunFor(time.Second)
			}
			used := (cpu(b) - start).Seconds()
			b.StopTimer()
			runtime.ReadMemStats(&after)
			events := float64(s.Events() - first)
			b.ReportMetric(float64(b.N)/used, "sim-s/cpu-s")
			b.ReportMetric(events/used, "events/cpu-s")
			b.ReportMetric(float64(after.Mallocs-before.Mallocs)/events, "allocs/event")
		})
	}
}

// BenchmarkOverhead steps the same core bare and in the simulator, and prints
// the ratio of the time that one protocol message takes.
func BenchmarkOverhead(b *testing.B) {
	for _, nodes := range []int{3, 5} {
		b.Run(fmt.Sprintf("nodes=%d", nodes), func(b *testing.B) {
			var bare, simulated time.Duration
			for range b.N {
				bare += bareMessage(b, nodes)
				simulated += simulatedMessage(b, nodes)
			}
			b.ReportMetric(float64(bare)/float64(b.N), "bare-ns/message")
			b.ReportMetric(float64(simulated)/float64(b.N), "sim-ns/message")
			b.ReportMetric(float64(simulated)/float64(bare), "ratio")
		})
	}
}

// simulatedMessage is the time of one message of an idle cluster, which sends
// heartbeats and answers them.
func simulatedMessage(b *testing.B, nodes int) time.Duration {
	s, err := sim.New(steady(nodes))
	if err != nil {
		b.Fatal(err)
	}
	s.RunFor(2 * time.Second)
	before := s.Network().Stats().Delivered
	start := cpu(b)
	s.RunFor(60 * time.Second)
	return (cpu(b) - start) / time.Duration(s.Network().Stats().Delivered-before)
}

// bareMessage is the same without a simulator: ticks and messages go straight
// to RawNodes.
func bareMessage(b *testing.B, nodes int) time.Duration {
	cluster := make([]*raft.RawNode, nodes)
	stores := make([]*raft.MemoryStorage, nodes)
	voters := make([]uint64, nodes)
	for i := range voters {
		voters[i] = uint64(i + 1)
	}
	for i := range cluster {
		stores[i] = raft.NewMemoryStorage()
		genesis := pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: 1, Term: 1, ConfState: pb.ConfState{Voters: voters}}}
		if err := stores[i].ApplySnapshot(genesis); err != nil {
			b.Fatal(err)
		}
		node, err := raft.NewRawNode(&raft.Config{
			ID: uint64(i + 1), ElectionTick: 10, HeartbeatTick: 2, Storage: stores[i],
			MaxSizePerMsg: 64 << 10, MaxInflightMsgs: 64, Logger: raft.DiscardLogger{},
		})
		if err != nil {
			b.Fatal(err)
		}
		cluster[i] = node
	}
	messages := 0
	var queue []pb.Message
	settle := func() {
		for done := false; !done; {
			done = true
			for i, n := range cluster {
				for n.HasReady() {
					rd := n.Ready()
					if err := stores[i].Append(rd.Entries); err != nil {
						b.Fatal(err)
					}
					queue = append(queue, rd.Messages...)
					n.Advance(rd)
				}
			}
			for _, m := range queue {
				done = false
				messages++
				_ = cluster[m.To-1].Step(m)
			}
			queue = queue[:0]
		}
	}
	if err := cluster[0].Campaign(); err != nil {
		b.Fatal(err)
	}
	settle()
	messages = 0
	start := cpu(b)
	for range 3000 {
		for _, n := range cluster {
			n.Tick()
		}
		settle()
	}
	return (cpu(b) - start) / time.Duration(messages)
}

// BenchmarkBuildCluster measures how long it takes to make a run.
func BenchmarkBuildCluster(b *testing.B) {
	for _, nodes := range []int{3, 101} {
		b.Run(fmt.Sprintf("nodes=%d", nodes), func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				if _, err := sim.New(steady(nodes)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
