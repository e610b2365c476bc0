package etcdraft_test

import (
	"os"
	"testing"

	"raftsim/adapters/etcdraft"
)

func TestMain(m *testing.M) {
	etcdraft.Register()
	os.Exit(m.Run())
}
