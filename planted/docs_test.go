package planted_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/checker"
	"raftsim/planted"
)

var rewrite = flag.Bool("rewrite", false, "write docs/properties.md anew")

const propertiesPage = "../docs/properties.md"

// The page docs/properties.md is made from the properties, the corpus of planted
// bugs and the tables below. Make it anew with go generate ./planted, which is
// this test with -rewrite.
func TestTheDocumentationListsEveryProperty(t *testing.T) {
	bugs, err := planted.Load(root)
	require.NoError(t, err)
	page := propertiesDocument(t, bugs)
	if *rewrite {
		require.NoError(t, os.WriteFile(propertiesPage, []byte(page), 0o644))
		return
	}
	old, err := os.ReadFile(propertiesPage)
	require.NoError(t, err)
	require.Equal(t, page, string(old), "%s is stale: go generate ./planted", propertiesPage)
}

// directed names the test that breaks each property of histories and of runs, as
// file:function. Those of hosts are broken one by one in plantedViolations, those of
// the healed cluster by a test that has the name in it.
var directed = map[checker.Property]string{
	checker.Linearizability:       "checker/history/broken_service_test.go:TestEveryBrokenServiceGetsAVerdict",
	checker.SequentialConsistency: "checker/history/stale_test.go:TestClientNeverSeesLessThanItHasWritten",
	checker.Determinism:           "hunt/twice_test.go:TestARaftThatDrawsFromTheProcessIsCaughtAtItsFirstDifferingEvent",
	checker.NoPanic:               "sim/verdict_test.go:TestAPanicOfAProcessIsAViolationWithAStackThatRepeats",
	checker.NoUnexcusedFailure:    "sim/verdict_test.go:TestAProcessThatEndsWithoutAReasonIsAViolation",
	checker.EntriesUnchanged:      "sim/failure_test.go:TestEntriesThatChangeOnTheirWayAreAViolation",
	checker.NoEnd:                 "cli/run_test.go:TestEveryWayToFailHasItsCodeItsNameAndItsReplay",
	checker.NothingVacuous:        "cli/run_test.go:TestEveryWayToFailHasItsCodeItsNameAndItsReplay",
	checker.ExpectedViolation:     "sim/verdict_test.go:TestAnExpectedViolationIsAPass",
}

const plantedViolations = "checker/protocol_test.go:TestEachPropertyCatchesItsPlantedViolation"

// requirement is one of the numbered demands on a Raft, in words, with the
// properties that hold it.
type requirement struct {
	number, text string
	by           []string
}

