package cli

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"raftsim/sim"
)

// traceSink writes the records of one run as text. A file is written under a
// temporary name beside it and renamed when it is complete, so a file of that
// name is always a whole trace.
type traceSink struct {
	mutex  sync.Mutex
	buffer *bufio.Writer
	file   *os.File // nil when the trace goes to standard output
	name   string
	err    error
	closed bool
}

// newTraceSink opens the sink for "-", standard output, or for a file.
func newTraceSink(name string, stdout io.Writer) (*traceSink, error) {
	if name == "-" {
		return &traceSink{buffer: bufio.NewWriterSize(stdout, 1<<16)}, nil
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return nil, fmt.Errorf("--trace=%s: %w", name, err)
	}
	return &traceSink{buffer: bufio.NewWriterSize(f, 1<<16), file: f, name: name}, nil
}

// write adds a record. After finish or abandon it does nothing: an interrupted
// run goes on in the background.
func (t *traceSink) write(r *sim.Record) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.closed || t.err != nil {
		return
	}
	_, t.err = t.buffer.WriteString(r.String() + "\n")
}

// finish completes the trace.
func (t *traceSink) finish() error {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.closed {
		return nil
	}
	t.closed = true
	if err := t.buffer.Flush(); t.err == nil {
		t.err = err
	}
	if t.file == nil {
		return t.err
	}
	if err := t.file.Close(); t.err == nil {
		t.err = err
	}
	if t.err == nil {
		t.err = os.Rename(t.file.Name(), t.name)
	}
	if t.err != nil {
		os.Remove(t.file.Name())
		return fmt.Errorf("--trace=%s: %w", t.name, t.err)
	}
	return nil
}

// abandon drops an incomplete file, and shows what there is of a trace on
// standard output. After finish it does nothing.
func (t *traceSink) abandon() {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.closed {
		return
	}
	t.closed = true
	if t.file == nil {
		t.buffer.Flush()
		return
	}
	t.file.Close()
	os.Remove(t.file.Name())
}
