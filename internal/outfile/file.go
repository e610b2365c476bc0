// Package outfile writes the files that a command leaves for its user: traces,
// pages, plans, shrunk scenarios. A file is replaced whole or not at all, and
// nothing but a regular file is ever replaced:
//
//   - What is not a regular file (a device, a FIFO, /dev/stdout) is written
//     through, as the shell's > does. So is the file that is the standard output
//     or standard error of this process, which other programs have open.
//   - Of a symbolic link the target is replaced, through any number of links; a
//     link to nothing makes its target.
//   - An existing file keeps its mode, and its owner where the process may give
//     files away. A new one has mode 0666 without the umask.
//   - A file that has several hard links is replaced under this name alone: the
//     other names keep the old text.
//   - A file that may not be written, or whose folder takes no new file, is
//     refused by Open, before there is anything to lose.
//
// The new text is written to a hidden file in the same folder, is synced, and
// takes the name's place by rename. Every such file has a name of its own and is
// locked by its writer: several processes may write one name at once, and the
// last to finish wins. A process that is killed leaves its hidden file, and the next
// writer of that name removes it. Systems without flock, Windows among
// them, do not lock, and there a killed process leaves its hidden file for good.
//
// Errors name the file as the user did.
package outfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// A File is one that is being written. It belongs to one goroutine.
type File struct {
	name string // as the user gave it
	file *os.File
	// target is the path that the file takes when it is whole, "" when it is
	// written through.
	target string
	done   bool
}

// Open begins to write the file of this name. The caller ends with Commit or
// Abandon. Opening a FIFO waits for its reader.
func Open(name string) (*File, error) {
	p, err := find(name)
	if err != nil {
		return nil, refused("open", name, err)
	}
	f := &File{name: name, file: p.stream}
	if f.file == nil {
		f.target = p.path
		if f.file, err = newTemporary(p); err != nil {
			return nil, refused("open", name, err)
		}
	}
	return f, nil
}

// Write writes a file as a whole.
func Write(name, text string) error {
	f, err := Open(name)
	if err != nil {
		return err
	}
	defer f.Abandon()
	if _, err := f.Write([]byte(text)); err != nil {
		return err
	}
	return f.Commit()
}

// Write adds to the file. Unless it is written through, nobody sees that before
// Commit.
func (f *File) Write(p []byte) (int, error) {
	n, err := f.file.Write(p)
	return n, refused("write", f.name, err)
}

// Commit puts the file in its place and closes it. After an error the old file
// is as it was.
func (f *File) Commit() error {
	if f.done {
		return fmt.Errorf("write %s: %w", f.name, os.ErrClosed)
	}
	if f.target == "" {
		return f.close()
	}
	if err := f.file.Sync(); err != nil {
		f.Abandon()
		return refused("sync", f.name, err)
	}
	if err := f.replace(); err != nil {
		f.Abandon()
		return refused("replace", f.name, err)
	}
	syncFolder(f.target)
	return nil
}

// replace renames the file and closes it, in the order that the system allows:
// the lock must last until the name has changed.
func (f *File) replace() error {
	if canRenameOpen {
		if err := os.Rename(f.file.Name(), f.target); err != nil {
			return err
		}
		return f.close()
	}
	if err := f.close(); err != nil {
		return err
	}
	if err := os.Rename(f.file.Name(), f.target); err != nil {
		os.Remove(f.file.Name())
		return err
	}
	return nil
}

// Abandon leaves the old file as it was; what was written through stays written.
// After Commit it does nothing.
func (f *File) Abandon() {
	if f.done {
		return
	}
	if f.target != "" {
		os.Remove(f.file.Name()) // while the lock holds, where there is one
	}
	f.close()
	if f.target != "" && !canRenameOpen {
		os.Remove(f.file.Name())
	}
}

// close closes the file, except where the process goes on to use it.
func (f *File) close() error {
	f.done = true
	if f.file == os.Stdout || f.file == os.Stderr {
		return nil
	}
	return refused("close", f.name, f.file.Close())
}

// refused is err with the name that the user gave in place of any other.
func refused(op, name string, err error) error {
	if err == nil {
		return nil
	}
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		err = path.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return &fs.PathError{Op: op, Path: name, Err: err}
}