var requirements = []requirement{
	{"I1", "a term never has two leaders, at any two moments of the run", []string{"election safety"}},
	{"I2", "a leader only appends to its log", []string{"leader append-only"}},
	{"I3", "two logs with the same index and term are equal up to that index", []string{"log matching"}},
	{"I4", "a new leader has every committed entry", []string{"leader completeness"}},
	{"I5", "hosts apply the same entries in the same order, each once, and skip none", []string{"state machine safety", "apply order"}},
	{"I6", "the committed entries of two hosts do not conflict", []string{"committed log"}},
	{"I7", "a committed entry never changes, over the whole history", []string{"committed log", "state machine safety"}},
	{"I8", "a committed entry is on the disks of a quorum, of both quorums in a joint configuration", []string{"commit quorum"}},
	{"I9", "a log that is up to date has every committed entry: votes go only to such logs", []string{"vote freshness", "leader completeness"}},
	{"I10", "a leader commits only what is on disks, on its own disk when it decides alone", []string{"commit quorum", "commit order"}},
	{"I11", "no host has more entries of a term than the leader of that term", []string{"entry origin"}},
	{"I12", "no message has a term above its sender's", []string{"message term"}},
	{"I13", "terms do not go back, not even across restarts", []string{"term order", "term durability", "durable state"}},
	{"I14", "one vote a term, also across restarts, and sent only when it is on disk", []string{"one vote a term", "vote durability", "durable state"}},
	{"I15", "a commit index does not go back, and does not pass the end of the log", []string{"commit order", "durable state"}},
	{"I16", "Match only grows, and is on the disk of the peer", []string{"replication progress", "append durability"}},
	{"I17", "Next is above Match", []string{"replication progress"}},
	{"I18", "only an entry of the leader's own term is committed by counting", []string{"commit of the own term"}},
	{"I19", "the terms of a log do not decrease, and are not above the term of the host", []string{"log order"}},
	{"I20", "compacted, snapshot, applied, committed and last index are in this order", []string{"state order", "commit order", "apply order"}},
	{"I21", "a follower keeps committed entries, and entries that an old message repeats", []string{"committed log", "truncation"}},
	{"I22", "no message has a commit index above what is known to match", []string{"commit hint"}},
	{"I23", "a snapshot has the state, the term and the configuration of its index, and no host goes back when it installs one", []string{"snapshot"}},
	{"I24", "no entry that conflicts with a snapshot returns after the snapshot is installed", []string{"log matching", "durable state", "storage"}},
	{"I25", "hosts use the configuration that the log has, from its index on", []string{"configuration agreement"}},
	{"I26", "successive configurations overlap, one change at a time", []string{"configuration step", "one configuration change"}},
	{"I27", "a joint configuration elects and commits by both halves", []string{"election quorum", "commit quorum"}},
	{"I28", "a new leader changes the configuration only after it has applied the changes in its log", []string{"one configuration change", "campaign"}},
	{"I29", "learners do not count for votes, commits or the majority that a leader hears from, but vote when asked", []string{"election quorum", "commit quorum", "check quorum", "leader elected"}},
	{"I30", "a read sees all that was committed when it was asked, from a leader that a quorum has confirmed since", []string{"read index"}},
	{"I31", "a read under a leader lease is as fresh as that, and voters keep the promise that the lease needs", []string{"read index", "vote under a lease", "linearizability"}},
	{"I32", "leadership is transferred to a voter that has the whole log, and the transfer ends", []string{"leadership transfer", "transfer ends"}},
	{"I33", "a pre-vote does not bind its voter, and goes to a log that is up to date when there is no leader", []string{"pre-vote", "vote freshness", "vote under a lease"}},
	{"I34", "a command that a client knows to be done is executed exactly once", []string{"session", "linearizability"}},
	{"I35", "a seed gives one run", []string{"determinism"}},
	{"I36", "nothing panics", []string{"no panic"}},
	{"L1", "after the heal a leader is elected soon", []string{"leader elected"}},
	{"L2", "and it stays leader", []string{"leader stays"}},
	{"L3", "all hosts reach the same log, state and configuration", []string{"replicas converge"}},
	{"L4", "operations are answered again, and new ones too", []string{"operations complete", "fresh operations succeed"}},
	{"L5", "a joint configuration is left", []string{"joint configuration left"}},
	{"L6", "a member that is behind catches up, by entries or by a snapshot", []string{"followers replicate", "learners catch up", "inflight windows drain"}},
	{"L7", "a leader without a majority steps down", []string{"check quorum"}},
	{"L8", "a host that returns from isolation does not depose the leader", []string{"rejoin keeps the leader"}},
	{"L9", "pre-votes do not block each other for ever", []string{"leader elected"}},
}

// testOf is the test that breaks a property by hand.
func testOf(p checker.Property) string {
	if test, ok := directed[p]; ok {
		return test
	}
	if p.Class() == checker.Safety {
		return plantedViolations
	}
	for _, pattern := range []string{"../checker/*_test.go", "../sim/*_test.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			panic(err)
		}
		for _, file := range files {
			if text, err := os.ReadFile(file); err == nil && strings.Contains(string(text), `"`+p.String()) {
				return strings.TrimPrefix(file, "../") + ":Test"
			}
		}
	}
	return ""
}

