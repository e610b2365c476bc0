package faults

// membershipKinds are the kinds that change the configuration.
func membershipKinds() []Kind {
	return []Kind{
		{
			Name: "reconfigure", Family: "membership",
			Grammar:  "reconfigure CLAUSE[, CLAUSE]... [joint|explicit], CLAUSE is add|learn|promote|demote|remove HOSTS",
			Doc:      "Proposes one configuration change; with explicit, the cluster stays in the joint configuration until leave-joint. Added hosts start with an empty disk.",
			Budget:   "tolerable while each configuration that may be in force keeps a quorum, else safety only",
			Examples: []string{"reconfigure add n4 n5, remove n1 joint", "reconfigure learn new", "reconfigure promote learner, demote follower explicit"},
			Parse:    parseReconfigure, Class: classReconfigure, Draw: drawReconfigure,
		},
		{
			Name: "replace", Family: "membership",
			Grammar:  "replace HOST with HOST",
			Doc:      "Removes a voter and adds a new host in one joint change.",
			Budget:   "as reconfigure",
			Examples: []string{"replace follower with new", "replace n1 with n4"},
			Parse:    parseReplace, Class: classReconfigure, Draw: drawReplace,
		},
		{
			Name: "leave-joint", Family: "membership",
			Grammar:  "leave-joint",
			Doc:      "Proposes to leave a joint configuration that was entered explicitly.",
			Budget:   "tolerable",
			Examples: []string{"leave-joint"},
			Parse:    func(p *Parser) Action { return LeaveJoint{} },
			Draw:     drawLeaveJoint,
		},
	}
}

func parseReconfigure(p *Parser) Action {
	var a Reconfigure
	for {
		op := Op(p.OneOf(opNames[Add:]...)) + Add
		a.Changes = append(a.Changes, Change{op, p.Group()})
		if p.Failed() || !p.Accept(",") {
			break
		}
	}
	switch {
	case p.Accept(Joint.String()):
		a.Mode = Joint
	case p.Accept(Explicit.String()):
		a.Mode = Explicit
	}
	return done(p, a)
}

func parseReplace(p *Parser) Action {
	a := Replace{Old: p.Target()}
	p.Expect("with")
	a.New = p.Target()
	return done(p, a)
}

// requestKinds are the kinds that ask hosts for something.
func requestKinds() []Kind {
	return []Kind{
		{
			Name: "transfer", Family: "requests",
			Grammar:  "transfer leader to HOST",
			Doc:      "Asks the leader to transfer its leadership to a host.",
			Budget:   "tolerable",
			Examples: []string{"transfer leader to n3", "transfer leader to follower"},
			Parse:    parseTransfer, Draw: drawTransfer,
		},
		{
			Name: "campaign", Family: "requests",
			Grammar:  "campaign HOSTS",
			Doc:      "Makes hosts start an election at once.",
			Budget:   "tolerable",
			Examples: []string{"campaign follower", "campaign n1 n2"},
			Parse:    func(p *Parser) Action { return done(p, Campaign{p.Group()}) },
			Draw:     func(d *Draw) Action { return Campaign{d.Hosts(Follower, Random, Followers)} },
		},
		{
			Name: "forget-leader", Family: "requests",
			Grammar:  "forget-leader HOSTS",
			Doc:      "Makes followers forget their leader.",
			Budget:   "tolerable",
			Examples: []string{"forget-leader followers"},
			Parse:    func(p *Parser) Action { return done(p, ForgetLeader{p.Group()}) },
			Draw:     func(d *Draw) Action { return ForgetLeader{d.Hosts(Follower, Followers)} },
		},
		{
			Name: "compact", Family: "requests",
			Grammar:  "compact HOSTS",
			Doc:      "Makes hosts take a snapshot now and compact their logs up to it.",
			Budget:   "tolerable",
			Examples: []string{"compact leader", "compact all"},
			Parse:    func(p *Parser) Action { return done(p, Compact{p.Group()}) },
			Draw:     func(d *Draw) Action { return Compact{d.Hosts(Leader, Follower, All)} },
		},
		{
			Name: "propose", Family: "requests",
			Grammar:  "propose COUNT [on HOSTS] [of BYTES]",
			Doc:      "Sends a burst of proposals to hosts; to the leader if no host is named.",
			Budget:   "tolerable",
			Examples: []string{"propose 50 on leader of 1KB", "propose 10 on follower"},
			Parse:    parsePropose, Draw: drawPropose,
		},
		{
			Name: "read", Family: "requests",
			Grammar:  "read COUNT [on HOSTS]",
			Doc:      "Sends linearizable reads to hosts; to the leader if no host is named.",
			Budget:   "tolerable",
			Examples: []string{"read 10 on followers"},
			Parse:    parseRead, Draw: drawRead,
		},
	}
}

func parseTransfer(p *Parser) Action {
	p.Expect("leader")
	p.Expect("to")
	return done(p, Transfer{p.Target()})
}

func parsePropose(p *Parser) Action {
	a := Propose{Count: p.Count(1, MaxCount), Hosts: p.on()}
	if p.Accept("of") {
		a.Bytes = p.Bytes()
	}
	return done(p, a)
}

func parseRead(p *Parser) Action {
	a := Read{Count: p.Count(1, MaxCount)}
	a.Hosts = p.on()
	return done(p, a)
}

// on takes whom a request asks.
func (p *Parser) on() Group {
	if p.Accept("on") {
		return p.Group()
	}
	return Leader.Group()
}
