// Package pace measures what a Raft library costs by itself: both libraries do the
// same work in the same process, in turns.
package pace

import (
	"encoding/binary"
	"fmt"

	ours "raftsim/adapters/etcdraft/pace/ours"
	theirs "raftsim/adapters/etcdraft/pace/theirs"
)

// Cluster is a group of one library.
type Cluster interface {
	Propose(data []byte)
	Bulk(data []byte, n int)
	ReadIndex(context []byte)
	Tick()
	Settle()
	Compact()
	Counts() (applied, read int)
}

// Library makes groups.
type Library struct {
	Name string
	New  func(size int) Cluster
}

// Libraries are etcd's and ours.
var Libraries = [2]Library{
	{"etcd", func(size int) Cluster { return theirs.New(size) }},
	{"ours", func(size int) Cluster { return ours.New(size) }},
}

// Work is something to measure.
type Work struct {
	// Name is for people and for go test -bench.
	Name string
	// Nodes is the size of the group.
	Nodes int
	// Unit is what is done n times.
	Unit string
	// Do does it n times.
	Do func(c Cluster, n int)
}

// Works are all that are measured.
func Works() []Work {
	var works []Work
	for _, nodes := range []int{3, 5} {
		for _, batch := range []int{1, 64, 1024} {
			for _, size := range []int{64, 1024} {
				works = append(works, Work{
					Name:  fmt.Sprintf("propose/nodes=%d/batch=%d/bytes=%d", nodes, batch, size),
					Nodes: nodes, Unit: "proposal", Do: proposing(batch, size),
				})
			}
		}
	}
	for _, nodes := range []int{3, 5} {
		works = append(works, Work{Name: fmt.Sprintf("bulk/nodes=%d/batch=1024/bytes=64", nodes), Nodes: nodes, Unit: "proposal", Do: inBulk(1024, 64)})
	}
	for _, nodes := range []int{3, 5, 51} {
		works = append(works, Work{Name: fmt.Sprintf("tick/nodes=%d", nodes), Nodes: nodes, Unit: "tick of a node", Do: ticking(nodes)})
	}
	for _, nodes := range []int{3, 5} {
		works = append(works, Work{Name: fmt.Sprintf("read/nodes=%d", nodes), Nodes: nodes, Unit: "read", Do: reading})
	}
	return works
}

// compactEvery is after how many proposals the logs are compacted, so that their
// memory is bounded.
const compactEvery = 8192

// proposing commits and applies n proposals on all nodes, a batch at a time.
func proposing(batch, size int) func(c Cluster, n int) {
	data := make([]byte, size)
	return func(c Cluster, n int) {
		for i := 1; i <= n; i++ {
			c.Propose(data)
			if i%batch == 0 || i == n {
				c.Settle()
			}
			if i%compactEvery == 0 {
				c.Settle()
				c.Compact()
			}
		}
	}
}

// inBulk commits and applies n proposals on all nodes, a batch at a time, each batch in
// one message.
func inBulk(batch, size int) func(c Cluster, n int) {
	data := make([]byte, size)
	return func(c Cluster, n int) {
		for done := 0; done < n; {
			now := min(batch, n-done)
			c.Bulk(data, now)
			c.Settle()
			if done += now; done%compactEvery == 0 {
				c.Compact()
			}
		}
	}
}

// ticking ticks n nodes: all of a group, and the heartbeats and answers arrive.
func ticking(nodes int) func(c Cluster, n int) {
	return func(c Cluster, n int) {
		for i := 0; i < n; i += nodes {
			c.Tick()
			c.Settle()
		}
	}
}

// reading answers n reads, one after the other, each with a context of its own.
func reading(c Cluster, n int) {
	_, before := c.Counts()
	for i := range n {
		c.ReadIndex(binary.BigEndian.AppendUint64(nil, uint64(before+i+1)))
		c.Settle()
	}
}
