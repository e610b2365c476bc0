package faults

// crashKinds are the kinds that take the power from hosts.
func crashKinds() []Kind {
	const losing = "[losing unsynced|suffix|subset|nothing] [torn]"
	const budget = "tolerable while the others are a quorum, else safety only"
	return []Kind{
		{
			Name: "crash", Family: "processes", Lasting: true,
			Grammar:  "crash HOSTS " + losing + " [at operation COUNT|at message COUNT]",
			Doc:      "Crashes hosts by a power failure: at once, during the disk operation with the given number from now, or before the message with that number; the hosts restart when it ends.",
			Budget:   budget,
			Examples: []string{"crash leader", "crash n1 losing subset torn at operation 17", "crash follower losing nothing at message 3"},
			Parse:    parseCrash, Harm: harmHosts, Draw: drawCrash,
		},
		{
			Name: "crash-loop", Family: "processes", Lasting: true,
			Grammar:  "crash-loop HOSTS off TIMES on TIMES " + losing + " [among COUNT operations]",
			Doc:      "Crashes and restarts hosts again and again, at once or during one of the next disk operations.",
			Budget:   budget,
			Examples: []string{"crash-loop n1 off 100ms on 50ms..1s losing unsynced", "crash-loop leader off 10ms on 100ms losing subset torn among 20 operations"},
			Parse:    parseCrashLoop, Harm: harmHosts, Draw: drawCrashLoop,
		},
		{
			Name: "blackout", Family: "processes", Lasting: true,
			Grammar:  "blackout " + losing,
			Doc:      "Crashes the whole cluster at one instant by a power failure; all hosts restart when it ends.",
			Budget:   "safety only",
			Examples: []string{"blackout losing subset torn"},
			Parse:    parseBlackout, Class: always(SafetyOnly), Draw: drawBlackout,
		},
	}
}

func parseCrash(p *Parser) Action {
	a := Crash{Hosts: p.Group()}
	a.Losing, a.Torn = p.losing()
	if p.Accept("at") {
		a.Point = AtOperation + Point(p.OneOf(AtOperation.String(), AtMessage.String()))
		a.N = p.Count(1, MaxCount)
	}
	return done(p, a)
}

func parseCrashLoop(p *Parser) Action {
	a := CrashLoop{Hosts: p.Group()}
	p.Expect("off")
	a.Down = p.Distribution()
	p.Expect("on")
	a.Up = p.Distribution()
	a.Losing, a.Torn = p.losing()
	if p.Accept("among") {
		a.Among = p.Count(1, MaxCount)
		p.Expect("operations")
	}
	return done(p, a)
}

func parseBlackout(p *Parser) Action {
	var a Blackout
	a.Losing, a.Torn = p.losing()
	return done(p, a)
}

// losing takes what a crash does to unsynced writes.
func (p *Parser) losing() (l Losing, torn bool) {
	if p.Accept("losing") {
		l = Unsynced + Losing(p.OneOf(losingNames[Unsynced:]...))
	}
	return l, p.Accept("torn")
}

// processKinds are the other kinds that trouble hosts, and those that mend them.
func processKinds() []Kind {
	const quorum = "tolerable while the others are a quorum, else safety only"
	return []Kind{
		{
			Name: "restart", Family: "processes",
			Grammar:  "restart HOSTS",
			Doc:      "Starts hosts that are down.",
			Budget:   "tolerable",
			Examples: []string{"restart n1", "restart down"},
			Parse:    func(p *Parser) Action { return done(p, Restart{p.Group()}) },
		},
		{
			Name: "pause", Family: "processes", Lasting: true,
			Grammar:  "pause HOSTS [and clock]",
			Doc:      "Stops processes, which lose nothing; with the clock, they do not notice that time has passed.",
			Budget:   quorum + "; with their clocks out of model when reads rely on leases",
			Examples: []string{"pause follower", "pause leader and clock"},
			Parse:    parsePause, Class: classPause, Harm: harmHosts, Draw: drawPause,
		},
		{
			Name: "resume", Family: "processes",
			Grammar:  "resume HOSTS",
			Doc:      "Ends every pause of the hosts.",
			Budget:   "tolerable",
			Examples: []string{"resume n1"},
			Parse:    func(p *Parser) Action { return done(p, Resume{p.Group()}) },
		},
		{
			Name: "slow", Family: "processes", Lasting: true,
			Grammar:  "slow HOSTS by TIMES",
			Doc:      "Makes each event take time at the hosts.",
			Budget:   "tolerable up to 1% of an election timeout for 99% of the events, else as pause",
			Examples: []string{"slow n1 by 5ms..20ms"},
			Parse:    parseSlow, Harm: harmSlow, Draw: drawSlow,
		},
		{
			Name: "heal", Family: "processes",
			Grammar:  "heal [core]",
			Doc:      "Ends every fault and starts every host; with core, only for a smallest set of hosts that can make progress, and the others stay broken.",
			Budget:   "tolerable",
			Examples: []string{"heal", "heal core"},
			Parse:    func(p *Parser) Action { return done(p, Heal{p.Accept("core")}) },
		},
	}
}

func parsePause(p *Parser) Action {
	a := Pause{Hosts: p.Group()}
	a.Clock = p.Accept("and", "clock")
	return done(p, a)
}

func parseSlow(p *Parser) Action {
	a := Slow{Hosts: p.Group()}
	p.Expect("by")
	a.By = p.Distribution()
	return done(p, a)
}
