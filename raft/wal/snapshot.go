package wal

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"path"

	pb "raftsim/raft/raftpb"
	"raftsim/vfs"
)

// A snapshot file is a head of 32 bytes, the metadata and the data:
//
//	signature (12) checksum (4) | metadata length (8) | data length (8)
//
// The checksum covers everything else; the log repeats it.
const (
	snapshotSignature = "raftsnap 1\n\x00"
	snapshotHeadBytes = 32
)

// writeSnapshot makes a durable file of a snapshot. It counts once the log refers
// to it by the marker returned.
func writeSnapshot(fs vfs.FS, dir string, s pb.Snapshot) (marker, error) {
	head := append(make([]byte, 0, 256), snapshotSignature...)
	head = binary.LittleEndian.AppendUint32(head, 0)
	head = binary.LittleEndian.AppendUint64(head, 0)
	head = binary.LittleEndian.AppendUint64(head, uint64(len(s.Data)))
	head = appendMetadata(head, s.Metadata)
	binary.LittleEndian.PutUint64(head[16:], uint64(len(head)-snapshotHeadBytes))
	sum := snapshotChecksum(head, s.Data)
	binary.LittleEndian.PutUint32(head[12:], sum)

	m := marker{index: s.Metadata.Index, term: s.Metadata.Term, checksum: sum}
	name := path.Join(dir, snapshotName(m.index))
	if err := writeFile(fs, name+temporarySuffix, head, s.Data); err != nil {
		return marker{}, err
	}
	if err := fs.Rename(name+temporarySuffix, name); err != nil {
		return marker{}, err
	}
	return m, fs.SyncDir(dir)
}

// writeFile makes a file of the parts and syncs it, but not its name.
func writeFile(fs vfs.FS, name string, parts ...[]byte) error {
	file, err := fs.Create(name)
	if err != nil {
		return err
	}
	var offset int64
	for _, part := range parts {
		if _, err := file.WriteAt(part, offset); err != nil {
			_ = file.Close()
			return err
		}
		offset += int64(len(part))
	}
	if err := file.Sync(); err != nil {
		_ = file.Close()
		return err
	}
	return file.Close()
}

func snapshotChecksum(head, data []byte) uint32 {
	sum := crc32.Update(0, castagnoli, head[:12])
	sum = crc32.Update(sum, castagnoli, head[16:])
	return crc32.Update(sum, castagnoli, data)
}

// readSnapshot reads the snapshot that the log refers to by m.
func readSnapshot(fs vfs.FS, dir string, m marker) (pb.Snapshot, error) {
	name := snapshotName(m.index)
	corrupt := func(offset int64, format string, args ...any) error {
		return &CorruptError{File: name, Offset: offset, Reason: fmt.Sprintf(format, args...)}
	}
	b, err := readFile(fs, path.Join(dir, name))
	if err != nil {
		return pb.Snapshot{}, err
	}
	if b == nil {
		return pb.Snapshot{}, corrupt(0, "the file is missing, though the log refers to it")
	}
	size := uint64(len(b))
	if size < snapshotHeadBytes || string(b[:12]) != snapshotSignature {
		return pb.Snapshot{}, corrupt(0, "this is not a snapshot of version 1")
	}
	metadataBytes, dataBytes := binary.LittleEndian.Uint64(b[16:]), binary.LittleEndian.Uint64(b[24:])
	rest := size - snapshotHeadBytes
	if metadataBytes > rest || dataBytes != rest-metadataBytes {
		return pb.Snapshot{}, corrupt(16, "the file has %d bytes after its head, metadata has %d and data %d", rest, metadataBytes, dataBytes)
	}
	metadata, data := b[snapshotHeadBytes:snapshotHeadBytes+metadataBytes], b[snapshotHeadBytes+metadataBytes:]
	sum := snapshotChecksum(b[:snapshotHeadBytes+metadataBytes], data)
	if sum != binary.LittleEndian.Uint32(b[12:]) || sum != m.checksum {
		return pb.Snapshot{}, corrupt(12, "the log gives its checksum as %08x, its contents give %08x", m.checksum, sum)
	}
	s := pb.Snapshot{}
	if s.Metadata, err = decodeMetadata(metadata); err != nil {
		return pb.Snapshot{}, corrupt(snapshotHeadBytes, "%v", err)
	}
	if s.Metadata.Index != m.index || s.Metadata.Term != m.term {
		return pb.Snapshot{}, corrupt(snapshotHeadBytes, "it is of index %d and term %d, the log refers to index %d and term %d",
			s.Metadata.Index, s.Metadata.Term, m.index, m.term)
	}
	if len(data) > 0 {
		s.Data = data
	}
	return s, nil
}

// readFile reads a whole file; nil when there is none.
func readFile(fs vfs.FS, name string) ([]byte, error) {
	file, err := fs.Open(name)
	if isNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	size, err := file.Size()
	if err != nil {
		return nil, err
	}
	b := make([]byte, size)
	if n, err := file.ReadAt(b, 0); n < len(b) {
		return nil, fmt.Errorf("read %d bytes of %s: %w", size, name, unexpected(err))
	}
	return b, nil
}

// unexpected turns the end of a file where it should not be into an error that
// says so.
func unexpected(err error) error {
	if err == nil || err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func appendMetadata(b []byte, m pb.SnapshotMetadata) []byte {
	b = binary.AppendUvarint(b, m.Index)
	b = binary.AppendUvarint(b, m.Term)
	for _, ids := range [][]uint64{m.ConfState.Voters, m.ConfState.Learners, m.ConfState.VotersOutgoing, m.ConfState.LearnersNext} {
		b = binary.AppendUvarint(b, uint64(len(ids)))
		for _, id := range ids {
			b = binary.AppendUvarint(b, id)
		}
	}
	if m.ConfState.AutoLeave {
		return append(b, 1)
	}
	return append(b, 0)
}

func decodeMetadata(b []byte) (pb.SnapshotMetadata, error) {
	d := decoder{rest: b}
	m := pb.SnapshotMetadata{Index: d.uvarint(), Term: d.uvarint()}
	m.ConfState.Voters = d.ids()
	m.ConfState.Learners = d.ids()
	m.ConfState.VotersOutgoing = d.ids()
	m.ConfState.LearnersNext = d.ids()
	if flag := d.bytes(1); d.err == nil {
		m.ConfState.AutoLeave = flag[0] == 1
	}
	return m, d.end()
}

func (d *decoder) ids() []uint64 {
	n := d.uvarint()
	if n > uint64(len(d.rest)) {
		d.fail(errShort)
	}
	if d.err != nil || n == 0 {
		return nil
	}
	ids := make([]uint64, n)
	for i := range ids {
		ids[i] = d.uvarint()
	}
	return ids
}
