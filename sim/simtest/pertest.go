package simtest

import "sync"

// perTest holds the latest of something for each test that runs, by name.
type perTest[T comparable] struct {
	lock sync.Mutex
	m    map[string]T
}

// set makes value the latest of a test, and returns the one before.
func (l *perTest[T]) set(test string, value T) (old T) {
	l.lock.Lock()
	defer l.lock.Unlock()
	if l.m == nil {
		l.m = map[string]T{}
	}
	old, l.m[test] = l.m[test], value
	return old
}

// get is the latest of a test.
func (l *perTest[T]) get(test string) T {
	l.lock.Lock()
	defer l.lock.Unlock()
	return l.m[test]
}

// ends forgets value and returns true if it is the latest of a test.
func (l *perTest[T]) ends(test string, value T) bool {
	l.lock.Lock()
	defer l.lock.Unlock()
	if latest, ok := l.m[test]; !ok || latest != value {
		return false
	}
	delete(l.m, test)
	return true
}
