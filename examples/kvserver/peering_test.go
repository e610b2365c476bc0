package main_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A new server whose snapshot takes many times the election timeout to arrive joins
// while the cluster goes on: the leader stays, since heartbeats do not wait behind
// the snapshot.
func TestALargeSnapshotArrivesOverASlowLinkWhileWritesGoOn(t *testing.T) {
	t.Parallel()
	const pieces, pieceBytes, rate = 80, 1_000_000, 20 << 20
	c := newCluster(t, 3, "-snapshot", "40", "-tick", "100ms")
	value := strings.Repeat("x", pieceBytes)
	for i := range pieces {
		c.must(http.StatusNoContent, c.members[i%3], http.MethodPut, fmt.Sprintf("/kv/%d", i), value)
	}
	var leader *member
	c.await("a leader is elected", func() bool { leader = c.leader(); return leader != nil })
	before, _ := c.status(leader)

	joining := c.add()
	joining.listen = joining.address
	joining.address = newProxy(t, joining.listen, rate).address()
	c.start(joining, "-join")
	began := time.Now()
	c.must(http.StatusNoContent, c.members[0], http.MethodPut, "/members/4?learner", joining.address)
	writes, slowest := 0, time.Duration(0)
	c.await("the new server has the snapshot", func() bool {
		start := time.Now()
		c.must(http.StatusNoContent, leader, http.MethodPut, "/kv/1000", fmt.Sprint(writes))
		slowest = max(slowest, time.Since(start))
		writes++
		s, ok := c.status(joining)
		return ok && s.Snapshot >= 40
	})
	after, _ := c.status(leader)
	t.Logf("%d MB in %v, %d writes meanwhile, the slowest took %v", pieces*pieceBytes/1_000_000, time.Since(began).Round(time.Millisecond), writes, slowest.Round(time.Millisecond))
	require.Equal(t, before.Term, after.Term, "the leader was lost")
	require.Greater(t, writes, 3)
	require.Equal(t, value, c.must(http.StatusOK, joining, http.MethodGet, "/kv/7", ""))
}

// Servers of two clusters that have one another's addresses never mix.
func TestClustersWithCrossedAddressesNeverMix(t *testing.T) {
	t.Parallel()
	one, two := newCluster(t, 3), newCluster(t, 3)
	one.must(http.StatusNoContent, one.members[0], http.MethodPut, "/kv/1", "one")
	two.must(http.StatusNoContent, two.members[0], http.MethodPut, "/kv/1", "two")
	for i := 1; i < 3; i++ {
		one.kill(one.members[i])
		two.kill(two.members[i])
	}
	// The names of the servers stay, the addresses are those of the others.
	for i := 1; i < 3; i++ {
		one.members[i].address, two.members[i].address = two.members[i].address, one.members[i].address
	}
	for i := 1; i < 3; i++ {
		one.start(one.members[i])
		two.start(two.members[i])
	}
	// The first servers still have the old addresses, where the others listen now.
	for range 10 {
		for i := 1; i < 3; i++ {
			one.must(http.StatusNoContent, one.members[i], http.MethodPut, "/kv/1", "one still")
			two.must(http.StatusNoContent, two.members[i], http.MethodPut, "/kv/1", "two still")
		}
	}
	for name, c := range map[string]*cluster{"one": one, "two": two} {
		c.kill(c.members[0])
		c.start(c.members[0])
		for _, m := range c.members {
			require.Equal(t, name+" still", c.must(http.StatusOK, m, http.MethodGet, "/kv/1", ""))
		}
	}

	// A server of one cluster cannot be added to the other, and does not start in
	// another's directory.
	code, text := two.request(time.Second, two.members[0], http.MethodPut, "/members/2", one.members[1].address)
	require.Equal(t, http.StatusConflict, code, text)
	require.Contains(t, text, "belongs to cluster")
	one.kill(one.members[1])
	one.members[1].dir, one.members[2].dir = one.members[2].dir, one.members[1].dir
	one.start(one.members[1])
	require.NotEqual(t, 0, one.exit(one.members[1]))
}

// peerRequest is a POST in the name of another server.
func (c *cluster) peerRequest(m *member, path, body string, headers ...string) (int, string) {
	_, cluster := c.request(time.Second, m, http.MethodGet, "/raft/identity", "")
	cluster = cluster[strings.Index(cluster, `":"`)+3:]
	cluster = cluster[:16]
	return c.request(5*time.Second, m, http.MethodPost, path, body,
		append([]string{"Raft-Cluster", cluster, "Raft-From", "1", "Raft-To", fmt.Sprint(m.id)}, headers...)...)
}

