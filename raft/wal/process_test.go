package wal_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	pb "raftsim/raft/raftpb"
	"raftsim/raft/wal"
	"raftsim/vfs"
)

const childDir = "RAFTSIM_WAL_CHILD_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := writeForever(dir); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// payload is what the entry at an index holds: from nothing to several sectors.
func payload(index uint64) []byte {
	return bytes.Repeat(binary.AppendUvarint(nil, index), int(index*index%1500))
}

// writeForever appends entries to the log in a directory and prints the index of
// each once it is durable, until the process is killed. Every tenth save it takes
// a snapshot and drops what that covers.
func writeForever(dir string) error {
	w, state, err := wal.Open(vfs.OS(), filepath.ToSlash(dir), small)
	if err != nil {
		return err
	}
	next := state.Snapshot.Metadata.Index + uint64(len(state.Entries)) + 1
	for round := 1; ; round++ {
		var entries []pb.Entry
		for range round % 4 {
			entries = append(entries, pb.Entry{Index: next, Term: 1, Data: payload(next)})
			next++
		}
		durable := round%3 != 0
		if err := w.Save(pb.HardState{Term: 1, Commit: next - 1}, entries, durable); err != nil {
			return err
		}
		if durable {
			fmt.Println(next - 1)
		}
		if round%10 == 0 {
			s := snapshot(next-1, 1)
			s.Data = payload(next - 1)
			if err := w.SaveSnapshot(s); err != nil {
				return err
			}
			fmt.Println(next - 1)
			if err := w.Compact(next - 1); err != nil {
				return err
			}
		}
	}
}

// A process that is killed at any moment of its writing has lost nothing that it
// had called durable, on a real directory.
func TestKilledProcessLosesNothingItCalledDurable(t *testing.T) {
	rounds := 20
	if testing.Short() {
		rounds = 3
	}
	dir := filepath.Join(t.TempDir(), "a", "wal")
	durable := uint64(0)
	for round := range rounds {
		durable = runAndKill(t, dir, 1+round*round%37)
		w, state, err := wal.Open(vfs.OS(), filepath.ToSlash(dir), small)
		require.NoError(t, err)
		requirePayloads(t, state)
		last := state.Snapshot.Metadata.Index + uint64(len(state.Entries))
		require.GreaterOrEqual(t, last, durable)
		require.NoError(t, w.Close())
	}
	require.Greater(t, durable, uint64(rounds))
}

// runAndKill lets a child write until it has printed so many lines, and returns
// what it called durable last.
func runAndKill(t *testing.T, dir string, lines int) uint64 {
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+dir)
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	scanner := bufio.NewScanner(out)
	last := ""
	for range lines {
		require.True(t, scanner.Scan(), "the child stopped after %q", last)
		last = scanner.Text()
	}
	_, _, err = wal.Open(vfs.OS(), filepath.ToSlash(dir), small)
	require.ErrorIs(t, err, vfs.ErrLocked)
	require.NoError(t, child.Process.Kill())
	for scanner.Scan() {
		last = scanner.Text() // printed before the kill took effect
	}
	_ = child.Wait()
	durable, err := strconv.ParseUint(strings.TrimSpace(last), 10, 64)
	require.NoError(t, err, "the child printed %q", last)
	return durable
}

func requirePayloads(t *testing.T, state wal.State) {
	t.Helper()
	at := state.Snapshot.Metadata.Index
	require.Equal(t, len(payload(at)), len(state.Snapshot.Data))
	for i, e := range state.Entries {
		require.Equal(t, at+uint64(i)+1, e.Index)
		require.True(t, bytes.Equal(payload(e.Index), e.Data), "entry %d", e.Index)
	}
}

// The same damage as in memory, on a real directory.
func TestDamageOnARealDirectoryIsReported(t *testing.T) {
	all, want := example(t)
	for _, name := range all.names() {
		for _, damage := range []func(path string, data []byte) error{
			func(path string, data []byte) error { return os.Truncate(path, int64(len(data)/2)) },
			func(path string, data []byte) error { return os.Remove(path) },
			func(path string, data []byte) error {
				data = bytes.Clone(data)
				data[len(bytes.TrimRight(data, "\x00"))/2] ^= 0x10
				return os.WriteFile(path, data, 0o600)
			},
		} {
			root := t.TempDir()
			for _, n := range all.names() {
				require.NoError(t, os.WriteFile(filepath.Join(root, n), all[n], 0o600))
			}
			require.NoError(t, damage(filepath.Join(root, name), all[name]))
			_, _, err := wal.Open(vfs.OS(), filepath.ToSlash(root), small)
			var corrupt *wal.CorruptError
			require.ErrorAs(t, err, &corrupt, name)
		}
	}
	root := t.TempDir()
	for _, n := range all.names() {
		require.NoError(t, os.WriteFile(filepath.Join(root, n), all[n], 0o600))
	}
	_, state, err := wal.Open(vfs.OS(), filepath.ToSlash(root), small)
	require.NoError(t, err)
	require.Equal(t, want, describeState(state))
}
