// Package command has what the command lines of this module share: a standard
// output of which no error is lost, and what to say of a word that nobody knows.
package command

import (
	"io"
	"sync"
)

// Writer is a stream that is written in many places, such as standard output. It
// passes on what it is given until a write fails, and nothing from then on.
type Writer struct {
	// To is where the text goes.
	To io.Writer
	// Failed is called once, when a write fails; nil calls nothing.
	Failed func()

	mutex sync.Mutex
	err   error
}

// Write writes p, or returns the first error again.
func (w *Writer) Write(p []byte) (int, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.err != nil {
		return 0, w.err
	}
	n, err := w.To.Write(p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	if err != nil {
		w.err = err
		if w.Failed != nil {
			w.Failed()
		}
	}
	return n, err
}

// Err is the first error, nil while there is none.
func (w *Writer) Err() error {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.err
}
