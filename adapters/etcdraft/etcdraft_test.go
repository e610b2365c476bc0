package etcdraft_test

import (
	"os"
	"testing"

	etcd "go.etcd.io/raft/v3"

	"raftsim/adapters/etcdraft"
	"raftsim/raft"
)

func TestMain(m *testing.M) {
	etcdraft.Register()
	etcd.SetLogger(raft.DiscardLogger{}) // its panics are expected
	os.Exit(m.Run())
}
