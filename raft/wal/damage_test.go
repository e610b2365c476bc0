package wal_test

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/disk"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/wal"
	"raftsim/random"
	"raftsim/vfs"
)

// files are the contents of a directory.
type files map[string][]byte

func load(t require.TestingT, fs vfs.FS) files {
	names, err := fs.List(dir)
	require.NoError(t, err)
	all := files{}
	for _, name := range names {
		f, err := fs.Open(path.Join(dir, name))
		require.NoError(t, err)
		size, err := f.Size()
		require.NoError(t, err)
		all[name] = make([]byte, size)
		_, err = f.ReadAt(all[name], 0)
		require.NoError(t, err)
	}
	return all
}

func (all files) names() []string {
	var names []string
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// with returns a file system in which one file has other contents; nil: it is gone.
func (all files) with(t require.TestingT, name string, data []byte) vfs.FS {
	fs := vfs.Mem()
	require.NoError(t, fs.MkdirAll(dir))
	for _, n := range all.names() {
		contents := all[n]
		if n == name {
			contents = data
		}
		if contents != nil {
			put(t, fs, path.Join(dir, n), contents)
		}
	}
	return fs
}

func put(t require.TestingT, fs vfs.FS, name string, data []byte) {
	f, err := fs.Create(name)
	require.NoError(t, err)
	_, err = f.WriteAt(data, 0)
	require.NoError(t, err)
	require.NoError(t, f.Close())
}

func entries(first uint64, term uint64, sizes ...int) []pb.Entry {
	var list []pb.Entry
	for i, size := range sizes {
		e := pb.Entry{Index: first + uint64(i), Term: term}
		if size > 0 {
			e.Data = bytes.Repeat([]byte{byte(first) + byte(i)}, size)
		}
		list = append(list, e)
	}
	return list
}

// example is a log of three segments and a snapshot, all of it synced, whose last
// record ends in a sector of which it fills four bytes, all zeros.
func example(t require.TestingT) (files, string) {
	fs := vfs.Mem()
	w, _ := open(t, fs)
	m := model{}
	save := func(hs pb.HardState, entries []pb.Entry) {
		require.NoError(t, w.Save(hs, entries, true))
		m = m.save(hs, entries)
	}
	save(pb.HardState{Term: 1, Vote: 2}, entries(1, 1, 10, 600, 0))
	save(pb.HardState{Term: 2, Vote: 1, Commit: 3}, entries(3, 2, 1500, 800))
	save(pb.HardState{}, entries(5, 2, 2100))
	s := pb.Snapshot{Data: []byte("state at three")}
	s.Metadata.Index, s.Metadata.Term, s.Metadata.ConfState.Voters = 3, 2, []uint64{1, 2, 3}
	require.NoError(t, w.SaveSnapshot(s))
	m = m.install(s)
	save(pb.HardState{Term: 2, Vote: 1, Commit: 4}, entries(6, 2, 900, 1200, 3))
	tail := []pb.Entry{{Index: 9, Term: 2, Data: make([]byte, int(512-w.End()%512)-20-7+4)}}
	save(pb.HardState{}, tail)
	require.Len(t, w.Segments(), 3)
	require.EqualValues(t, 8, w.End()%512)
	require.NoError(t, w.Close())
	return load(t, fs), m.recovered()
}

// requireWholeOrCorrupt opens a damaged log of which everything was synced.
func requireWholeOrCorrupt(t require.TestingT, fs vfs.FS, name, want, what string) (whole bool) {
	w, state, err := wal.Open(fs, dir, small)
	if err == nil {
		require.NoError(t, w.Close())
		require.Equal(t, want, describeState(state), what)
		return true
	}
	var corrupt *wal.CorruptError
	require.ErrorAs(t, err, &corrupt, what)
	require.Equal(t, name, corrupt.File, what)
	return false
}

func TestNoChangedByteOfASyncedLogGoesUnnoticed(t *testing.T) {
	all, want := example(t)
	noticed, fs := 0, all.with(t, "", nil)
	for _, name := range all.names() {
		for offset, b := range all[name] {
			for _, flip := range []byte{1 << (offset % 8), b} {
				if flip == 0 {
					continue // zero stays zero
				}
				poke(t, fs, name, offset, b^flip)
				what := fmt.Sprintf("%s at %d ^ %02x", name, offset, flip)
				if requireWholeOrCorrupt(t, fs, name, want, what) {
					fs = all.with(t, "", nil)
					continue
				}
				noticed++
				poke(t, fs, name, offset, b)
			}
		}
	}
	require.Greater(t, noticed, 15_000)
	require.Equal(t, all, load(t, fs), "a log that is corrupt is left alone")
}

// poke changes one byte of a file.
func poke(t require.TestingT, fs vfs.FS, name string, offset int, b byte) {
	f, err := fs.Open(path.Join(dir, name))
	require.NoError(t, err)
	_, err = f.WriteAt([]byte{b}, int64(offset))
	require.NoError(t, err)
	require.NoError(t, f.Close())
}

func TestCorruptErrorNamesThePlace(t *testing.T) {
	all, _ := example(t)
	first := "0000000000000001.wal"
	data := bytes.Clone(all[first])
	data[700] ^= 4
	_, _, err := wal.Open(all.with(t, first, data), dir, small)
	var corrupt *wal.CorruptError
	require.ErrorAs(t, err, &corrupt)
	require.InDelta(t, 700, corrupt.Offset, 700, "the record that holds the byte begins there")
	require.LessOrEqual(t, corrupt.Offset, int64(700))
	require.Contains(t, err.Error(), "wal: 0000000000000001.wal is corrupt at offset")
}

func TestNoTruncationOfASyncedLogGoesUnnoticed(t *testing.T) {
	all, want := example(t)
	for _, name := range all.names() {
		for size := range all[name] {
			data := all[name][:size]
			require.False(t, requireWholeOrCorrupt(t, all.with(t, name, data), name, want, ""), "%s cut to %d", name, size)
		}
		longer := append(bytes.Clone(all[name]), 0)
		require.False(t, requireWholeOrCorrupt(t, all.with(t, name, longer), name, want, ""), name)
	}
}

func TestNoMissingFileGoesUnnoticed(t *testing.T) {
	all, want := example(t)
	for _, name := range all.names() {
		if name == all.names()[0] {
			continue // its entries: the next segment cannot tell whose they were
		}
		require.False(t, requireWholeOrCorrupt(t, all.with(t, name, nil), name, want, name))
	}
	fs := all.with(t, all.names()[0], nil)
	_, _, err := wal.Open(fs, dir, small)
	require.ErrorContains(t, err, "no snapshot covers them")

	for _, name := range all.names() {
		if path.Ext(name) == ".wal" {
			require.NoError(t, fs.MkdirAll(dir))
			_ = fs.Remove(path.Join(dir, name))
		}
	}
	_, _, err = wal.Open(fs, dir, small)
	require.ErrorContains(t, err, "there are snapshots and no segment")
}

// Sectors that turn to zeros look as if they had never been written, unless
// something was written after them: the weakness that the package comment admits.
func TestNoSectorTurnedToZerosGoesUnnoticedButTheLastOnes(t *testing.T) {
	all, want := example(t)
	names := all.names()
	last := names[len(names)-1]
	for _, name := range names {
		written := len(bytes.TrimRight(all[name], "\x00"))
		for sector := 0; sector*512 < written; sector++ {
			data := bytes.Clone(all[name])
			clear(data[sector*512 : min(len(data), sector*512+512)])
			fs := all.with(t, name, data)
			_, state, err := wal.Open(fs, dir, small)
			if err == nil && describeState(state) == want {
				continue // it held nothing but the seal
			}
			if err == nil {
				require.Equal(t, last, name)
				require.Positive(t, state.TornBytes)
				require.GreaterOrEqual(t, sector, written/512-1)
				continue
			}
			var corrupt *wal.CorruptError
			require.ErrorAs(t, err, &corrupt)
			require.Equal(t, name, corrupt.File)
		}
	}
}

// A disk writes sectors whole: a header cannot be missing before the rest of its
// sector.
func TestHeaderTurnedToZerosIsNotTakenForTheEnd(t *testing.T) {
	fs := vfs.Mem()
	w, _ := open(t, fs)
	begin := w.End()
	require.NoError(t, w.Save(pb.HardState{Term: 1}, entries(1, 1, 100), true))
	all := load(t, fs)
	name := all.names()[0]
	clear(all[name][begin : begin+20])
	require.False(t, requireWholeOrCorrupt(t, all.with(t, "", nil), name, "", ""))
}

func TestSealIsDurableWhenSaveReturns(t *testing.T) {
	d := disk.New(random.Seed(1).Fates(), "n1", ticking)
	w, _ := open(t, d)
	require.NoError(t, w.Save(pb.HardState{Term: 1}, entries(1, 1, 3000), true))
	require.NoError(t, w.Save(pb.HardState{}, entries(2, 1, 3000), true))
	require.Len(t, w.Segments(), 2)
	d.Crash(d.Done(), disk.Crash{})
	require.NoError(t, d.Remove(dir+"/0000000000000002.wal"))
	_, _, err := wal.Open(d, dir, small)
	require.ErrorContains(t, err, "wal: 0000000000000002.wal is corrupt at offset 0: the segment is missing")
}

func TestExchangedRecordsAreCorrupt(t *testing.T) {
	fs := vfs.Mem()
	w, _ := open(t, fs)
	var ends []int64
	for i := range uint64(4) {
		ends = append(ends, w.End())
		require.NoError(t, w.Save(pb.HardState{Term: 1, Vote: i + 1}, nil, true))
	}
	all := load(t, fs)
	name := all.names()[0]
	data := bytes.Clone(all[name])
	n := ends[2] - ends[1]
	require.Equal(t, n, ends[3]-ends[2])
	copy(data[ends[1]:], all[name][ends[2]:ends[2]+n])
	copy(data[ends[2]:], all[name][ends[1]:ends[1]+n])
	_, _, err := wal.Open(all.with(t, name, data), dir, small)
	var corrupt *wal.CorruptError
	require.ErrorAs(t, err, &corrupt)
	require.Equal(t, ends[1], corrupt.Offset)

	// A record that is whole, and in its place, but follows another one.
	forged, at := wal.AppendRecord(1, ends[1], ends[1], 12345, wal.Body(pb.HardState{Term: 1, Vote: 2}, nil))
	data = bytes.Clone(all[name])
	copy(data[at:], forged)
	_, _, err = wal.Open(all.with(t, name, data), dir, small)
	require.ErrorAs(t, err, &corrupt)
	require.Equal(t, ends[1], corrupt.Offset)
}

// forge saves an entry, not synced, in which a whole sector begins with a record
// that says that all before it was durable. It returns the sector's position.
func forge(t require.TestingT, fs vfs.FS, w *wal.WAL, index uint64) int64 {
	const size = 3000
	begin := w.End()
	sector := begin - begin%512 + 3*512
	forged, at := wal.AppendRecord(1, sector, sector-512, 1, []byte("forged"))
	require.Equal(t, sector, at)
	head := len(wal.Body(pb.HardState{}, []pb.Entry{{Index: index, Term: 1, Data: make([]byte, size)}})) - size
	data := bytes.Repeat([]byte{7}, size)
	copy(data[int(512-begin%512)-20+2*508-head:], forged[4:])
	require.NoError(t, w.Save(pb.HardState{}, []pb.Entry{{Index: index, Term: 1, Data: data}}, false))
	all := load(t, fs)
	written := all[all.names()[0]][sector:]
	require.Equal(t, forged, written[:len(forged)], "the entry was aimed badly")
	return sector
}

// An entry may hold anything, also the bytes of a record that would testify
// against the very tear that it lies in.
func TestEntriesThatImitateRecordsAreNotBelieved(t *testing.T) {
	fs := vfs.Mem()
	w, _ := open(t, fs)
	require.NoError(t, w.Save(pb.HardState{Term: 1}, nil, true))
	sector := forge(t, fs, w, 1)
	all := load(t, fs)
	name := all.names()[0]
	clear(all[name][sector-512 : sector])
	_, state, err := wal.Open(all.with(t, "", nil), dir, small)
	require.NoError(t, err)
	require.Empty(t, state.Entries)
	require.Positive(t, state.TornBytes)

	// Nor when it lies in a record after the one that is torn.
	fs = vfs.Mem()
	w, _ = open(t, fs)
	begin := w.End()
	require.NoError(t, w.Save(pb.HardState{Term: 1}, entries(1, 1, 600), false))
	forge(t, fs, w, 2)
	all = load(t, fs)
	clear(all[name][begin:512])
	_, state, err = wal.Open(all.with(t, "", nil), dir, small)
	require.NoError(t, err)
	require.Empty(t, state.Entries)
	require.Positive(t, state.TornBytes)
}

// The copy of a record of some other place, in an entry whose own header is lost.
func TestCopiesOfRecordsAreNotBelieved(t *testing.T) {
	fs := vfs.Mem()
	w, _ := open(t, fs)
	require.NoError(t, w.Save(pb.HardState{Term: 1}, nil, true))
	begin := w.End()
	forge(t, fs, w, 1)
	all := load(t, fs)
	name := all.names()[0]
	copied, _ := wal.AppendRecord(1, 3*512, 600, 1, []byte("copied"))
	copy(all[name][2*512:], copied)
	clear(all[name][3*512 : 4*512]) // where it would be believed
	clear(all[name][begin:512])
	_, state, err := wal.Open(all.with(t, "", nil), dir, small)
	require.NoError(t, err)
	require.Empty(t, state.Entries)
	require.Positive(t, state.TornBytes)
}

func TestOtherFilesAreLeftAloneAndTemporaryOnesRemoved(t *testing.T) {
	all, want := example(t)
	fs := all.with(t, "", nil)
	strangers := []string{"README", "1.wal", "000000000000000G.wal", "0000000000000000.wal", "000000000000000A.snap", "x.tmp"}
	for _, name := range append(strangers, "0000000000000009.wal.tmp", "0000000000000004.snap.tmp", "0000000000000009.snap") {
		put(t, fs, path.Join(dir, name), []byte("?"))
	}
	_, state, err := wal.Open(fs, dir, small)
	require.NoError(t, err)
	require.Equal(t, want, describeState(state))
	names, err := fs.List(dir)
	require.NoError(t, err)
	require.ElementsMatch(t, append(strangers, all.names()...), names)
}

func TestSnapshotOfAnotherLogIsNotTaken(t *testing.T) {
	all, want := example(t)
	fs := vfs.Mem()
	w, _ := open(t, fs)
	require.NoError(t, w.Save(pb.HardState{Term: 2}, entries(1, 2, 1, 1, 1), true))
	s := pb.Snapshot{Data: []byte("state at tree!")}
	s.Metadata.Index, s.Metadata.Term, s.Metadata.ConfState.Voters = 3, 2, []uint64{1, 2, 3}
	require.NoError(t, w.SaveSnapshot(s))
	name := "0000000000000003.snap"
	other := load(t, fs)[name]
	require.Len(t, other, len(all[name]))
	require.False(t, requireWholeOrCorrupt(t, all.with(t, name, other), name, want, ""))
}

func TestSegmentOfAnotherLogIsNotTaken(t *testing.T) {
	var logs [2]files
	for i := range logs {
		fs := vfs.Mem()
		w, _ := open(t, fs)
		require.NoError(t, w.Save(pb.HardState{Term: 1, Vote: uint64(1 + i)}, entries(1, 1, 3000), true))
		require.NoError(t, w.Save(pb.HardState{}, entries(2, 1, 3000), true))
		logs[i] = load(t, fs)
	}
	name := "0000000000000002.wal"
	require.False(t, requireWholeOrCorrupt(t, logs[0].with(t, name, logs[1][name]), name, "", ""))
}

func TestOptionsOutOfRangeAreRefused(t *testing.T) {
	for _, size := range []int64{-1, 1, 4095, 1<<30 + 1} {
		_, _, err := wal.Open(vfs.Mem(), dir, wal.Options{SegmentBytes: size})
		require.ErrorContains(t, err, fmt.Sprintf("wal: SegmentBytes is %d, must be from 4096 to 1073741824", size))
	}
	var corrupt *wal.CorruptError
	require.False(t, errors.As(errors.New("x"), &corrupt))
}
