package main_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/checker/history"
	"raftsim/workload"
)

// insideVariable says that the test runs in namespaces of its own.
const insideVariable = "KVSERVER_INSIDE"

// faultsVariable says how long faults are made, 8s if it is not set.
const faultsVariable = "KVSERVER_FAULTS"

// Three servers, each in a network namespace and on a disk of its own, are killed,
// stopped, cut off, slowed down, and lose the room on their disks. What clients saw
// is what a single store that never fails could have shown them.
//
// The test starts itself again in namespaces, which end with it. As root it needs
// nothing; others need a kernel that gives them user namespaces.
func TestHistoryIsLinearizableUnderRealFaults(t *testing.T) {
	if os.Getenv(insideVariable) == "" {
		runInside(t)
		return
	}
	duration := 8 * time.Second
	if text := os.Getenv(faultsVariable); text != "" {
		var err error
		duration, err = time.ParseDuration(text)
		require.NoError(t, err, "%s", faultsVariable)
	}
	n := newNamespaces(t)
	r := &recorder{}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var work sync.WaitGroup
	for range clients {
		work.Go(func() { newClient(n.cluster, r).run(ctx) })
	}
	made := n.makeFaults(duration)
	cancel()
	work.Wait()
	worked := len(r.operations)
	readEverything(n.cluster, r)
	t.Logf("%d operations, %d commands of unknown outcome; faults: %v", worked, r.unknown, made)
	require.GreaterOrEqual(t, worked-r.unknown, 100)
	require.GreaterOrEqual(t, len(made), min(len(realFaults), int(duration/(3*time.Second))), "kinds of faults")
	result := history.Linearizable(workload.KV, r.operations, 0)
	require.Equal(t, history.Legal, result.Verdict, "%v", result.Violation)
}

// runInside runs this test in a process with network and mounts of its own.
func runInside(t *testing.T) {
	line := []string{"unshare", "--net", "--mount"}
	if os.Getuid() != 0 {
		line = append(line, "--user", "--map-root-user")
	}
	self, err := os.Executable()
	require.NoError(t, err)
	line = append(line, "sh", "-ec", `mount -t tmpfs tmpfs /run; ip link set lo up; exec "$@"`, "sh",
		self, "-test.run", "^"+t.Name()+"$", "-test.v", "-test.timeout", "5m")
	command := exec.Command(line[0], line[1:]...)
	command.Env = append(os.Environ(), insideVariable+"=1")
	command.SysProcAttr = dieWithParent()
	out, err := command.CombinedOutput()
	require.NoError(t, err, "unshare and ip come with util-linux and iproute2\n%s", out)
	require.Contains(t, string(out), "--- PASS: "+t.Name())
	t.Logf("%s", out)
}

// namespaces is a cluster whose servers are hosts of a network of their own: each in
// a namespace, behind a proxy that can be slow, with a small disk.
type namespaces struct {
	*cluster
	slow map[*member]io.Writer // the commands of its proxy
}

func newNamespaces(t *testing.T) *namespaces {
	c := newCluster(t, 0, "-tick", "50ms", "-snapshot", "100", "-segment", "65536")
	n := &namespaces{cluster: c, slow: map[*member]io.Writer{}}
	run(t, "ip link add hub type bridge", "ip address add 10.77.0.254/24 dev hub", "ip link set hub up")
	var list []string
	for range 3 {
		m := c.add()
		name := fmt.Sprintf("n%d", m.id)
		m.address, m.listen = fmt.Sprintf("10.77.0.%d:8000", m.id), "127.0.0.1:8001"
		m.prefix = []string{"ip", "netns", "exec", name}
		list = append(list, fmt.Sprintf("%d=%s", m.id, m.address))
		require.NoError(t, os.MkdirAll(m.dir, 0o777))
		run(t, "ip netns add "+name,
			fmt.Sprintf("ip link add %s type veth peer name eth0 netns %s", name, name),
			fmt.Sprintf("ip link set %s master hub up", name),
			fmt.Sprintf("ip -n %s address add 10.77.0.%d/24 dev eth0", name, m.id),
			fmt.Sprintf("ip -n %s link set lo up", name), fmt.Sprintf("ip -n %s link set eth0 up", name),
			"mount -t tmpfs -o size=8m tmpfs "+m.dir)
		t.Cleanup(func() { run(t, "umount --lazy "+m.dir) })
		n.startProxy(m)
	}
	dir := filepath.Join(t.TempDir(), "certificates")
	run(t, fmt.Sprintf("%s certificates -dir %s -cluster %s", binary, dir, strings.Join(list, ",")))
	c.flags = append(c.flags, "-certificates", dir)
	c.secure(t, dir)
	for _, m := range c.members {
		c.start(m)
	}
	return n
}

