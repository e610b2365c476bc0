package sim

import (
	"slices"

	"raftsim/checker/membership"
	"raftsim/disk"
	pb "raftsim/raft/raftpb"
	"raftsim/replica"
	"raftsim/sim/internal/recovery"
	"raftsim/trace"
	"raftsim/workload"
)

// members is what the simulation knows of the cluster as a whole: who founded
// it, the latest configuration that any host has applied, and its leaders.
type members struct {
	workload  workload.Workload
	factories []Factory
	mixed     bool // different Rafts: messages travel as bytes
	voters    int  // founding voters, n1 and up
	founders  int  // founding members, learners included
	conf      pb.ConfState
	confIndex uint64
	settled   uint64            // index of a configuration that all members knew, for good
	leaders   map[uint64]uint64 // by term
	bursts    uint64            // clients made up for bursts of operations
	wanted    []*wantedChange
}

// founding says whether a host belongs to the first configuration.
func (m *members) founding(id uint64) bool { return id <= uint64(m.founders) }

// genesis is the first configuration.
func (m *members) genesis() pb.ConfState {
	var cs pb.ConfState
	for id := range uint64(m.founders) {
		if id < uint64(m.voters) {
			cs.Voters = append(cs.Voters, id+1)
		} else {
			cs.Learners = append(cs.Learners, id+1)
		}
	}
	return cs
}

// factory makes the Node of a host.
func (m *members) factory(id uint64) Factory {
	return m.factories[(id-1)%uint64(len(m.factories))]
}

// reachable lists the hosts that clients ask: the members of the latest
// configuration, learners too, and in the recovery phase those that must recover.
func (s *Simulation) reachable() []uint64 {
	return s.core.Asked(memberIDs(&s.members.conf))
}

// memberIDs lists all members of a configuration, in order.
func memberIDs(cs *pb.ConfState) []uint64 {
	ids := slices.Concat(cs.Voters, cs.VotersOutgoing, cs.Learners, cs.LearnersNext)
	slices.Sort(ids)
	return slices.Compact(ids)
}

// isVoter reports that a host votes in either half of a configuration.
func isVoter(cs *pb.ConfState, id uint64) bool {
	return slices.Contains(cs.Voters, id) || slices.Contains(cs.VotersOutgoing, id)
}

// buildHosts makes all hosts of the run, and boots the founding members.
func (s *Simulation) buildHosts() error {
	o, m := &s.options, &s.members
	kind, err := workload.Lookup(o.Workload.Kind)
	if err != nil {
		return err
	}
	names := o.Rafts
	if len(names) == 0 {
		names = []string{DefaultRaft}
	}
	for _, name := range names {
		f, err := LookupRaft(name)
		if err != nil {
			return err
		}
		m.factories = append(m.factories, f)
		m.mixed = m.mixed || name != names[0]
	}
	m.workload, m.voters, m.founders = kind, o.Nodes, o.Nodes+o.Learners
	m.conf, m.leaders = m.genesis(), map[uint64]uint64{}
	for _, id := range o.hostIDs() {
		h := s.addHost(id)
		if m.founding(id) {
			h.restart()
		}
	}
	return nil
}

// addHost makes a host with an empty disk, switched off.
func (s *Simulation) addHost(id uint64) *Host {
	h := &Host{sim: s, id: id, marks: s.marksOf(id), chance: s.fates.Key("host " + name(id))}
	h.appliesAtOnce = s.appliesAtOnce
	h.facts = facts{sim: s, host: h, of: s.watcher.Host(id)}
	h.disk = disk.New(s.fates, name(id), s.options.Disk)
	s.hosts = append(s.hosts, h)
	for _, c := range s.clients.IDs() {
		s.connect(c, id)
	}
	return h
}

// host returns the host of an id, or nil.
func (s *Simulation) host(id uint64) *Host {
	if id == 0 || id > uint64(len(s.hosts)) {
		return nil
	}
	return s.hosts[id-1]
}

// newProcess makes what runs on a host.
func (s *Simulation) newProcess(h *Host) Process {
	if s.options.Process != nil {
		return s.options.Process(h.id)
	}
	return replica.New(s.replicaConfig(h))
}

