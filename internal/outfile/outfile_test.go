package outfile_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/internal/outfile"
)

// content is the text of a file.
func content(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(text)
}

// names are the files of a folder, hidden ones too.
func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func TestAFileIsReplacedWholeAndOnlyByCommit(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "out.txt")
	require.NoError(t, outfile.Write(name, "old"))

	f, err := outfile.Open(name)
	require.NoError(t, err)
	_, err = f.Write([]byte("new"))
	require.NoError(t, err)
	require.Equal(t, "old", content(t, name))
	require.NoError(t, f.Commit())
	require.Equal(t, "new", content(t, name))
	f.Abandon() // does nothing
	require.ErrorIs(t, f.Commit(), os.ErrClosed)

	f, err = outfile.Open(name)
	require.NoError(t, err)
	_, err = f.Write([]byte("never shown"))
	require.NoError(t, err)
	f.Abandon()
	require.Equal(t, "new", content(t, name))
	require.Equal(t, []string{"out.txt"}, names(t, dir))
}

func TestErrorsNameTheFileThatTheUserNamed(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir("folder", 0o777))
	require.NoError(t, os.WriteFile("file", []byte("old"), 0o666))
	for name, want := range map[string]string{
		"no/such.txt": "open no/such.txt: no such file or directory",
		"folder":      "open folder: is a directory",
		"new/":        "open new/: the name is that of a folder",
		"file/x":      "open file/x: not a directory",
		"":            "open : the name is empty",
	} {
		require.EqualError(t, outfile.Write(name, "x"), want)
	}
	require.ElementsMatch(t, []string{"folder", "file"}, names(t, "."))
	require.Equal(t, "old", content(t, "file"))
}

func TestANameAsLongAsSystemsAllowCanBeWritten(t *testing.T) {
	dir := t.TempDir()
	long := make([]byte, 255)
	for i := range long {
		long[i] = 'x'
	}
	require.NoError(t, outfile.Write(filepath.Join(dir, string(long)), "x"))
	require.Equal(t, []string{string(long)}, names(t, dir))
}

func TestWritersAtTheSameTimeLeaveOneWholeText(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "out.txt")
	texts := []string{"aaaaaaaaaaaa", "b", "cccc"}
	var done []chan error
	for _, text := range texts {
		end := make(chan error, 1)
		done = append(done, end)
		go func() {
			var err error
			for range 200 {
				err = errors.Join(err, outfile.Write(name, text))
			}
			end <- err
		}()
	}
	for _, end := range done {
		require.NoError(t, <-end)
	}
	require.Contains(t, texts, content(t, name))
	require.Equal(t, []string{"out.txt"}, names(t, dir))
}
