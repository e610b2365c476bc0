package coverage

import (
	"slices"

	"raftsim/checker/membership"
	"raftsim/mark"
	pb "raftsim/raft/raftpb"
)

// Configurations.
var (
	sawReconfigured  = mark.Reachable("configuration-applied", "A host applies a configuration.")
	sawJoint         = mark.Reachable("joint-configuration", "A host applies a joint configuration.")
	sawDisjoint      = mark.Sometimes("joint-disjoint-majorities", "The two halves of a joint configuration have majorities without a common host.")
	sawNoCommonVoter = mark.Sometimes("joint-no-common-voter", "The two halves of a joint configuration have no voter in common.")
	sawLeftByHand    = mark.Sometimes("joint-configuration-left-on-request", "A joint configuration that does not end by itself ends on request.")
	sawSingleVoter   = mark.Sometimes("single-voter", "A host applies a configuration with a single voter.")
	sawPromoted      = mark.Sometimes("learner-promoted", "A learner becomes a voter.")
	sawDemoted       = mark.Sometimes("voter-demoted", "A voter becomes a learner.")
	sawRemovedLeader = mark.Sometimes("leader-removed", "A leader applies a configuration that does not contain it.")
	sawDemotedLeader = mark.Sometimes("leader-demoted", "A leader applies a configuration in which it is a learner.")
)

// Reconfigured sees a host use a configuration. by is the entry that led to it, nil when
// that was a snapshot.
func (w *Watcher) Reconfigured(of *Host, now *pb.ConfState, by *pb.Entry) {
	if by != nil {
		w.replaced(of, now)
	}
	of.Replica.Conf = *now
	sawReconfigured.Hit(w.marks)
	sawSingleVoter.When(w.marks, len(now.Voters) == 1 && len(now.VotersOutgoing) == 0)
	if len(now.VotersOutgoing) == 0 {
		return
	}
	sawJoint.Hit(w.marks)
	common := 0
	for _, id := range now.Voters {
		if slices.Contains(now.VotersOutgoing, id) {
			common++
		}
	}
	sawNoCommonVoter.When(w.marks, common == 0)
	// Each majority takes as few of the common voters as it can.
	shared := func(voters []uint64) int { return max(0, len(voters)/2+1-(len(voters)-common)) }
	sawDisjoint.When(w.marks, shared(now.Voters)+shared(now.VotersOutgoing) <= common)
}

// replaced sees a host replace a configuration.
func (w *Watcher) replaced(of *Host, now *pb.ConfState) {
	was := &of.Replica.Conf
	for _, learner := range was.Learners {
		sawPromoted.When(w.marks, slices.Contains(now.Voters, learner))
	}
	for _, voter := range was.Voters {
		sawDemoted.When(w.marks, slices.Contains(now.LearnersNext, voter) || slices.Contains(now.Learners, voter))
	}
	sawLeftByHand.When(w.marks, len(was.VotersOutgoing) > 0 && !was.AutoLeave && len(now.VotersOutgoing) == 0)
	if of.Replica.Leading {
		knows := membership.Of(now)
		sawRemovedLeader.When(w.marks, !knows.Has(of.id))
		sawDemotedLeader.When(w.marks, slices.Contains(now.Learners, of.id))
	}
}
