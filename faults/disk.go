package faults

import (
	"strconv"

	"raftsim/internal/text"
	"raftsim/random"
)

// Disk troubles the disks of hosts in one way.
type Disk struct {
	Hosts  Group
	Effect DiskEffect
	// Ratio is how many of the operations are hit until it ends; zero means
	// the next Count of them. ReadFails to Misdirects only.
	Ratio random.Ratio
	// Count is how many operations are hit when Ratio is zero, how many bits
	// rot, or how many sectors go bad: from 1 to MaxCount, and zero for the
	// effects that count nothing.
	Count int
	// File limits the effect to files whose last name element matches, as in
	// path.Match. Empty hits all. For the effects from Slows to Spoils, Stalls
	// left out.
	File string
	// By is the time that each operation takes in addition. Slows only.
	By random.Distribution
	// LosesPages makes a failed sync lose what it should have written, while
	// every later sync says that all is well. SyncFails only.
	LosesPages bool
	// Bytes is how much room is left, from 0. Fills only.
	Bytes int64
}

// MaxCount bounds every count in a line.
const MaxCount = 1_000_000

// DiskEffect is one way to trouble a disk.
type DiskEffect uint8

// The effects on a disk.
const (
	// Stalls lets no operation end until it is over.
	Stalls DiskEffect = iota + 1
	// Slows makes each operation take longer.
	Slows
	// ReadFails answers reads with an I/O error.
	ReadFails
	// WriteFails answers writes with an I/O error.
	WriteFails
	// SyncFails answers syncs with an I/O error. What was to be synced stays
	// unsynced, and with LosesPages is lost for good.
	SyncFails
	// SyncLies answers syncs with success and makes nothing durable: a crash
	// before the next honest sync loses it.
	SyncLies
	// Misdirects sends writes to a wrong place and reports success.
	Misdirects
	// Rots flips bits of data at rest.
	Rots
	// Spoils makes sectors unreadable until they are written again.
	Spoils
	// Scrambles lets unsynced writes reach the disk in any order, so that a
	// crash that loses a suffix of them loses any subset.
	Scrambles
	// Fills leaves no room for more than Bytes.
	Fills
	// Copied remembers the disk as it is now, for a later Swapped.
	Copied
	// Swapped puts the copy in the disk's place. A host that runs crashes with
	// it and restarts at once. Void when there is no copy.
	Swapped
	// Lost puts an empty disk in its place. A host that runs crashes with it and
	// restarts at once.
	Lost

	diskEffectEnd
)

var diskEffectNames = [...]string{
	Stalls: "stalls", Slows: "slows", ReadFails: "fails-read", WriteFails: "fails-write", SyncFails: "fails-sync",
	SyncLies: "lies", Misdirects: "misdirects", Rots: "rots", Spoils: "spoils", Scrambles: "scrambles", Fills: "fills",
	Copied: "copied", Swapped: "swapped", Lost: "lost",
}

// String is the effect's verb, such as "fails-sync".
func (e DiskEffect) String() string {
	if e > 0 && e < diskEffectEnd {
		return diskEffectNames[e]
	}
	return "effect(" + strconv.Itoa(int(e)) + ")"
}

// Kind is "disk slows" and so on.
func (a Disk) Kind() string { return "disk " + a.Effect.String() }

// String is "disk n1 rots 3 bits" and so on.
func (a Disk) String() string {
	s := "disk " + a.Hosts.String() + " " + a.Effect.String()
	switch a.Effect {
	case Slows:
		s += " by " + a.By.String()
	case ReadFails, WriteFails, SyncFails, SyncLies, Misdirects:
		s += " " + formatHits(a.Ratio, a.Count)
		if a.LosesPages {
			s += " losing pages"
		}
	case Rots:
		s += " " + text.Count(a.Count, "bit")
	case Spoils:
		s += " " + text.Count(a.Count, "sector")
	case Fills:
		if a.Bytes > 0 {
			s += " leaving " + text.Size(a.Bytes)
		}
	}
	if a.File != "" {
		s += " in " + a.File
	}
	return s
}

// Groups are the hosts whose disks are troubled.
func (a Disk) Groups() []Group { return []Group{a.Hosts} }

// Bind troubles the disks of other hosts.
func (a Disk) Bind(groups []Group) Action {
	a.Hosts = groups[0]
	return a
}

// formatHits is which operations are hit: "20%", "once" or "3 times".
func formatHits(r random.Ratio, count int) string {
	switch {
	case !r.Zero():
		return r.String()
	case count == 1:
		return "once"
	}
	return strconv.Itoa(count) + " times"
}
