package cli_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is printed to reproduce a failure can be pasted as it is, in the same
// folder, however the scenario was named.
func TestTheCommandToReproduceCanBePasted(t *testing.T) {
	alters := steady + "cluster: {rafts: alters}\n"
	dir := folder(t, "sub dir/it's a (story).yaml", alters, "-f.yaml", named("dash", alters))
	for name, line := range map[string]string{
		"a file with spaces and quotes":  `"sub dir/it's a (story).yaml"`,
		"a file of a folder":             `"./sub dir/"`,
		"a file that looks like a flag":  `./-f.yaml`,
		"the same after the end of them": `-- -f.yaml`,
		"an absolute path":               `"$PWD/sub dir"`,
		"standard input":                 `- < -f.yaml`,
		"standard input in a pipe":       `--seeds 2-3 ./-f.yaml - < "sub dir/it's a (story).yaml"`,
	} {
		t.Run(name, func(t *testing.T) {
			got := shell(t, dir, brokenraft+" run --quiet "+line)
			require.Equal(t, 1, got.code, got.stdout+got.stderr)
			again := paste(t, dir, got.stdout)
			require.Equal(t, 1, again.code, again.stdout+again.stderr)
			at := regexp.MustCompile(`(?m)^  at \S+, event \d+$`)
			require.NotEmpty(t, at.FindString(got.stdout))
			require.Equal(t, at.FindString(got.stdout), at.FindString(again.stdout))
		})
	}
}

// The shell finds the program by the word that started it: a name on its path, or
// a path that may need quotes.
func TestTheCommandToReproduceStartsTheSameProgram(t *testing.T) {
	dir := folder(t, "a.yaml", steady+"expect: {min_operations: 100000}\n")
	path := "PATH=" + filepath.Dir(simrun) + ":$PATH; "
	got := shell(t, dir, path+"simrun run a.yaml")
	require.Regexp(t, `^reproduce: simrun run --seed 1 a.yaml   # built from sha256:[0-9a-f]{12}$`, lastLine(got.stdout))
	require.Equal(t, 6, shell(t, dir, path+lastLine(got.stdout)[len("reproduce: "):]).code)

	got = shell(t, dir, "cp "+simrun+" 'my run'; './my run' run a.yaml")
	require.Contains(t, lastLine(got.stdout), `reproduce: './my run' run --seed 1 a.yaml`)
	require.Equal(t, 6, paste(t, dir, got.stdout).code)
}

func TestABuildWithoutARevisionIsKnownByItsDigestAndSaysOnceHowToStampOne(t *testing.T) {
	dir := folder(t, "a.yaml", steady+"cluster: {rafts: alters}\n", "b.yaml", named("b", steady))
	digest := regexp.MustCompile(`built from (sha256:[0-9a-f]{12})`)
	for _, line := range []string{"a.yaml", "a.yaml b.yaml", "--seed 1 a.yaml", "-q a.yaml", "-q a.yaml b.yaml"} {
		got := in(t, dir, brokenraft, append([]string{"run"}, strings.Fields(line)...)...)
		require.Equal(t, 1, strings.Count(got.stdout, "\n# no revision is stamped in this program, sha256:"), got.stdout)
		require.NotContains(t, got.stdout, "unknown")
	}
	got := in(t, dir, brokenraft, "shrink", "--seed", "1", "--runs", "10", "a.yaml")
	require.Equal(t, 0, got.code, got.stderr)
	built := digest.FindStringSubmatch(got.stdout)
	require.NotNil(t, built)
	require.Contains(t, read(t, dir, "a_1_shrunk.yaml"), "# Written by brokenraft shrink --seed 1 a.yaml, built from "+built[1]+".\n")
}
