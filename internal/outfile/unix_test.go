//go:build unix

package outfile_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/internal/outfile"
)

// A child is this program again, as another process: it goes to a folder, gives
// up what it is told to, and writes.
type child struct {
	dir    string
	user   int    // the user to become, 0 to stay
	limit  int    // the largest file in bytes, 0 for none
	name   string // of the file
	text   string
	repeat bool // until killed
}

// nobody is a user without rights.
const nobody = 65534

func TestMain(m *testing.M) {
	if len(os.Args) == 7 && os.Args[1] == "outfile-child" {
		number := func(s string) int {
			n, err := strconv.Atoi(s)
			if err != nil {
				panic(err)
			}
			return n
		}
		c := child{os.Args[2], number(os.Args[3]), number(os.Args[4]), os.Args[5], os.Args[6], os.Getenv("REPEAT") != ""}
		if err := c.write(); err != nil {
			fmt.Fprint(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func (c child) command(t *testing.T) *exec.Cmd {
	program, err := os.Executable()
	require.NoError(t, err)
	command := exec.Command(program, "outfile-child", c.dir, strconv.Itoa(c.user), strconv.Itoa(c.limit), c.name, c.text)
	if c.repeat {
		command.Env = append(os.Environ(), "REPEAT=1")
	}
	return command
}

// run is what a child says that it came to, "" for success.
func (c child) run(t *testing.T) string {
	out, err := c.command(t).CombinedOutput()
	require.Equal(t, err == nil, len(out) == 0, "%v: %s", err, out)
	return string(out)
}

func (c child) write() error {
	if err := os.Chdir(c.dir); err != nil {
		return err
	}
	syscall.Umask(0o027)
	if c.user != 0 && os.Getuid() == 0 {
		if err := syscall.Setgid(c.user); err != nil {
			return err
		}
		if err := syscall.Setuid(c.user); err != nil {
			return err
		}
	}
	if c.limit != 0 {
		signal.Ignore(syscall.SIGXFSZ)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: uint64(c.limit), Max: uint64(c.limit)}); err != nil {
			return err
		}
	}
	if !c.repeat {
		return outfile.Write(c.name, c.text)
	}
	for {
		if err := outfile.Write(c.name, long(c.text)); err != nil {
			return err
		}
	}
}

// long is a text that takes a while to write.
func long(text string) string { return strings.Repeat(text, 20_000) }

// open makes a folder that every user may write to.
func open(t *testing.T) string {
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o777))
	return dir
}

func TestAnExistingFileKeepsItsModeAndANewOneHasTheUmask(t *testing.T) {
	for _, user := range []int{0, nobody} {
		dir := open(t)
		require.Empty(t, child{dir: dir, user: user, name: "new", text: "x"}.run(t))
		info, err := os.Stat(filepath.Join(dir, "new"))
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o640), info.Mode())
		for _, mode := range []os.FileMode{0o600, 0o644, 0o666, 0o751} {
			require.NoError(t, os.Chmod(filepath.Join(dir, "new"), mode))
			require.Empty(t, child{dir: dir, user: user, name: "new", text: mode.String()}.run(t))
			info, err := os.Stat(filepath.Join(dir, "new"))
			require.NoError(t, err)
			require.Equal(t, mode, info.Mode())
			require.Equal(t, mode.String(), content(t, filepath.Join(dir, "new")))
		}
	}
}

func TestRootKeepsTheOwnerAndOthersBecomeIt(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root gives files away")
	}
	dir := open(t)
	file := filepath.Join(dir, "file")
	owner := func() (int, int) {
		info, err := os.Stat(file)
		require.NoError(t, err)
		stat := info.Sys().(*syscall.Stat_t)
		return int(stat.Uid), int(stat.Gid)
	}
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.NoError(t, os.Chmod(file, 0o666))
	require.NoError(t, os.Chown(file, 1234, 2345))
	require.Empty(t, child{dir: dir, name: "file", text: "by root"}.run(t))
	uid, gid := owner()
	require.Equal(t, [2]int{1234, 2345}, [2]int{uid, gid})
	require.Empty(t, child{dir: dir, user: nobody, name: "file", text: "by nobody"}.run(t))
	uid, gid = owner()
	require.Equal(t, [2]int{nobody, nobody}, [2]int{uid, gid})
	require.Equal(t, "by nobody", content(t, file))
}

