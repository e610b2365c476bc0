package raft

import (
	"fmt"
	"math"
)

const (
	// None is the id of no node: a Lead of None means that no leader is known,
	// a Vote of None that no vote was cast in the term.
	None uint64 = 0

	// LocalAppendThread is the target of MsgStorageAppend and the sender of its
	// answer: the part of the application that writes the log to stable
	// storage when [Config.AsyncStorageWrites] is on.
	LocalAppendThread uint64 = math.MaxUint64

	// LocalApplyThread is the target of MsgStorageApply and the sender of its
	// answer: the part of the application that applies committed entries when
	// [Config.AsyncStorageWrites] is on.
	LocalApplyThread uint64 = math.MaxUint64 - 1
)

// noLimit is the value of a byte limit that is off.
const noLimit uint64 = math.MaxUint64

// Rand is a source of uniformly distributed numbers. A node draws one for each
// reset of its election timer and keeps no other source of chance. It is called
// only from within calls to the node, never concurrently by one node.
type Rand interface {
	Uint64() uint64
}

// ReadOnlyOption says how a leader makes sure that it still leads before it
// answers a read (thesis §6.4).
type ReadOnlyOption int

const (
	// ReadOnlySafe asks a quorum with one round of heartbeats. Reads are
	// linearizable whatever clocks do.
	ReadOnlySafe ReadOnlyOption = iota
	// ReadOnlyLeaseBased answers at once while a quorum has answered a recent
	// heartbeat, since nobody else can have been elected then, and otherwise
	// asks as ReadOnlySafe does. It relies on clocks that drift by no more than
	// [LeaseDriftPPM]: see docs/raft.md. It needs [Config.CheckQuorum].
	ReadOnlyLeaseBased
)

// CampaignType is the reason for a campaign. As the Context of a vote request,
// CampaignTransfer makes the receiver set its leader lease aside.
type CampaignType string

const (
	campaignPreElection CampaignType = "CampaignPreElection"
	campaignElection    CampaignType = "CampaignElection"
	campaignTransfer    CampaignType = "CampaignTransfer"
)

// Config is what a node is started with. The node copies it.
type Config struct {
	// ID is the id of this node: neither [None], nor [LocalAppendThread] or
	// [LocalApplyThread]. An id is never given to another node, not even after
	// its owner was removed.
	ID uint64

	// ElectionTick is the least number of ticks that a follower waits without
	// hearing from a leader before it campaigns. The actual wait is drawn from
	// [ElectionTick, 2*ElectionTick) at each reset of the timer, which keeps
	// split votes rare (Raft §5.2). It must be greater than HeartbeatTick; ten
	// times as long is a good choice.
	ElectionTick int

	// HeartbeatTick is the number of ticks between heartbeats of a leader, at
	// least 1.
	HeartbeatTick int

	// Storage holds what is persisted of the log. The node only reads it; the
	// application writes it, from each [Ready].
	Storage Storage

	// Applied is the index of the last entry that the application has applied
	// before a restart; entries up to it are not handed out again. Zero makes
	// the node hand out all committed entries that Storage has. It may be ahead
	// of the commit index in Storage, which need not be durable: what was
	// applied was committed. It must be within the log of Storage.
	Applied uint64

	// AsyncStorageWrites replaces the cycle of Ready and Advance by messages:
	// each Ready's Messages carry a MsgStorageAppend to [LocalAppendThread] and
	// a MsgStorageApply to [LocalApplyThread] where there is work for them.
	// Messages to one thread must be worked off in order and none may be lost.
	// When the work of one is durable (for MsgStorageApply: done), its
	// Responses are sent, to peers and to this node itself through Step.
	// A MsgStorageAppend without Responses need not be synced. Advance is not
	// called.
	AsyncStorageWrites bool

	// MaxSizePerMsg limits the encoded size of the entries of one MsgApp, in
	// bytes. A message always carries at least one entry if there is one to
	// send, so zero means one entry at a time; math.MaxUint64 is no limit.
	MaxSizePerMsg uint64

	// MaxCommittedSizePerReady limits the encoded size of the committed entries
	// that are handed out and not yet acknowledged, in bytes; at least one
	// entry is handed out. Zero means MaxSizePerMsg.
	MaxCommittedSizePerReady uint64

	// MaxUncommittedEntriesSize limits the bytes of data in the uncommitted
	// tail of a leader's log, what earlier leaders have left there included;
	// proposals beyond it get [ErrProposalDropped]. Room is made when entries
	// are committed, though a slow disk of the leader may not have them yet. One
	// proposal of any size is let in when the tail is empty. Zero is no limit.
	MaxUncommittedEntriesSize uint64

	// MaxInflightMsgs limits the number of MsgApp with entries that a leader
	// sends to one follower before the follower answers, at least 1.
	MaxInflightMsgs int

	// MaxInflightBytes limits the bytes of data in those messages; the message
	// that crosses the limit is still sent. Zero is no limit; otherwise it must
	// not be less than MaxSizePerMsg.
	MaxInflightBytes uint64

	// CheckQuorum makes a leader step down when it has not heard from a quorum
	// for an election timeout, and makes followers refuse to vote as long as
	// they hear from a leader (thesis §6.2 and §4.2.3).
	CheckQuorum bool

	// StallTicks is for how many ticks a leader goes on while its Storage makes
	// nothing durable of what it was given. Then it hands leadership to the
	// active voter that has most of the log, and if nobody takes over within an
	// election timeout it steps down; without another active voter it goes on.
	// It looks once in ElectionTick ticks. Zero means 3*ElectionTick, a negative
	// value that a leader never gives way for that.
	StallTicks int

	// PreVote makes a node ask whether it could win before it increases its
	// term, so that a node that was cut off does not depose a leader when it
	// comes back (thesis §9.6).
	PreVote bool

	// ReadOnlyOption says how reads are confirmed.
	ReadOnlyOption ReadOnlyOption

	// Logger takes the node's own words. Nil means the one of [SetLogger].
	Logger Logger

	// DisableProposalForwarding makes a follower refuse proposals with
	// [ErrProposalDropped], where it would send them on to its leader.
	DisableProposalForwarding bool

	// DisableConfChangeValidation lets configuration changes into the log that
	// the leader would turn into empty entries: while another one is not yet
	// applied, or entering a joint configuration from a joint one, or leaving
	// one from a simple one. Only for applications that order and check their
	// changes themselves.
	DisableConfChangeValidation bool

	// LeadAfterRemoval makes a leader lead on when it has applied its own
	// removal or its demotion to learner, until another is elected. It takes no
	// proposals then, and since its heartbeats keep the others from campaigning,
	// nobody does. Otherwise it becomes a follower. It is for members of a group
	// with go.etcd.io/raft, which leads on by default, that shall behave alike.
	LeadAfterRemoval bool

	// StepDownOnRemoval is the default here. It is accepted for programs written
	// for go.etcd.io/raft; with LeadAfterRemoval it is an error.
	StepDownOnRemoval bool

	// TraceLogger is accepted, and ignored, so that programs compile.
	TraceLogger TraceLogger

	// Rand draws the election timeouts. Nil means a generator seeded from ID,
	// so that two runs are equal; a server passes one of its own.
	Rand Rand

	// Poison makes the node scribble over the messages of a [Ready] whose memory
	// it is going to reuse, once the Ready is given back by Advance. A program
	// that holds on to them fails early. For tests; it changes nothing else.
	Poison bool
}

