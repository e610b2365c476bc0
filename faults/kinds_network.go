package faults

import "raftsim/random"

// partitionKinds are the kinds that cut links.
func partitionKinds() []Kind {
	return []Kind{
		{
			Name: "partition", Family: "network", Lasting: true,
			Grammar:  "partition HOSTS | HOSTS [| HOSTS]...",
			Doc:      "Cuts every link between the sides, both ways; a host on no side keeps all its links.",
			Budget:   "tolerable while one side keeps a quorum, else safety only",
			Examples: []string{"partition n1 | n2 n3", "partition leader-minority | rest", "partition n1 n2 | n3 | n4 n5"},
			Parse:    func(p *Parser) Action { return done(p, Partition{p.Sides(2, MaxSides)}) },
			Harm:     harmSides, Draw: drawPartition,
		},
		{
			Name: "flap", Family: "network", Lasting: true,
			Grammar:  "flap HOSTS | HOSTS [| HOSTS]... off TIME on TIME",
			Doc:      "A partition that is cut and healed again and again, cut first.",
			Budget:   "safety only: every return may depose the leader",
			Examples: []string{"flap leader | rest off 300ms on 200ms"},
			Parse:    parseFlap, Class: always(SafetyOnly), Draw: drawFlap,
		},
		{
			Name: "isolate", Family: "network", Lasting: true,
			Grammar:  "isolate HOSTS",
			Doc:      "Isolates each of the hosts from every other host, in both directions.",
			Budget:   "tolerable while the others are a quorum, else safety only",
			Examples: []string{"isolate leader", "isolate n1 n2"},
			Parse:    func(p *Parser) Action { return done(p, Isolate{p.Group()}) },
			Harm:     harmHosts, Draw: drawIsolate,
		},
		{
			Name: "cut", Family: "network", Lasting: true,
			Grammar:  "cut HOSTS -> HOSTS or cut HOSTS <-> HOSTS",
			Doc:      "Cuts the links from the first hosts to the second: a one-way partition. With <-> it cuts both directions.",
			Budget:   "safety only: a host that can send and not receive may depose every leader",
			Examples: []string{"cut n1 -> n2 n3", "cut leader <-> follower"},
			Parse:    func(p *Parser) Action { return done(p, Cut{p.Path()}) },
			Class:    always(SafetyOnly), Draw: drawCut,
		},
		{
			Name: "bridge", Family: "network", Lasting: true,
			Grammar:  "bridge HOSTS | HOSTS | HOSTS",
			Doc:      "Cuts the links between the first and the last hosts; the hosts in the middle keep their links to both.",
			Budget:   "safety only: the halves may depose each other's leader through the middle",
			Examples: []string{"bridge n1 n2 | n3 | n4 n5", "bridge minority | random | rest"},
			Parse:    parseBridge, Class: always(SafetyOnly), Draw: drawBridge,
		},
		{
			Name: "ring", Family: "network", Lasting: true,
			Grammar:  "ring HOSTS",
			Doc:      "Leaves each host only the links to its nearest neighbours on a ring, so that each can reach another majority. Hosts of a role are put in random order, named hosts in the order of the line.",
			Budget:   "safety only: no host may reach a quorum for long",
			Examples: []string{"ring all", "ring n3 n1 n4 n5 n2"},
			Parse:    func(p *Parser) Action { return done(p, Ring{p.Group()}) },
			Class:    always(SafetyOnly), Draw: drawRing,
		},
	}
}

// MaxSides is how many sides a partition may have.
const MaxSides = 64

func parseFlap(p *Parser) Action {
	a := Flap{Sides: p.Sides(2, MaxSides)}
	p.Expect("off")
	a.Down = p.Duration(MinInterval, longest)
	p.Expect("on")
	a.Up = p.Duration(MinInterval, longest)
	return done(p, a)
}