func TestAFileThatMayNotBeWrittenIsRefusedAndStays(t *testing.T) {
	dir := open(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "protected"), []byte("old"), 0o444))
	got := child{dir: dir, user: nobody, name: "protected", text: "x"}.run(t)
	require.Equal(t, "open protected: permission denied", got)

	closed := filepath.Join(dir, "closed")
	require.NoError(t, os.Mkdir(closed, 0o777))
	require.NoError(t, os.WriteFile(filepath.Join(closed, "file"), []byte("old"), 0o666))
	require.NoError(t, os.Chmod(filepath.Join(closed, "file"), 0o666))
	require.NoError(t, os.Chmod(closed, 0o555))
	got = child{dir: dir, user: nobody, name: "closed/file", text: "x"}.run(t)
	require.Equal(t, "open closed/file: its folder takes no new file, which would replace it once it is whole: permission denied", got)
	require.NoError(t, os.Chmod(closed, 0o777))
	require.Equal(t, "old", content(t, filepath.Join(closed, "file")))
	require.Equal(t, []string{"file"}, names(t, closed))
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

func TestDevicesFIFOsAndStandardOutputAreWrittenThrough(t *testing.T) {
	dir := open(t)
	device, link := fullDevice(t), filepath.Join(dir, "full")
	require.NoError(t, os.Symlink(device, link))
	for _, name := range []string{device, link} {
		require.EqualError(t, outfile.Write(name, "x"), "write "+name+": no space left on device")
	}
	info, err := os.Stat(device)
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&os.ModeCharDevice)
	require.NoError(t, outfile.Write("/dev/null", "x"))

	fifo := filepath.Join(dir, "fifo")
	require.NoError(t, syscall.Mkfifo(fifo, 0o666))
	read := make(chan string, 1)
	go func() {
		text, _ := os.ReadFile(fifo)
		read <- string(text)
	}()
	require.NoError(t, outfile.Write(fifo, "through the FIFO"))
	require.Equal(t, "through the FIFO", <-read)
	info, err = os.Lstat(fifo)
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&os.ModeNamedPipe)

	require.ElementsMatch(t, []string{"full", "fifo"}, names(t, dir))
}

// A shell has the file open and goes on to write to it.
func TestAFileThatIsStandardOutputIsNotReplaced(t *testing.T) {
	dir := open(t)
	for _, name := range []string{"/dev/stdout", "/proc/self/fd/1", "/dev/fd/3", "out"} {
		if _, err := os.Stat(filepath.Dir(name)); err != nil {
			continue
		}
		out, err := os.Create(filepath.Join(dir, "out"))
		require.NoError(t, err)
		_, err = out.WriteString("before, ")
		require.NoError(t, err)
		c := child{dir: dir, name: name, text: "the text, "}.command(t)
		c.Stdout, c.ExtraFiles = out, []*os.File{out}
		require.NoError(t, c.Run())
		_, err = out.Seek(0, io.SeekEnd)
		require.NoError(t, err)
		_, err = out.WriteString("after")
		require.NoError(t, err)
		require.NoError(t, out.Close())
		require.Equal(t, "before, the text, after", content(t, filepath.Join(dir, "out")), name)
	}
}