// replicaConfig is the configuration of the replica on a host.
func (s *Simulation) replicaConfig(h *Host) replica.Config {
	o, m := &s.options.Raft, &s.members
	c := replica.Config{
		Raft:        m.factory(h.id),
		Machine:     func() replica.Machine { return workload.NewSessions(m.workload.NewStateMachine()) },
		Incarnation: h.incarnation,

		Tick: o.Tick, ElectionTicks: o.ElectionTicks, HeartbeatTicks: o.HeartbeatTicks,
		PreVote: o.PreVote, CheckQuorum: o.CheckQuorum, LeaseReads: o.LeaseReads,
		DisableForwarding: o.DisableForwarding, LeadAfterRemoval: o.LeadAfterRemoval,
		MaxSizePerMessage: o.MaxSizePerMessage, MaxInflightMessages: o.MaxInflightMessages, MaxInflightBytes: o.MaxInflightBytes,
		MaxUncommittedBytes: o.MaxUncommittedBytes, MaxCommittedBytes: o.MaxCommittedBytes, Poison: o.Poison,
		AsyncStorage: o.AsyncStorage, ApplyDelay: h.applyDelay(), SegmentBytes: o.SegmentBytes,
		SnapshotEvery: o.SnapshotEvery, KeepEntries: o.KeepEntries, SnapshotChunk: o.SnapshotChunk,
		ReadTimeout: s.options.Workload.Attempt,
	}
	if m.founding(h.id) {
		genesis := m.genesis()
		c.Founding = &genesis
	}
	return c
}

// raft returns the replica that runs on h with a Node, or nil.
func (h *Host) raft() *replica.Replica {
	if p, ok := h.process.(*replica.Replica); ok && h.Running() && !p.Recovering() {
		return p
	}
	return nil
}

// confChanged notes that a host uses the configuration of an index. by is the entry that
// led to it, nil when that was a snapshot.
func (s *Simulation) confChanged(index uint64, conf *pb.ConfState, by *pb.Entry) {
	m := &s.members
	if index > m.confIndex && !membership.Same(&m.conf, conf) {
		m.conf, m.confIndex = *conf, index
		for _, id := range memberIDs(&m.conf) {
			s.join(id)
			s.hosts[id-1].joining = false
		}
		if by != nil {
			if cc, ok := membership.ChangeOf(by); ok {
				m.changeMade(cc)
			}
		}
	}
	s.retireRemoved()
}

// retireRemoved switches off the hosts that have been removed, once every
// member knows the configuration without them, and would after a crash. Until
// then their vote may be needed. One that leads must go before a joint configuration
// is left: a leader that is no member takes no proposals, its own among them.
func (s *Simulation) retireRemoved() {
	m := &s.members
	ids := memberIDs(&m.conf)
	for _, id := range ids {
		if s.core.GivenUp(id) {
			continue
		}
		if p := s.hosts[id-1].raft(); p == nil || p.Applied() < m.confIndex || p.Durable().Commit < m.confIndex {
			return
		}
	}
	m.settled = m.confIndex
	s.endJoining()
	for _, h := range s.hosts {
		if h.state != absent && h.state != retired && !h.joining && !slices.Contains(ids, h.id) {
			s.retiring = append(s.retiring, h.id)
		}
	}
}

// endJoining gives up, in the recovery phase, the hosts that wait to become members
// once no member and no leader has a change of the configuration left that could
// make them so: what made them wait was refused or lost.
func (s *Simulation) endJoining() {
	if !s.recovery.Begun() {
		return
	}
	for _, id := range append(s.core.Members(), s.Leader()) {
		h := s.host(id)
		if h == nil || h.raft() == nil || len(recovery.PossibleConfigs(h.raft())) > 1 {
			return
		}
	}
	for _, h := range s.hosts {
		h.joining = false
	}
}

// retire switches off the hosts that are not needed any more.
func (s *Simulation) retire() {
	for _, id := range s.retiring {
		h := s.hosts[id-1]
		if h.state == retired || h.joining || slices.Contains(memberIDs(&s.members.conf), id) {
			continue
		}
		s.protocol.Crashed(id, false)
		h.disk.Crash(s.now, disk.Crash{Losing: disk.Nothing})
		h.stop(retired)
		h.downs, h.configs = 0, nil // it begins anew should it become a member again
		s.record(Record{Verb: trace.Retired, Host: id})
	}
	s.retiring = s.retiring[:0]
}

// describeConf prints a configuration, such as "(n1 n2 n3)&&(n1 n2) learners n4".
func describeConf(cs *pb.ConfState) string {
	text := "(" + names(cs.Voters) + ")"
	if len(cs.VotersOutgoing) > 0 {
		text += "&&(" + names(cs.VotersOutgoing) + ")"
	}
	if len(cs.Learners) > 0 {
		text += " learners " + names(cs.Learners)
	}
	if len(cs.LearnersNext) > 0 {
		text += " learners-next " + names(cs.LearnersNext)
	}
	return text
}

func names(ids []uint64) string {
	text := ""
	for i, id := range ids {
		if i > 0 {
			text += " "
		}
		text += name(id)
	}
	return text
}
