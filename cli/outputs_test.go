package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// writers are the commands that write a file, with OUT in its place. All succeed
// in writing, whatever the runs come to.
var writers = map[string][]string{
	"trace":  {"run", "--quiet", "--seed", "1", "--trace=OUT", "a.yaml"},
	"page":   {"run", "--quiet", "--seed", "1", "--page=OUT", "a.yaml"},
	"shrunk": {"shrink", "--seed", "1", "--runs", "5", "-o", "OUT", "a.yaml"},
}

// forgets breaks linearizability with every seed.
const forgets = steady + "workload: {kind: forgetful, keys: 3}\n"

// into is a writer with its output.
func into(writer []string, out string) []string {
	return strings.Split(strings.ReplaceAll(strings.Join(writer, "\n"), "OUT", out), "\n")
}

// fullDevice is a device that takes nothing, like /dev/full. For root it is one of the
// test's own where that can be made: a mistake must not cost the machine its device.
func fullDevice(t *testing.T) string {
	t.Helper()
	own := filepath.Join(t.TempDir(), "device")
	if exec.Command("mknod", own, "c", "1", "7").Run() == nil {
		if f, err := os.OpenFile(own, os.O_WRONLY, 0); err == nil {
			require.NoError(t, f.Close())
			return own
		}
	}
	return "/dev/full"
}

func TestOutputReplacesNothingButRegularFiles(t *testing.T) {
	for name, writer := range writers {
		t.Run(name, func(t *testing.T) {
			dir := folder(t, "a.yaml", forgets, "kept.txt", "old")
			device := fullDevice(t)
			got := in(t, dir, brokenraft, into(writer, device)...)
			require.Equal(t, 2, got.code, got.stdout+got.stderr)
			require.Contains(t, got.stderr, "write "+device+": no space left on device")
			info, err := os.Stat(device)
			require.NoError(t, err)
			require.NotZero(t, info.Mode()&os.ModeCharDevice)

			require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o600))
			read := make(chan string, 1)
			go func() {
				text, _ := os.ReadFile(filepath.Join(dir, "fifo"))
				read <- string(text)
			}()
			in(t, dir, brokenraft, into(writer, "fifo")...)
			require.Greater(t, len(<-read), 100)

			require.NoError(t, os.Symlink("kept.txt", filepath.Join(dir, "link")))
			require.NoError(t, os.Chmod(filepath.Join(dir, "kept.txt"), 0o751))
			in(t, dir, brokenraft, into(writer, "link")...)
			info, err = os.Lstat(filepath.Join(dir, "kept.txt"))
			require.NoError(t, err)
			require.Equal(t, os.FileMode(0o751), info.Mode())
			require.Greater(t, info.Size(), int64(100))

			files, err := os.ReadDir(dir)
			require.NoError(t, err)
			require.Len(t, files, 4, "no temporary file stays")
			for _, file := range []string{"fifo", "link"} {
				info, err := os.Lstat(filepath.Join(dir, file))
				require.NoError(t, err)
				require.False(t, info.Mode().IsRegular(), file)
			}
		})
	}
}

func TestOutputThatCannotBeWrittenIsRefusedBeforeAnyRun(t *testing.T) {
	dir := folder(t, "a.yaml", forgets, "marks.txt", "torn-tail-cut\n")
	require.NoError(t, os.Symlink("a.yaml", filepath.Join(dir, "link")))
	for name, writer := range writers {
		for out, want := range map[string]string{
			"no/such.txt": "open no/such.txt: no such file or directory",
			".":           "open .: is a directory",
			"a.yaml":      "is the file a.yaml that is read",
			"link":        "is the file a.yaml that is read",
		} {
			got := in(t, dir, brokenraft, into(writer, out)...)
			require.Equal(t, 2, got.code, name)
			require.Contains(t, got.stderr, want, name)
			require.NotContains(t, got.stdout, "summary")
		}
	}
	got := in(t, dir, brokenraft, "run", "--seed", "1", "--trace=both", "--page=both", "a.yaml")
	require.Contains(t, got.stderr, "--trace and --page both write both, give each a file of its own")
	got = in(t, dir, brokenraft, "run", "--seed", "1", "--trace=marks.txt", "--require-marks=marks.txt", "a.yaml")
	require.Contains(t, got.stderr, "is the file marks.txt that is read")
	text, err := os.ReadFile(filepath.Join(dir, "a.yaml"))
	require.NoError(t, err)
	require.Equal(t, forgets, string(text))
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 3, "nothing is written")
}