// Validate reports the first setting that a node cannot run with, with the
// value and the limit. It changes nothing.
func (c *Config) Validate() error {
	switch {
	case c.ID == None:
		return fmt.Errorf("raft: ID is %d (None), must be the id of a node", c.ID)
	case IsLocalMsgTarget(c.ID):
		return fmt.Errorf("raft: ID is %#x, must not be the id of a storage thread (%#x, %#x)", c.ID, LocalApplyThread, LocalAppendThread)
	case c.HeartbeatTick <= 0:
		return fmt.Errorf("raft: HeartbeatTick is %d, must be greater than 0", c.HeartbeatTick)
	case c.ElectionTick <= c.HeartbeatTick:
		return fmt.Errorf("raft: ElectionTick is %d, must be greater than HeartbeatTick (%d)", c.ElectionTick, c.HeartbeatTick)
	case c.Storage == nil:
		return fmt.Errorf("raft: Storage is nil, must be set")
	case c.MaxInflightMsgs <= 0:
		return fmt.Errorf("raft: MaxInflightMsgs is %d, must be greater than 0", c.MaxInflightMsgs)
	case c.MaxInflightBytes != 0 && c.MaxInflightBytes < c.MaxSizePerMsg:
		return fmt.Errorf("raft: MaxInflightBytes is %d, must be 0 (no limit) or at least MaxSizePerMsg (%d)", c.MaxInflightBytes, c.MaxSizePerMsg)
	case c.ReadOnlyOption != ReadOnlySafe && c.ReadOnlyOption != ReadOnlyLeaseBased:
		return fmt.Errorf("raft: ReadOnlyOption is %d, must be ReadOnlySafe (%d) or ReadOnlyLeaseBased (%d)", c.ReadOnlyOption, ReadOnlySafe, ReadOnlyLeaseBased)
	case c.ReadOnlyOption == ReadOnlyLeaseBased && !c.CheckQuorum:
		return fmt.Errorf("raft: CheckQuorum is %t, must be true when ReadOnlyOption is ReadOnlyLeaseBased", c.CheckQuorum)
	case c.LeadAfterRemoval && c.StepDownOnRemoval:
		return fmt.Errorf("raft: LeadAfterRemoval and StepDownOnRemoval are true, must not both be")
	}
	return nil
}

// withDefaults returns a copy in which the settings whose zero value stands for
// something else are spelled out.
func (c *Config) withDefaults() Config {
	d := *c
	if d.MaxUncommittedEntriesSize == 0 {
		d.MaxUncommittedEntriesSize = noLimit
	}
	if d.MaxCommittedSizePerReady == 0 {
		d.MaxCommittedSizePerReady = d.MaxSizePerMsg
	}
	if d.MaxInflightBytes == 0 {
		d.MaxInflightBytes = noLimit
	}
	if d.StallTicks == 0 {
		d.StallTicks = 3 * d.ElectionTick
	}
	if d.Logger == nil {
		d.Logger = defaultLogger()
	}
	if d.Rand == nil {
		d.Rand = &idRand{state: d.ID}
	}
	return d
}

// idRand is the generator behind a nil Config.Rand: SplitMix64 (Steele, Lea and
// Flood, 2014) seeded with the id.
type idRand struct{ state uint64 }

// Uint64 returns the next number.
func (r *idRand) Uint64() uint64 {
	r.state += 0x9e3779b97f4a7c15
	z := r.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
