package clients_test

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/clock"
	"raftsim/host"
	"raftsim/network"
	"raftsim/random"
	"raftsim/sim/internal/clients"
	"raftsim/workload"
)

// world is one of three hosts, which answer what answer says.
type world struct {
	clients *clients.Clients
	now     clock.Time
	events  uint64
	wakes   []wake
	asked   []uint64 // hosts
	gaveUp  []host.Request
	answer  func(host uint64, r *host.Request) *host.Response
}

type wake struct {
	at    clock.Time
	index uint32
	token uint64
	// answer arrives at the client in the place of its timer; nil for none.
	answer *host.Response
}

func (w *world) Now() clock.Time                         { return w.now }
func (w *world) Events() uint64                          { return w.events }
func (w *world) Reachable() []uint64                     { return []uint64{1, 2, 3} }
func (w *world) Came(uint64)                             {}
func (w *world) Invoked(uint64, *host.Request, []byte)   {}
func (w *world) Answered(uint64, *host.Response, []byte) {}
func (w *world) GaveUp(_ uint64, r *host.Request)        { w.gaveUp = append(w.gaveUp, *r) }
func (w *world) Wake(at clock.Time, index uint32, token uint64) {
	w.wakes = append(w.wakes, wake{at: at, index: index, token: token})
}

func (w *world) Send(client, to uint64, r *host.Request) {
	w.asked = append(w.asked, to)
	if a := w.answer(to, r); a != nil {
		a.Session, a.Number, a.Read = r.Session, r.Number, r.Read
		w.wakes = append(w.wakes, wake{at: w.now, index: uint32(client - network.ClientBase - 1), answer: a})
	}
}

// run lets d pass.
func (w *world) run(d time.Duration) {
	for until := w.now.Add(d); ; {
		slices.SortStableFunc(w.wakes, func(a, b wake) int { return cmp.Compare(a.at, b.at) })
		if len(w.wakes) == 0 || w.wakes[0].at > until {
			w.now = until
			return
		}
		next := w.wakes[0]
		w.wakes = w.wakes[1:]
		w.now = next.at
		w.events++
		if next.answer != nil {
			w.clients.Receive(network.ClientBase+1+uint64(next.index), next.answer)
		} else {
			w.clients.Wake(next.index, next.token)
		}
	}
}

func newWorld(t *testing.T, answer func(host uint64, r *host.Request) *host.Response) (*world, workload.Workload) {
	kind, err := workload.Lookup("kv")
	require.NoError(t, err)
	w := &world{answer: answer}
	w.clients = clients.New(w, random.NewFates(1, nil), clients.Options{
		Timeout: time.Second, Attempt: 100 * time.Millisecond, RecoveryAttempt: 200 * time.Millisecond,
	})
	return w, kind
}

func TestCommandsThatWereGivenUpAreAskedAgainInTheRecoveryPhaseUntilAllAreAnswered(t *testing.T) {
	silent := true
	w, kind := newWorld(t, func(uint64, *host.Request) *host.Response {
		if silent {
			return nil
		}
		return &host.Response{Status: host.Done, Index: 1}
	})
	w.clients.Start(kind, 3, []clients.Stage{{Until: clock.Never, PerSecond: 30}})
	w.run(10 * time.Second)
	before := w.clients.History.Counts
	require.NotEmpty(t, w.gaveUp)
	require.NotZero(t, before.Dropped, "reads are forgotten")
	require.Greater(t, before.Open, 3, "commands are not")

	w.clients.Recover()
	w.run(5 * time.Second)
	silent = false
	w.run(5 * time.Second)
	after := w.clients.History.Counts
	client, _ := w.clients.Waiting()
	require.Zero(t, client)
	require.Zero(t, after.Open)
	require.Equal(t, before.Invoked, after.Invoked, "nothing is begun in the recovery phase")
	require.Equal(t, before.Dropped, after.Dropped, "nothing is given up in it")
}

func TestAClientThatIsRefusedAsksTheHostThatItIsToldOf(t *testing.T) {
	w, _ := newWorld(t, func(to uint64, _ *host.Request) *host.Response {
		if to != 3 {
			return &host.Response{Status: host.Refused, Leader: 3}
		}
		return &host.Response{Status: host.Done, Answer: []byte("yes"), Index: 1}
	})
	place := w.clients.Call(workload.Command{Bytes: []byte("x")}, 2)
	w.run(time.Second)
	require.Equal(t, []uint64{2, 3}, w.asked)
	require.Equal(t, "yes", string(w.clients.History.Operation(place).Answer))
	w.clients.Call(workload.Command{Bytes: []byte("y")}, 3)
	require.Equal(t, 1, w.clients.Len(), "a client that has nothing to do is used again")
}
