package disk_test

import (
	"fmt"
	"time"

	"raftsim/disk"
	"raftsim/random"
)

// A crash in the middle of a sync: what the sync before had made durable is there.
func Example() {
	d := disk.New(random.Seed(1).Fates(), "n1", disk.Profile{Sync: random.Constant(2 * time.Millisecond)})
	f, _ := d.Create("log")
	_, _ = f.WriteAt([]byte("kept "), 0)
	_ = f.Sync()
	_ = d.SyncDir("/")
	_, _ = f.WriteAt([]byte("lost"), 5)
	_ = f.Sync()
	fmt.Println("all of it is durable at", d.Done())

	loss := d.Crash(d.Done().Add(-time.Millisecond), disk.Crash{Losing: disk.Unsynced})
	f, _ = d.Open("log")
	data := make([]byte, 20)
	n, _ := f.ReadAt(data, 0)
	fmt.Printf("%q is left, %d bytes are lost\n", data[:n], loss.Bytes)
	// Output:
	// all of it is durable at 0.006s
	// "kept " is left, 4 bytes are lost
}
