//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package vfs

import (
	"io"
	"os"
)

// Lock makes the file and locks nothing: this system has no lock that the standard
// library knows and that ends with the process.
func (fs osFS) Lock(name string) (io.Closer, error) {
	return os.OpenFile(fs.path(name), os.O_RDWR|os.O_CREATE, 0o600)
}
