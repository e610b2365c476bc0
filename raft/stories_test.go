package raft_test

import (
	"bytes"
	"errors"
	"fmt"
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
	case "misdeliver": // to the host that is named first, whichever they are for
		h := a.host(c)
		for _, m := range c.pick(a.filter()) {
			c.tell(h, h.node.Step(m))
		}
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
