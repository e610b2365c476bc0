package outfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// maxLinks bounds a chain of symbolic links, as systems do.
const maxLinks = 40

// A place is where the text of a file goes.
type place struct {
	// stream takes the text as it comes; nil for a file that is replaced.
	stream *os.File
	// path is the file that is replaced, behind all links.
	path string
	// old is the file that is there now, nil when there is none.
	old fs.FileInfo
}

// find looks at what a name stands for.
func find(name string) (place, error) {
	if name == "" {
		return place{}, errors.New("the name is empty")
	}
	info, err := os.Stat(name)
	if err == nil {
		for _, standard := range []*os.File{os.Stdout, os.Stderr} {
			if open, err := standard.Stat(); err == nil && os.SameFile(info, open) {
				return place{stream: standard}, nil
			}
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return place{}, err
	}
	path, ofProcess, err := follow(name)
	if err != nil {
		return place{}, err
	}
	if info == nil {
		if ofProcess {
			return place{}, fs.ErrNotExist
		}
		return place{path: path}, nil
	}
	flags := os.O_WRONLY
	if ofProcess {
		flags |= os.O_APPEND
	}
	f, err := os.OpenFile(name, flags, 0)
	if err != nil {
		return place{}, err // such as a folder, or a file that may not be written
	}
	if ofProcess || !info.Mode().IsRegular() {
		return place{stream: f}, nil
	}
	return place{path: path, old: info}, f.Close()
}

// follow goes along symbolic links to the path of what they stand for, which
// need not exist. It stops at one that belongs to a process, such as
// /proc/self/fd/3: that is an open file and not a name.
func follow(name string) (path string, ofProcess bool, err error) {
	path = name
	for range maxLinks {
		if strings.HasPrefix(path, "/proc/") || strings.HasPrefix(path, "/dev/fd/") {
			return path, true, nil
		}
		info, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			return path, false, nil
		}
		if err != nil {
			return "", false, err
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			return path, false, nil
		}
		next, err := os.Readlink(path)
		if err != nil {
			return "", false, err
		}
		if !filepath.IsAbs(next) {
			// Not filepath.Join, which takes x/.. away even where x is a link.
			folder, _ := filepath.Split(path)
			next = folder + next
		}
		path = next
	}
	return "", false, syscall.ELOOP
}
