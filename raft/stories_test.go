package raft_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/stretchr/testify/require"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// A story is a claim about Raft, told by a group of hosts that do what its commands
// say. Every line of a block is a command; what follows is what happened, in order:
// what nodes become, save, append, apply and send. A message is told when it is
// sent. It stays in the bag until it is delivered or dropped.
//
// To write the traces anew: go test ./raft -run TestStories -rewrite
func TestStories(t *testing.T) {
	datadriven.Walk(t, "testdata/stories", func(t *testing.T, path string) {
		var c *storyCluster
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			commands := append([]string{lineOf(d)}, strings.Split(d.Input, "\n")...)
			silent := true
			if d.Cmd == "cluster" {
				c = &storyCluster{t: t, cuts: map[storyLink]bool{}}
			}
			require.NotNil(t, c, "%s: a story begins with a cluster", d.Pos)
			for _, line := range commands {
				cmd, args, err := datadriven.ParseLine(line)
				require.NoError(t, err, d.Pos)
				if cmd == "" {
					continue
				}
				silent = c.command(d.Pos, cmd, args) && silent
			}
			text := c.trace.text.String()
			c.trace.text.Reset()
			switch {
			case text != "":
				return text
			case silent:
				return "ok\n"
			}
			return "nothing\n"
		})
	})
}

// lineOf returns the first command of a block as it was written.
func lineOf(d *datadriven.TestData) string {
	line := d.Cmd
	for _, arg := range d.CmdArgs {
		line += " " + arg.String()
	}
	return line
}

// command does what one line says. It returns true if the command has nothing to
// tell.
func (c *storyCluster) command(pos, cmd string, list []datadriven.CmdArg) bool {
	a := storyArgs{t: c.t, pos: pos + ": " + cmd, list: list}
	defer func() { require.Empty(c.t, a.list, "%s: arguments that mean nothing here", a.pos) }()
	switch cmd {
	case "quietly":
		c.trace.mute = true
		c.command(pos, a.word(), a.rest())
		c.trace.mute = false
		return true
	case "cluster":
		c.begin(&a)
		return true
	case "host":
		c.replaceHost(&a)
		return true
	case "partition":
		c.partition(&a)
		return true
	case "heal":
		clear(c.cuts)
		return true
	case "hold":
		c.held = append(c.held, a.filter())
		return true
	case "release":
		c.held = nil
		return true
	case "jitter":
		h := a.host(c)
		h.jitter = a.number()
		return true
	case "crash":
		c.crash(a.host(c))
		return true
	case "restart":
		h := a.host(c)
		a.options(h.setup)
		c.start(h)
		c.work(h)
		return true
	}
	c.act(cmd, &a)
	return false
}

// act does what makes nodes act.
func (c *storyCluster) act(cmd string, a *storyArgs) {
	switch cmd {
	case "settle":
		c.settle()
	case "deliver":
		c.deliver(a.filter())
	case "drop":
		for _, m := range c.pick(a.filter()) {
			c.trace.message(m, "dropped")
		}
	case "tick":
		h := a.host(c)
		c.ticks(a.times(), func() { h.node.Tick(); c.work(h) })
	case "run":
		c.run(a)
	case "save":
		c.save(a.host(c))
	case "apply":
		c.applyNext(a.host(c))
	case "log", "state", "status", "bag", "disk":
		c.show(cmd, a)
	default:
		c.request(cmd, a)
	}
}

// request calls a method of a node.
func (c *storyCluster) request(cmd string, a *storyArgs) {
	h := a.host(c)
	require.NotNil(c.t, h.node, "%s: the host is down", a.pos)
	n := h.node
	var err error
	switch cmd {
	case "campaign":
		err = n.Campaign()
	case "propose":
		for _, data := range a.words() {
			c.tell(h, n.Propose(dataOf(data)))
		}
	case "batch": // one proposal with several entries
		m := pb.Message{Type: pb.MsgProp, From: h.id, To: h.id}
		for _, data := range a.words() {
			m.Entries = append(m.Entries, pb.Entry{Data: dataOf(data)})
		}
		err = n.Step(m)
	case "change":
		err = n.ProposeConfChange(a.change())
	case "transfer":
		n.TransferLeader(a.id())
	case "forget-leader":
		err = n.ForgetLeader()
	case "read":
		for _, context := range a.words() {
			n.ReadIndex([]byte(context))
		}
	case "unreachable":
		n.ReportUnreachable(a.id())
	case "snapshot-arrived":
		n.ReportSnapshot(a.id(), raft.SnapshotFinish)
	case "snapshot-failed":
		n.ReportSnapshot(a.id(), raft.SnapshotFailure)
	case "compact":
		c.compact(h, a)
	case "receive":
		err = n.Step(a.message(h.id))
	case "bootstrap":
		var peers []raft.Peer
		for len(a.list) > 0 {
			peers = append(peers, raft.Peer{ID: a.id()})
		}
		err = n.Bootstrap(peers)
	default:
		c.t.Errorf("%s is not a command", a.pos)
	}
	c.tell(h, err)
}

