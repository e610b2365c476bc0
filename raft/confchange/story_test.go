package confchange_test

import (
	"fmt"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/stretchr/testify/require"

	"raftsim/raft/confchange"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

// A story changes one configuration step by step. The log grows by one entry
// with each command, which shows in where the probing of new members begins. A
// change that is refused leaves the configuration as it was.
func TestStories(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		p := tracker.MakeProgressTracker(10, 0)
		lastIndex := uint64(0)
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			lastIndex++
			changer := confchange.Changer{Tracker: p, LastIndex: lastIndex}
			changes, err := pb.ConfChangesFromString(d.Input)
			require.NoError(t, err, d.Pos)

			var c tracker.Config
			var progress tracker.ProgressMap
			switch d.Cmd {
			case "simple":
				c, progress, err = changer.Simple(changes...)
			case "enter-joint":
				c, progress, err = changer.EnterJoint(d.HasArg("autoleave"), changes...)
			case "leave-joint":
				c, progress, err = changer.LeaveJoint()
			default:
				t.Fatalf("%s: %s is not a command", d.Pos, d.Cmd)
			}
			if err != nil {
				return err.Error() + "\n"
			}
			p.SetConfig(c, progress)
			return fmt.Sprintf("%s\n%s", c, progress)
		})
	})
}
