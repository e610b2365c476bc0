package main

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// config is what a server is started with.
type config struct {
	// id is this server's own, one of cluster's. It is never used again for
	// another server, not even after this one was removed.
	id uint64
	// cluster has the address of each server, host:port. Those that were
	// added over HTTP later need not be in it.
	cluster map[uint64]string
	// listen is the address that this server listens at, where that is not the
	// one by which others reach it.
	listen string
	// join says that the cluster runs already and is going to add this server.
	join bool
	// dir holds the write-ahead log. Nothing else may use it.
	dir string
	// tick is the unit of Raft's time: a leader sends a heartbeat each tick,
	// and followers miss it after 10 to 20.
	tick time.Duration
	// snapshotEvery is the number of entries after which a snapshot replaces
	// them, at least 1.
	snapshotEvery uint64
	// token makes a difference between clusters that were founded with the same
	// addresses; it counts at the founding only.
	token string
	// certificates is the folder with the cluster's certificates; empty is none.
	certificates string
	// segmentBytes is the size of a file of the log; zero is its default.
	segmentBytes int64
}

// parseConfig reads the command line.
func parseConfig(args []string) (config, error) {
	var c config
	var cluster string
	f := flag.NewFlagSet("kvserver", flag.ContinueOnError)
	f.SetOutput(os.Stderr)
	f.Uint64Var(&c.id, "id", 0, "number of this server, 1 or more")
	f.StringVar(&cluster, "cluster", "", "addresses of all servers, this one among them: 1=host:port,2=host:port,...")
	f.StringVar(&c.listen, "listen", "", "address to listen at (default: this server's own in -cluster)")
	f.BoolVar(&c.join, "join", false, "the cluster runs already and adds this server (PUT /members/ID)")
	f.StringVar(&c.dir, "dir", "", "directory of the write-ahead log (default kvserver-ID)")
	f.DurationVar(&c.tick, "tick", 100*time.Millisecond, "time between heartbeats; elections come after 10 to 20 without one")
	f.Uint64Var(&c.snapshotEvery, "snapshot", 10000, "log entries between snapshots")
	f.Int64Var(&c.segmentBytes, "segment", 0, "bytes of a file of the log, 0 for its default")
	f.StringVar(&c.token, "token", "", "any text, the same for all servers: distinguishes a new cluster from another one with the same addresses")
	f.StringVar(&c.certificates, "certificates", "", "folder that kvserver certificates made; without it all addresses must be on this machine")
	if err := f.Parse(args); err != nil {
		return c, err
	}
	if f.NArg() > 0 {
		return c, fmt.Errorf("kvserver: %q: takes flags only", f.Arg(0))
	}
	var err error
	if c.cluster, err = parseCluster(cluster); err != nil {
		return c, err
	}
	if c.dir == "" {
		c.dir = fmt.Sprintf("kvserver-%d", c.id)
	}
	if c.listen == "" {
		c.listen = c.cluster[c.id]
	}
	return c, c.validate()
}

// parseCluster reads a list such as "1=127.0.0.1:8001,2=127.0.0.1:8002".
func parseCluster(list string) (map[uint64]string, error) {
	cluster := map[uint64]string{}
	for member := range strings.SplitSeq(list, ",") {
		number, address, _ := strings.Cut(member, "=")
		id, err := strconv.ParseUint(number, 10, 64)
		if err != nil || id == 0 || address == "" {
			return nil, fmt.Errorf("kvserver: -cluster: %q must be ID=HOST:PORT, with an id of 1 or more", member)
		}
		if cluster[id] != "" {
			return nil, fmt.Errorf("kvserver: -cluster: server %d has two addresses, %s and %s", id, cluster[id], address)
		}
		cluster[id] = address
	}
	return cluster, nil
}

func (c *config) validate() error {
	switch {
	case c.cluster[c.id] == "":
		return fmt.Errorf("kvserver: -id is %d, must be one of -cluster", c.id)
	case c.tick < time.Millisecond:
		return fmt.Errorf("kvserver: -tick is %v, must be at least 1ms", c.tick)
	case c.snapshotEvery == 0:
		return fmt.Errorf("kvserver: -snapshot is 0, must be at least 1")
	}
	return nil
}
