package recovery

import (
	"fmt"
	"slices"

	"raftsim/network"
	"raftsim/raft"
	"raftsim/replica"
)

// oneWay are the hosts outside the core that are not switched off but run on and
// receive nothing: their packets reach the core, and nothing reaches them. With
// pre-vote and check-quorum such a host can do no more than ask, over
// and over, whether it could win an election; the core must recover all the same,
// and keep its leader (dissertation section 9.6). Without both it would campaign
// in ever later terms, and a Raft that obeys them has no leader for long.
type oneWay struct {
	allowed bool
	chosen  bool
	hosts   []uint64
	cut     []network.LinkID // to these hosts
}

// chooseOneWay chooses once which of the hosts outside the core can only send, and
// cuts the links to them. Of those that were chosen before only the ones that are
// fit for it still go on.
func (k *Core) chooseOneWay() {
	n := &k.oneWay
	hosts := k.cluster.Hosts()
	if !n.chosen {
		n.chosen = true
		for i := range hosts {
			h := &hosts[i]
			key := k.chance.Key(fmt.Sprintf("noise n%d", h.ID))
			if !k.Has(h.ID) && k.mayRunOneWay(h) && key.Fate(purposeDraw, 0)&1 == 1 {
				n.hosts = append(n.hosts, h.ID)
				k.cluster.Tell(h.ID, "recovery: is outside the core, can send and cannot receive")
			}
		}
		k.CutOneWay()
	}
	n.hosts = slices.DeleteFunc(n.hosts, func(id uint64) bool { return !k.mayRunOneWay(&hosts[id-1]) })
}

// mayRunOneWay says whether a host outside the core can run without being able to
// stop it. It must be a voter with all that it ever acknowledged: one that has lost
// some could lead the core astray, and one that was removed may be switched off at
// any time.
func (k *Core) mayRunOneWay(h *Host) bool {
	conf := k.cluster.Conf()
	return k.oneWay.allowed && !h.Absent && !h.Retired && h.Sound && conf.Voter(h.ID)
}

// OneWay says whether a host outside the core can only send.
func (k *Core) OneWay(id uint64) bool { return slices.Contains(k.oneWay.hosts, id) }

// CutOneWay cuts the links to the hosts that can only send, where they are not cut yet:
// a host or a client may have come.
func (k *Core) CutOneWay() {
	n := &k.oneWay
	var links []network.LinkID
	for _, to := range n.hosts {
		for _, l := range k.cluster.LinksTo(to) {
			if !slices.Contains(n.cut, l) {
				links = append(links, l)
			}
		}
	}
	if len(n.hosts) > 0 {
		n.cut = append(n.cut, links...)
		k.cluster.Cut(links)
	}
}

// Healed cuts the links to the hosts that can only send again, after the network has
// restored all links.
func (k *Core) Healed() { k.cluster.Cut(k.oneWay.cut) }

// restoreOneWay restores the links to those of these hosts that are in the core now.
func (k *Core) restoreOneWay() {
	n := &k.oneWay
	k.cluster.Restore(n.cut)
	n.cut = nil
	n.hosts = slices.DeleteFunc(n.hosts, k.Has)
	k.CutOneWay()
}

// Settled says whether a host that can only send does no more than ask for pre-votes: it
// leads no more, and no election of the fault phase is under way.
func Settled(p *replica.Replica) bool {
	state := p.BasicStatus().RaftState
	return state == raft.StateFollower || state == raft.StatePreCandidate
}
