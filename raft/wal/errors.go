package wal

import (
	"errors"
	"fmt"
)

// ErrClosed is returned by every method of a log that was closed.
var ErrClosed = errors.New("wal: closed")

// CorruptError says that the log holds something that no crash can have left, or
// lacks something that no crash can have taken.
type CorruptError struct {
	// File is the name of the file within the directory of the log.
	File string
	// Offset is the position in File, in bytes, of what is wrong.
	Offset int64
	// Reason says what was found and, where it is known, what was expected.
	Reason string
}

// Error names the file and the offset of what is wrong.
func (e *CorruptError) Error() string {
	return fmt.Sprintf("wal: %s is corrupt at offset %d: %s", e.File, e.Offset, e.Reason)
}