const propertiesHead = `# Properties

The properties that every run is checked for. This page is made by ` + "`go generate ./planted`" + ` from the registry of the checker and from the corpus of
planted bugs: a property that has neither a planted bug nor a directed test fails the build, and so does a number below that no
property holds.

A checker that never fired has proved nothing. The last column names the planted bugs, or mutants (files of ` + "`planted/bugs`" + `) that a property
should catch (kill), those with a recorded seed first, in bold; ` + "`planted run --known`" + ` runs that seed of each. "directed" is a test that breaks
the property by hand and expects the violation. "Judged by" are the facts (` + "`checker.Facts`" + `) that a property needs to be watched at all.

What depends on options: reads are checked against rounds of heartbeats unless they are served under leader leases; leases, and the time
after which a leader without a quorum must step down, are counted in ticks of each host's own protocol, and only with check-quorum. Sequential consistency is asked of reads
that are declared stale: ` + "`stale-get`" + ` of the workload kv, where a mix names it. A property that broke after a fault that Raft does not
promise to survive is reported as out of model.

`

// propertiesDocument makes the page.
func propertiesDocument(t *testing.T, bugs []planted.Bug) string {
	var b strings.Builder
	b.WriteString(propertiesHead)
	numbers := numbersByProperty(t)
	b.WriteString("| property | source | what is observed | judged by | numbers | what proves that it fires |\n|---|---|---|---|---|---|\n")
	for _, p := range checker.Properties() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", p, p.Source(), p.About(), p.Needs(), strings.Join(numbers[p.String()], " "), proof(t, p, bugs))
	}
	b.WriteString("\n## Numbers\n\nI1 to I36 must never break, L1 to L9 must come true once the faults have healed.\n\n| number | meaning | properties |\n|---|---|---|\n")
	for _, r := range requirements {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", r.number, r.text, strings.Join(r.by, ", "))
	}
	return b.String()
}

// numbersByProperty are the numbers of the requirements that each property holds.
func numbersByProperty(t *testing.T) map[string][]string {
	numbers := map[string][]string{}
	for _, r := range requirements {
		require.NotEmpty(t, r.by, "%s is held by no property", r.number)
		for _, name := range r.by {
			_, known := checker.Lookup(name)
			require.True(t, known, "%s: there is no property %q", r.number, name)
			numbers[name] = append(numbers[name], r.number)
		}
	}
	return numbers
}

// mostBugs bounds how many bugs a row names.
const mostBugs = 8

func proof(t *testing.T, p checker.Property, bugs []planted.Bug) string {
	var seeded, others, names []string
	for _, bug := range bugs {
		switch {
		case !slices.Contains(bug.Properties, p.String()):
		case bug.Known != 0:
			seeded = append(seeded, "**"+bug.Name+"**")
		default:
			others = append(others, bug.Name)
		}
	}
	names = append(seeded, others...)
	if n := len(names); n > mostBugs {
		names = append(names[:mostBugs], fmt.Sprintf("%d more", n-mostBugs))
	}
	test := testOf(p)
	if test == "" {
		require.NotEmpty(t, names, "%v has neither a planted bug nor a directed test", p)
		return strings.Join(names, ", ")
	}
	file, function, _ := strings.Cut(test, ":")
	text, err := os.ReadFile("../" + file)
	require.NoError(t, err)
	require.Regexp(t, regexp.MustCompile(`(?m)^func `+function), string(text), "%v: %s", p, test)
	return strings.Join(append(names, fmt.Sprintf("directed: [%s](../%s)", strings.TrimSuffix(file[strings.LastIndex(file, "/")+1:], "_test.go"), file)), ", ")
}

// Each number stands once, in order, and none is left out.
func TestTheNumbersAreComplete(t *testing.T) {
	for i, r := range requirements {
		want := fmt.Sprintf("I%d", i+1)
		if i >= 36 {
			want = fmt.Sprintf("L%d", i-35)
		}
		require.Equal(t, want, r.number)
	}
	require.Len(t, requirements, 45)
}
