package recovery

import (
	"slices"

	"raftsim/checker/membership"
	"raftsim/raft"
	"raftsim/random"
)

// Core are the hosts that the recovery phase asks progress of: they contain a quorum
// of every configuration that could be in force, and none of them has lost data that it
// had acknowledged. Hosts outside the core are switched off, or can only send (see
// oneway.go), and come back only for a configuration that needs them.
type Core struct {
	cluster  Cluster
	chance   random.Key
	hosts    []uint64
	complete bool // no host joins any more
	oneWay   oneWay
}

// purposeDraw is what the chance of a core decides. The number is part of every run.
const purposeDraw random.Purpose = 4

// NewCore returns a core that is not chosen yet. With oneWay some of the hosts outside
// it may run on and can only send.
func NewCore(c Cluster, chance random.Key, oneWay bool) *Core {
	k := &Core{cluster: c, chance: chance}
	k.oneWay.allowed = oneWay
	return k
}

// Chosen says whether there is a core.
func (k *Core) Chosen() bool { return len(k.hosts) > 0 }

// Has says whether a host is in the core that was chosen.
func (k *Core) Has(id uint64) bool { return slices.Contains(k.hosts, id) }

// GivenUp says whether a host is outside the core that was chosen.
func (k *Core) GivenUp(id uint64) bool { return k.Chosen() && !k.Has(id) }

// Asked are those of some hosts that clients ask: all until the phase begins, then those in
// the core, as long as there are any.
func (k *Core) Asked(hosts []uint64) []uint64 {
	if !k.complete {
		return hosts
	}
	core := slices.DeleteFunc(slices.Clone(hosts), func(id uint64) bool { return !k.Has(id) })
	if len(core) == 0 {
		return hosts
	}
	return core
}

// Members are the members of the configuration in force that must recover, in order of
// their number.
func (k *Core) Members() []uint64 {
	conf := k.cluster.Conf()
	members := slices.DeleteFunc(slices.Clone(k.hosts), func(id uint64) bool { return !conf.Has(id) })
	slices.Sort(members)
	return members
}

// Choose picks the hosts of a core that is not chosen yet, and silences all others: all
// that are sound, or with few a random smallest set that still is a core. It returns false
// when the sound hosts are no core: too much was lost to ask for progress.
func (k *Core) Choose(few bool) bool {
	k.hosts = k.choose(few, nil)
	return k.Chosen()
}

// choose picks a core that has those in it that are kept.
func (k *Core) choose(few bool, kept []uint64) []uint64 {
	quorums := k.possibleQuorums()
	core := k.soundHosts()
	if !membership.EachHasQuorum(quorums, core) {
		return nil
	}
	if !few {
		return core
	}
	order := slices.Clone(core)
	k.chance.Key("core").Rand(purposeDraw).Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	for _, id := range order {
		rest := without(core, id)
		if !slices.Contains(kept, id) && membership.EachHasQuorum(quorums, rest) {
			core = rest
		}
	}
	return core
}

// Renew sees to it that a core that was chosen before still is one. Hosts
// that have lost something since are out. When the rest holds no quorum, as of a
// configuration that has come since, as many others come in as it takes, and are
// not given up any more. The core is empty when not even these are enough.
func (k *Core) Renew() {
	if !k.Chosen() {
		return
	}
	sound := k.soundHosts()
	k.hosts = slices.DeleteFunc(k.hosts, func(id uint64) bool { return !slices.Contains(sound, id) })
	if !membership.EachHasQuorum(k.possibleQuorums(), k.hosts) {
		k.hosts = k.choose(true, k.hosts)
		k.restoreOneWay()
	}
}

// HasQuorum says whether the core holds a quorum of the configuration in force.
func (k *Core) HasQuorum() bool {
	return membership.EachHasQuorum([]membership.Config{k.cluster.Conf()}, k.hosts)
}

// Join takes a host into a core that was chosen before the host came. Once the phase has
// begun it has no effect.
func (k *Core) Join(id uint64) {
	if !k.complete && k.Chosen() && !k.Has(id) {
		k.hosts = append(k.hosts, id)
	}
}

// soundHosts are the hosts that are sound, and not switched off for good.
func (k *Core) soundHosts() (sound []uint64) {
	for _, h := range k.cluster.Hosts() {
		if h.Sound && !h.Retired {
			sound = append(sound, h.ID)
		}
	}
	return sound
}

// Isolate silences all hosts outside the core. Those that can only send no
// longer hear, the others are switched off.
func (k *Core) Isolate() {
	k.chooseOneWay()
	for _, h := range k.cluster.Hosts() {
		if !h.Absent && !h.Retired && !k.Has(h.ID) && !k.OneWay(h.ID) {
			k.cluster.SwitchOff(h.ID)
		}
	}
}

// possibleQuorums lists every configuration that could be in force, one of those
// with the same voters: applied on any host, or in an entry of any host's log that
// has not been overwritten. Hosts that were removed and switched off do not count,
// nor when they run again with what they knew then; nor do those that a core does
// without.
func (k *Core) possibleQuorums() []membership.Config {
	var all []membership.Config
	add := func(c membership.Config) {
		if c.Known() && !slices.ContainsFunc(all, func(o membership.Config) bool { return o.SameVoters(&c) }) {
			all = append(all, c)
		}
	}
	add(k.cluster.Conf())
	for _, h := range k.cluster.Hosts() {
		if k.GivenUp(h.ID) {
			continue
		}
		configs := h.Configs
		if h.Replica != nil {
			if last, _ := h.Replica.LogEnd(); last < k.cluster.Settled() {
				continue
			}
			configs = PossibleConfigs(h.Replica)
		}
		for _, c := range configs {
			add(c)
		}
	}
	return all
}

// Dispensable are the followers that vote and without whom the others still have
// a quorum.
func (k *Core) Dispensable() []uint64 {
	core, quorums, hosts := k.Members(), k.possibleQuorums(), k.cluster.Hosts()
	return slices.DeleteFunc(slices.Clone(core), func(id uint64) bool {
		p := hosts[id-1].Replica
		return p == nil || p.BasicStatus().RaftState != raft.StateFollower || !slices.Contains(p.ConfState().Voters, id) || !membership.EachHasQuorum(quorums, without(core, id))
	})
}
