package checker_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/checker"
	pb "raftsim/raft/raftpb"
)

// leased is a settled group of three whose reads are served under leases of
// thirty ticks. Every fact takes a tick.
func leased() *run { return settled(3, checker.Options{LeaseReadTicks: 30}) }

// tell lets a leader offer twice, so that what it decides next is of now, and tell
// the index of a read.
func (r *run) tell(leader uint64, read string) {
	for range 2 {
		r.tick().Offered(leader, nil, nobody, nil, nil, nil, false)
	}
	r.tick().ReadConfirmed(leader, []byte(read), 4)
}

func TestAReadIsTakenUnderALeaseOfAMajority(t *testing.T) {
	for name, story := range map[string]func(*run){
		"given by one of two others": func(r *run) { r.round(1, "00000001", 2) },
		"answered late, for a read that came before the round": func(r *run) {
			r.round(1, "00000001", 2)
			r.wait(40)
			r.tick().ReadBegun(1, []byte("read"))
			r.round(1, "00000002", 3)
			r.wait(40)
		},
		"after the leader has handed over, for a read that came before the round": func(r *run) {
			r.round(1, "00000001", 2)
			r.sent(1, pb.Message{Type: pb.MsgTimeoutNow, To: 2, Term: 2})
			r.tick().ReadBegun(1, []byte("read"))
			r.round(1, "00000002", 3)
		},
	} {
		r := leased()
		story(r)
		r.tell(1, "read")
		require.Nil(t, r.c.First(), "%s: %s", name, r)
	}
}

func TestAReadWithoutALeaseIsReported(t *testing.T) {
	for name, story := range map[string]func(*run){
		"nobody has answered": func(r *run) { r.tick() },
		"of a learner": func(r *run) {
			r.tick().ConfChanged(1, 4, pb.ConfState{Voters: []uint64{1, 2}, Learners: []uint64{3}})
			r.tick().Offered(1, nil, nobody, nil, nil, nil, false)
			r.tick().Offered(1, nil, nobody, nil, nil, nil, false)
			r.round(1, "00000001", 3)
		},
		"of the incoming half alone": func(r *run) {
			r.tick().ConfChanged(1, 4, pb.ConfState{Voters: []uint64{1}, VotersOutgoing: []uint64{1, 2, 3}})
			r.tick().Offered(1, nil, nobody, nil, nil, nil, false)
			r.tick().Offered(1, nil, nobody, nil, nil, nil, false)
		},
		"the leader has handed over": func(r *run) {
			r.round(1, "00000001", 2)
			r.sent(1, pb.Message{Type: pb.MsgTimeoutNow, To: 2, Term: 2})
			r.tick().ReadBegun(1, []byte("read"))
		},
		"the lease is over, and no round has begun since": func(r *run) {
			r.round(1, "00000001", 2)
			r.round(1, "00000002", 3)
			r.tick().ReadBegun(1, []byte("read"))
			r.wait(40)
		},
	} {
		r := leased()
		story(r)
		r.tell(1, "read")
		v := r.c.First()
		require.NotNil(t, v, name)
		require.Equal(t, "read index: no lease", v.Signature, name)
	}
}
