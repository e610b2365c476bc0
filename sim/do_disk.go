package sim

import (
	"errors"
	"slices"
	"time"

	"raftsim/disk"
	"raftsim/faults"
	"raftsim/replica"
)

// troubleDisks does the faults that hit disks.
func (s *Simulation) troubleDisks(f faults.Fault, a faults.Disk) (Effect, string) {
	switch a.Effect {
	case faults.Rots, faults.Spoils, faults.Lost, faults.Copied, faults.Swapped:
		return s.damageDisks(a)
	case faults.Stalls:
		return s.stallDisks(f, a.Hosts.IDs()), ""
	}
	fault := disk.Fault{
		Kind: diskKinds[a.Effect], File: a.File, Rate: a.Ratio, Times: int64(a.Count), Delay: a.By, Bytes: a.Bytes,
		Until: s.now.Add(s.lasts(f)),
	}
	if a.Effect == faults.SyncFails && a.LosesPages {
		fault.Kind = disk.SyncLosesPages
	}
	hosts, handles := a.Hosts.IDs(), []disk.Handle(nil)
	for _, id := range hosts {
		handles = append(handles, s.hosts[id-1].disk.Inject(s.now, fault))
	}
	hits := func() (n uint64) {
		for i, id := range hosts {
			n += uint64(s.hosts[id-1].disk.Struck(handles[i]))
		}
		return n
	}
	return Effect{
		Undo: func() {
			for i, id := range hosts {
				s.hosts[id-1].disk.Heal(s.now, handles[i])
			}
		},
		NoEffect: orElse(hits, "no operation of these disks was affected"),
	}, ""
}

var diskKinds = map[faults.DiskEffect]disk.Kind{
	faults.Slows: disk.Slow, faults.ReadFails: disk.ReadError, faults.WriteFails: disk.WriteError, faults.SyncFails: disk.SyncError,
	faults.SyncLies: disk.LyingSync, faults.Misdirects: disk.Misdirect, faults.Fills: disk.Full, faults.Scrambles: disk.Reorder,
}

// stallDisks lets no operation begin before the fault ends: at its time, or with
// the fault phase.
func (s *Simulation) stallDisks(f faults.Fault, hosts []uint64) Effect {
	for _, id := range hosts {
		s.hosts[id-1].disk.Stall(s.now, s.lasts(f))
	}
	waited := func() (n uint64) {
		for _, id := range hosts {
			n += s.hosts[id-1].disk.Stalled()
		}
		return n
	}
	before := waited()
	return Effect{Undo: func() {}, NoEffect: orElse(func() uint64 { return waited() - before }, "these disks had no operation while the fault lasted")}
}

// lasts is how long a fault that begins now lasts: its time, or until the heal.
func (s *Simulation) lasts(f faults.Fault) time.Duration {
	if f.For > 0 {
		return f.For
	}
	return max(s.options.horizon().Sub(s.now), 0)
}

// damageDisks does what happens to a disk once.
func (s *Simulation) damageDisks(a faults.Disk) (Effect, string) {
	done := 0
	var copies []*diskCopy
	for _, id := range a.Hosts.IDs() {
		h := s.hosts[id-1]
		switch a.Effect {
		case faults.Rots:
			done += len(h.disk.Rot(s.now, a.File, a.Count))
		case faults.Spoils:
			done += len(h.disk.Latent(s.now, a.File, a.Count))
		case faults.Copied:
			h.image = &diskCopy{Image: h.disk.Copy(s.now), operations: h.disk.Operations()}
			copies = append(copies, h.image)
			s.memory.copied += h.disk.Memory()
			done++
		case faults.Lost, faults.Swapped:
			if a.Effect == faults.Swapped && h.image == nil {
				continue
			}
			if s.replaceDisk(h, a.Effect == faults.Swapped) {
				done++
			}
		}
	}
	if done == 0 {
		return Effect{}, s.undamaged(a)
	}
	if len(copies) == 0 {
		return Effect{}, ""
	}
	return Effect{NoEffect: func() string {
		if slices.ContainsFunc(copies, func(c *diskCopy) bool { return c.used }) {
			return ""
		}
		return "no fault swapped the disk for the copy later"
	}}, ""
}

// undamaged says why a fault could damage none of its disks.
func (s *Simulation) undamaged(a faults.Disk) string {
	files := ""
	if a.File != "" {
		files = " in " + a.File
	}
	switch a.Effect {
	case faults.Rots:
		return "these disks held no data" + files + ", so no bit could be flipped"
	case faults.Spoils:
		return "these disks held no data" + files + ", so no sector could become unreadable"
	case faults.Lost:
		return "these disks were empty already"
	}
	if !slices.ContainsFunc(a.Hosts.IDs(), func(id uint64) bool { return s.hosts[id-1].image != nil }) {
		return "no copy of these disks was made before"
	}
	return "these disks had not changed since they were copied"
}

// diskCopy is what a disk held after so many operations.
type diskCopy struct {
	*disk.Image
	operations uint64
	used       bool // it has been put in the disk's place
}

// replaceDisk puts an empty disk, or the old copy, in the place of a host's
// disk. A host that is up crashes with it, and starts again on the new one. It
// says whether that makes a difference: something was on the disk, or has been
// done to it since the copy.
func (s *Simulation) replaceDisk(h *Host, swap bool) (differs bool) {
	differs = !h.disk.Empty()
	wasUp := h.Running()
	if wasUp {
		h.crash(disk.Crash{})
	}
	h.damaged = true
	s.protocol.Crashed(h.id, true)
	if swap {
		differs = h.image.operations != h.disk.Operations()
		h.disk.Swap(s.now, h.image.Image)
		h.image.used = true
	} else {
		h.disk.Lose(s.now)
	}
	if wasUp {
		h.restart()
	}
	return differs
}

// restartAfterFailure is how long, in election timeouts, a host stays down
// whose process ended with an error.
const restartAfterFailure = 2

// processFailed takes down a host whose process has ended with an error, as a
// supervisor would, and starts it again later. On a disk that did all that it was
// asked to and kept its data there is no excuse for an error.
func (s *Simulation) processFailed(h *Host, err error) {
	var endless *replica.EndlessError
	switch {
	case errors.As(err, &endless):
		s.violate(offersWithoutEnd(h.id, endless))
		return
	case !h.failedByDisk():
		s.violate(unexcused(h.id, err))
		return
	}
	h.crash(disk.Crash{Losing: disk.Nothing})
	h.downs++
	s.at(restartAfterFailure*s.options.Raft.ElectionTimeout(), func() { s.powerOn([]*Host{h}) })
}

// failedByDisk says whether the disk refused anything to the process that runs now,
// or has ever lost or damaged what it held. A crash alone is no excuse, and neither
// is a failed write or sync of a process before: what those leave behind is for the
// log to sort out.
func (h *Host) failedByDisk() bool {
	return h.disk.Refused() > h.refusedBefore || h.damaged || h.excused()
}
