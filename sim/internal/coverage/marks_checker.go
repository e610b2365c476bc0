package coverage

import (
	"raftsim/checker"
	"raftsim/mark"
)

// sightings are the marks of what the checker sees.
var sightings = [checker.Sightings]mark.ReachableMark{
	checker.Figure8:              mark.Reachable("figure-8-overwrite", "An entry of an older term that a majority had is overwritten (Raft Figure 8)."),
	checker.Figure7:              mark.Reachable("figure-7-log", "A host is elected while another both lacks entries of its log and has entries that are not in it (Raft Figure 7)."),
	checker.ConfigTakenBack:      mark.Reachable("configuration-change-reverted", "A host overwrites a configuration change that was not committed."),
	checker.OlderTermCommitted:   mark.Reachable("older-term-committed", "A leader commits entries of earlier terms together with the first of its own (Raft §5.4.2)."),
	checker.CommittedWhileJoint:  mark.Reachable("commit-while-joint", "A leader commits while it uses a joint configuration."),
	checker.CommittedAhead:       mark.Reachable("commit-ahead-of-leader-disk", "A leader commits an entry that its own disk does not have yet."),
	checker.SnapshotOverConflict: mark.Reachable("snapshot-over-conflicting-log", "A snapshot replaces a log whose entries differ from the committed ones."),
	checker.SnapshotOverLonger:   mark.Reachable("snapshot-over-longer-log", "A snapshot replaces a log that has entries after it."),
	checker.LongerLogLoses:       mark.Reachable("shorter-log-elected", "A host is elected while a voter has more entries, of older terms (Raft §5.4.1)."),
	checker.LeftBehind:           mark.Reachable("voter-far-behind", "A leader commits while a voter lacks a hundred entries or more."),
}
