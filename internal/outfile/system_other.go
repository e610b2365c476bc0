//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package outfile

import (
	"errors"
	"io/fs"
	"os"
)

// canRenameOpen: an open file may be in the way of its own renaming.
const canRenameOpen = false

var errLocked = errors.New("locked")

// lock locks nothing: the standard library knows no lock of this system that ends
// with the process.
func lock(*os.File) error { return errors.ErrUnsupported }

// keepAttributes gives a file the mode of another.
func keepAttributes(f *os.File, old fs.FileInfo) error { return f.Chmod(old.Mode()) }

// syncFolder does nothing: a folder cannot be synced here.
func syncFolder(string) {}
