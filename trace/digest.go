package trace

import "raftsim/random"

// Recorder keeps the digest of all records of a run, and shows them to its listener. The
// digest is the same with a listener and without one. Its zero value has none.
type Recorder struct {
	// Listener is shown each record. What it is shown is overwritten by the next.
	Listener func(*Record)
	digest   uint64
	current  Record
}

// Digest is that of all that was recorded.
func (t *Recorder) Digest() uint64 { return t.digest }

// Mix adds a number to the digest that no record shows.
func (t *Recorder) Mix(n uint64) { t.digest = random.Mix(t.digest, n) }

// Record adds r to the digest, and shows it.
func (t *Recorder) Record(r *Record) {
	t.Add(r)
	if t.Listener != nil {
		t.Show(r)
	}
}

// Show shows r to the listener, which there must be, and adds nothing to the digest.
func (t *Recorder) Show(r *Record) {
	t.current = *r
	t.Listener(&t.current)
}

// Add adds r to the digest, and does not show it.
func (t *Recorder) Add(r *Record) {
	d := random.Mix(t.digest, uint64(r.At))
	d = random.Mix(d, uint64(r.Verb)<<56^r.Host<<28^r.Peer)
	for _, f := range r.Fields {
		d = random.Mix(d, f)
	}
	if !verbs[r.Verb].prose {
		for i := 0; i < len(r.Text); i++ {
			d = random.Mix(d, uint64(r.Text[i]))
		}
	}
	t.digest = d
}
