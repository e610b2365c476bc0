//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package outfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// canRenameOpen: an open file can be renamed and removed, and keeps its lock.
const canRenameOpen = true

// errLocked is returned by lock for a file that somebody else has the lock on.
var errLocked = errors.New("locked")

// lock takes the lock on a file, which ends when the file is closed or the
// process dies in whatever way.
func lock(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return errLocked
	case errors.Is(err, syscall.ENOLCK), errors.Is(err, syscall.EINVAL):
		return errors.ErrUnsupported // some network file systems
	}
	return err
}

// keepAttributes gives a file the mode of another, and its owner where the
// process may do that.
func keepAttributes(f *os.File, old fs.FileInfo) error {
	if stat, ok := old.Sys().(*syscall.Stat_t); ok {
		// The group first: after the owner is changed it may be too late.
		_ = f.Chown(-1, int(stat.Gid))
		_ = f.Chown(int(stat.Uid), -1)
	}
	return f.Chmod(old.Mode())
}

// syncFolder makes a rename last. A system that cannot do that has done what it
// can.
func syncFolder(path string) {
	if d, err := os.Open(filepath.Dir(path)); err == nil {
		_ = d.Sync()
		d.Close()
	}
}
