package primarybackup

import (
	"encoding/json"
	"errors"
	"io/fs"

	"raftsim/sim"
)

// state is what a host has on disk.
type state struct {
	View            uint64 // that it has entered
	Updated, Number uint64 // the view that made the rest, and how many updates came before
	Commands        uint64 // that were executed
	Batch           []command
	Machine         []byte
}

// command is one of those that this state has, and the one before had not.
type command struct{ Session, Number uint64 }

// after reports whether s is a later state than o.
func (s *state) after(o *state) bool {
	return s.Updated > o.Updated || s.Updated == o.Updated && s.Number > o.Number
}

// name is enough of a state to tell it from others.
func (s *state) name() state { return state{View: s.View, Updated: s.Updated, Number: s.Number} }

// message travels between hosts. All are of a view.
type message struct {
	Kind kind
	state
}

type kind uint8

const (
	enter   kind = iota // a host begins the view
	entered             // the answer: the state
	update              // the primary's state
	updated             // the answer: it is on disk
)

func decode(payload []byte) (m message, ok bool) {
	err := json.Unmarshal(payload, &m)
	return m, err == nil
}

// answer sends m to a host, unless the view is over.
func (r *Replica) answer(to, view uint64, m message) {
	if m.View = view; r.state.View == view {
		r.send(to, m)
	}
}

func (r *Replica) broadcast(m message) {
	for id := uint64(1); id <= Hosts; id++ {
		if id != r.env.ID() {
			r.send(id, m)
		}
	}
}

func (r *Replica) send(to uint64, m message) {
	payload, err := json.Marshal(m)
	if err != nil {
		r.env.Fail(err)
	}
	r.env.Send(to, sim.Message{Kind: sim.PayloadMessage, Payload: payload})
}

// disk keeps a state in a file, which is written anew each time. One write is under way
// at a time; what is to be done after one that has not begun waits for the next.
type disk struct {
	env       sim.Env
	state     *state
	writing   bool
	due, next []func() // after this write, after the next one
}

const file, newFile = "state", "state.new"

// read takes the state from the file, if there is one.
func (d *disk) read() (found bool, err error) {
	f, err := d.env.FS().Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	size, err := f.Size()
	if err != nil {
		return false, err
	}
	text := make([]byte, size)
	if _, err := f.ReadAt(text, 0); err != nil {
		return false, err
	}
	return true, json.Unmarshal(text, d.state)
}

// save writes the state, and calls then when it is durable, or a later one.
func (d *disk) save(then func()) {
	if d.next = append(d.next, then); !d.writing {
		d.write()
	}
}

func (d *disk) write() {
	d.writing, d.due, d.next = true, d.next, nil
	if err := d.replace(); err != nil {
		d.env.Fail(err)
	} else if d.env.AfterDisk(diskTimer) {
		d.done()
	}
}

// done is called when the disk is.
func (d *disk) done() {
	for _, then := range d.due {
		then()
	}
	if d.writing = false; len(d.next) > 0 {
		d.write()
	}
}

// replace puts another file in the place of the one that there is.
func (d *disk) replace() error {
	text, err := json.Marshal(d.state)
	if err != nil {
		return err
	}
	f, err := d.env.FS().Create(newFile)
	if err != nil {
		return err
	}
	if _, err := f.WriteAt(text, 0); err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return errors.Join(d.env.FS().Rename(newFile, file), d.env.FS().SyncDir("."))
}
