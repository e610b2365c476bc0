// Command minesim is a simrun that knows this module's Raft.
package main

import (
	"os"

	"example.com/mine"
	"raftsim/cli"
	"raftsim/sim"
)

func main() {
	sim.RegisterRaft("mine", mine.New)
	os.Exit(cli.Main())
}
