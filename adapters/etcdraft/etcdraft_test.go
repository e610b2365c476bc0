package etcdraft_test

import (
	"os"
	"testing"

	etcd "go.etcd.io/raft/v3"

	"raftsim/raft"
)

func TestMain(m *testing.M) {
	etcd.SetLogger(raft.DiscardLogger{}) // its panics are expected
	os.Exit(m.Run())
}