func run(t *testing.T, lines ...string) {
	for _, line := range lines {
		words := strings.Fields(line)
		out, err := exec.Command(words[0], words[1:]...).CombinedOutput()
		require.NoError(t, err, "%s: %s", line, out)
	}
}

func (n *namespaces) startProxy(m *member) {
	self, err := os.Executable()
	require.NoError(n.t, err)
	command := exec.Command(m.prefix[0], append(m.prefix[1:], self)...)
	command.Env = append(os.Environ(), proxyVariable+"="+m.address+" "+m.listen)
	command.SysProcAttr = dieWithParent()
	in, err := command.StdinPipe()
	require.NoError(n.t, err)
	require.NoError(n.t, command.Start())
	n.slow[m] = in
	n.t.Cleanup(func() {
		_ = in.Close()
		_ = command.Wait()
	})
}

// A realFault does something to a server, here the leader, and undoes it.
type realFault struct {
	name string
	make func(n *namespaces, m *member) (undo func())
}

var realFaults = []realFault{
	{"kill -9", func(n *namespaces, m *member) func() {
		n.kill(m)
		return func() {}
	}},
	{"stop", func(n *namespaces, m *member) func() {
		command, _ := m.process()
		_ = command.Process.Signal(syscall.SIGSTOP)
		return func() { _ = command.Process.Signal(syscall.SIGCONT) }
	}},
	{"cut off", func(n *namespaces, m *member) func() {
		link := fmt.Sprintf("ip link set n%d ", m.id)
		run(n.t, link+"down")
		return func() { run(n.t, link+"up") }
	}},
	{"full disk", func(n *namespaces, m *member) func() {
		file := filepath.Join(m.dir, "filler")
		f, err := os.Create(file)
		require.NoError(n.t, err)
		for chunk := make([]byte, 4096); err == nil; {
			_, err = f.Write(chunk)
		}
		require.ErrorIs(n.t, err, syscall.ENOSPC)
		_ = f.Close()
		return func() { require.NoError(n.t, os.Remove(file)) }
	}},
	{"cut from one", func(n *namespaces, m *member) func() {
		other := n.members[m.id%3]
		route := func(verb string) {
			run(n.t, fmt.Sprintf("ip -n n%d route %s blackhole 10.77.0.%d/32", m.id, verb, other.id),
				fmt.Sprintf("ip -n n%d route %s blackhole 10.77.0.%d/32", other.id, verb, m.id))
		}
		route("add")
		return func() { route("del") }
	}},
	{"slow and lossy", func(n *namespaces, m *member) func() {
		fmt.Fprintln(n.slow[m], int64(30*time.Millisecond), 50)
		return func() { fmt.Fprintln(n.slow[m], 0, 0) }
	}},
	{"kill -9 of all", func(n *namespaces, _ *member) func() {
		for _, m := range n.members {
			if m.running() {
				n.kill(m)
			}
		}
		return func() {}
	}},
}

// makeFaults makes one fault after the other, for so long, and counts them by kind.
// At the end all is well again.
func (n *namespaces) makeFaults(duration time.Duration) map[string]int {
	made := map[string]int{}
	end := time.Now().Add(duration)
	for round := rand.IntN(len(realFaults)); time.Now().Before(end); round++ {
		var leader *member
		n.await("a leader is elected", func() bool { leader = n.leader(); return leader != nil })
		pause(300, 700)
		fault := realFaults[round%len(realFaults)]
		undo := fault.make(n, leader)
		made[fault.name]++
		pause(300, 1500)
		undo()
		for _, m := range n.members {
			if !m.running() { // killed, or its disk was full
				n.start(m)
			}
		}
	}
	return made
}
