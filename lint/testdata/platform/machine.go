package platform

import (
	"fmt"
	"log" // want "import of log: emit a trace event"
	"math/bits"
	"os"            // want "import of os: take a vfs.FS from the caller"
	. "path"        // want "import of . hides where a name comes from"
	"path/filepath" // want "import of path/filepath: its separator depends on the system"
	"reflect"
	"runtime"
	"runtime/debug" // want "import of runtime/debug: stacks and settings"
	"strconv"
	_ "unsafe" // want "import of unsafe: an address differs from run to run"
)

func machine(m map[string]int) string {
	log.Print(os.Getenv("HOME"), filepath.Join("a", "b"), Join("a", "b"))
	fmt.Println("done")                   // want "fmt.Println: emit a trace event"
	_ = reflect.ValueOf(m).MapKeys()      // want "reflect.Value.MapKeys: map order"
	_ = reflect.ValueOf(m).Pointer()      // want "reflect.Value.Pointer: an address"
	_ = bits.UintSize                     // want "math/bits.UintSize: an int has 32 bits on 386"
	_ = strconv.IntSize                   // want "strconv.IntSize: an int has 32 bits on 386"
	_, file, line, _ := runtime.Caller(0) // where code stands is the same in one build
	if runtime.NumCPU() > 1 {             // want "runtime.NumCPU: the answer differs between machines"
		return runtime.GOARCH // want "runtime.GOARCH: the answer differs between machines"
	}
	return fmt.Sprint(debug.Stack(), file, line)
}
