package wal

import (
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"

	"raftsim/vfs"
)

const (
	segmentSuffix   = ".wal"
	snapshotSuffix  = ".snap"
	temporarySuffix = ".tmp"
	lockName        = "lock"

	// sealRoom is kept free in every segment for its seal.
	sealRoom = 64
)

func segmentName(number uint64) string { return fmt.Sprintf("%016x", number) + segmentSuffix }
func snapshotName(index uint64) string { return fmt.Sprintf("%016x", index) + snapshotSuffix }

// parseName reads the number in the name of a segment or a snapshot.
func parseName(name, suffix string) (uint64, bool) {
	digits, ok := strings.CutSuffix(name, suffix)
	if !ok || len(digits) != 16 || strings.ToLower(digits) != digits {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 16, 64)
	return n, err == nil && n > 0
}

// createSegment makes a durable segment of o.bytes that holds nothing but its
// opening, and returns it open, with the end of that record and its checksum.
func createSegment(fs vfs.FS, dir string, number uint64, o opening) (file vfs.File, end int64, chain uint32, err error) {
	name := path.Join(dir, segmentName(number))
	file, err = fs.Create(name + temporarySuffix)
	if err != nil {
		return nil, 0, 0, err
	}
	pos, body := headerAt(0), o.append(nil)
	record, h := appendRecord(nil, number, pos, header{kind: segmentKind}, 0, body)
	if err = file.Truncate(o.bytes); err == nil {
		_, err = file.WriteAt(record, partStart(pos))
	}
	if err == nil {
		err = file.Sync()
	}
	if err == nil {
		err = fs.Rename(name+temporarySuffix, name)
	}
	if err == nil {
		err = fs.SyncDir(dir)
	}
	if err != nil {
		return nil, 0, 0, errors.Join(err, file.Close())
	}
	return file, aligned(bodyEnd(pos, len(body))), h.checksum, nil
}

// opening reads the record that opens a segment. Nothing but damage can make it
// wrong, because a segment gets its name after it is synced.
func (r *reader) opening() (opening, error) {
	h, body, stop, err := r.next()
	switch {
	case err != nil:
		return opening{}, err
	case stop != nil:
		return opening{}, r.corrupt(stop.offset, "%s", stop.reason)
	case h.kind != segmentKind:
		return opening{}, r.corrupt(0, "the first record is of kind %q, not %q", h.kind, segmentKind)
	}
	o, err := decodeOpening(body)
	if err != nil {
		return opening{}, r.corrupt(0, "%v", err)
	}
	if o.bytes != r.size {
		return opening{}, r.corrupt(min(o.bytes, r.size), "the file has %d bytes, it was made with %d", r.size, o.bytes)
	}
	return o, nil
}
