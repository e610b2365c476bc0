package sim

import (
	"fmt"
	"time"

	"raftsim/checker/membership"
	"raftsim/clock"
	"raftsim/disk"
	"raftsim/host"
	"raftsim/random"
	"raftsim/replica"
	"raftsim/sim/internal/recovery"
	"raftsim/trace"
	"raftsim/vfs"
)

// Host is a simulated machine: a clock of its own, a disk, and the process
// that runs on them.
type Host struct {
	sim   *Simulation
	id    uint64
	state hostState
	// downs and pauses count the faults that hold the host down or still: it
	// comes back when the last of them ends.
	downs, pauses int
	joining       bool // it was told to run because it is to become a member
	incarnation   uint32
	clock         clock.Local
	disk          *disk.Disk
	chance        random.Key
	process       Process
	timers        timers
	held          []held // what came while it was paused or busy
	failure       error
	slowed        bool
	slow          random.Distribution // how long each event keeps it busy, when slowed
	busyUntil     clock.Time
	draws         uint64
	tried         tried
	image         *diskCopy // an old copy of the disk
	refusedBefore uint64    // what the disk had refused before the process began
	damaged       bool      // its disk may have lost what it had acknowledged
	marks         *Marks
	probes        crashProbes
	facts         facts
	appliesAtOnce bool                // whatever the options say
	configs       []membership.Config // that could be in force for all it knew when it stopped
	// crashAtMessage counts down to the message before which onCrashPoint
	// strikes; zero means never.
	crashAtMessage int
	onCrashPoint   func()
}

type hostState uint8

const (
	absent  hostState = iota // not booted yet
	up                       // the process runs
	paused                   // the process stands still and loses nothing
	down                     // crashed
	retired                  // removed from the cluster and switched off
)

func (s hostState) String() string {
	return [...]string{"absent", "up", "paused", "down", "retired"}[s]
}

// held is a message, or another event, that a host has not handled yet.
type held struct {
	event   event
	from    uint64
	message Message
}

// ID is the number of the host, 1 or more.
func (h *Host) ID() uint64 { return h.id }

// Running says whether the host's process exists: it is up or paused.
func (h *Host) Running() bool { return h.state == up || h.state == paused }

// String describes the host, such as "n3 (down)".
func (h *Host) String() string { return fmt.Sprintf("n%d (%v)", h.id, h.state) }

// Disk is the host's disk.
func (h *Host) Disk() *disk.Disk { return h.disk }

// Clock is the host's own clock. A caller that changes it calls ClockChanged.
func (h *Host) Clock() *clock.Local { return &h.clock }

// boot starts the process, for the first time or after a crash.
func (h *Host) boot(e event) {
	if e.epoch != h.incarnation || h.Running() || h.downs > 0 {
		return
	}
	first := h.state == absent
	h.incarnation++
	h.state, h.failure = up, nil
	if first {
		h.sim.grow()
	}
	h.sim.record(Record{Verb: trace.Boot, Host: h.id, Fields: [4]uint64{uint64(h.incarnation)}})
	h.process = h.sim.newProcess(h)
	h.refusedBefore = h.disk.Refused()
	h.disk.At(h.sim.now)
	if err := h.process.Start(h); err != nil {
		h.Fail(err)
	}
	h.settle()
}

// dispatch takes an event that is meant for this host: a timer that is due, or
// a report about a message.
func (h *Host) dispatch(e event) {
	switch {
	case e.epoch != h.incarnation || !h.Running():
	case h.open():
		h.handle(e, 0, nil)
	default:
		h.keep(held{event: e})
	}
}

// receive takes a message.
func (h *Host) receive(from uint64, m *Message) {
	if h.crashAtMessage > 0 && h.state == up {
		if h.crashAtMessage--; h.crashAtMessage == 0 {
			h.onCrashPoint()
			return
		}
	}
	if h.open() {
		h.handle(event{}, from, m)
		return
	}
	h.keep(held{from: from, message: *m})
}

// open says whether the host handles what comes at once.
func (h *Host) open() bool {
	return h.state == up && len(h.held) == 0 && h.sim.now >= h.busyUntil
}

// keep puts what came aside until the host wakes or has time for it.
func (h *Host) keep(item held) {
	if h.state == paused {
		h.tried.missed++
	}
	h.held = append(h.held, item)
	if len(h.held) == 1 && h.state == up {
		h.sim.queue.Push(h.busyUntil, event{kind: workEvent, host: h.index(), epoch: h.incarnation})
	}
}

// work handles what was kept, until nothing is left or the host is busy.
func (h *Host) work(epoch uint32) {
	for h.state == up && h.incarnation == epoch && len(h.held) > 0 {
		if h.sim.now < h.busyUntil {
			h.sim.queue.Push(h.busyUntil, event{kind: workEvent, host: h.index(), epoch: epoch})
			return
		}
		item := h.held[0]
		h.held = h.held[1:]
		h.handle(item.event, item.from, &item.message)
	}
}

// handle hands a message, a timer or a report to the process.
func (h *Host) handle(e event, from uint64, m *Message) {
	if h.slowed {
		h.draws++
		if takes := h.slow.At(h.chance.Fate(purposeSlow, h.draws)); takes > 0 {
			h.busyUntil = h.sim.now.Add(takes)
			h.tried.busied++
		}
	}
	h.tried.handled++
	h.disk.At(h.sim.now)
	switch {
	case from != 0:
		if m.Checksum == 0 || h.sim.unchanged(from, m.Raft.Entries, m.Checksum, "in a message") {
			h.process.Receive(from, m)
		}
	case e.kind == timerEvent:
		if t, ok := h.timers.take(e.arg); ok {
			h.tried.clockUse += flag(t.local)
			h.process.Timer(t.token)
		}
	default:
		h.report(e)
	}
	h.settle()
}

