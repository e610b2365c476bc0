// Package wal is the durable log of a Raft node: its HardState, its entries and
// its snapshots, in one directory of a [vfs.FS]. It runs unchanged on a real
// directory and on a simulated disk.
//
// # Files
//
// The log is a chain of segments, 0000000000000001.wal and so on. A segment gets
// its full size, in zeros, when it is made, and its name only after its first
// record is synced. Records are appended and never written over. Each segment
// opens with a record of all that is not an entry (HardState, latest snapshot,
// last index), so that any number of older segments can be dropped, and with the
// place where the segment before it ends. When a segment is full its successor is
// made, and then the full one is sealed. Snapshots are files of their own, named
// by index, and count from when a record in the log refers to them.
//
// # Records
//
// One Save is one record: recovery finds it whole or not at all. A record is a
// header of 20 bytes within one sector of 512, and a body:
//
//	kind (1) zero (3) | body length (4) | durable (4) | body checksum (4) | header checksum (4)
//
// Numbers are little-endian and checksums are CRC-32C. The header's covers the
// header, its position and its segment. The body's is seeded with the header
// checksum of the record before, which chains the records: none can be missing,
// moved or exchanged. "durable" is how much of the segment was known to be synced
// when the record was written. Every sector that holds a part of a record begins
// with a stamp of four bytes, so that a sector that was written can be told from
// one that was not, whatever the entries contain.
//
// # What a crash can leave
//
// A crash leaves everything that was synced, and of what was written later any
// set of sectors, each either as it was (zeros) or as some write left it. The disk
// must write sectors of 512 bytes whole, and the file system must not show old
// blocks where nothing was written. So the log ends at the first record that is not
// whole, and this is a torn tail exactly if all of these hold:
//
//   - it is in the last segment, which is not sealed;
//   - at least one sector's part of the record is zeros throughout (a record that
//     is wrong in any other way was damaged, not torn);
//   - no later record says that this position was durable.
//
// Anything else is a [CorruptError]: Open changes nothing and keeps to itself what
// it could read. What remains undetectable is the last synced write turned to
// zeros, in whole sectors, when nothing was written after it.
//
// Open writes again what it cannot prove to be durable, and syncs it: after a
// failed fsync, or the death of the process alone, the page cache may show data
// that the disk does not have.
package wal
