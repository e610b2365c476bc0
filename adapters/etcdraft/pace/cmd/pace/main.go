// Command pace prints what etcd's Raft and ours cost for the same work, and the
// ratios, as a table in Markdown.
//
//	go run ./pace/cmd/pace --only propose
package main

import (
	"flag"
	"fmt"
	"math"
	"os"
	"strings"
	"time"

	"raftsim/adapters/etcdraft/pace"
)

// row prints a line of the table. Output that cannot be written ends the program.
func row(format string, args ...any) {
	if _, err := fmt.Printf(format, args...); err != nil {
		fmt.Fprintln(os.Stderr, "pace: standard output:", err)
		os.Exit(2)
	}
}

func main() {
	only := flag.String("only", "", "measure the works whose name contains this")
	rounds := flag.Int("rounds", 5, "rounds of each work; the fastest counts")
	each := flag.Duration("each", 200*time.Millisecond, "processor time of a round")
	flag.Parse()

	row("| work | etcd ns | ours ns | ours/etcd | etcd allocations | ours | etcd per second | ours |\n")
	row("|---|--:|--:|--:|--:|--:|--:|--:|\n")
	logarithms, n := 0.0, 0.0
	for _, w := range pace.Works() {
		if !strings.Contains(w.Name, *only) {
			continue
		}
		c := pace.Measure(w, *rounds, *each)
		theirs, ours := c[0], c[1]
		ratio := ours.Nanoseconds / theirs.Nanoseconds
		logarithms, n = logarithms+math.Log(ratio), n+1
		row("| %s | %.0f | %.0f | %.2f | %.2f | %.3f | %.0f | %.0f |\n", w.Name,
			theirs.Nanoseconds, ours.Nanoseconds, ratio, theirs.Allocations, ours.Allocations, 1e9/theirs.Nanoseconds, 1e9/ours.Nanoseconds)
	}
	if n > 0 {
		row("| geometric mean of %.0f | | | %.2f | | | | |\n", n, math.Exp(logarithms/n))
	}
}