// report tells the Node what became of a message that it sent.
func (h *Host) report(e event) {
	r := h.raft()
	if r == nil {
		return
	}
	if e.kind == unreachableEvent {
		r.ReportUnreachable(e.arg)
	} else {
		r.ReportSnapshot(e.arg>>1, e.arg&1 == 1)
	}
}

// settle deals with a process that has failed.
func (h *Host) settle() {
	if h.failure == nil {
		return
	}
	h.sim.record(Record{Verb: trace.Failed, Host: h.id, Text: h.failure.Error()})
	h.sim.processFailed(h, h.failure)
}

// crash drops everything volatile at this instant. The disk keeps what c says.
func (h *Host) crash(c disk.Crash) disk.Loss {
	loss := h.disk.Crash(h.sim.now, c)
	h.damaged = h.damaged || h.excused()
	h.sim.protocol.Crashed(h.id, h.mayHaveLost())
	if _, ok := h.process.(*replica.Replica); ok {
		h.sim.watcher.Crashing(h.id)
	}
	h.stop(down)
	torn := uint64(0)
	if loss.Torn {
		torn = 1
	}
	h.sim.record(Record{Verb: trace.Crashed, Host: h.id, Fields: [4]uint64{uint64(loss.Operations), uint64(loss.Bytes), torn}})
	return loss
}

// stop ends the process and forgets all that was meant for it.
func (h *Host) stop(next hostState) {
	if r := h.raft(); r != nil {
		h.configs = recovery.PossibleConfigs(r)
		r.Stop()
	}
	h.process, h.held, h.state, h.busyUntil = nil, nil, next, 0
	h.incarnation++
	h.timers.clear()
}

// restart boots the host now, if nothing holds it down.
func (h *Host) restart() {
	if h.state == down || h.state == absent || h.state == retired {
		h.sim.queue.Push(h.sim.now, event{kind: bootEvent, host: h.index(), epoch: h.incarnation})
	}
}

// pause stops the process between two events, without losing anything.
func (h *Host) pause() {
	if h.state == up {
		h.state = paused
		h.sim.record(Record{Verb: trace.Paused, Host: h.id})
	}
}

// resume wakes a paused process, which then gets all that it missed, in order.
func (h *Host) resume() {
	if h.state != paused {
		return
	}
	h.state = up
	h.sim.record(Record{Verb: trace.Resumed, Host: h.id, Fields: [4]uint64{uint64(len(h.held))}})
	h.work(h.incarnation)
}

func (h *Host) index() uint32 { return uint32(h.id - 1) }

// Now reads the host's own clock.
func (h *Host) Now() clock.Time {
	h.tried.clockUse++
	return h.clock.Read(h.sim.now)
}

// FS is the host's disk.
func (h *Host) FS() vfs.FS { return h.disk }

// Random is a stream of chance of this incarnation.
func (h *Host) Random() *random.Rand {
	return h.chance.Key(fmt.Sprintf("incarnation %d", h.incarnation)).Rand(purposeProcess)
}

// Send gives m to the network.
func (h *Host) Send(to uint64, m Message) { h.sim.send(h.id, to, &m) }

// SetTimer calls the process's Timer(token) after d on the host's own clock.
func (h *Host) SetTimer(d time.Duration, token uint64) {
	h.tried.clockUse++
	reading := h.clock.Read(h.sim.now).Add(d)
	h.push(h.timers.add(timer{reading: reading, length: d, token: token, local: true}), h.clock.When(h.sim.now, reading))
}

// AfterDisk returns true when the disk is idle, or calls Timer(token) once it is.
func (h *Host) AfterDisk(token uint64) bool {
	h.asked()
	done := h.disk.Done()
	if done <= h.sim.now {
		return true
	}
	h.push(h.timers.add(timer{token: token}), done)
	return false
}

func (h *Host) push(id uint64, at clock.Time) {
	if at < clock.Never {
		h.sim.queue.Push(at, event{kind: timerEvent, host: h.index(), epoch: h.incarnation, arg: id})
	}
}

// ClockChanged moves the timers of the process to when the changed clock says
// that they are due.
func (h *Host) ClockChanged() {
	for id, t := range h.timers.renew() {
		h.push(id, h.clock.When(h.sim.now, t.reading))
	}
}

// Fail ends the process with an error, once its current call has returned.
func (h *Host) Fail(err error) {
	if h.failure == nil {
		h.failure = err
	}
}

// Marks takes what the process hits of its marks.
func (h *Host) Marks() *Marks { return h.marks }

// Observe is told what a raft.Node and the loop around it do.
func (h *Host) Observe() host.Observer { return &h.facts }

// Executed says that a client's command takes effect.
func (h *Host) Executed(index, session, number uint64) {
	h.facts.Executed(index, session, number, false)
}

// Note puts a line into the trace.
func (h *Host) Note(text string) { h.sim.record(Record{Verb: trace.Noted, Host: h.id, Text: text}) }

// applyDelay is how long the apply queue of an incarnation keeps its requests.
func (h *Host) applyDelay() func(request uint64) time.Duration {
	takes, incarnation := h.sim.options.Raft.ApplyTakes, uint64(h.incarnation)
	return func(request uint64) time.Duration {
		if h.appliesAtOnce {
			return 0
		}
		return takes.At(h.chance.Fate(purposeApply, incarnation<<32|request))
	}
}

func flag(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
