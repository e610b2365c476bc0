package faults_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/faults"
)

func TestEveryKindIsDocumentedAndItsExamplesAreItsOwn(t *testing.T) {
	for _, k := range faults.Kinds() {
		require.NotEmpty(t, k.Family, k.Name)
		require.NotEmpty(t, k.Grammar, k.Name)
		require.True(t, strings.HasSuffix(k.Doc, "."), k.Name)
		require.NotEmpty(t, k.Budget, k.Name)
		require.NotEmpty(t, k.Examples, k.Name)
		for _, example := range k.Examples {
			a, err := faults.ParseAction(example)
			require.NoError(t, err, example)
			require.Equal(t, k.Name, a.Kind(), example)
			again, err := faults.ParseAction(a.String())
			require.NoError(t, err, a.String())
			require.Equal(t, a, again)

			_, err = faults.ParseFault("1s " + example + " for 2s every 3s within 4s")
			if k.Lasting {
				require.NoError(t, err, example)
			} else {
				require.ErrorContains(t, err, "happens at once", example)
			}
		}
	}
}

func TestEveryKindOfTheIssueIsThere(t *testing.T) {
	for _, line := range strings.Split(strings.TrimSpace(`
		partition n1 | n2 n3
		isolate leader
		partition leader-minority | rest
		cut n1 -> n2
		bridge n1 n2 | n3 | n4 n5
		ring all
		flap n1 | rest off 300ms on 200ms
		link n1 -> n2 loses 20%
		link n1 -> n2 duplicates 20%
		link n1 -> n2 replays 20%
		link n1 -> n2 reorders 20%
		link n1 -> n2 corrupts 20%
		link n1 -> n2 delays heavy median 5ms p99 200ms
		link n1 -> n2 limits 1MB/s queue 64KB
		network loses 1%
		hold n1 -> n2
		release n1 -> n2
		drop MsgApp n1 -> n2 20%
		clog n1
		swizzle all over 1s
		skew n1 by -300ms
		drift n1 by +200ppm
		freeze n1
		strobe n1 by +200ms each 10ms
		pause n1
		pause n1 and clock
		disk n1 slows by 5ms
		disk n1 stalls
		disk n1 fails-sync once
		disk n1 fails-sync once losing pages
		disk n1 lies 100%
		disk n1 fails-read 1%
		disk n1 fails-write 1%
		disk n1 rots 1 bit
		disk n1 spoils 1 sector
		disk n1 misdirects once
		disk n1 scrambles
		disk n1 fills
		disk n1 lost
		disk n1 copied
		disk n1 swapped
		crash n1
		crash n1 torn
		crash n1 losing unsynced
		crash n1 losing suffix torn
		crash n1 losing subset
		crash n1 losing nothing
		crash n1 at operation 3
		crash n1 at message 1
		crash-loop n1 off 10ms on 1s
		crash-loop n1 off 10ms on 1s losing suffix among 9 operations
		restart n1
		blackout losing subset torn
		resume n1
		slow n1 by 5ms
		reconfigure add n4 n5, remove n1 joint
		reconfigure learn n4
		reconfigure promote n4, demote n1 explicit
		leave-joint
		replace n1 with n4
		transfer leader to n3
		campaign n1
		forget-leader n1
		compact leader
		propose 50 on leader of 1KB
		read 10 on followers
		heal
		heal core`), "\n") {
		_, err := faults.ParseAction(line)
		require.NoError(t, err)
	}
}

// heat is a user's own kind of fault: it warms hosts.
type heat struct {
	hosts  faults.Group
	degree int
}

func (heat) Kind() string                          { return "heat" }
func (a heat) String() string                      { return "heat " + a.hosts.String() + strings.Repeat(" more", a.degree) }
func (a heat) Groups() []faults.Group              { return []faults.Group{a.hosts} }
func (a heat) Bind(g []faults.Group) faults.Action { return heat{g[0], a.degree} }

// melts is a user's own effect on a disk.
type melts struct{ hosts faults.Group }

func (melts) Kind() string                        { return "disk melts" }
func (a melts) String() string                    { return "disk " + a.hosts.String() + " melts" }
func (a melts) Groups() []faults.Group            { return []faults.Group{a.hosts} }
func (melts) Bind(g []faults.Group) faults.Action { return melts{g[0]} }

const testFamily = "kinds of a test"

func init() {
	faults.Register(faults.Kind{
		Name: "heat", Family: testFamily, Lasting: true, Grammar: "heat HOSTS [more]...", Doc: "Warms hosts.",
		Budget: "safety only", Examples: []string{"heat leader more more"},
		Parse: func(p *faults.Parser) faults.Action {
			a := heat{hosts: p.Group()}
			for p.Accept("more") {
				a.degree++
			}
			return a
		},
		Class: func(faults.Action, faults.Budget) faults.Class { return faults.SafetyOnly },
		Draw:  func(d *faults.Draw) faults.Action { return heat{d.Hosts(faults.Leader), d.Choose("degree", 3)} },
	})
	faults.Register(faults.Kind{
		Name: "disk melts", Family: testFamily, Grammar: "disk HOSTS melts", Doc: "Melts the disks.",
		Budget: "out of model", Examples: []string{"disk n1 melts"},
		Parse: func(p *faults.Parser) faults.Action { return melts{p.Hosts()} },
	})
}

func TestAUsersKindIsReadPrintedAndClassedAsAnyOther(t *testing.T) {
	s, err := faults.Parse("2s heat n2 more for 3s\n3s disk leader melts\n1s crash leader")
	require.NoError(t, err)
	require.Equal(t, "1s  crash leader\n2s  heat n2 more       for 3s\n3s  disk leader melts\n", s.String())
	require.Equal(t, faults.SafetyOnly, s[1].Class(faults.Budget{}))
	require.Equal(t, faults.Tolerable, s[2].Class(faults.Budget{}))

	_, err = faults.Parse("2s heat more")
	require.ErrorContains(t, err, `column 9: "more" is neither a host nor a role`)
	_, err = faults.Parse("2s heet n1")
	require.ErrorContains(t, err, "did you mean heat?")
}

func TestAKindThatCannotBeToldApartIsRefused(t *testing.T) {
	parse := func(*faults.Parser) faults.Action { return nil }
	for want, k := range map[string]faults.Kind{
		"the name must be one word, or a subject and a verb": {Name: "a b c", Parse: parse},
		"subject is cpu, must be disk or link":               {Name: "cpu burns", Parse: parse},
		"the name is not a word":                             {Name: "network", Parse: parse},
		"Parse is nil":                                       {Name: "burn"},
		"is registered already":                              {Name: "crash", Parse: parse},
	} {
		func() {
			defer func() { require.Contains(t, recover(), want) }()
			faults.Register(k)
			t.Errorf("kind %q was registered", k.Name)
		}()
	}
}
