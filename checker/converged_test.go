package checker_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/checker"
	pb "raftsim/raft/raftpb"
)

// recovered is a cluster of three that has come to rest under n2.
func recovered() []checker.HostState {
	hosts := make([]checker.HostState, 3)
	for i := range hosts {
		hosts[i] = checker.HostState{
			At: ms(9000), Event: 77, Host: uint64(i + 1), Term: 5, Lead: 2, Applied: 10, Commit: 10, LastIndex: 10, Digest: 1,
			ConfState: pb.ConfState{Voters: []uint64{1, 2, 3}}, Member: true,
		}
	}
	hosts[1].Peers = []checker.PeerState{{Host: 1, Match: 10}, {Host: 3, Match: 10}}
	return hosts
}

func TestEachStateThatIsNotRecoveredHasItsName(t *testing.T) {
	for _, c := range []struct {
		property  string
		signature string
		breaks    func(h []checker.HostState)
	}{
		{"leader elected", "leader elected: nobody", func(h []checker.HostState) { h[2].Lead = 0 }},
		{"leader elected", "leader elected: several", func(h []checker.HostState) { h[2].Lead = 3 }},
		{"leader elected", "leader elected: several", func(h []checker.HostState) { h[2].Term = 4 }},
		{"leader elected", "leader elected: gone", func(h []checker.HostState) { h[0].Lead, h[1].Lead, h[2].Lead = 9, 9, 9 }},
		{"leader elected", "leader elected: unaware", func(h []checker.HostState) { h[1].Lead, h[1].Member = 1, false }},
		{"joint configuration left", "joint configuration left", func(h []checker.HostState) {
			h[1].ConfState = pb.ConfState{Voters: []uint64{1}, VotersOutgoing: []uint64{1, 2}, AutoLeave: true}
		}},
		{"transfer ends", "transfer ends", func(h []checker.HostState) { h[1].Transferee = 3 }},
		{"followers replicate", "followers replicate: probe", func(h []checker.HostState) { h[1].Peers[0].Probing = true }},
		{"followers replicate", "followers replicate: snapshot", func(h []checker.HostState) { h[1].Peers[1].Snapshotting = true }},
		{"inflight windows drain", "inflight windows drain", func(h []checker.HostState) { h[1].Peers[1].Inflight = 2 }},
		{"inflight windows drain", "inflight windows drain: bytes", func(h []checker.HostState) { h[1].Peers[1].Bytes = 2 }},
		{"learners catch up", "learners catch up", func(h []checker.HostState) { h[1].Peers[0].Learner, h[1].Peers[0].Match = true, 9 }},
		{"uncommitted entries bounded", "uncommitted entries bounded", func(h []checker.HostState) { h[1].Uncommitted = 7 }},
		{"replicas converge", "replicas converge: behind", func(h []checker.HostState) { h[0].Applied = 9 }},
		{"replicas converge", "replicas converge: applied", func(h []checker.HostState) { h[2].Applied, h[2].LastIndex = 9, 9 }},
		{"replicas converge", "replicas converge: state", func(h []checker.HostState) { h[2].Digest = 2 }},
		{"replicas converge", "replicas converge: configuration", func(h []checker.HostState) { h[2].ConfState.Learners = []uint64{4} }},
	} {
		hosts := recovered()
		require.Nil(t, checker.Recovered(hosts))
		c.breaks(hosts)
		v := checker.Recovered(hosts)
		require.NotNil(t, v, c.signature)
		require.Equal(t, c.property, v.Property)
		require.Equal(t, c.signature, v.Signature)
		require.NotEmpty(t, v.Evidence)
		require.NotEmpty(t, v.Hosts)
	}
}

func TestHostOutsideOfTheConfigurationNeedNotKeepUp(t *testing.T) {
	hosts := recovered()
	hosts[2].Member, hosts[2].Lead, hosts[2].Applied, hosts[2].Term = false, 0, 3, 9
	require.Nil(t, checker.Recovered(hosts))
	require.Nil(t, checker.Converged(hosts))
	require.Nil(t, checker.Recovered(nil))
}

func TestUnrecoveredClusterIsToldInWords(t *testing.T) {
	hosts := recovered()
	hosts[2].Digest = 2
	require.Equal(t, `replicas converge (Raft §5.3): n1 and n3 have different states at index 10
  n1 follows n2 in term 5, has applied 10 and committed 10 of a log that ends at 10, state 0000000000000001, at 9.000s (event 77)
  n3 follows n2 in term 5, has applied 10 and committed 10 of a log that ends at 10, state 0000000000000002, at 9.000s (event 77)`,
		checker.Converged(hosts).String())
}

func TestLivenessPropertiesHaveNamesOfTheirOwn(t *testing.T) {
	require.Equal(t, "leader stays", checker.LeaderStays.String())
	v := checker.LeaderStays.Unmet("", "the term went from 3 to 4", checker.Evidence{Host: 2, Text: "campaigns"})
	require.Equal(t, "leader stays", v.Signature)
	require.Equal(t, []uint64{2}, v.Hosts)
}
