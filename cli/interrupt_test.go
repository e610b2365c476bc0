package cli_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/require"
)

// watched collects what a running program prints, and can wait for a text.
type watched struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (w *watched) Write(p []byte) (int, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.text.Write(p)
}

func (w *watched) String() string {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.text.String()
}

func (w *watched) await(t *testing.T, text string) {
	t.Helper()
	require.Eventually(t, func() bool { return strings.Contains(w.String(), text) }, time.Minute, time.Millisecond)
}

// begun is a sweep of far more seeds than the test waits for: the first file
// is done when its verdict shows, and the second is under way.
func begun(t *testing.T) string {
	return folder(t, "a.yaml", steady, "b.yaml", "name: endless\nseeds: 1-1000000\nrun: 2s\n", "c.yaml", named("last", steady))
}

// accounted: what the first file and the sweep say has finished, and what the
// command to go on names, are all the seeds there are.
func accounted(t *testing.T, output string) {
	t.Helper()
	finished := regexp.MustCompile(`interrupted: (\d+) of 1000008 seeds run, none failed; to go on:`).FindStringSubmatch(output)
	require.NotNil(t, finished, output)
	require.Contains(t, output, "pass         steady: 4 seeds")
	if finished[1] != "4" {
		require.Regexp(t, `unfinished +endless: \d+ of 1000000 seeds run, .*, none failed`, output)
	}
	require.Regexp(t, `summary: \d scenarios?, `+finished[1]+` of 1000008 seeds run, none failed, `, output)
	require.NotContains(t, output, "passed")
	goOn := regexp.MustCompile(`\S+simrun run --seeds (\S*-1000000) b\.yaml\n  \S+simrun run --seeds 1-4 c\.yaml`).FindStringSubmatch(output)
	require.NotNil(t, goOn, output)
	left := 0
	for part := range strings.SplitSeq(goOn[1], ",") {
		from, to, isRange := strings.Cut(part, "-")
		if !isRange {
			to = from
		}
		first, err := strconv.Atoi(from)
		require.NoError(t, err)
		last, err := strconv.Atoi(to)
		require.NoError(t, err)
		left += last - first + 1
	}
	require.Equal(t, finished[1], fmt.Sprint(1000004-left))
}

func TestCtrlCInAPipeShowsWhatIsDoneAndHowToGoOn(t *testing.T) {
	c := exec.Command(simrun, "run", "a.yaml", "b.yaml", "c.yaml")
	c.Dir = begun(t)
	var out watched
	c.Stdout, c.Stderr = &out, &out
	require.NoError(t, c.Start())
	out.await(t, "pass         steady")
	require.NoError(t, c.Process.Signal(os.Interrupt))
	interrupted := time.Now()
	require.Error(t, c.Wait())
	require.Less(t, time.Since(interrupted), 10*time.Second)
	require.Equal(t, 130, c.ProcessState.ExitCode())
	accounted(t, out.String())
}

func TestCtrlCOnATerminalClearsTheBarAndShowsHowToGoOn(t *testing.T) {
	c := exec.Command(simrun, "run", "a.yaml", "b.yaml", "c.yaml")
	c.Dir = begun(t)
	terminal, err := pty.StartWithSize(c, &pty.Winsize{Rows: 40, Cols: 200})
	require.NoError(t, err)
	defer terminal.Close()
	var out watched
	read := make(chan struct{})
	go func() {
		io.Copy(&out, terminal) // ends with an error when the program does
		close(read)
	}()
	out.await(t, "pass         steady")
	out.await(t, "seeds/s") // the bar
	_, err = terminal.Write([]byte{3})
	require.NoError(t, err)
	require.Error(t, c.Wait())
	<-read
	require.Equal(t, 130, c.ProcessState.ExitCode())
	accounted(t, strings.ReplaceAll(regexp.MustCompile(`\r *\r`).ReplaceAllString(out.String(), ""), "\r\n", "\n"))
}

func TestAnInterruptedTraceLeavesNoFile(t *testing.T) {
	dir := folder(t, "a.yaml", "name: long\nseeds: 1\nrun: 24h\nworkload: {rate: 1/s}\n")
	c := exec.Command(simrun, "run", "--trace=run.txt", "a.yaml")
	c.Dir = dir
	var out watched
	c.Stdout, c.Stderr = &out, &out
	require.NoError(t, c.Start())
	out.await(t, "max_events")
	require.NoError(t, c.Process.Signal(os.Interrupt))
	require.Error(t, c.Wait())
	require.Equal(t, 130, c.ProcessState.ExitCode())
	files, err := filepath.Glob(filepath.Join(dir, "*run.txt*"))
	require.NoError(t, err)
	hidden, err := filepath.Glob(filepath.Join(dir, ".run.txt*"))
	require.NoError(t, err)
	require.Empty(t, append(files, hidden...))
	require.Contains(t, out.String(), "interrupted: 0 of 1 seed run, none failed; to go on:\n  "+simrun+" run --seeds 1 a.yaml")
}
