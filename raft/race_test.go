package raft_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// server is a member as an application would run it: one goroutine for the Ready
// loop, others for everything else.
type server struct {
	node    raft.Node
	storage *raft.MemoryStorage
	inbox   chan pb.Message
	applied atomic.Int64
	read    atomic.Int64
}

// run is the Ready loop.
func (s *server) run(ctx context.Context, send func(pb.Message)) {
	for {
		select {
		case rd := <-s.node.Ready():
			_ = s.storage.Append(rd.Entries)
			_ = s.storage.SetHardState(rd.HardState)
			for _, m := range rd.Messages {
				send(m)
			}
			for _, e := range rd.CommittedEntries {
				if e.Type == pb.EntryConfChange {
					var cc pb.ConfChange
					_ = cc.Unmarshal(e.Data)
					s.node.ApplyConfChange(cc)
				}
				if len(e.Data) > 0 {
					s.applied.Add(1)
				}
			}
			s.read.Add(int64(len(rd.ReadStates)))
			s.node.Advance()
		case <-ctx.Done():
			return
		}
	}
}

func TestManyGoroutinesShareANode(t *testing.T) {
	ctx, cancel := context.WithTimeout(background, 30*time.Second)
	defer cancel()
	servers := map[uint64]*server{}
	peers := []raft.Peer{{ID: 1}, {ID: 2}, {ID: 3}}
	for _, p := range peers {
		s := raft.NewMemoryStorage()
		servers[p.ID] = &server{node: raft.StartNode(quietConfig(p.ID, s), peers), storage: s, inbox: make(chan pb.Message, 4096)}
	}
	send := func(m pb.Message) {
		select {
		case servers[m.To].inbox <- m:
		default: // a full network loses
		}
	}
	var loops, clients sync.WaitGroup
	for _, s := range servers {
		loops.Go(func() { s.run(ctx, send) })
		for range 2 { // two goroutines deliver, so messages are reordered
			loops.Go(func() {
				for {
					select {
					case m := <-s.inbox:
						if m.Type == pb.MsgProp { // must not hold up the rest
							soon, cancel := context.WithTimeout(ctx, time.Millisecond)
							_ = s.node.Step(soon, m)
							cancel()
							continue
						}
						_ = s.node.Step(ctx, m)
					case <-ctx.Done():
						return
					}
				}
			})
		}
		loops.Go(func() {
			for ctx.Err() == nil {
				s.node.Tick()
				_ = s.node.Status()
				s.node.(raft.StatusViewer).BasicStatus()
				s.node.ReportUnreachable(9)
				time.Sleep(200 * time.Microsecond)
			}
		})
	}
	var proposed atomic.Int64
	for id, s := range servers {
		for i := range 4 {
			clients.Go(func() {
				for n := range 25 {
					if s.node.Propose(ctx, fmt.Appendf(nil, "%d %d %d", id, i, n)) == nil {
						proposed.Add(1)
					}
					_ = s.node.ReadIndex(ctx, fmt.Appendf(nil, "%d %d %d", id, i, n))
				}
			})
		}
	}
	clients.Wait()
	require.NoError(t, ctx.Err())
	require.Positive(t, proposed.Load())
	require.Eventually(t, func() bool { return servers[1].applied.Load() > 3 && servers[3].applied.Load() > 3 }, 20*time.Second, time.Millisecond)
	for _, s := range servers {
		clients.Go(s.node.Stop) // while everything else goes on
	}
	clients.Wait()
	cancel()
	loops.Wait()
}
