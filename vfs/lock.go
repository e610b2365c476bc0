package vfs

import (
	"errors"
	"io"
)

// Locker is a file system whose directories several processes may open, and which
// lets one of them keep the others out.
type Locker interface {
	// Lock makes a file of this name and takes the lock on it, until it is
	// closed or the process ends in whatever way. It returns ErrLocked when
	// somebody has the lock, this process included.
	Lock(name string) (io.Closer, error)
}

// ErrLocked is returned by Lock when somebody else has the lock.
var ErrLocked = errors.New("vfs: locked")

var _ Locker = osFS{}