func TestTheTargetOfLinksIsReplaced(t *testing.T) {
	dir := open(t)
	t.Chdir(dir)
	require.NoError(t, os.MkdirAll("far/away", 0o777))
	for link, target := range map[string]string{
		"one":       "two",
		"two":       "far/three",
		"far/three": "../far/file",
		"shortcut":  "far/away",
		"dangling":  "far/made",
		"loop":      "loop",
	} {
		require.NoError(t, os.Symlink(target, link))
	}
	require.NoError(t, os.WriteFile("far/file", []byte("old"), 0o666))
	require.NoError(t, os.Link("far/file", "hard"))

	require.NoError(t, outfile.Write("one", "new"))
	require.Equal(t, "new", content(t, "far/file"))
	require.Equal(t, "old", content(t, "hard"), "another name of the file keeps the old text")
	require.NoError(t, outfile.Write("dangling", "made"))
	require.Equal(t, "made", content(t, "far/made"))
	// Through a link to a folder, ".." is the parent of what it stands for.
	require.NoError(t, os.Symlink("shortcut/../up", "upward"))
	require.NoError(t, outfile.Write("upward", "up"))
	require.NoError(t, outfile.Write("shortcut/../up too", "up"))
	require.ErrorIs(t, outfile.Write("loop", "x"), syscall.ELOOP)

	for _, link := range []string{"one", "two", "far/three", "dangling", "upward"} {
		info, err := os.Lstat(link)
		require.NoError(t, err)
		require.NotZero(t, info.Mode()&os.ModeSymlink, link)
	}
	require.Equal(t, []string{"away", "file", "made", "three", "up", "up too"}, names(t, "far"))
}

func TestAFullDiskLeavesTheOldFile(t *testing.T) {
	dir := open(t)
	file := filepath.Join(dir, "file")
	for _, user := range []int{0, nobody} {
		for _, old := range []bool{false, true} {
			if old {
				require.NoError(t, os.WriteFile(file, []byte("old"), 0o666))
				require.NoError(t, os.Chmod(file, 0o666))
			}
			got := child{dir: dir, user: user, limit: 5000, name: "file", text: strings.Repeat("x", 20_000)}.run(t)
			require.Equal(t, "write file: file too large", got)
			if !old {
				require.Empty(t, names(t, dir))
				continue
			}
			require.Equal(t, "old", content(t, file))
			require.Equal(t, []string{"file"}, names(t, dir))
			require.NoError(t, os.Remove(file))
		}
	}
}

// The child is killed at any point of what it does, over and over: the file is
// always one of those that were written, and the next writer leaves nothing else.
func TestAKilledWriterLeavesAWholeFileAndTheNextOneTidiesUp(t *testing.T) {
	dir := open(t)
	file := filepath.Join(dir, "file")
	texts := []string{"first", "second"}
	require.NoError(t, outfile.Write(file, long(texts[0])))
	left := 0
	for i := range 60 {
		c := child{dir: dir, name: "file", text: texts[i%2], repeat: true}.command(t)
		require.NoError(t, c.Start())
		time.Sleep(2*time.Millisecond + time.Duration(rand.IntN(10_000))*time.Microsecond)
		require.NoError(t, c.Process.Kill())
		require.Error(t, c.Wait())
		require.Contains(t, []string{long(texts[0]), long(texts[1])}, content(t, file))
		left += len(names(t, dir)) - 1
		require.NoError(t, outfile.Write(file, long(texts[i%2])))
		require.Equal(t, []string{"file"}, names(t, dir))
	}
	require.NotZero(t, left, "no kill came between two steps")
}

// A file of a writer that lives is no leftover.
func TestAWriterThatLivesKeepsItsFile(t *testing.T) {
	dir := open(t)
	file := filepath.Join(dir, "file")
	slow, err := outfile.Open(file)
	require.NoError(t, err)
	_, err = slow.Write([]byte("slow"))
	require.NoError(t, err)
	require.NoError(t, outfile.Write(file, "quick"))
	require.Empty(t, child{dir: dir, name: "file", text: "quicker"}.run(t))
	require.Equal(t, "quicker", content(t, file))
	require.NoError(t, slow.Commit())
	require.Equal(t, "slow", content(t, file))
	require.Equal(t, []string{"file"}, names(t, dir))
}