func parseBridge(p *Parser) Action {
	sides := p.Sides(3, 3)
	if p.Failed() {
		return nil
	}
	return Bridge{sides[0], sides[1], sides[2]}
}

// linkKinds are the kinds that disturb packets.
func linkKinds() []Kind {
	grammar := func(rest string) string { return "link PATH " + rest + " or network " + rest }
	return []Kind{
		{
			Name: "link loses", Family: "network", Lasting: true,
			Grammar:  grammar("loses SHARE"),
			Doc:      "Drops packets.",
			Budget:   "tolerable up to 30%, else safety only",
			Examples: []string{"link n1 -> n3 loses 20%", "network loses 1%"},
			Parse:    parseShare(Loses), Class: classLoss, Draw: drawShare(Loses, 30),
		},
		{
			Name: "link duplicates", Family: "network", Lasting: true,
			Grammar:  grammar("duplicates SHARE"),
			Doc:      "Delivers packets twice within a short time.",
			Budget:   "tolerable",
			Examples: []string{"link n1 <-> n3 duplicates 30%", "network duplicates 5%"},
			Parse:    parseShare(Duplicates), Draw: drawShare(Duplicates, 50),
		},
		{
			Name: "link replays", Family: "network", Lasting: true,
			Grammar:  grammar("replays SHARE [by TIMES]"),
			Doc:      "Delivers packets a second time much later.",
			Budget:   "tolerable",
			Examples: []string{"link leader -> all replays 5% by 1s..3s", "network replays 1%"},
			Parse:    parseShare(Replays), Draw: drawShare(Replays, 20),
		},
		{
			Name: "link reorders", Family: "network", Lasting: true,
			Grammar:  grammar("reorders SHARE [by TIMES]"),
			Doc:      "Delivers packets after later ones.",
			Budget:   "tolerable",
			Examples: []string{"link n2 -> n1 reorders 25% by 5ms..50ms", "network reorders 10%"},
			Parse:    parseShare(Reorders), Draw: drawShare(Reorders, 60),
		},
		{
			Name: "link corrupts", Family: "network", Lasting: true,
			Grammar:  grammar("corrupts SHARE"),
			Doc:      "Damages packets; the receiver drops them because of a wrong checksum.",
			Budget:   "tolerable up to 30%, else safety only",
			Examples: []string{"link n1 -> n2 corrupts 10%", "network corrupts 0.5%"},
			Parse:    parseShare(Corrupts), Class: classLoss, Draw: drawShare(Corrupts, 30),
		},
		{
			Name: "link delays", Family: "network", Lasting: true,
			Grammar:  grammar("delays TIMES"),
			Doc:      "Delays packets by a time that is drawn for each.",
			Budget:   "tolerable while 99% arrive within half an election timeout, else safety only",
			Examples: []string{"link n1 -> n3 delays 50ms", "network delays median 5ms p99 40ms"},
			Parse:    parseLinkDelay, Class: classDelay, Draw: drawLinkDelay,
		},
		{
			Name: "link limits", Family: "network", Lasting: true,
			Grammar:  grammar("limits BYTES/s [queue BYTES]"),
			Doc:      "Limits the bandwidth; packets that do not fit into the queue are dropped.",
			Budget:   "safety only below 64KB/s, else tolerable",
			Examples: []string{"link n1 -> n3 limits 100KB/s queue 16KB", "network limits 1MB/s"},
			Parse:    parseLimit, Class: classLimit, Draw: drawLimit,
		},
	}
}

// parseShare is the Parse of an effect that hits a share of the packets.
func parseShare(e LinkEffect) func(*Parser) Action {
	return func(p *Parser) Action {
		a := Link{Path: p.Links(), Effect: e, Ratio: p.Ratio()}
		if (e == Replays || e == Reorders) && p.Accept("by") {
			a.Delay = p.Distribution()
		}
		return done(p, a)
	}
}

func parseLinkDelay(p *Parser) Action {
	return done(p, Link{Path: p.Links(), Effect: Delays, Delay: p.Distribution()})
}

