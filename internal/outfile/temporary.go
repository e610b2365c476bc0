package outfile

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// maxBase bounds what a temporary name takes of the name it stands for, so that
// it is no longer than file systems allow (255 bytes).
const maxBase = 200

// temporaryPrefix is how the names of temporary files for a path begin; a number
// follows.
func temporaryPrefix(path string) string {
	base := filepath.Base(path)
	return "." + base[:min(len(base), maxBase)] + ".raftsim-"
}

// newTemporary makes the file that is to replace the one at a place, beside it,
// and takes the lock on it. Those that nobody has the lock on any more are
// removed.
func newTemporary(p place) (*os.File, error) {
	folder, base := filepath.Split(p.path)
	if base == "" || base == "." || base == ".." {
		return nil, errors.New("the name is that of a folder")
	}
	removeStale(p.path)
	mode := fs.FileMode(0o666)
	if p.old != nil {
		mode = 0o600 // no reader that the old file did not have
	}
	for {
		name := folder + temporaryPrefix(p.path) + strconv.FormatUint(rand.Uint64(), 10)
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		switch {
		case errors.Is(err, fs.ErrExist):
			continue
		case err != nil && folderExists(folder):
			return nil, fmt.Errorf("its folder takes no new file, which would replace it once it is whole: %w", errors.Unwrap(err))
		case err != nil:
			return nil, err
		}
		err = own(f, p.old)
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, errLocked) {
			os.Remove(name)
			f.Close()
			return nil, err
		}
		f.Close() // somebody who looked for stale files was faster
	}
}

// own locks a file that was just made, and gives it the attributes of the old one
// if there is one.
func own(f *os.File, old fs.FileInfo) error {
	if err := lock(f); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	if !stillNamed(f) {
		return errLocked
	}
	if old == nil {
		return nil
	}
	return keepAttributes(f, old)
}

// folderExists tells whether a folder, "" for the current one, is there.
func folderExists(folder string) bool {
	info, err := os.Stat(filepath.Clean(folder))
	return err == nil && info.IsDir()
}

// stillNamed tells whether the file is still there under its name.
func stillNamed(f *os.File) bool {
	open, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := os.Lstat(f.Name())
	return err == nil && os.SameFile(open, there)
}

// removeStale removes the temporary files for a path whose writers are dead:
// those that can be locked. What cannot be read or removed stays.
func removeStale(path string) {
	folder, _ := filepath.Split(path)
	entries, err := os.ReadDir(filepath.Clean(folder))
	if err != nil {
		return
	}
	for _, e := range entries {
		number, ok := strings.CutPrefix(e.Name(), temporaryPrefix(path))
		if _, err := strconv.ParseUint(number, 10, 64); !ok || err != nil || !e.Type().IsRegular() {
			continue
		}
		f, err := os.OpenFile(folder+e.Name(), os.O_WRONLY, 0)
		if err != nil {
			continue
		}
		if lock(f) == nil {
			os.Remove(f.Name())
		}
		f.Close()
	}
}
