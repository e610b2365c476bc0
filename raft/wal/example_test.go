package wal_test

import (
	"fmt"
	"log"

	pb "raftsim/raft/raftpb"
	"raftsim/raft/wal"
	"raftsim/vfs"
)

// What a node saves before it sends is there when it starts again. A server uses
// vfs.OS() and its data directory.
func Example() {
	fs := vfs.Mem()
	w, _, err := wal.Open(fs, "data/wal", wal.Options{})
	if err != nil {
		log.Fatal(err)
	}
	entries := []pb.Entry{{Index: 1, Term: 1}, {Index: 2, Term: 1, Data: []byte("x=1")}}
	if err := w.Save(pb.HardState{Term: 1, Vote: 3, Commit: 1}, entries, true); err != nil {
		log.Fatal(err)
	}
	if err := w.Close(); err != nil {
		log.Fatal(err)
	}

	_, state, err := wal.Open(fs, "data/wal", wal.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("term", state.HardState.Term, "vote", state.HardState.Vote, "commit", state.HardState.Commit)
	for _, e := range state.Entries {
		fmt.Printf("%d/%d %q\n", e.Index, e.Term, e.Data)
	}
	// Output:
	// term 1 vote 3 commit 1
	// 1/1 ""
	// 2/1 "x=1"
}
