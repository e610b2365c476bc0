// Package network carries packets between the hosts of a simulation, and is
// where they get lost.
//
// Every ordered pair of hosts is a link of its own, with a [Profile] that
// says how long packets take and how often they are lost, duplicated, replayed,
// reordered or corrupted. A packet goes through
//
//	Send -> queue (when the link has a bandwidth) -> flight -> Arrive
//
// and can be dropped at each stage. The network keeps no time and runs nothing:
// it asks its owner, through the schedule function given to [New], to call
// [Network.Arrive] at an instant.
//
// What happens to a packet is decided by fates of its link's own stream, at the
// number that the packet has on that link. Every Send takes one number whatever
// becomes of the packet. So cutting one link does not change the luck of
// another, and a packet that is cut does not shift the luck of those that
// follow.
//
// Faults also meet packets that are already on their way: a cut drops them, a
// hold stops them at the far end, and a raised ratio of loss or corruption takes
// those of them that it would have taken at the start.
package network
