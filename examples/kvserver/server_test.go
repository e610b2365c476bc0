package main_test

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestValuesOfClientsComeBackAtEveryServer(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3)
	first, second, third := c.members[0], c.members[1], c.members[2]
	value := "any bytes \x00\xff" + strings.Repeat("long ", 10000)
	c.must(http.StatusNotFound, first, http.MethodGet, "/kv/7", "")
	c.must(http.StatusNoContent, first, http.MethodPut, "/kv/7", value)
	require.Equal(t, value, c.must(http.StatusOK, second, http.MethodGet, "/kv/7", ""))
	c.must(http.StatusNoContent, second, http.MethodPost, "/kv/7", " and more")
	require.Equal(t, value+" and more", c.must(http.StatusOK, third, http.MethodGet, "/kv/7", ""))
	c.must(http.StatusNoContent, third, http.MethodDelete, "/kv/7", "")
	c.must(http.StatusNotFound, first, http.MethodGet, "/kv/7", "")
	c.must(http.StatusNoContent, first, http.MethodPost, "/kv/7", "anew")
	require.Equal(t, "anew", c.must(http.StatusOK, second, http.MethodGet, "/kv/7", ""))
	c.must(http.StatusNoContent, first, http.MethodPut, "/kv/8", "")
	require.Empty(t, c.must(http.StatusOK, second, http.MethodGet, "/kv/8", ""))

	// A command that is repeated under its numbers takes effect once.
	for _, m := range c.members {
		c.must(http.StatusNoContent, m, http.MethodPost, "/kv/9", "once", "Session", "1", "Number", "1")
	}
	c.must(http.StatusNoContent, first, http.MethodPost, "/kv/9", " twice", "Session", "1", "Number", "2")
	// A read lets the second catch up: until then it takes an older copy of a command for its own.
	require.Equal(t, "once twice", c.must(http.StatusOK, second, http.MethodGet, "/kv/9", ""))
	c.must(http.StatusConflict, second, http.MethodPost, "/kv/9", "once", "Session", "1", "Number", "1")
	require.Equal(t, "once twice", c.must(http.StatusOK, third, http.MethodGet, "/kv/9", ""))

	// Nonsense is refused, and the servers go on.
	for _, m := range c.members {
		c.must(http.StatusBadRequest, m, http.MethodPut, "/kv/x", "1")
		c.must(http.StatusBadRequest, m, http.MethodPut, "/kv/1", "1", "Session", "0", "Number", "1")
		c.must(http.StatusBadRequest, m, http.MethodPut, "/members/5", "nowhere")
		require.Equal(t, "anew", c.must(http.StatusOK, m, http.MethodGet, "/kv/7", ""))
	}
}

// A new server gets a snapshot, as the log from before is gone; a removed one ends
// by itself, also when it is the leader, and does not come back.
func TestMembersComeAndGoWhileTheClusterRuns(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3, "-snapshot", "10")
	for i := range 50 {
		c.must(http.StatusNoContent, c.members[i%3], http.MethodPut, fmt.Sprintf("/kv/%d", i), fmt.Sprint(i))
	}
	joining := c.add()
	c.start(joining, "-join")
	c.must(http.StatusNoContent, c.members[0], http.MethodPut, "/members/4?learner", joining.address)
	c.must(http.StatusNoContent, c.members[1], http.MethodPut, "/members/4", joining.address)
	require.Equal(t, "7", c.must(http.StatusOK, joining, http.MethodGet, "/kv/7", ""))
	s, _ := c.status(joining)
	require.GreaterOrEqual(t, s.Snapshot, uint64(50))
	require.Equal(t, "(1 2 3 4)", s.Voters)

	var leader *member
	c.await("a leader is elected", func() bool { leader = c.leader(); return leader != nil })
	other := c.members[leader.id%4]
	c.must(http.StatusNoContent, other, http.MethodDelete, fmt.Sprintf("/members/%d", leader.id), "")
	require.Equal(t, 0, c.exit(leader))
	c.must(http.StatusNoContent, other, http.MethodPut, "/kv/7", "still works")
	c.must(http.StatusConflict, other, http.MethodPut, fmt.Sprintf("/members/%d", leader.id), leader.address)
	c.start(leader)
	require.NotEqual(t, 0, c.exit(leader))
}

// A server that is told to stop hands its leadership over and ends well; what it
// had is there when all have been stopped and started again.
func TestStoppedServersEndWellAndComeBack(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3, "-tick", "100ms") // without a handover there is no leader for a second
	c.must(http.StatusNoContent, c.members[0], http.MethodPut, "/kv/1", "kept")
	var leader *member
	c.await("a leader is elected", func() bool { leader = c.leader(); return leader != nil })
	before, _ := c.status(leader)
	c.interrupt(leader)
	next, _ := c.status(c.members[leader.id%3])
	require.Greater(t, next.Term, before.Term, "the next leader is elected already")
	require.Equal(t, "kept", c.must(http.StatusOK, c.members[leader.id%3], http.MethodGet, "/kv/1", ""))
	for _, m := range c.members {
		if m.running() {
			c.interrupt(m)
		}
	}
	for _, m := range c.members {
		c.start(m)
	}
	for _, m := range c.members {
		require.Equal(t, "kept", c.must(http.StatusOK, m, http.MethodGet, "/kv/1", ""))
	}
}

// interrupt asks a process to stop and waits until it has.
func (c *cluster) interrupt(m *member) {
	command, _ := m.process()
	require.NoError(c.t, command.Process.Signal(os.Interrupt))
	require.Equal(c.t, 0, c.exit(m), "n%d", m.id)
}
