package faults

import (
	"fmt"
	"slices"
	"strings"

	"raftsim/internal/registry"
)

//go:generate go test -run TestTheDocumentationListsEveryKind . -rewrite

// Kind is one kind of fault: how its lines look, how they are read, and how
// bad it is. Kinds of the package and kinds of its users are equal.
type Kind struct {
	// Name is unique. A name of one word is the first word of the kind's
	// lines, "crash". A name of two words is a subject and its verb: lines of
	// "disk rots" are "disk HOSTS rots ...", those of "link loses" are
	// "link PATH loses ..." or "network loses ...". The subjects are disk and
	// link.
	Name string
	// Family groups kinds in the documentation: network, clocks, disks,
	// processes, membership, requests, or a user's own.
	Family string
	// Grammar is the one-line form: words as they are, PLACES in capitals,
	// [optional parts] in brackets.
	Grammar string
	// Doc says in a sentence what happens.
	Doc string
	// Lasting kinds last until they end and take "for"; others happen at once.
	Lasting bool
	// Budget says in words how Class decides.
	Budget string
	// Examples are lines without their time, at least one.
	Examples []string
	// Parse reads what follows the Name. It returns nil after p failed.
	Parse func(p *Parser) Action
	// Harm lists whom the action puts out of service while it lasts, at the
	// least. When the budget cannot spare them the fault is SafetyOnly. Nil
	// means nobody.
	Harm func(a Action, b Budget) Group
	// Class is how bad the action is for any target. Nil means Tolerable.
	Class func(a Action, b Budget) Class
	// Draw makes a random action of the kind, or nil when there is none to
	// make just now. A nil Draw keeps the kind out of generated schedules.
	Draw func(d *Draw) Action
}

// kinds holds all kinds by name.
var kinds registry.Registry[Kind]

func init() {
	for _, family := range [][]Kind{
		partitionKinds(), linkKinds(), packetKinds(), clockKinds(), diskKinds(),
		crashKinds(), processKinds(), membershipKinds(), requestKinds(),
	} {
		for _, k := range family {
			Register(k)
		}
	}
}

// Register adds a kind, and returns what takes it away again: a test that runs more
// than once in a process says t.Cleanup(faults.Register(k)). A kind with a Draw
// becomes part of the schedules that seeds draw, and so changes them. It panics when
// the name is taken or a required field is missing.
func Register(k Kind) (unregister func()) {
	words := strings.Fields(k.Name)
	switch {
	case len(words) == 0 || len(words) > 2 || strings.Join(words, " ") != k.Name:
		panic(fmt.Sprintf("faults: kind %q: the name must be one word, or a subject and a verb", k.Name))
	case len(words) == 2 && words[0] != "disk" && words[0] != "link":
		panic(fmt.Sprintf("faults: kind %q: subject is %s, must be disk or link", k.Name, words[0]))
	case len(words) == 1 && isReserved(words[0]):
		panic(fmt.Sprintf("faults: kind %q: the name is not a word that a kind can have", k.Name))
	case k.Parse == nil:
		panic(fmt.Sprintf("faults: kind %q: Parse is nil", k.Name))
	}
	unregister, ok := kinds.Add(k.Name, k)
	if !ok {
		panic(fmt.Sprintf("faults: kind %q is registered already; a test registers for itself alone with t.Cleanup(faults.Register(...))", k.Name))
	}
	return unregister
}

// Kinds lists all kinds, sorted by name. The slice is the caller's.
func Kinds() []Kind { return kinds.Values() }

// Lookup returns the kind of this name.
func Lookup(name string) (Kind, bool) { return kinds.Lookup(name) }

// verbs lists the second words of the kinds with this subject.
func verbs(subject string) []string {
	var list []string
	for _, name := range kinds.Names() {
		if verb, ok := strings.CutPrefix(name, subject+" "); ok {
			list = append(list, verb)
		}
	}
	return list
}

// openers lists the words with which a line may begin after its time.
func openers() []string {
	list := []string{"network"}
	for _, name := range kinds.Names() {
		opener, _, _ := strings.Cut(name, " ")
		list = append(list, opener)
	}
	slices.Sort(list)
	return slices.Compact(list)
}
