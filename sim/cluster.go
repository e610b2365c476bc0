package sim

import (
	"raftsim/checker/membership"
	"raftsim/network"
	"raftsim/sim/internal/recovery"
	"raftsim/trace"
)

// cluster is what the recovery phase has of a simulation.
type cluster struct{ sim *Simulation }

var _ recovery.Cluster = cluster{}

func (c cluster) Hosts() []recovery.Host {
	hosts := make([]recovery.Host, len(c.sim.hosts))
	for i, h := range c.sim.hosts {
		hosts[i] = recovery.Host{
			ID: h.id, Running: h.Running(), State: h.state.String(), Absent: h.state == absent, Retired: h.state == retired,
			Sound: h.sound(), Replica: h.raft(), Configs: h.configs,
		}
	}
	return hosts
}

func (c cluster) Conf() membership.Config { return membership.Of(&c.sim.members.conf) }
func (c cluster) Settled() uint64         { return c.sim.members.settled }

func (c cluster) LinksTo(host uint64) (links []network.LinkID) {
	for _, from := range c.sim.ends() {
		if from != host {
			links = append(links, network.LinkID{From: from, To: host})
		}
	}
	return links
}

func (c cluster) Cut(links []network.LinkID)     { c.sim.network.CutAll(links) }
func (c cluster) Restore(links []network.LinkID) { c.sim.network.RestoreAll(links) }

func (c cluster) SwitchOff(host uint64) {
	h := c.sim.hosts[host-1]
	h.powerOff(&losses{})
	h.downs = 1
}

func (c cluster) Tell(host uint64, text string) {
	c.sim.record(Record{Verb: trace.Phase, Host: host, Text: text})
}

// sound says whether a host still has all that it ever acknowledged.
func (h *Host) sound() bool { return !h.damaged && !h.excused() }
