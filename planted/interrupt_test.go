package planted_test

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnInterruptedHuntSaysWhatWasRun(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "planted")
	output, err := exec.Command("go", "build", "-o", binary, "./cmd/planted").CombinedOutput()
	require.NoError(t, err, "%s", output)
	cmd := exec.Command(binary, "run", "minority_wins", "never_ends", "--timeout", "0")
	cmd.Dir = fakeModule(t)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewReader(out)
	first, err := lines.ReadString('\n')
	require.NoError(t, err)
	require.Regexp(t, `^minority_wins +caught +by election safety, seed 12`, first)
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	rest, err := io.ReadAll(lines)
	require.NoError(t, err)
	require.Error(t, cmd.Wait())
	require.Equal(t, 130, cmd.ProcessState.ExitCode())
	require.Equal(t, "interrupted: 1 of 2 bugs run, all as expected\n", string(rest))
}
