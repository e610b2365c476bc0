package faults

// diskKinds are the kinds that trouble disks.
func diskKinds() []Kind {
	const (
		fatal   = "tolerable while the others are a quorum, else safety only: the process ends at the first error"
		promise = "out of model: what was synced may be gone"
	)
	kind := func(e DiskEffect, grammar, doc, budget string, examples ...string) Kind {
		return Kind{
			Name: "disk " + e.String(), Family: "disks", Lasting: true,
			Grammar: "disk HOSTS " + grammar, Doc: doc, Budget: budget, Examples: examples,
			Parse: parseDisk(e), Class: classDisk, Harm: harmDisk, Draw: drawDisk(e),
		}
	}
	once := func(k Kind) Kind {
		k.Lasting = false
		return k
	}
	return []Kind{
		kind(Stalls, "stalls", "No disk operation ends before the fault does.",
			"tolerable while the others are a quorum, else safety only", "disk leader stalls"),
		kind(Slows, "slows by TIMES [in FILES]", "Makes each operation take more time.",
			"tolerable while 99% end within half an election timeout, else as stalls", "disk n1 slows by 5ms..20ms"),
		kind(ReadFails, "fails-read [HITS] [in FILES]", "Reads return an I/O error.",
			fatal, "disk n1 fails-read once", "disk n1 fails-read 10% in *.snap"),
		kind(WriteFails, "fails-write [HITS] [in FILES]", "Writes return an I/O error.",
			fatal, "disk n1 fails-write 3 times"),
		kind(SyncFails, "fails-sync [HITS] [losing pages] [in FILES]",
			"Syncs return an I/O error; with losing pages, the writes that should have been synced are lost and later syncs return success.",
			fatal, "disk leader fails-sync once", "disk n2 fails-sync 5% losing pages"),
		kind(SyncLies, "lies [HITS] [in FILES]", "Syncs return success and make nothing durable.",
			promise, "disk n1 lies 100%", "disk minority lies once"),
		kind(Misdirects, "misdirects [HITS] [in FILES]", "Writes go to a wrong place and return success.",
			promise, "disk n1 misdirects once"),
		once(kind(Rots, "rots COUNT bits [in FILES]", "Flips bits of data that is on the disk.",
			promise, "disk n1 rots 3 bits", "disk follower rots 1 bit in *.wal")),
		once(kind(Spoils, "spoils COUNT sectors [in FILES]", "Makes sectors unreadable until they are written again.",
			promise+", but is never read without an error", "disk n1 spoils 2 sectors")),
		kind(Scrambles, "scrambles [in FILES]",
			"Unsynced writes reach the disk in any order, which a crash shows.", "tolerable", "disk n1 scrambles"),
		kind(Fills, "fills [leaving BYTES]", "Leaves no free space, or only the given number of bytes.",
			fatal, "disk n1 fills", "disk follower fills leaving 4KB"),
		once(kind(Copied, "copied", "Makes a copy of the disk, for a later swap.", "tolerable", "disk n1 copied")),
		once(kind(Swapped, "swapped", "Replaces the disk by its copy; a host that runs crashes at that and restarts.",
			promise, "disk n1 swapped")),
		once(kind(Lost, "lost", "Replaces the disk by an empty one; a host that runs crashes at that and restarts.",
			promise, "disk n1 lost")),
	}
}

// parseDisk is the Parse of a disk effect.
func parseDisk(e DiskEffect) func(*Parser) Action {
	return func(p *Parser) Action {
		a := Disk{Hosts: p.Hosts(), Effect: e}
		switch e {
		case Slows:
			p.Expect("by")
			a.By = p.Distribution()
		case ReadFails, WriteFails, SyncFails, SyncLies, Misdirects:
			p.hits(&a)
		case Rots:
			a.Count = p.plural("bit")
		case Spoils:
			a.Count = p.plural("sector")
		case Fills:
			if p.Accept("leaving") {
				a.Bytes = p.Bytes()
			}
		}
		if e.hasFile() && p.Accept("in") {
			a.File = p.pattern()
		}
		return done(p, a)
	}
}

// hasFile reports that the effect can be limited to some files.
func (e DiskEffect) hasFile() bool { return e >= Slows && e <= Scrambles }

// hits takes which operations are hit: a share, once, or so many times.
func (p *Parser) hits(a *Disk) {
	next := p.Peek()
	number := next != "" && leading(next, "0123456789./%") == next
	switch {
	case p.Accept("once"):
		a.Count = 1
	case number && p.next+1 < len(p.tokens) && p.tokens[p.next+1].text == "times":
		a.Count = p.Count(1, MaxCount)
		p.Expect("times")
	case number:
		a.Ratio = p.Ratio()
	default:
		a.Count = 1
		p.try("a share such as 20%")
		p.try("3 times")
	}
	if a.Effect == SyncFails {
		a.LosesPages = p.Accept("losing", "pages")
	}
}

// plural takes a count and what is counted, "1 bit" or "3 bits".
func (p *Parser) plural(what string) int {
	n := p.Count(1, MaxCount)
	if !p.Accept(what) {
		p.Expect(what + "s")
	}
	return n
}
