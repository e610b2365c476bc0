// Kvserver is a replicated key-value store in several processes: what a server
// around package replica looks like. Each process keeps a copy of the store and a
// log on its own disk; they talk to one another, and to their clients, over
// HTTP. It goes on as long as a majority of them runs, and loses nothing that
// it has acknowledged when processes are killed.
//
// The replica is the code that the simulator runs; world.go is what it has of the
// real world. The store is workload.KV behind workload.Sessions, so that what clients
// saw can be judged by package checker.
//
// Servers know one another by certificates of their own authority; without them
// they stay on one machine. README.md has the commands to try it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "certificates" {
		if err := makeCertificates(os.Args[2:]); err != nil && !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		return
	}
	c, err := parseConfig(os.Args[1:])
	switch {
	case errors.Is(err, flag.ErrHelp):
		return
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	log.SetPrefix(fmt.Sprintf("n%d ", c.id))
	log.SetFlags(log.Ltime | log.Lmicroseconds)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, c); err != nil {
		log.Print(err)
		stop()
		os.Exit(1)
	}
}
