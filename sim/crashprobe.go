package sim

import (
	"fmt"
	"slices"

	"raftsim/checker"
	"raftsim/clock"
	"raftsim/disk"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/wal"
	"raftsim/random"
	"raftsim/replica"
)

// A crash is rare, and the moments at which one shows that a log is written in the
// wrong order are short. So there are crash probes as well: the power of a copy of a
// busy disk fails at some moment, and what a host would recover from the copy is
// compared with what the host has promised. The run itself does not change.

// What a crash probe costs grows with the disk that is copied and read. So one
// moment in so many is followed by one that each costs as much as reading so many
// bytes: most are after a write and a sync; more is spent on those when files are
// made or removed.
const (
	ordinaryOperations = 2
	ordinaryBytes      = 4
	unusualBytes       = 4 << 10
	everyAtMost        = 4 // not even small disks are copied more often
)

// crashProbes remembers how much the disk was asked for before a step, and how many
// moments there were.
type crashProbes struct {
	operations uint64
	moments    uint64
}

// asked may probe a crash while the disk does what it was asked for since the last
// call, once the log has been read.
func (h *Host) asked() {
	if h.raft() == nil {
		return
	}
	operations := h.disk.Operations() - h.probes.operations
	h.probes.operations += operations
	switch {
	case operations > ordinaryOperations:
		h.probeCrash(unusualBytes)
	case operations > 0:
		h.probeCrash(ordinaryBytes)
	}
}

// probeCrash may let the power of a copy of the host's disk fail before it is idle, or
// the process alone, and the power in the recovery from that.
func (h *Host) probeCrash(worth uint64) {
	h.probes.moments++
	luck := h.chance.Fate(purposeCrashProbe, h.probes.moments)
	oneIn := max(uint64(h.disk.Bytes())/worth, everyAtMost)
	if luck%oneIn != 0 || h.raft() == nil || h.failure != nil || h.sim.protocol.Disabled() {
		return
	}
	luck = random.Mix(luck, 1)
	crash := disk.Crash{Losing: disk.Losing(luck >> 8 % uint64(disk.Nothing+1)), Torn: luck>>16%2 == 0}
	busy := random.Uniform(0, max(h.disk.Done().Sub(h.sim.now), 0))
	at := h.sim.now.Add(busy.At(random.Mix(luck, 2)))
	left := h.disk.Left(at, crash, uint32(luck>>32))
	found, ok := h.wouldStart(left)
	if ok && (crash.Losing == disk.Nothing || luck%2 == 0) {
		h.probeRecovery(left, at, &found, random.Mix(luck, 3))
	}
}

// probeRecovery lets the power fail during a recovery that has found something, or
// right after it: then the same must be found again, for a host acts on it.
func (h *Host) probeRecovery(recovering *disk.Disk, since clock.Time, found *wal.State, luck uint64) {
	crash := disk.Crash{Losing: disk.Losing(luck >> 8 % uint64(disk.Nothing)), Torn: luck>>16%2 == 0}
	at := max(recovering.Done(), since)
	over := luck%2 == 0
	if !over {
		busy := random.Uniform(0, at.Sub(since))
		at = since.Add(busy.At(random.Mix(luck, 1)))
	}
	again, ok := h.wouldStart(recovering.Left(at, crash, uint32(luck>>32)))
	if ok && over && !sameState(found, &again) {
		h.sim.violate(forgotten(h.id, found, &again))
	}
}

// sameState says whether two recoveries have found the same.
func sameState(a, b *wal.State) bool {
	return a.HardState == b.HardState && a.Snapshot.Metadata.Index == b.Snapshot.Metadata.Index &&
		slices.EqualFunc(a.Entries, b.Entries, func(x, y pb.Entry) bool { return x.Index == y.Index && x.Term == y.Term })
}

// wouldStart judges what the host would recover from a copy of its disk, and returns
// it.
func (h *Host) wouldStart(left *disk.Disk) (found wal.State, ok bool) {
	if len(left.Damage()) > 0 {
		return found, false // which excuses anything
	}
	log, found, err := replica.Open(left, h.sim.options.Raft.SegmentBytes)
	if err == nil {
		err = log.Close()
	}
	if err != nil {
		if left.Refused() == h.disk.Refused() {
			h.sim.violate(unrecoverable(h.id, err))
		}
		return found, false
	}
	h.sim.protocol.WouldStart(h.id, found.HardState, found.Snapshot, found.Entries)
	return found, true
}

// forgotten is the violation of a log that gives up what it has recovered.
func forgotten(host uint64, found, again *wal.State) checker.Violation {
	describe := func(s *wal.State) string {
		return fmt.Sprintf("term %d, vote %d, commit index %d, a snapshot at %d and %d entries", s.HardState.Term, s.HardState.Vote, s.HardState.Commit, s.Snapshot.Metadata.Index, len(s.Entries))
	}
	return of(host, checker.DurableState.Unmet("recovered",
		fmt.Sprintf("n%d would recover %s, and after another power failure %s", host, describe(found), describe(again))))
}

// unrecoverable is the violation of a log that a power failure would leave so that
// it cannot be opened.
func unrecoverable(host uint64, err error) checker.Violation {
	v := unexcused(host, err)
	v.Detail = fmt.Sprintf("after a power failure now, the process of n%d could not start again: %v", host, err)
	return v
}