// dataOf returns the data that a word stands for: itself, or as 20B so many bytes.
func dataOf(word string) []byte {
	if size, ok := strings.CutSuffix(word, "B"); ok {
		n, err := strconv.Atoi(size)
		if err == nil {
			return bytes.Repeat([]byte("x"), n)
		}
	}
	return []byte(word)
}

// tell tells of an error and does what there is to do then.
func (c *storyCluster) tell(h *storyHost, err error) {
	switch {
	case errors.Is(err, raft.ErrProposalDropped):
		c.trace.say(h.id, "drops", "the proposal")
	case errors.Is(err, raft.ErrStepPeerNotFound):
		c.trace.say(h.id, "ignores", "the answer of a node that is no member")
	case err != nil:
		c.trace.say(h.id, "refuses", err.Error())
	}
	c.work(h)
}

// begin starts a group: "cluster nodes=3 learners=1 leader=n1 jitter=(2, 0, 5, 1)"
// and options.
func (c *storyCluster) begin(a *storyArgs) {
	nodes, learners, leader := a.value("nodes"), a.value("learners"), a.value("leader")
	jitter := strings.Fields(a.value("jitter"))
	c.setup = map[string]string{}
	a.options(c.setup)
	n, _ := strconv.ParseUint(nodes, 10, 64)
	l, _ := strconv.ParseUint(learners, 10, 64)
	for id := uint64(1); id <= n+l; id++ {
		if id <= n {
			c.conf.Voters = append(c.conf.Voters, id)
		} else {
			c.conf.Learners = append(c.conf.Learners, id)
		}
	}
	for id := uint64(1); id <= n+l; id++ {
		h := c.add(id, c.setup)
		if len(jitter) > 0 {
			h.jitter, _ = strconv.ParseUint(jitter[id-1], 10, 64)
		}
		c.start(h)
	}
	if leader != "" {
		c.trace.mute = true
		h := c.hosts[a.idOf(leader)]
		c.tell(h, h.node.Campaign())
		c.settle()
		c.trace.mute = false
		require.Equal(c.t, raft.StateLeader, h.node.BasicStatus().RaftState)
	}
}

// replaceHost puts a host there with the disk and the options that the line says:
// "host n1 term=7 vote=n2 log=(1 1 4) commit=2 pre-vote".
func (c *storyCluster) replaceHost(a *storyArgs) {
	id := a.id()
	term, vote, log, commit := a.value("term"), a.value("vote"), a.value("log"), a.value("commit")
	setup := map[string]string{}
	for k, v := range c.setup {
		setup[k] = v
	}
	a.options(setup)
	h := c.add(id, setup)
	var entries []pb.Entry
	for i, term := range strings.Fields(log) {
		t, err := strconv.ParseUint(term, 10, 64)
		require.NoError(c.t, err, a.pos)
		entries = append(entries, pb.Entry{Term: t, Index: uint64(i + 1)})
	}
	require.NoError(c.t, h.disk.Append(entries))
	var hs pb.HardState
	hs.Term, _ = strconv.ParseUint(term, 10, 64)
	hs.Commit, _ = strconv.ParseUint(commit, 10, 64)
	if vote != "" {
		hs.Vote = a.idOf(vote)
	}
	require.NoError(c.t, h.disk.SetHardState(hs))
	c.start(h)
	c.trace.mute = true
	c.work(h)
	c.trace.mute = false
}

// partition cuts all links between groups: "partition n1 n2 | n3".
func (c *storyCluster) partition(a *storyArgs) {
	groups := [][]uint64{nil}
	for _, word := range a.words() {
		if word == "|" {
			groups = append(groups, nil)
			continue
		}
		last := len(groups) - 1
		groups[last] = append(groups[last], a.idOf(word))
	}
	for i, group := range groups {
		for _, other := range groups[i+1:] {
			for _, x := range group {
				for _, y := range other {
					c.cuts[storyLink{x, y}], c.cuts[storyLink{y, x}] = true, true
				}
			}
		}
	}
}

// run lets time pass for all hosts, or for those named, and everything happen that
// comes of it. Heartbeats without a context are not told.
func (c *storyCluster) run(a *storyArgs) {
	times := a.times()
	hosts := c.hosts
	if len(a.list) > 0 {
		hosts = nil
		for len(a.list) > 0 {
			hosts = append(hosts, a.host(c))
		}
	}
	c.trace.short = true
	c.ticks(times, func() {
		for _, h := range hosts {
			if h != nil && h.node != nil {
				h.node.Tick()
				c.work(h)
			}
		}
		c.settle()
	})
	c.trace.short = false
}

// ticks repeats what a tick brings, and tells at which one something happened.
func (c *storyCluster) ticks(times int, tick func()) {
	for i := 1; i <= times; i++ {
		before := c.trace.text.String()
		c.trace.text.Reset()
		tick()
		text := c.trace.text.String()
		c.trace.text.Reset()
		c.trace.text.WriteString(before)
		if text != "" && times > 1 {
			fmt.Fprintf(&c.trace.text, "tick %d\n", i)
		}
		c.trace.text.WriteString(text)
	}
}

