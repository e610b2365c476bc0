package planted_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// fakeModule is a module with a simulator of a few lines: a seed is a number,
// and the rule is that a vote needs more than half of the hosts.
func fakeModule(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	write(t, root, "go.mod", "module raftsim\n\ngo 1.26.0\n")
	write(t, root, "raft/quorum.go", `package raft

// Wins tells whether the votes elect.
func Wins(votes, hosts uint64) bool {
	return votes > hosts/2
}

// Next is a seed's next event.
func Next(n uint64) uint64 {
	return n + 1
}
`)
	write(t, root, "cmd/simrun/main.go", `package main

import (
	"fmt"
	"os"

	"raftsim/raft"
)

func main() {
	var first, last uint64
	if n, _ := fmt.Sscanf(os.Args[5], "%d-%d", &first, &last); n == 1 {
		last = first
	}
	if os.Args[len(os.Args)-1] != "scenarios/swarm.yaml" {
		fmt.Fprintln(os.Stderr, "no such scenario")
		os.Exit(2)
	}
	code := 0
	for seed := first; seed <= last; seed++ {
		for n := uint64(0); n < 3; n = raft.Next(n) {
		}
		if seed%13 == 12 && raft.Wins(2, 5) {
			fmt.Printf("{\"type\":\"run\",\"seed\":%d,\"outcome\":\"safety\",\"failed\":true,\"violations\":[{\"property\":\"election safety\","+
				"\"source\":\"Raft §5.2\",\"detail\":\"term %d has two leaders\",\"event\":%d}]}\n", seed, seed, seed*10)
			code = 1
		}
	}
	fmt.Printf("{\"type\":\"summary\",\"exit_code\":%d}\n", code)
	os.Exit(code)
}
`)
	write(t, root, "planted/bugs/minority_wins.yaml", `name: minority_wins
about: Two of five votes elect a leader.
source: Raft §5.2
properties: [election safety]
seeds: 1-50
known: 12
edits:
  - file: raft/quorum.go
    find: |2
      	return votes > hosts/2
    replace: |2
      	return votes+1 > hosts/2
`)
	write(t, root, "planted/bugs/never_ends.yaml", `name: never_ends
about: Time stands still in every run.
source: invented
properties: [no end]
seeds: 3-6
edits: [{file: raft/quorum.go, find: return n + 1, replace: return n}]
`)
	write(t, root, "planted/bugs/harmless.yaml", `name: harmless
about: Nothing goes wrong.
source: invented
properties: [election safety]
seeds: 1-100
edits: [{file: raft/quorum.go, find: Next is a, replace: Next is the}]
`)
	return root
}

func write(t *testing.T, root, name, text string) {
	t.Helper()
	path := filepath.Join(root, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
}
