package sim

import (
	"fmt"

	"raftsim/checker"
	"raftsim/clock"
	"raftsim/disk"
	"raftsim/raft/wal"
	"raftsim/random"
)

// A crash is rare, and the moments at which one shows that a log is written in the
// wrong order are short. So crashes are imagined as well: a copy of a disk that is
// busy is cut off from its power at some moment, and what a host would recover from
// it is held against what the host has promised. The run goes on as it was.

// What an imagined crash costs grows with the disk that is copied and read. So one
// moment in so many is followed by one that each costs as much as reading so many
// bytes: most are after a write and a sync; more is spent on those when files are
// made or removed.
const (
	ordinaryOperations = 2
	ordinaryBytes      = 4
	unusualBytes       = 4 << 10
	everyAtMost        = 4 // not even small disks are copied more often
)

// imagines remembers how much the disk was asked for before a step, and how many
// moments there were.
type imagines struct {
	operations uint64
	moments    uint64
}

// asked may imagine a crash while the disk does what it was asked for since the last
// call.
func (p *raftHost) asked() {
	h := p.host
	operations := h.disk.Operations() - h.imagines.operations
	h.imagines.operations += operations
	switch {
	case operations > ordinaryOperations:
		p.imagine(unusualBytes)
	case operations > 0:
		p.imagine(ordinaryBytes)
	}
}

// imagine may let the power of a copy of the host's disk fail before it is idle, and
// again during the recovery from that.
func (p *raftHost) imagine(worth uint64) {
	h := p.host
	h.imagines.moments++
	luck := h.chance.Fate(purposeImagined, h.imagines.moments)
	oneIn := max(uint64(h.disk.Bytes())/worth, everyAtMost)
	if luck%oneIn != 0 || h.failure != nil || h.sim.protocol.Blind() {
		return
	}
	luck = random.Mix(luck, 1)
	left, at := p.leave(h.disk, h.sim.now, luck)
	if p.wouldStart(left) && luck%2 == 0 {
		left, _ = p.leave(left, at, random.Mix(luck, 2))
		p.wouldStart(left)
	}
}

// leave lets the power of a copy of a disk fail at some moment from now on until the
// disk has done what it was asked for.
func (p *raftHost) leave(d *disk.Disk, now clock.Time, luck uint64) (left *disk.Disk, at clock.Time) {
	crash := disk.Crash{Losing: disk.Losing(luck >> 8 % uint64(disk.Nothing)), Torn: luck>>16%2 == 0}
	busy := random.Uniform(0, max(d.Done().Sub(now), 0))
	at = now.Add(busy.At(random.Mix(luck, 3)))
	return d.Left(at, crash, uint32(luck>>32)), at
}

// wouldStart judges what the host would recover from a copy of its disk.
func (p *raftHost) wouldStart(left *disk.Disk) bool {
	h := p.host
	if len(left.Damage()) > 0 {
		return false // which excuses anything
	}
	log, state, err := wal.Open(left, walDirectory, wal.Options{SegmentBytes: p.options.SegmentBytes})
	if err != nil {
		if left.Refused() == h.disk.Refused() {
			h.sim.violate(unrecoverable(h.id, err))
		}
		return false
	}
	if err := log.Close(); err != nil {
		h.sim.violate(unrecoverable(h.id, err))
		return false
	}
	h.sim.protocol.WouldStart(h.id, state.HardState, state.Snapshot, state.Entries)
	return true
}

// unrecoverable is the violation of a log that a power failure would leave so that
// it cannot be opened.
func unrecoverable(host uint64, err error) checker.Violation {
	v := unexcused(host, err)
	v.Detail = fmt.Sprintf("the process of n%d could not start again if its power failed now: %v", host, err)
	return v
}
