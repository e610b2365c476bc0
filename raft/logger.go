package raft

import (
	"fmt"
	"log"
	"os"
	"sync"
)

// Logger takes what a node has to say to people. The library calls the Debug,
// Info, Warning and Error methods only: it never ends a process or panics
// through a logger. Fatal and Panic are there for applications that share it.
type Logger interface {
	Debug(v ...interface{})
	Debugf(format string, v ...interface{})

	Error(v ...interface{})
	Errorf(format string, v ...interface{})

	Info(v ...interface{})
	Infof(format string, v ...interface{})

	Warning(v ...interface{})
	Warningf(format string, v ...interface{})

	Fatal(v ...interface{})
	Fatalf(format string, v ...interface{})

	Panic(v ...interface{})
	Panicf(format string, v ...interface{})
}

var (
	loggerMu sync.Mutex
	logger   = standardLogger()
)

func standardLogger() Logger {
	return &DefaultLogger{Logger: log.New(os.Stderr, "raft ", log.LstdFlags)}
}

// SetLogger sets the logger of nodes whose Config has none, from the next node
// on. It may be called at any time.
func SetLogger(l Logger) {
	loggerMu.Lock()
	defer loggerMu.Unlock()
	logger = l
}

// ResetDefaultLogger undoes [SetLogger]: nodes without a logger of their own
// write to standard error.
func ResetDefaultLogger() { SetLogger(standardLogger()) }

func defaultLogger() Logger {
	loggerMu.Lock()
	defer loggerMu.Unlock()
	return logger
}

// DefaultLogger writes lines with their level to a [log.Logger]. Debug lines
// are left out until EnableDebug.
type DefaultLogger struct {
	*log.Logger
	debug bool
}

const callDepth = 2 // the caller of the method is who speaks

// EnableTimestamps makes lines begin with date and time.
func (l *DefaultLogger) EnableTimestamps() {
	l.SetFlags(l.Flags() | log.Ldate | log.Ltime)
}

// EnableDebug makes Debug and Debugf write. Call it before the logger is shared.
func (l *DefaultLogger) EnableDebug() { l.debug = true }

func (l *DefaultLogger) write(level, text string) {
	_ = l.Output(callDepth+1, level+": "+text)
}

// Debug writes its arguments, as fmt.Sprint shows them, if debug is enabled.
func (l *DefaultLogger) Debug(v ...interface{}) {
	if l.debug {
		l.write("DEBUG", fmt.Sprint(v...))
	}
}

// Debugf writes a formatted line if debug is enabled.
func (l *DefaultLogger) Debugf(format string, v ...interface{}) {
	if l.debug {
		l.write("DEBUG", fmt.Sprintf(format, v...))
	}
}

// Info writes its arguments.
func (l *DefaultLogger) Info(v ...interface{}) { l.write("INFO", fmt.Sprint(v...)) }

// Infof writes a formatted line.
func (l *DefaultLogger) Infof(format string, v ...interface{}) {
	l.write("INFO", fmt.Sprintf(format, v...))
}

// Warning writes its arguments.
func (l *DefaultLogger) Warning(v ...interface{}) { l.write("WARN", fmt.Sprint(v...)) }

// Warningf writes a formatted line.
func (l *DefaultLogger) Warningf(format string, v ...interface{}) {
	l.write("WARN", fmt.Sprintf(format, v...))
}

// Error writes its arguments.
func (l *DefaultLogger) Error(v ...interface{}) { l.write("ERROR", fmt.Sprint(v...)) }

// Errorf writes a formatted line.
func (l *DefaultLogger) Errorf(format string, v ...interface{}) {
	l.write("ERROR", fmt.Sprintf(format, v...))
}

// Fatal writes its arguments and ends the process with status 1.
func (l *DefaultLogger) Fatal(v ...interface{}) {
	l.write("FATAL", fmt.Sprint(v...))
	os.Exit(1)
}

// Fatalf writes a formatted line and ends the process with status 1.
func (l *DefaultLogger) Fatalf(format string, v ...interface{}) {
	l.write("FATAL", fmt.Sprintf(format, v...))
	os.Exit(1)
}

// Panic writes its arguments and panics with them.
func (l *DefaultLogger) Panic(v ...interface{}) { l.Logger.Panic(v...) }

// Panicf writes a formatted line and panics with it.
func (l *DefaultLogger) Panicf(format string, v ...interface{}) { l.Logger.Panicf(format, v...) }

// DiscardLogger keeps nothing. A node that has it does not even put its words
// together. Fatal and Panic panic all the same.
type DiscardLogger struct{}

// Debug does nothing.
func (DiscardLogger) Debug(...interface{}) {}

// Debugf does nothing.
func (DiscardLogger) Debugf(string, ...interface{}) {}

// Error does nothing.
func (DiscardLogger) Error(...interface{}) {}

// Errorf does nothing.
func (DiscardLogger) Errorf(string, ...interface{}) {}

// Info does nothing.
func (DiscardLogger) Info(...interface{}) {}

// Infof does nothing.
func (DiscardLogger) Infof(string, ...interface{}) {}

// Warning does nothing.
func (DiscardLogger) Warning(...interface{}) {}

// Warningf does nothing.
func (DiscardLogger) Warningf(string, ...interface{}) {}

// Fatal panics: its caller must not go on.
func (DiscardLogger) Fatal(v ...interface{}) { panic(fmt.Sprint(v...)) }

// Fatalf panics: its caller must not go on.
func (DiscardLogger) Fatalf(format string, v ...interface{}) { panic(fmt.Sprintf(format, v...)) }

// Panic panics with its arguments.
func (DiscardLogger) Panic(v ...interface{}) { panic(fmt.Sprint(v...)) }

// Panicf panics with a formatted text.
func (DiscardLogger) Panicf(format string, v ...interface{}) { panic(fmt.Sprintf(format, v...)) }

var (
	_ Logger = (*DefaultLogger)(nil)
	_ Logger = DiscardLogger{}
)
