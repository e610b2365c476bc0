package random

// Purpose says what a fate decides: the loss of a packet, the length of a
// write. Each package declares its own constants; purposes matter only within
// one stream.
type Purpose uint16

// Key is one stream of chance. Its name is hashed once, when it is made by
// [Seed.Key], [Fates.Key] or [Key.Key]; the zero value is not usable. Keys are
// small values: a copy answers the same.
type Key struct {
	a, b   uint64
	layer  *layer // nil when nothing lies on top of the seed
	origin *origin
}

// origin is what a key was made from.
type origin struct {
	name  string
	fates Fates
}

// layer is what lies on top of the fates of one stream.
type layer struct {
	over *stream
	log  *stream
}

// Key returns the sub-stream of that name. Its full name is the name of k, a
// slash, and name.
func (k Key) Key(name string) Key {
	return k.origin.fates.Key(k.origin.name + "/" + name)
}

// Fate returns the nth answer of k for purpose p: uniform over all uint64, and
// a pure function of the seed, the name, p and n, unless it is overridden. Fate
// 0 stands for the benign outcome.
func (k Key) Fate(p Purpose, n uint64) uint64 {
	x := scramble(k.a + n*golden)
	x = scramble(x ^ (k.b + uint64(p)*golden))
	if k.layer != nil {
		return k.layer.decide(p, n, x)
	}
	return x
}

// decide puts the override of a fate in its place and records the decision.
func (l *layer) decide(p Purpose, n, fate uint64) uint64 {
	if v, ok := l.over.get(p, n); ok {
		fate = v
	}
	if l.log != nil {
		l.log.set(p, n, fate)
	}
	return fate
}

// Rand returns a sequence over the fates of k for p, beginning at number 0.
func (k Key) Rand(p Purpose) *Rand { return &Rand{key: k, purpose: p} }

// String returns the name of the stream.
func (k Key) String() string {
	if k.origin == nil {
		return ""
	}
	return k.origin.name
}
