package raft_test

import (
	"slices"
	"strconv"
	"strings"

	"github.com/cockroachdb/datadriven"
	"github.com/stretchr/testify/require"

	pb "raftsim/raft/raftpb"
)

// storyArgs are the arguments of a command. Each is taken out by who understands it.
type storyArgs struct {
	t    require.TestingT
	pos  string
	list []datadriven.CmdArg
}

var storyOptions = strings.Fields(`election heartbeat max-size max-inflight max-inflight-bytes max-committed
	max-uncommitted pre-vote check-quorum async lead-after-removal no-forwarding no-validation lease-reads`)

// options takes the options of raft.Config; one without a value is "yes".
func (a *storyArgs) options(setup map[string]string) {
	a.list = slices.DeleteFunc(a.list, func(arg datadriven.CmdArg) bool {
		if !slices.Contains(storyOptions, arg.Key) {
			return false
		}
		setup[arg.Key] = "yes"
		if len(arg.Vals) > 0 {
			setup[arg.Key] = arg.Vals[0]
		}
		return true
	})
}

// value takes the value of key=value, or "".
func (a *storyArgs) value(key string) string {
	for i, arg := range a.list {
		if arg.Key == key && len(arg.Vals) > 0 {
			a.list = slices.Delete(a.list, i, i+1)
			return strings.Join(arg.Vals, " ")
		}
	}
	return ""
}

func (a *storyArgs) word() string {
	require.NotEmpty(a.t, a.list, "%s: an argument is missing", a.pos)
	word := a.list[0].Key
	a.list = a.list[1:]
	return word
}

func (a *storyArgs) words() []string {
	var words []string
	for len(a.list) > 0 {
		words = append(words, a.word())
	}
	return words
}

func (a *storyArgs) rest() []datadriven.CmdArg {
	rest := a.list
	a.list = nil
	return rest
}

// times takes "times=5"; 1 without.
func (a *storyArgs) times() int {
	if n, err := strconv.Atoi(a.value("times")); err == nil {
		return n
	}
	return 1
}

func (a *storyArgs) number() uint64 {
	n, err := strconv.ParseUint(a.word(), 10, 64)
	require.NoError(a.t, err, a.pos)
	return n
}

func (a *storyArgs) id() uint64 { return a.idOf(a.word()) }

func (a *storyArgs) idOf(word string) uint64 {
	id, err := strconv.ParseUint(strings.TrimPrefix(word, "n"), 10, 64)
	require.NoError(a.t, err, "%s: %s is no node", a.pos, word)
	return id
}

func (a *storyArgs) host(c *storyCluster) *storyHost {
	h := c.host(a.id())
	require.NotNil(a.t, h, "%s: no such host", a.pos)
	return h
}

// filter takes what picks messages: "n1->n2", "n1->*", types, "first", "last",
// "copy".
func (a *storyArgs) filter() (f storyFilter) {
	for _, word := range a.words() {
		from, to, route := strings.Cut(word, "->")
		switch {
		case route:
			if from != "*" {
				f.from = a.idOf(from)
			}
			if to != "*" {
				f.to = a.idOf(to)
			}
		case word == "first":
			f.first = true
		case word == "last":
			f.last = true
		case word == "copy":
			f.copy = true
		default:
			require.True(a.t, strings.HasPrefix(word, "Msg"), "%s: %s is no message type", a.pos, word)
			f.kinds = append(f.kinds, word)
		}
	}
	return f
}

// change takes a configuration change: "v4 r1", alone the first form; with
// "auto", "implicit" or "explicit" the second one; "leave" the empty second one.
func (a *storyArgs) change() pb.ConfChangeI {
	var operations []string
	transition, v2 := pb.ConfChangeTransitionAuto, false
	for _, word := range a.words() {
		switch word {
		case "leave":
			return pb.ConfChangeV2{}
		case "auto":
			v2 = true
		case "implicit":
			transition, v2 = pb.ConfChangeTransitionJointImplicit, true
		case "explicit":
			transition, v2 = pb.ConfChangeTransitionJointExplicit, true
		default:
			operations = append(operations, word)
		}
	}
	changes, err := pb.ConfChangesFromString(strings.Join(operations, " "))
	require.NoError(a.t, err, a.pos)
	if !v2 {
		require.Len(a.t, changes, 1, "%s: one change at a time", a.pos)
		return pb.ConfChange{Type: changes[0].Type, NodeID: changes[0].NodeID}
	}
	return pb.ConfChangeV2{Transition: transition, Changes: changes}
}

// message takes a message to a node: "MsgVote from=n4 term=9 last=1/3", or with
// entries and a commit index for MsgApp, with a hint for a rejection.
func (a *storyArgs) message(to uint64) pb.Message {
	m := pb.Message{To: to, From: a.idOf(a.value("from"))}
	m.Term, _ = strconv.ParseUint(a.value("term"), 10, 64)
	m.Commit, _ = strconv.ParseUint(a.value("commit"), 10, 64)
	term, index, _ := strings.Cut(a.value("last"), "/")
	m.LogTerm, _ = strconv.ParseUint(term, 10, 64)
	m.Index, _ = strconv.ParseUint(index, 10, 64)
	if hint := a.value("hint"); hint != "" {
		m.Reject = true
		m.RejectHint, _ = strconv.ParseUint(hint, 10, 64)
	}
	for _, entry := range strings.Fields(a.value("entries")) { // such as 2/3
		term, index, _ := strings.Cut(entry, "/")
		var e pb.Entry
		e.Term, _ = strconv.ParseUint(term, 10, 64)
		e.Index, _ = strconv.ParseUint(index, 10, 64)
		m.Entries = append(m.Entries, e)
	}
	m.Type = pb.MessageType(pb.MessageType_value[a.word()])
	return m
}
