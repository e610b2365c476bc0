package cli

import (
	"bufio"
	"fmt"
	"io"
	"sync"

	"raftsim/internal/outfile"
	"raftsim/trace"
)

// traceSink writes the records of one run as text, to standard output or to a
// file that appears whole.
type traceSink struct {
	mutex  sync.Mutex
	buffer *bufio.Writer
	file   *outfile.File // nil when the trace goes to standard output
	err    error
	closed bool
}

// newTraceSink opens the sink for "-", standard output, or for a file.
func newTraceSink(name string, stdout io.Writer) (*traceSink, error) {
	if name == "-" {
		return &traceSink{buffer: bufio.NewWriterSize(stdout, 1<<16)}, nil
	}
	f, err := outfile.Open(name)
	if err != nil {
		return nil, fmt.Errorf("--trace: %w", err)
	}
	return &traceSink{buffer: bufio.NewWriterSize(f, 1<<16), file: f}, nil
}

// write adds a record. After finish or abandon it does nothing: an interrupted
// run goes on in the background.
func (t *traceSink) write(r *trace.Record) {
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
	// After an error the buffer takes nothing more and gives the same again.
	err := t.buffer.Flush()
	if t.file != nil {
		if err == nil {
			err = t.file.Commit()
		}
		t.file.Abandon()
	}
	if err != nil {
		return fmt.Errorf("--trace: %w", err)
	}
	return nil
}

// abandon drops an incomplete file, and shows what there is of a trace that is
// written through. After finish it does nothing.
func (t *traceSink) abandon() {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.closed {
		return
	}
	t.closed = true
	t.buffer.Flush()
	if t.file != nil {
		t.file.Abandon()
	}
}