func parseLimit(p *Parser) Action {
	a := Link{Path: p.Links(), Effect: Limits, BytesPerSecond: p.Rate()}
	if p.Accept("queue") {
		a.QueueBytes = p.Bytes()
	}
	return done(p, a)
}

// packetKinds are the kinds that keep packets back or pick some out.
func packetKinds() []Kind {
	return []Kind{
		{
			Name: "hold", Family: "network", Lasting: true,
			Grammar:  "hold PATH or hold network",
			Doc:      "Holds packets back, and delivers them in order when it ends or at a release.",
			Budget:   "safety only: held links are cut links",
			Examples: []string{"hold n1 -> n3", "hold network"},
			Parse:    func(p *Parser) Action { return done(p, Hold{p.PathOrNetwork()}) },
			Class:    always(SafetyOnly), Draw: drawHold,
		},
		{
			Name: "release", Family: "network",
			Grammar:  "release PATH or release network",
			Doc:      "Ends every hold on the links.",
			Budget:   "tolerable",
			Examples: []string{"release n1 -> n3", "release network"},
			Parse:    func(p *Parser) Action { return done(p, Release{p.PathOrNetwork()}) },
		},
		{
			Name: "drop", Family: "network", Lasting: true,
			Grammar:  "drop TYPE PATH [SHARE] or drop TYPE network [SHARE]",
			Doc:      "Drops all messages of one type, or a share of them.",
			Budget:   "safety only",
			Examples: []string{"drop MsgApp leader -> n3", "drop MsgSnap network 50%"},
			Parse:    parseDrop, Class: always(SafetyOnly), Draw: drawDrop,
		},
		{
			Name: "clog", Family: "network", Lasting: true,
			Grammar:  "clog HOSTS",
			Doc:      "Holds back every packet to and from the hosts, and delivers them in order when it ends.",
			Budget:   "tolerable while the others are a quorum, else safety only",
			Examples: []string{"clog n1 n2", "clog leader"},
			Parse:    func(p *Parser) Action { return done(p, Clog{p.Group()}) },
			Harm:     harmHosts, Draw: drawClog,
		},
		{
			Name: "swizzle", Family: "network", Lasting: true,
			Grammar:  "swizzle HOSTS over TIME",
			Doc:      "Clogs the hosts one by one and unclogs them one by one in another order.",
			Budget:   "tolerable while the others are a quorum, else safety only",
			Examples: []string{"swizzle all over 1s", "swizzle minority over 500ms"},
			Parse:    parseSwizzle, Harm: harmHosts, Draw: drawSwizzle,
		},
	}
}

func parseSwizzle(p *Parser) Action {
	a := Swizzle{Hosts: p.Group()}
	p.Expect("over")
	a.Over = p.Duration(MinInterval, longest)
	return done(p, a)
}

func parseDrop(p *Parser) Action {
	a := Drop{Type: p.messageType(), Path: p.PathOrNetwork(), Ratio: random.Percent(100)}
	if next := p.Peek(); next != "" && leading(next, "0123456789") != "" {
		a.Ratio = p.Ratio()
	}
	p.try("a share such as 20%")
	return done(p, a)
}

// MessageTypes lists the names of the message types of the etcd family, for
// Drop. Other processes may have types of other names.
func MessageTypes() []string {
	return []string{
		"MsgApp", "MsgAppResp", "MsgHeartbeat", "MsgHeartbeatResp", "MsgSnap", "MsgVote", "MsgVoteResp",
		"MsgPreVote", "MsgPreVoteResp", "MsgProp", "MsgReadIndex", "MsgReadIndexResp", "MsgTimeoutNow",
		"MsgTransferLeader", "MsgUnreachable", "MsgForgetLeader",
	}
}

// done returns the action that was read, or nil when the line has a mistake.
func done(p *Parser, a Action) Action {
	if p.Failed() {
		return nil
	}
	return a
}
