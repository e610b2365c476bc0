// Package registry keeps what users add to the program by name: Rafts, workloads,
// kinds of faults.
package registry

import (
	"slices"
	"strings"
	"sync"
)

// Registry holds values by name, in the order of their names. Its zero value is
// empty. It may be used by several goroutines at once, so that parallel tests can
// each add what they need.
type Registry[T any] struct {
	lock sync.RWMutex
	// entries is replaced and never changed: who has read it may go on to use it.
	entries []entry[T]
}

type entry[T any] struct {
	name  string
	value T
}

// Add adds a value, unless the name is taken. What is returned takes it away again,
// and does nothing the second time.
func (r *Registry[T]) Add(name string, value T) (remove func(), ok bool) {
	r.lock.Lock()
	defer r.lock.Unlock()
	at, taken := find(r.entries, name)
	if taken {
		return nil, false
	}
	r.entries = slices.Insert(slices.Clone(r.entries), at, entry[T]{name, value})
	return sync.OnceFunc(func() { r.remove(name) }), true
}

func (r *Registry[T]) remove(name string) {
	r.lock.Lock()
	defer r.lock.Unlock()
	if at, ok := find(r.entries, name); ok {
		r.entries = slices.Delete(slices.Clone(r.entries), at, at+1)
	}
}

// Lookup returns the value of a name.
func (r *Registry[T]) Lookup(name string) (value T, ok bool) {
	entries := r.snapshot()
	at, ok := find(entries, name)
	if ok {
		value = entries[at].value
	}
	return value, ok
}

// Names lists the names. The slice is the caller's.
func (r *Registry[T]) Names() []string {
	entries := r.snapshot()
	names := make([]string, len(entries))
	for i := range entries {
		names[i] = entries[i].name
	}
	return names
}

// Values lists the values in the order of their names. The slice is the caller's.
func (r *Registry[T]) Values() []T {
	entries := r.snapshot()
	values := make([]T, len(entries))
	for i := range entries {
		values[i] = entries[i].value
	}
	return values
}

func (r *Registry[T]) snapshot() []entry[T] {
	r.lock.RLock()
	defer r.lock.RUnlock()
	return r.entries
}

func find[T any](entries []entry[T], name string) (int, bool) {
	return slices.BinarySearchFunc(entries, name, func(e entry[T], name string) int { return strings.Compare(e.name, name) })
}
