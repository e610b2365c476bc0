package faults

import "time"

// clockKinds are the kinds that trouble clocks.
func clockKinds() []Kind {
	const leases = "; out of model when reads rely on leases"
	return []Kind{
		{
			Name: "skew", Family: "clocks", Lasting: true,
			Grammar:  "skew HOSTS by +TIME or skew HOSTS by -TIME",
			Doc:      "Sets the clocks forward or back, and undoes that when it ends.",
			Budget:   "tolerable" + leases,
			Examples: []string{"skew n2 by +300ms", "skew followers by -2s"},
			Parse:    parseSkew, Class: classClockJump, Draw: drawSkew,
		},
		{
			Name: "drift", Family: "clocks", Lasting: true,
			Grammar:  "drift HOSTS by +NUMBERppm or drift HOSTS by -NUMBERppm",
			Doc:      "Makes the clocks run fast or slow; when it ends they run at the correct rate from where they are.",
			Budget:   "tolerable; out of model beyond the drift that leases allow for",
			Examples: []string{"drift n2 by +200ppm", "drift leader by -100000ppm"},
			Parse:    parseDrift, Class: classDrift, Draw: drawDrift,
		},
		{
			Name: "freeze", Family: "clocks", Lasting: true,
			Grammar:  "freeze HOSTS",
			Doc:      "Stops the clocks of hosts, but not the hosts; when it ends, the clocks continue from where they stopped.",
			Budget:   "tolerable while the others are a quorum, else safety only" + leases,
			Examples: []string{"freeze n2", "freeze leader"},
			Parse:    func(p *Parser) Action { return done(p, Freeze{p.Group()}) },
			Harm:     harmHosts, Class: classClockJump, Draw: drawFreeze,
		},
		{
			Name: "strobe", Family: "clocks", Lasting: true,
			Grammar:  "strobe HOSTS by +TIME each TIME",
			Doc:      "Makes the clocks jump back and forth: ahead for one period, correct for the next.",
			Budget:   "safety only: every jump may fire an election timeout" + leases,
			Examples: []string{"strobe n2 by +200ms each 10ms"},
			Parse:    parseStrobe, Class: classStrobe, Draw: drawStrobe,
		},
	}
}

// maxSkew bounds how far a clock is stepped.
const maxSkew = 1000 * time.Hour

func parseSkew(p *Parser) Action {
	a := Skew{Hosts: p.Group()}
	p.Expect("by")
	a.By = p.Offset(maxSkew)
	return done(p, a)
}

func parseDrift(p *Parser) Action {
	a := Drift{Hosts: p.Group()}
	p.Expect("by")
	a.PPM = p.ppm()
	return done(p, a)
}

func parseStrobe(p *Parser) Action {
	a := Strobe{Hosts: p.Group()}
	p.Expect("by")
	a.By = p.Offset(maxSkew)
	p.Expect("each")
	a.Period = p.Duration(MinInterval, longest)
	return done(p, a)
}
