package registry_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/internal/registry"
)

func TestWhatIsAddedIsFoundUntilItIsTakenAway(t *testing.T) {
	var r registry.Registry[int]
	removeB, ok := r.Add("b", 2)
	require.True(t, ok)
	removeA, ok := r.Add("a", 1)
	require.True(t, ok)
	_, ok = r.Add("b", 3)
	require.False(t, ok, "the name is taken")
	require.Equal(t, []string{"a", "b"}, r.Names())
	require.Equal(t, []int{1, 2}, r.Values())

	removeB()
	_, ok = r.Lookup("b")
	require.False(t, ok)
	_, ok = r.Add("b", 4)
	require.True(t, ok)
	removeB()
	value, ok := r.Lookup("b")
	require.True(t, ok, "a name is given back once: the next owner keeps it")
	require.Equal(t, 4, value)
	removeA()
	require.Equal(t, []string{"b"}, r.Names())
}

func TestParallelTestsMayAddAndLookUp(t *testing.T) {
	var r registry.Registry[int]
	var all sync.WaitGroup
	for i, name := range []string{"a", "b", "c", "d"} {
		all.Go(func() {
			for range 100 {
				remove, ok := r.Add(name, i)
				value, found := r.Lookup(name)
				if !ok || !found || value != i {
					t.Errorf("%s: %v %v %d", name, ok, found, value)
				}
				r.Names()
				remove()
			}
		})
	}
	all.Wait()
	require.Empty(t, r.Names())
}
