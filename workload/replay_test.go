package workload_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/random"
	"raftsim/workload"
)

// A replay and a model are two ways to say the same: of right answers, of answers
// with a flipped bit or another's, and of unknown ones.
func TestAReplayAndItsModelAgreeOnEveryAnswer(t *testing.T) {
	for _, name := range workload.Names() {
		w, err := workload.Lookup(name)
		require.NoError(t, err)
		wrong := 0
		for seed := range random.Seed(300) {
			n, key := uint64(0), seed.Key("draw")
			draw := func(below uint64) uint64 { n++; return key.Fate(1, n) % below }
			client := w.NewClient(seed.Key("client"), 1, workload.Shape{Keys: 2})
			machine, replay := w.NewStateMachine(), w.(workload.Replayer).NewReplay()
			model := w.Model()
			states := map[string]any{}
			var last []byte
			for i := range uint64(40) {
				command := client.Next(i).Bytes
				answer := machine.Apply(command)
				client.Learn(i, answer)
				shown, known := answer, draw(6) > 0
				switch draw(8) {
				case 0:
					shown = append([]byte(nil), answer...)
					shown[draw(uint64(len(shown)))] ^= 1 << draw(8)
				case 1:
					if last != nil {
						shown = last
					}
				case 2:
					shown = append(append([]byte(nil), answer...), 0)
				}
				last = answer
				object := "all"
				if o, ok := w.(workload.Namer); ok && model.Partition != nil {
					object = o.Object(command)
				}
				if states[object] == nil {
					states[object] = model.Init()
				}
				in, out := w.Operation(command, shown, known)
				ok, next := model.Step(states[object], in, out)
				if !ok { // the state goes on as the machine does
					in, out = w.Operation(command, answer, true)
					_, next = model.Step(states[object], in, out)
					wrong++
				}
				states[object] = next
				given := replay.Step(command)
				require.Equal(t, ok, !known || bytes.Equal(given, shown), "%s: %s", name, w.Describe(command, shown))
			}
		}
		require.Greater(t, wrong, 500, name)
	}
}
