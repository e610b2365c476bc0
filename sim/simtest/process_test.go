package simtest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The files of docs/your-own-process.md are a module that passes, and does what the page
// says of a crash.
func TestTheProcessOfTheDocumentationServesClients(t *testing.T) {
	if testing.Short() {
		t.Skip("builds another module")
	}
	m := newStranger(t)
	page, err := os.ReadFile("../../docs/your-own-process.md")
	require.NoError(t, err)
	files := blocks.FindAllStringSubmatch(string(page), -1)
	require.Len(t, files, 2)
	server, test := files[0][1], files[1][1]
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(m.folder, name), []byte(text), 0o600))
	}
	write("server.go", server)
	write("server_test.go", test)
	out, failed := m.sh(".", "go test ./...")
	require.False(t, failed, out)

	const last = "  - 4s pause n1 for 500ms\n"
	require.Contains(t, test, last)
	write("server_test.go", strings.Replace(test, last, last+"  - 3s crash n1 for 200ms\n", 1))
	out, failed = m.sh(".", "go test ./...")
	require.True(t, failed, out)
	require.Contains(t, out, "session (dissertation §6.3)")

	const tells = "\t\t\ts.env.Executed(s.count, r.Session, r.Number)\n"
	require.Contains(t, server, tells)
	write("server.go", strings.Replace(server, tells, "", 1))
	out, failed = m.sh(".", "go test ./...")
	require.True(t, failed, out)
	require.Contains(t, out, "linearizability (Herlihy and Wing 1990)")
}
