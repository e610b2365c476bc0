package lockstep_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/adapters/etcdraft/lockstep"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/random"
)

// planted are differences that the player must find, each small enough to hide.
var planted = map[string]lockstep.Side{
	"another timeout": changed(func(c *raft.Config) { c.Rand = shifted{c.Rand} }),
	"one more message in flight": changed(func(c *raft.Config) {
		c.MaxInflightMsgs++
	}),
	"leads after removal": changed(func(c *raft.Config) { c.LeadAfterRemoval = true }),
	"a check of the quorum": changed(func(c *raft.Config) {
		c.CheckQuorum = true
	}),
	"a lost heartbeat": wrapped(func(m lockstep.Made) lockstep.Made { return &deaf{Made: m} }),
	"a hard state that is not synced": wrapped(func(m lockstep.Made) lockstep.Made {
		return unsynced{m}
	}),
	"a panic": wrapped(func(m lockstep.Made) lockstep.Made { return nervous{m} }),
}

func changed(change func(c *raft.Config)) lockstep.Side {
	return lockstep.Side{Name: "planted", New: func(c *raft.Config) (lockstep.Made, error) {
		change(c)
		return raft.NewRawNode(c)
	}}
}

func wrapped(wrap func(m lockstep.Made) lockstep.Made) lockstep.Side {
	return lockstep.Side{Name: "planted", New: func(c *raft.Config) (lockstep.Made, error) {
		m, err := raft.NewRawNode(c)
		return wrap(m), err
	}}
}

type shifted struct{ raft.Rand }

func (s shifted) Uint64() uint64 { return s.Rand.Uint64() + 1 }

// deaf loses its 20th heartbeat.
type deaf struct {
	lockstep.Made
	heard int
}

func (d *deaf) Step(m pb.Message) error {
	if m.Type == pb.MsgHeartbeat {
		if d.heard++; d.heard == 20 {
			return nil
		}
	}
	return d.Made.Step(m)
}

type unsynced struct{ lockstep.Made }

func (u unsynced) Ready() raft.Ready {
	rd := u.Made.Ready()
	rd.MustSync = rd.MustSync && len(rd.Entries) > 0
	return rd
}

type nervous struct{ lockstep.Made }

func (n nervous) TransferLeader(to uint64) {
	if n.BasicStatus().RaftState == raft.StateLeader {
		panic("transfer")
	}
	n.Made.TransferLeader(to)
}

func TestPlantedDifferencesAreFoundAndShrunk(t *testing.T) {
	for name, side := range planted {
		t.Run(name, func(t *testing.T) {
			for seed := range random.Seed(40) {
				p := lockstep.Draw(seed.Chooser(), 2000)
				if lockstep.Play(&p, etcd, side).Difference == nil {
					continue
				}
				small := shrink(p, etcd, side)
				r := lockstep.Play(&small, etcd, side)
				require.NotNil(t, r.Difference)
				require.Less(t, len(small.Steps), 60, "%v", &small)
				t.Logf("seed %d, %d steps: %s", seed, len(small.Steps), r.Difference.What)
				return
			}
			t.Fatal("not found")
		})
	}
}
