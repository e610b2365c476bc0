package recovery_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/checker/membership"
	"raftsim/network"
	"raftsim/random"
	"raftsim/sim/internal/recovery"
)

// cluster is one whose hosts are all down: what could be in force is what they knew.
type cluster struct {
	hosts []recovery.Host
	conf  membership.Config
	off   []uint64
	cut   map[network.LinkID]bool
}

func (c *cluster) Hosts() []recovery.Host  { return c.hosts }
func (c *cluster) Conf() membership.Config { return c.conf }
func (c *cluster) Settled() uint64         { return 0 }
func (c *cluster) SwitchOff(host uint64)   { c.off = append(c.off, host) }
func (c *cluster) Tell(uint64, string)     {}

func (c *cluster) LinksTo(host uint64) (links []network.LinkID) {
	for _, h := range c.hosts {
		if h.ID != host {
			links = append(links, network.LinkID{From: h.ID, To: host})
		}
	}
	return links
}

func (c *cluster) Cut(links []network.LinkID) {
	for _, l := range links {
		c.cut[l] = true
	}
}

func (c *cluster) Restore(links []network.LinkID) {
	for _, l := range links {
		delete(c.cut, l)
	}
}

// anyCluster draws hosts, some of which are not sound, and what they know.
func anyCluster(t *rapid.T) *cluster {
	c := &cluster{cut: map[network.LinkID]bool{}}
	n := rapid.Uint64Range(3, 9).Draw(t, "hosts")
	voters := rapid.SliceOfNDistinct(rapid.Uint64Range(1, n), 1, int(n), rapid.ID[uint64])
	draw := func() membership.Config {
		k := membership.Config{Voters: voters.Draw(t, "voters")}
		if rapid.Bool().Draw(t, "joint") {
			k.Outgoing = voters.Draw(t, "outgoing")
		}
		slices.Sort(k.Voters)
		slices.Sort(k.Outgoing)
		return k
	}
	c.conf = draw()
	for id := range n {
		c.hosts = append(c.hosts, recovery.Host{
			ID: id + 1, Sound: rapid.IntRange(0, 9).Draw(t, "sound") < 9, Retired: rapid.IntRange(0, 9).Draw(t, "retired") == 9,
		})
		if rapid.IntRange(0, 4).Draw(t, "knows another") == 4 {
			c.hosts[id].Configs = []membership.Config{draw()}
		}
	}
	return c
}

// possible are all configurations that could be in force.
func (c *cluster) possible() []membership.Config {
	all := []membership.Config{c.conf}
	for _, h := range c.hosts {
		all = append(all, h.Configs...)
	}
	return all
}

func (c *cluster) sound() (ids []uint64) {
	for _, h := range c.hosts {
		if h.Sound && !h.Retired {
			ids = append(ids, h.ID)
		}
	}
	return ids
}

func newCore(t *rapid.T, c *cluster) *recovery.Core {
	seed := rapid.Uint64().Draw(t, "seed")
	return recovery.NewCore(c, random.NewFates(random.Seed(seed), nil).Key("core"), rapid.IntRange(0, 3).Draw(t, "one way") < 3)
}

func TestACoreIsASmallestSetOfSoundHostsWithAQuorumOfAllThatCouldBeInForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCluster(t)
		core := newCore(t, c)
		sound := c.sound()
		require.Equal(t, membership.EachHasQuorum(c.possible(), sound), core.Choose(true), "there is a core if the sound hosts are one")
		if !core.Chosen() {
			return
		}
		chosen := slices.DeleteFunc(slices.Clone(sound), func(id uint64) bool { return !core.Has(id) })
		require.True(t, membership.EachHasQuorum(c.possible(), chosen), "core %v", chosen)
		for _, id := range chosen {
			rest := slices.DeleteFunc(slices.Clone(chosen), func(other uint64) bool { return other == id })
			require.False(t, membership.EachHasQuorum(c.possible(), rest), "core %v can do without %d", chosen, id)
		}
	})
}

func TestHostsOutsideACoreAreOffOrHearNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCluster(t)
		core := newCore(t, c)
		if !core.Choose(true) {
			return
		}
		core.Isolate()
		for _, h := range c.hosts {
			silenced := !core.Has(h.ID) && !h.Retired
			require.Equal(t, silenced && !core.OneWay(h.ID), slices.Contains(c.off, h.ID), "n%d", h.ID)
			require.False(t, !silenced && core.OneWay(h.ID), "n%d", h.ID)
			for _, l := range c.LinksTo(h.ID) {
				require.Equal(t, core.OneWay(h.ID), c.cut[l], "%v", l)
			}
		}
	})
}

func TestAHostThatIsNeededAgainIsHeardAndHears(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCluster(t)
		core := newCore(t, c)
		if !core.Choose(true) {
			return
		}
		core.Isolate()
		outside := slices.DeleteFunc(c.sound(), core.Has)
		if len(outside) == 0 {
			return
		}
		needed := rapid.SampledFrom(outside).Draw(t, "needed")
		c.conf = membership.Config{Voters: []uint64{needed}}
		core.Renew()
		require.True(t, core.HasQuorum())
		require.True(t, core.Has(needed))
		for _, h := range c.hosts {
			for _, l := range c.LinksTo(h.ID) {
				require.Equal(t, core.OneWay(h.ID), c.cut[l], "%v", l)
			}
			require.False(t, core.Has(h.ID) && core.OneWay(h.ID))
		}
	})
}
