// Package random gives a run all of its chance from one seed, in two layers.
//
// The plan of a run (options, fault schedule, workload, link parameters) is
// drawn through a [Chooser]: by a seed, or from the bytes of a fuzz input. A
// plan is data; once it is drawn, its source no longer matters.
//
// Below the plan are fates: whether this packet is lost, how long that write
// takes. A fate is a pure function of the seed, the name of a stream, a purpose
// and a number (see [Key.Fate]); it is never drawn from a shared cursor. So the
// answers of one stream do not depend on how often another is asked, and
// removing one fault from a run leaves the luck of everything else alone.
// [Overrides] replaces single fates by chosen values.
//
// Fate 0 is the benign one everywhere: a [Ratio] below one does not hit on it
// and a [Distribution] gives its shortest duration. A shrinker that writes 0
// over a fate takes that piece of bad luck out of the run.
//
// Everything here is integer arithmetic and gives the same results on every
// architecture.
package random
