package main_test

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"raftsim/checker/history"
	"raftsim/random"
	"raftsim/workload"
)

const (
	// keys are few, so that clients meet.
	keys = 5
	// attempt is how long a client waits for one server, patience how long it
	// waits for any. One operation in hasty is given up after haste.
	attempt  = 700 * time.Millisecond
	patience = 3 * time.Second
	haste    = 5 * time.Millisecond
	hasty    = 30
)

// recorder notes what clients asked and were answered. The instants are numbers
// of one counter, so the intervals are closed and no two ends coincide.
type recorder struct {
	instant atomic.Int64
	clients atomic.Uint64

	mu         sync.Mutex
	operations []history.Operation
	unknown    int // commands that were given up
}

// keep notes an operation that has ended. A read without an answer says nothing
// and is left out.
func (r *recorder) keep(o history.Operation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case o.Return != history.Open:
		r.operations = append(r.operations, o)
	case !o.ReadOnly:
		r.operations = append(r.operations, o)
		r.unknown++
	}
}

// client has one operation under way at a time. When it gives up a command it
// goes on under a new session: nobody knows whether the command takes effect.
type client struct {
	cluster   *cluster
	recorder  *recorder
	generator workload.Client
	target    int
	session   uint64
	number    uint64 // of the last operation
}

func newClient(c *cluster, r *recorder) *client {
	k := &client{cluster: c, recorder: r, target: rand.IntN(len(c.members))}
	k.begin()
	return k
}

// begin opens a new session.
func (k *client) begin() {
	k.session, k.number = k.recorder.clients.Add(1), 0
	k.generator = workload.KV.NewClient(random.Seed(k.session).Key("client"), k.session, workload.Shape{Keys: keys})
}

// run works until ctx ends, and finishes what is under way then.
func (k *client) run(ctx context.Context) {
	for ctx.Err() == nil {
		limit := patience
		if rand.IntN(hasty) == 0 {
			limit = haste
		}
		k.do(k.generator.Next(k.number), limit)
		time.Sleep(time.Duration(rand.IntN(int(8 * time.Millisecond))))
	}
}

// do asks for one operation until it is answered or the limit has passed.
func (k *client) do(command workload.Command, limit time.Duration) (answer []byte, ok bool) {
	o := history.Operation{Client: k.session, Command: command.Bytes, ReadOnly: command.ReadOnly, Call: k.recorder.instant.Add(1), Return: history.Open}
	k.number++
	for end := time.Now().Add(limit); !ok && time.Now().Before(end); {
		if answer, ok = k.ask(command, min(attempt, limit)); !ok {
			k.target = rand.IntN(len(k.cluster.members))
			time.Sleep(10 * time.Millisecond)
		}
	}
	if ok {
		o.Answer, o.Return = answer, k.recorder.instant.Add(1)
		k.generator.Learn(k.number-1, answer)
	}
	k.recorder.keep(o)
	if !ok && !command.ReadOnly {
		k.begin()
	}
	return answer, ok
}

// ask asks one server once.
func (k *client) ask(command workload.Command, limit time.Duration) (answer []byte, ok bool) {
	path := "/command"
	if command.ReadOnly {
		path = "/query"
	}
	code, body := k.cluster.request(limit, k.cluster.members[k.target], http.MethodPost, path, string(command.Bytes),
		"Session", strconv.FormatUint(k.session, 10), "Number", strconv.FormatUint(k.number, 10))
	return []byte(body), code == http.StatusOK
}