// compact makes a snapshot of what a host has applied, and drops the log before it.
func (c *storyCluster) compact(h *storyHost, a *storyArgs) {
	index := h.node.BasicStatus().Applied
	keep, _ := strconv.ParseUint(a.value("keep"), 10, 64)
	cs := h.conf
	snap, err := h.disk.CreateSnapshot(index, &cs, []byte(strings.Join(h.applied, " ")))
	require.NoError(c.t, err, a.pos)
	require.NoError(c.t, h.disk.Compact(index-keep), a.pos)
	c.trace.say(h.id, "compacts", describeSnapshot(snap))
}

// show prints hosts, all or those named. A log is shown as the terms of its entries,
// with a bar after what is committed.
func (c *storyCluster) show(what string, a *storyArgs) {
	if what == "bag" {
		for _, m := range c.bag {
			c.trace.message(m, "")
		}
		return
	}
	hosts := c.hosts
	if len(a.list) > 0 {
		hosts = nil
		for len(a.list) > 0 {
			hosts = append(hosts, a.host(c))
		}
	}
	for _, h := range hosts {
		switch {
		case h == nil:
		case what == "disk":
			hs, _, _ := h.disk.InitialState()
			c.trace.say(h.id, "disk", fmt.Sprintf("term=%d vote=%s commit=%d log: %s", hs.Term, name(hs.Vote), hs.Commit, h.terms(math.MaxUint64)))
		case h.node == nil:
			c.trace.say(h.id, "is down", "")
		case what == "log":
			s := h.node.BasicStatus()
			c.trace.say(h.id, fmt.Sprintf("%s %d", strings.ToLower(strings.TrimPrefix(s.RaftState.String(), "State")), s.Term), h.terms(s.Commit))
		case what == "state":
			c.trace.say(h.id, "state", describeData(h.applied))
		case what == "status":
			c.showStatus(h)
		}
	}
}

func (c *storyCluster) showStatus(h *storyHost) {
	s := h.node.Status()
	c.trace.say(h.id, "status", fmt.Sprintf("%s lead=%s term=%d vote=%s commit=%d applied=%d %s",
		s.RaftState, name(s.Lead), s.Term, name(s.Vote), s.Commit, s.Applied, describeConf(h.conf)))
	if s.LeadTransferee != raft.None {
		c.trace.say(h.id, "transfers to", name(s.LeadTransferee))
	}
	for id := range uint64(len(c.hosts)) {
		if pr, ok := s.Progress[id]; ok {
			c.trace.say(h.id, "about "+name(id), pr.String())
		}
	}
}

// terms shows the log on a disk.
func (h *storyHost) terms(commit uint64) string {
	first, _ := h.disk.FirstIndex()
	last, _ := h.disk.LastIndex()
	var b strings.Builder
	if first > 1 {
		term, _ := h.disk.Term(first - 1)
		fmt.Fprintf(&b, "[..%d/%d] ", term, first-1)
	}
	for i := first; i <= last; i++ {
		term, _ := h.disk.Term(i)
		fmt.Fprintf(&b, "%d ", term)
		if i == commit {
			b.WriteString("| ")
		}
	}
	if last < first && first == 1 {
		return "empty"
	}
	return b.String()
}

// config returns the configuration of a host's node. Options are those of
// raft.Config by their usual names.
func (h *storyHost) config() *raft.Config {
	number := func(option string, without uint64) uint64 {
		v, ok := h.setup[option]
		if !ok {
			return without
		}
		n, err := strconv.ParseUint(v, 10, 64)
		if err != nil {
			panic(err)
		}
		return n
	}
	has := func(option string) bool { return h.setup[option] == "yes" }
	config := quietConfig(h.id, h.disk)
	config.Rand = h
	config.ElectionTick = int(number("election", 10))
	config.HeartbeatTick = int(number("heartbeat", 1))
	config.MaxSizePerMsg = number("max-size", math.MaxUint64)
	config.MaxInflightMsgs = int(number("max-inflight", 256))
	config.MaxInflightBytes = number("max-inflight-bytes", 0)
	config.MaxCommittedSizePerReady = number("max-committed", 0)
	config.MaxUncommittedEntriesSize = number("max-uncommitted", 0)
	config.PreVote = has("pre-vote")
	config.CheckQuorum = has("check-quorum")
	config.AsyncStorageWrites = has("async")
	config.StepDownOnRemoval = has("step-down-on-removal")
	config.DisableProposalForwarding = has("no-forwarding")
	config.DisableConfChangeValidation = has("no-validation")
	if has("lease-reads") {
		config.ReadOnlyOption = raft.ReadOnlyLeaseBased
	}
	return config
}

// storyArgs are the arguments of a command. Each is taken out by who understands it.
type storyArgs struct {
	t    require.TestingT
	pos  string
	list []datadriven.CmdArg
}

var storyOptions = strings.Fields(`election heartbeat max-size max-inflight max-inflight-bytes max-committed
	max-uncommitted pre-vote check-quorum async step-down-on-removal no-forwarding no-validation lease-reads`)

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

// message takes a message to a node: "MsgVote from=n4 term=9 last=1/3".
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
	m.Type = pb.MessageType(pb.MessageType_value[a.word()])
	return m
}
