package wal_test

import (
	"encoding/binary"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	pb "raftsim/raft/raftpb"
	"raftsim/raft/wal"
	"raftsim/vfs"
)

// openHostile opens a log whose only segment is data, and requires that this ends
// without a panic and allocates no more than the input justifies.
func openHostile(t *testing.T, data []byte) {
	fs := vfs.Mem()
	require.NoError(t, fs.MkdirAll(dir))
	put(t, fs, dir+"/0000000000000001.wal", data)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	w, _, err := wal.Open(fs, dir, small)
	runtime.ReadMemStats(&after)
	allowed := uint64(256<<10 + 64*len(data))
	require.Less(t, after.TotalAlloc-before.TotalAlloc, allowed, "for %d bytes of input", len(data))
	if err == nil {
		const term = uint64(1 << 62)
		require.NoError(t, w.Save(pb.HardState{Term: term}, nil, true))
		require.NoError(t, w.Close())
		_, state, err := wal.Open(fs, dir, small)
		require.NoError(t, err)
		require.Equal(t, term, state.HardState.Term)
	}
}

func FuzzOpenAnyBytes(f *testing.F) {
	all, _ := example(f)
	f.Add(all["0000000000000001.wal"])
	f.Add([]byte{})
	f.Add(make([]byte, 600))
	f.Fuzz(openHostile)
}

// The checksums keep most inputs of the other target from the decoders; here the
// input is the bodies of well-formed records, each after two bytes of length.
func FuzzOpenAnyBodies(f *testing.F) {
	add := func(bodies ...[]byte) {
		var data []byte
		for _, b := range bodies {
			data = append(binary.LittleEndian.AppendUint16(data, uint16(len(b))), b...)
		}
		f.Add(data)
	}
	state := pb.HardState{Term: 1, Vote: 2, Commit: 3}
	add(wal.Body(state, entries(1, 1, 0, 10, 700)), wal.Body(pb.HardState{}, entries(2, 3, 5)))
	add([]byte{1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0, 0})
	add([]byte{8, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	add([]byte{8, 1, 1, 1, 0, 0xff, 0xff, 0xff, 0xff, 0x7f, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		var bodies [][]byte
		for len(data) > 2 {
			n := min(int(binary.LittleEndian.Uint16(data)), len(data)-2)
			bodies = append(bodies, data[2:2+n])
			data = data[2+n:]
		}
		openHostile(t, wal.AppendBodies(8192, bodies))
	})
}

func FuzzSnapshotFile(f *testing.F) {
	all, _ := example(f)
	f.Add(all["0000000000000003.snap"])
	f.Fuzz(func(t *testing.T, data []byte) {
		fs := all.with(t, "0000000000000003.snap", data)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, _ = wal.Open(fs, dir, small)
		runtime.ReadMemStats(&after)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(512<<10+64*len(data)))
	})
}
