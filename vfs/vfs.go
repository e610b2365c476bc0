// Package vfs is the small file system that a write-ahead log needs. OS is the
// real one; Mem keeps plain files in memory; package disk simulates one that
// crashes, tears, loses and corrupts. Code written over FS runs unchanged on
// all three.
//
// Names are slash-separated paths. The user of an FS decides when what it
// wrote must survive a power failure: contents by File.Sync, and the names of
// a directory (files created, renamed or removed in it) by FS.SyncDir, as POSIX
// has it.
package vfs

import "io"

// FS is a tree of directories and files. Errors about a name satisfy
// errors.Is(err, fs.ErrNotExist) when it does not exist. Real ones are safe for
// use by several goroutines; the in-memory ones belong to one.
type FS interface {
	// Create makes an empty file of this name, or empties the one that exists,
	// and opens it for reading and writing. Its directory must exist.
	Create(name string) (File, error)
	// Open opens an existing file for reading and writing.
	Open(name string) (File, error)
	// Remove removes the name of a file. Handles on the file stay usable.
	Remove(name string) error
	// Rename gives a file another name, replacing the file that has it. After
	// a power failure either file has the name, never neither.
	Rename(oldName, newName string) error
	// MkdirAll makes a directory and the parents it lacks. Those it makes are
	// durable when it returns. It is no error if the directory exists.
	MkdirAll(dir string) error
	// List returns the names in a directory, without the directory's own path,
	// sorted.
	List(dir string) ([]string, error)
	// SyncDir makes the names in a directory durable.
	SyncDir(dir string) error
}

// File is an open file. ReadAt and WriteAt follow io.ReaderAt and io.WriterAt:
// writing past the end fills the gap with zeros, and reading past it returns
// io.EOF. Any method of a closed file fails.
type File interface {
	io.ReaderAt
	io.WriterAt
	// Truncate cuts the file to size bytes, or extends it with zeros.
	Truncate(size int64) error
	// Sync makes the contents and the size of the file durable. After it has
	// failed, nothing is known about what was written since the last success,
	// and a later success says nothing about it either.
	Sync() error
	// Size returns the length of the file in bytes.
	Size() (int64, error)
	// Close releases the handle. It makes nothing durable.
	Close() error
}
