package sim

import "raftsim/checker"

// sightings are the marks of what the checker sees.
var sightings = [checker.Sightings]ReachableMark{
	checker.Figure8:              Reachable("a Figure 8 overwrite", "An entry of an older term that was on a majority is replaced (Raft Figure 8)."),
	checker.Figure7:              Reachable("a Figure 7 log", "A host is elected while another both lacks entries of its log and has entries that are not in it (Raft Figure 7)."),
	checker.ConfigTakenBack:      Reachable("a configuration change taken back", "A host replaces a configuration change that was not committed."),
	checker.OlderTermCommitted:   Reachable("an older term committed along", "A leader commits entries of earlier terms with the first of its own (Raft §5.4.2)."),
	checker.CommittedWhileJoint:  Reachable("a commit while joint", "A leader that goes by a joint configuration commits."),
	checker.CommittedAhead:       Reachable("a commit ahead of the leader's disk", "A leader commits what its own disk does not have yet."),
	checker.SnapshotOverConflict: Reachable("a snapshot racing a conflicting append", "A snapshot replaces a log that has other entries than the committed ones."),
	checker.SnapshotOverLonger:   Reachable("a snapshot over a longer log", "A snapshot replaces a log that goes beyond it."),
	checker.LongerLogLoses:       Reachable("a leader with a shorter log", "A host is elected while a voter has more entries, of older terms (Raft §5.4.1)."),
	checker.LeftBehind:           Reachable("a voter far behind", "A leader commits while a voter lacks a hundred entries and more."),
}
