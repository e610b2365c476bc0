package main_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// binary is the server that the tests start, with the race detector if they
// have it themselves.
var binary string

func TestMain(m *testing.M) {
	if addresses := os.Getenv(proxyVariable); addresses != "" {
		os.Exit(runProxy(addresses))
	}
	os.Exit(buildAndRun(m))
}

// noteSources looks at the files that the server is built from. The go command
// remembers what a test looked at, and runs it again when that has changed; it
// knows nothing of the build in TestMain, nor of what TestMain looks at.
var noteSources = sync.OnceFunc(func() {
	const root = "../.."
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil
		case path != root && d.IsDir() && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata"):
			return filepath.SkipDir
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
			_, _ = os.Stat(path)
		}
		return nil
	})
})

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "kvserver")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "kvserver")
	if err := build(binary); err != nil {
		fmt.Println(err)
		return 1
	}
	return m.Run()
}

// build makes a server.
func build(binary string, flags ...string) error {
	args := append([]string{"build", "-o", binary}, flags...)
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		args = append(args, "-race")
	}
	if out, err := exec.Command("go", append(args, ".")...).CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// cluster is a number of servers, each a process on the loopback interface.
type cluster struct {
	t       *testing.T
	binary  string
	flags   []string
	scheme  string
	web     *http.Client
	members []*member
}

// member is a server and, while it runs, its process.
type member struct {
	id      uint64
	address string
	dir     string
	listen  string   // where that is not address
	prefix  []string // of the command: how to run it elsewhere

	mu      sync.Mutex
	command *exec.Cmd
	exited  chan struct{} // closed when command has ended
}

// newCluster starts n servers. All processes end with the test.
func newCluster(t *testing.T, n int, flags ...string) *cluster {
	noteSources()
	c := &cluster{t: t, binary: binary, scheme: "http", flags: append([]string{"-tick", "30ms"}, flags...), web: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}}
	t.Cleanup(c.end)
	for range n {
		c.add()
	}
	for _, m := range c.members {
		c.start(m)
	}
	return c
}

// add makes room for one more server, without starting it.
func (c *cluster) add() *member {
	m := &member{id: uint64(len(c.members) + 1), address: freeAddress(c.t), dir: filepath.Join(c.t.TempDir(), "wal")}
	c.members = append(c.members, m)
	return m
}

// freeAddress is one that nobody listens at. It lies below the ports that
// systems give to outgoing connections, so that nobody takes it while its server
// is down.
func freeAddress(t *testing.T) string {
	for range 100 {
		address := fmt.Sprintf("127.0.0.1:%d", 15000+rand.IntN(15000))
		if l, err := net.Listen("tcp", address); err == nil {
			require.NoError(t, l.Close())
			return address
		}
	}
	t.Fatal("no free port found")
	return ""
}

func (c *cluster) start(m *member, flags ...string) {
	addresses := make([]string, len(c.members))
	for i, m := range c.members {
		addresses[i] = fmt.Sprintf("%d=%s", m.id, m.address)
	}
	log, err := os.OpenFile(m.dir+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(c.t, err)
	defer log.Close()
	flags = append(flags, "-id", fmt.Sprint(m.id), "-dir", m.dir, "-cluster", strings.Join(addresses, ","))
	if m.listen != "" {
		flags = append(flags, "-listen", m.listen)
	}
	line := slices.Concat(m.prefix, []string{c.binary}, flags, c.flags)
	command := exec.Command(line[0], line[1:]...)
	command.Stdout, command.Stderr, command.SysProcAttr = log, log, dieWithParent()
	require.NoError(c.t, command.Start())
	exited := make(chan struct{})
	go func() {
		_ = command.Wait()
		close(exited)
	}()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.command, m.exited = command, exited
}

// kill ends the process at once, as kill -9 does.
func (c *cluster) kill(m *member) {
	command, exited := m.process()
	_ = command.Process.Kill()
	<-exited
}

// exit waits until the process has ended by itself and returns its exit code.
func (c *cluster) exit(m *member) int {
	command, exited := m.process()
	select {
	case <-exited:
		return command.ProcessState.ExitCode()
	case <-time.After(20 * time.Second):
		require.FailNow(c.t, "the process goes on", "n%d", m.id)
		return 0
	}
}

func (m *member) process() (*exec.Cmd, chan struct{}) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.command, m.exited
}

// running says whether the process has not ended.
func (m *member) running() bool {
	_, exited := m.process()
	select {
	case <-exited:
		return false
	default:
		return true
	}
}

// crash is how a Go program reports that it is broken.
var crash = regexp.MustCompile(`(?m)^(panic: |fatal error: |WARNING: DATA RACE)`)

// end leaves no process behind, and shows what they wrote when the test failed. A
// panic or a data race is a failure even if the cluster has outlived it.
func (c *cluster) end() {
	for _, m := range c.members {
		if command, _ := m.process(); command != nil {
			c.kill(m)
		}
		text, err := os.ReadFile(m.dir + ".log")
		if err != nil {
			continue // never started
		}
		if broken := crash.FindIndex(text); broken != nil {
			c.t.Errorf("n%d:\n%s", m.id, text[broken[0]:min(len(text), broken[0]+4000)])
		}
		if c.t.Failed() {
			c.t.Logf("the end of n%d's log:\n%s", m.id, text[max(0, len(text)-4000):])
		}
	}
	c.web.CloseIdleConnections()
}

// status is what GET /status answers.
type status struct {
	ID, Term, Leader, Applied, Snapshot uint64
	Role, Voters                        string
}

func (c *cluster) status(m *member) (s status, ok bool) {
	code, body := c.request(time.Second, m, http.MethodGet, "/status", "")
	return s, code == http.StatusOK && json.Unmarshal([]byte(body), &s) == nil
}

// leader is the running member that leads in the highest term, nil if none does.
func (c *cluster) leader() *member {
	var leader *member
	term := uint64(0)
	for _, m := range c.members {
		if s, ok := c.status(m); ok && s.Role == "StateLeader" && s.Term > term {
			leader, term = m, s.Term
		}
	}
	return leader
}

// await waits until a condition holds, and fails the test if it never does.
func (c *cluster) await(what string, holds func() bool) {
	c.t.Helper()
	for end := time.Now().Add(20 * time.Second); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			require.FailNow(c.t, "not within 20 s: "+what)
		}
	}
}

// request asks a member and returns the status code and the body of the answer;
// code zero when there is none. Headers are pairs of name and value.
func (c *cluster) request(patience time.Duration, m *member, method, path, body string, headers ...string) (code int, answer string) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, c.scheme+"://"+m.address+path, strings.NewReader(body))
	if err != nil {
		return 0, err.Error()
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := c.web.Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	b, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err.Error()
	}
	return response.StatusCode, string(b)
}

// must is request until the answer has a code.
func (c *cluster) must(want int, m *member, method, path, body string, headers ...string) string {
	c.t.Helper()
	var code int
	var answer string
	c.await(fmt.Sprintf("%s %s at n%d answers %d", method, path, m.id, want), func() bool {
		code, answer = c.request(10*time.Second, m, method, path, body, headers...)
		return code != 0 && code != http.StatusServiceUnavailable
	})
	require.Equal(c.t, want, code, "%s %s at n%d: %s", method, path, m.id, answer)
	return answer
}
