package lint

import (
	"go/ast"
	"strconv"
)

const (
	timeIsHandedIn = "use clock.Time handed in by the caller"
	useEvent       = "schedule an event on clock.Queue"
	useRandom      = "use a stream of package random handed in by the caller"
	useVFS         = "take a vfs.FS from the caller"
	useTrace       = "emit a trace event"
	sameEverywhere = "the answer differs between machines: take an option from the caller"
)

// checkPlatform finds what reads the wall clock, the machine's randomness, its
// files or its environment.
func checkPlatform(p *Package, file *ast.File) []Finding {
	findings := p.banned(file, "platform", platformNames, platformImports)
	for _, spec := range file.Imports {
		if spec.Name != nil && spec.Name.Name == "." {
			findings = append(findings, p.at("platform", spec.Pos(), "import of . hides where a name comes from: import %s by name", spec.Path.Value))
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		ident, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		object := p.info.Uses[ident]
		if object == nil || object.Pkg() == nil || platformNames[qualified(object)] != "" {
			return true
		}
		// From these packages only a few names are harmless.
		allowed, ok := platformAllows[object.Pkg().Path()]
		if ok && object.Parent() == object.Pkg().Scope() && !allowed.names[object.Name()] {
			findings = append(findings, p.at("platform", ident.Pos(), "%s: %s", qualified(object), allowed.instead))
		}
		return true
	})
	return findings
}

var platformNames = map[string]string{
	"fmt.Print":                   useTrace,
	"fmt.Printf":                  useTrace,
	"fmt.Println":                 useTrace,
	"time.After":                  useEvent,
	"time.AfterFunc":              useEvent,
	"time.NewTicker":              useEvent,
	"time.NewTimer":               useEvent,
	"time.Now":                    timeIsHandedIn,
	"time.Since":                  timeIsHandedIn + " and clock.Time.Sub",
	"time.Sleep":                  useEvent,
	"time.Tick":                   useEvent,
	"time.Until":                  timeIsHandedIn + " and clock.Time.Sub",
	"context.WithDeadline":        useEvent,
	"context.WithTimeout":         useEvent,
	"math/bits.UintSize":          "an int has 32 bits on 386: use a sized type",
	"strconv.IntSize":             "an int has 32 bits on 386: use a sized type",
	"reflect.Select":              oneThread,
	"reflect.Value.MapKeys":       "map order: range over slices.Sorted(maps.Keys(m))",
	"reflect.Value.MapRange":      "map order: range over slices.Sorted(maps.Keys(m))",
	"reflect.Value.Pointer":       "an address differs from run to run: compare values",
	"reflect.Value.UnsafePointer": "an address differs from run to run: compare values",
}

var platformImports = map[string]string{
	"crypto/rand":      useRandom,
	"encoding/gob":     "its type numbers depend on what the process encoded before: write the bytes out by hand",
	"expvar":           useTrace,
	"flag":             "take an option from the caller",
	"hash/maphash":     "its seed is random: use random.Mix",
	"io/ioutil":        useVFS,
	"log":              useTrace,
	"log/slog":         useTrace,
	"math/rand":        useRandom,
	"math/rand/v2":     useRandom,
	"net":              "use package network",
	"net/http":         "use package network",
	"os":               useVFS,
	"os/exec":          sameEverywhere,
	"os/signal":        sameEverywhere,
	"os/user":          sameEverywhere,
	"path/filepath":    "its separator depends on the system: use package path",
	"plugin":           sameEverywhere,
	"runtime/debug":    "stacks and settings hold addresses and goroutine numbers: use runtime.Callers and print functions and lines",
	"runtime/metrics":  sameEverywhere,
	"runtime/pprof":    "profile the caller",
	"runtime/trace":    "profile the caller",
	"syscall":          useVFS,
	"testing":          "tests live in _test files or in sim/simtest",
	"testing/synctest": "tests live in _test files or in sim/simtest",
	"unique":           "its values are addresses: compare the values themselves",
	"unsafe":           "an address differs from run to run: use values",
	"weak":             "the collector decides what it holds: keep a strong reference",
}

// platformAllows are the packages of which only some names are harmless.
var platformAllows = map[string]struct {
	names   map[string]bool
	instead string
}{
	"time": {set("Duration", "Nanosecond", "Microsecond", "Millisecond", "Second", "Minute", "Hour", "ParseDuration"),
		"of package time only durations are the same in every run: " + timeIsHandedIn},
	"runtime": {set("Caller", "Callers", "CallersFrames", "Frame", "Frames", "FuncForPC", "Func", "Error", "KeepAlive"),
		sameEverywhere},
}

func set(names ...string) map[string]bool {
	s := make(map[string]bool, len(names))
	for _, name := range names {
		s[name] = true
	}
	return s
}

// banned finds the uses of names and the imports that a table forbids; the
// tables map them to what to write instead.
func (p *Package) banned(file *ast.File, rule string, names, imports map[string]string) []Finding {
	var findings []Finding
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		if instead, ok := imports[path]; ok {
			findings = append(findings, p.at(rule, spec.Pos(), "import of %s: %s", path, instead))
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if ident, ok := n.(*ast.Ident); ok {
			name := qualified(p.info.Uses[ident])
			if instead, ok := names[name]; ok && name != "" {
				findings = append(findings, p.at(rule, ident.Pos(), "%s: %s", name, instead))
			}
		}
		return true
	})
	return findings
}
