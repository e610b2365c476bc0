package tracker

import (
	"maps"
	"strings"

	"raftsim/raft/quorum"
)

// Config is who takes part in the replication of a log, and how.
type Config struct {
	// Voters decide. The first half is the configuration in force, or the
	// incoming one while the configuration is joint; the second half is the
	// outgoing one then and empty otherwise.
	Voters quorum.JointConfig
	// AutoLeave says that the leader ends a joint configuration without being
	// asked. It is false when the configuration is not joint.
	AutoLeave bool
	// Learners receive the log and do not vote. Nobody is in Learners and in
	// either half of Voters. Nil when there are none.
	Learners map[uint64]struct{}
	// LearnersNext are voters of the outgoing half that become learners when
	// the joint configuration ends. Being voters still, they may not be in
	// Learners before that: voter 3 is demoted from (1 2 3) by way of
	// (1 2)&&(1 2 3) with LearnersNext (3). Nil when there are none.
	LearnersNext map[uint64]struct{}
}

// Clone returns a copy that shares no memory with c.
func (c *Config) Clone() Config {
	return Config{
		Voters:       quorum.JointConfig{maps.Clone(c.Voters[0]), maps.Clone(c.Voters[1])},
		AutoLeave:    c.AutoLeave,
		Learners:     maps.Clone(c.Learners),
		LearnersNext: maps.Clone(c.LearnersNext),
	}
}

// String returns what is set, such as
// "voters=(1 2)&&(1 2 3) learners_next=(3) autoleave".
func (c Config) String() string {
	var b strings.Builder
	b.WriteString("voters=" + c.Voters.String())
	if c.Learners != nil {
		b.WriteString(" learners=" + quorum.MajorityConfig(c.Learners).String())
	}
	if c.LearnersNext != nil {
		b.WriteString(" learners_next=" + quorum.MajorityConfig(c.LearnersNext).String())
	}
	if c.AutoLeave {
		b.WriteString(" autoleave")
	}
	return b.String()
}
