package sim_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/clock"
	"raftsim/disk"
	"raftsim/random"
	"raftsim/sim"
	"raftsim/vfs"
)

// writing are options of a short run whose disks are slow enough to be caught in
// the middle of a write.
func writing(t *testing.T) sim.Options {
	o := scheduled(t, "")
	o.Disk = disk.Profile{Write: random.Constant(time.Millisecond), Sync: random.Constant(5 * time.Millisecond)}
	o.Workload.Shape.ValueBytes = 700
	o.Run = 3 * time.Second
	return o
}

// inDoubt says that the leader's disk has so many states now.
func inDoubt(host, least, most uint64) func(*sim.Simulation) bool {
	return func(s *sim.Simulation) bool {
		if s.Now() < clock.Time(time.Second) || !s.Host(host).Running() || s.Host(host).Disk().AtStake(s.Now()) == 0 {
			return false
		}
		n := s.Host(host).Disk().States(s.Now())
		return n >= least && n <= most
	}
}

func TestAHostRecoversFromEachStateThatAPowerFailureCanLeave(t *testing.T) {
	for host := range uint64(3) {
		point := sim.CrashPoint{Host: host + 1, Reached: inDoubt(host+1, 8, 256), Down: 50 * time.Millisecond}
		all, err := sim.EveryCrash(writing(t), point)
		require.NoError(t, err)
		runs := map[uint64]bool{}
		states := uint64(0)
		for state, v := range all {
			require.Equal(t, states, state)
			require.Equal(t, sim.Pass, v.Outcome, "n%d, state %d: %v", host+1, state, v.Violations)
			runs[v.Fingerprint] = true
			states++
		}
		require.GreaterOrEqual(t, states, uint64(8))
		require.Greater(t, len(runs), 1, "states that differ lead to runs that differ")
	}
}

// careless keeps a record of two sectors without a checksum, and cannot live with
// half of one.
type careless struct {
	env  sim.Env
	file vfs.File
}

func (c *careless) Start(env sim.Env) error {
	c.env = env
	env.SetTimer(time.Second, 0)
	record := make([]byte, 1024)
	file, err := env.FS().Open("record")
	if err == nil {
		if _, err = file.ReadAt(record, 0); err == nil && record[0] != record[1023] {
			err = errors.New("half a record")
		}
		return err
	}
	if c.file, err = env.FS().Create("record"); err != nil {
		return err
	}
	return errors.Join(c.write('a'), c.file.Sync(), env.FS().SyncDir("/"))
}

func (c *careless) write(b byte) error {
	_, err := c.file.WriteAt(bytes.Repeat([]byte{b}, 1024), 0)
	return err
}

func (c *careless) Receive(uint64, *sim.Message) {}

func (c *careless) Timer(uint64) {
	if c.file != nil {
		_ = c.write('b')
		c.file = nil
		c.env.SetTimer(500*time.Microsecond, 0) // in the middle of the write
	}
}

func TestEachTornStateOfACarelessProcessIsFound(t *testing.T) {
	o := writing(t)
	o.Nodes, o.Workload, o.Expect.RecoveryTimeouts = 1, sim.WorkloadOptions{Clients: -1}, -1
	o.Process = func(uint64) sim.Process { return &careless{} }
	all, err := sim.EveryCrash(o, sim.CrashPoint{Host: 1, Reached: inDoubt(1, 1, 100)})
	require.NoError(t, err)
	outcomes := map[sim.Outcome]int{}
	for _, v := range all {
		outcomes[v.Outcome]++
	}
	require.Equal(t, map[sim.Outcome]int{sim.Pass: 2, sim.Safety: 2}, outcomes, "of two sectors, both, none, or one of them")
}

func TestACrashPointThatIsNotReachedOrTooWideIsAnError(t *testing.T) {
	never := func(*sim.Simulation) bool { return false }
	_, err := sim.EveryCrash(writing(t), sim.CrashPoint{Host: 1, Reached: never})
	require.ErrorContains(t, err, "does not reach the crash point")
	_, err = sim.EveryCrash(writing(t), sim.CrashPoint{Host: 9, Reached: never})
	require.ErrorContains(t, err, "there is no host n9, the cluster has n1 n2 n3")
	_, err = sim.EveryCrash(writing(t), sim.CrashPoint{Host: 1, Reached: inDoubt(1, 8, 256), Limit: 2})
	require.ErrorContains(t, err, "must be at most 2")
}
