// Package counter is a program of one's own in the simulator: a sim.Process with
// its own messages, its own use of the disk and its own promise. It is no Raft.
//
// Each host counts events and knows how far every other one has counted. The
// hosts tell one another all they know, and keep the greater of two numbers: a
// grow-only counter (Shapiro and others, 2011). That works as long as no host
// ever counts backwards, so it tells of an event only when the event is durable.
package counter

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"raftsim/sim"
	"raftsim/vfs"
)

// Hosts is the number of hosts that count.
const Hosts = 3

// Counter is the process of one host.
type Counter struct {
	// Goal is the number of events of each host; it counts no further.
	Goal uint64
	// Careless leaves out the sync: the mistake that the simulator is to find.
	Careless bool

	env   sim.Env
	file  vfs.File
	count uint64        // events of this host
	known [Hosts]uint64 // events of each host that may be told
}

// Tokens of timers.
const (
	eventTimer uint64 = iota
	gossipTimer
	diskTimer
)

const (
	eventEvery  = 20 * time.Millisecond
	gossipEvery = 50 * time.Millisecond
)

// Total is the number of events of all hosts that this one knows of.
func (c *Counter) Total() (total uint64) {
	for _, n := range c.known {
		total += n
	}
	return total
}

// Start reads the count from the disk.
func (c *Counter) Start(env sim.Env) error {
	c.env = env
	if err := c.open(); err != nil {
		return err
	}
	c.known[env.ID()-1] = c.count
	env.SetTimer(eventEvery, eventTimer)
	env.SetTimer(gossipEvery, gossipTimer)
	return nil
}

// open reads the file, or makes it. What is read is durable: a crash has dropped
// everything else.
func (c *Counter) open() (err error) {
	disk := c.env.FS()
	c.file, err = disk.Open("count")
	if errors.Is(err, fs.ErrNotExist) {
		if c.file, err = disk.Create("count"); err != nil {
			return err
		}
		return disk.SyncDir(".")
	}
	if err != nil {
		return err
	}
	size, err := c.file.Size()
	if err != nil || size < 8 {
		return err // without an error it was never written
	}
	var b [8]byte
	_, err = c.file.ReadAt(b[:], 0)
	c.count = binary.BigEndian.Uint64(b[:])
	return err
}

// Timer counts, writes, gossips.
func (c *Counter) Timer(token uint64) {
	switch token {
	case eventTimer:
		c.event()
	case diskTimer:
		c.durable()
	case gossipTimer:
		c.gossip()
		c.env.SetTimer(gossipEvery, gossipTimer)
	}
}

// event counts one event and writes that down. The next one waits for the disk.
func (c *Counter) event() {
	if c.count == c.Goal {
		return
	}
	c.count++
	_, err := c.file.WriteAt(binary.BigEndian.AppendUint64(nil, c.count), 0)
	if err == nil && !c.Careless {
		err = c.file.Sync()
	}
	if err != nil {
		c.env.Fail(err)
	} else if c.env.AfterDisk(diskTimer) {
		c.durable()
	}
}

// durable is called when what was written is on the disk.
func (c *Counter) durable() {
	c.known[c.env.ID()-1] = c.count
	c.env.SetTimer(eventEvery, eventTimer)
}

// gossip tells every other host all that this one knows.
func (c *Counter) gossip() {
	var payload []byte
	for _, n := range c.known {
		payload = binary.AppendUvarint(payload, n)
	}
	for id := uint64(1); id <= Hosts; id++ {
		if id != c.env.ID() {
			c.env.Send(id, sim.Message{Kind: sim.PayloadMessage, Payload: payload})
		}
	}
}

// Receive keeps the greater numbers. Nobody else can know more of this host's
// events than it does itself: that is the promise that a run of it watches.
func (c *Counter) Receive(from uint64, m *sim.Message) {
	payload := m.Payload
	for i := range c.known {
		n, size := binary.Uvarint(payload)
		if size <= 0 {
			return // damaged on the way
		}
		payload = payload[size:]
		if uint64(i+1) == c.env.ID() && n > c.known[i] {
			c.env.Fail(fmt.Errorf("counter: n%d knows of %d events of n%d, which knows of %d itself", from, n, i+1, c.known[i]))
			return
		}
		c.known[i] = max(c.known[i], n)
	}
}
