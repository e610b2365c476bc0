// Package self says what a running program knows of itself: which build it is,
// and the command that started it. It reads the wall and the disk, so nothing
// that decides a run may use it.
package self

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"sync"
)

// Revision is the build of this program in a word. A seed means something only
// together with it. It is, the first that there is:
//
//   - the short hash of the commit, "4f2c9d1", with a "+" when the tree had changes;
//   - the version of the module, "v1.2.0";
//   - a digest of the program's own file, "sha256:5f0c3a9b41de": builds of the
//     same sources by the same Go have the same;
//   - "unknown".
func Revision() string { return revision() }

var revision = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if ok {
		if r := Stamped(info); r != "" {
			return r
		}
	}
	digest, err := digestOf(os.Executable())
	if err != nil {
		return unknown
	}
	return digest
})

// Stamped is the revision or the version that go build has left in a program,
// "" when it has left none.
func Stamped(info *debug.BuildInfo) string {
	revision, changed := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = "+"
		}
	}
	switch {
	case len(revision) >= 7:
		return revision[:7] + changed
	case info.Main.Version != "" && info.Main.Version != "(devel)":
		return info.Main.Version
	}
	return ""
}

// digestOf is the digest of a program's file.
func digestOf(path string, err error) (string, error) {
	if err != nil {
		return "", err
	}
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	digest := sha256.New()
	if _, err := io.Copy(digest, file); err != nil {
		return "", err
	}
	return "sha256:" + hex.EncodeToString(digest.Sum(nil)[:6]), nil
}

// Advice says how to build this program so that Revision names a commit. It is
// empty when a commit or a version is stamped.
func Advice() string {
	info, ok := debug.ReadBuildInfo()
	if ok && Stamped(info) != "" {
		return ""
	}
	target := "."
	if ok && info.Path != "" && info.Path != commandLine {
		target = info.Path
	}
	instead := ""
	if r := Revision(); r != unknown {
		instead = fmt.Sprintf(", %s is a digest of it", r)
	}
	return fmt.Sprintf("no revision is stamped in this program%s: go build %s stamps one, in a checkout of git; go run, go test and go build -buildvcs=false do not", instead, target)
}

// unknown is the revision of a program whose own file cannot be read.
const unknown = "unknown"

// commandLine is the path of a program that was built from a list of files.
const commandLine = "command-line-arguments"