// Bytes that no server sends are refused, take no memory to speak of, and nobody is
// stopped by them.
func TestHostileBytesStopNobody(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3)
	c.must(http.StatusNoContent, c.members[0], http.MethodPut, "/kv/1", "kept")
	second := c.members[1]
	part := func(s string) string {
		b, err := hex.DecodeString(s)
		require.NoError(t, err)
		b[0]++ // the length counts the kind, too
		return string(b[:1]) + "\x01" + string(b[1:])
	}
	unknownEntry := part("1c0802100118022000280030003a060807100018004000500058006800")
	lastTerm := part("1d08081001180220ffffffffffffffffff01280030004000500058006800")
	for name, try := range map[string]struct {
		path, body string
		headers    []string
		want       int
	}{
		"zeros":               {"/raft", strings.Repeat("\x00", 4<<20), nil, http.StatusBadRequest},
		"too many bytes":      {"/raft", strings.Repeat("\x00", 8<<20), nil, http.StatusBadRequest},
		"too many parts":      {"/raft", strings.Repeat("\x02\x01\x00", 1000), nil, http.StatusBadRequest},
		"half a message":      {"/raft", "\x05\x01hell", nil, http.StatusBadRequest},
		"a long length":       {"/raft", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", nil, http.StatusBadRequest},
		"an unknown kind":     {"/raft", "\x02\x09\x00", nil, http.StatusBadRequest},
		"no chunk":            {"/raft/chunk", "\xff\xff", nil, http.StatusBadRequest},
		"for another server":  {"/raft", unknownEntry, nil, http.StatusMisdirectedRequest},
		"of another sender":   {"/raft", lastTerm, nil, http.StatusMisdirectedRequest},
		"another cluster":     {"/raft", "", []string{"Raft-Cluster", "0123456789abcdef"}, http.StatusMisdirectedRequest},
		"to another server":   {"/raft", "", []string{"Raft-To", "7"}, http.StatusMisdirectedRequest},
		"nobody":              {"/raft", "", []string{"Raft-From", "0"}, http.StatusBadRequest},
		"a nameless stranger": {"/raft", "", []string{"Raft-From", ""}, http.StatusBadRequest},
	} {
		code, text := c.peerRequest(second, try.path, try.body, try.headers...)
		require.Equal(t, try.want, code, "%s: %s", name, text)
	}
	// Genuine senders with evil contents: an entry type that does not exist, the end
	// of all terms.
	c.peerRequest(c.members[0], "/raft", unknownEntry, "Raft-From", "2")
	c.peerRequest(second, "/raft", strings.Replace(lastTerm, "\x10\x01\x18\x02", "\x10\x02\x18\x01", 1))
	for _, command := range []string{"", "\x00", "\xff\xff\xff", strings.Repeat("\xff", 1<<20)} {
		c.request(2*time.Second, second, http.MethodPost, "/command", command, "Session", "77", "Number", "1")
		c.request(2*time.Second, second, http.MethodPost, "/query", command)
	}
	for _, m := range c.members {
		require.Equal(t, "kept", c.must(http.StatusOK, m, http.MethodGet, "/kv/1", ""))
		c.must(http.StatusNoContent, m, http.MethodPut, "/kv/2", "still works")
	}
}

// With certificates strangers are refused, and the servers work as before; without
// them a server does not leave its machine.
func TestServersKnowOneAnotherByCertificates(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "certificates")
	c := newCluster(t, 0, "-certificates", dir)
	list := make([]string, 3)
	for i := range list {
		m := c.add()
		list[i] = fmt.Sprintf("%d=%s", m.id, m.address)
	}
	out, err := exec.Command(binary, "certificates", "-dir", dir, "-cluster", strings.Join(list, ",")).CombinedOutput()
	require.NoError(t, err, string(out))
	c.secure(t, dir)
	for _, m := range c.members {
		c.start(m)
	}
	c.must(http.StatusNoContent, c.members[0], http.MethodPut, "/kv/1", "kept")
	require.Equal(t, "kept", c.must(http.StatusOK, c.members[2], http.MethodGet, "/kv/1", ""))

	code, text := c.peerRequest(c.members[1], "/raft", "")
	require.Equal(t, http.StatusForbidden, code, text)
	third, err := tls.LoadX509KeyPair(filepath.Join(dir, "server-3.pem"), filepath.Join(dir, "server-3-key.pem"))
	require.NoError(t, err)
	c.web.Transport.(*http.Transport).TLSClientConfig.Certificates = []tls.Certificate{third}
	c.web.CloseIdleConnections()
	code, text = c.peerRequest(c.members[1], "/raft", "")
	require.Equal(t, http.StatusForbidden, code, "server 3 poses as server 1: %s", text)
	code, text = c.peerRequest(c.members[1], "/raft", "", "Raft-From", "3")
	require.Equal(t, http.StatusNoContent, code, text)

	out, err = exec.Command(binary, "-id", "1", "-dir", t.TempDir(), "-cluster", "1=192.0.2.1:80").CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "must be on the loopback interface unless -certificates is given")
}

// secure makes the cluster's clients use TLS.
func (c *cluster) secure(t *testing.T, dir string) {
	text, err := os.ReadFile(filepath.Join(dir, "ca.pem"))
	require.NoError(t, err)
	authority := x509.NewCertPool()
	require.True(t, authority.AppendCertsFromPEM(text))
	c.scheme = "https"
	c.web = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16, TLSClientConfig: &tls.Config{RootCAs: authority}}}
}
