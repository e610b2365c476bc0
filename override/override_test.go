package override_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/override"
)

type store interface {
	Get(string) string
	All() []string
}

type fast struct{ n int }

func (f *fast) Get(string) string { f.n++; return "" }
func (*fast) All() []string       { return nil }

// small has methods that the compiler inlines into what promotes them.
type small struct{}

func (small) Get(string) string { return "" }
func (small) All() []string     { return nil }

type (
	nothingOfPointer   struct{ *fast }
	nothingOfInterface struct{ store }
	nothingOfValue     struct{ small }
	nothingOfAddress   struct{ fast }

	getOfPointer   struct{ *fast }
	getOfInterface struct{ store }
	getOfValue     struct{ small }
	allOfInterface struct{ store }
	both           struct{ store }
	generic[T any] struct {
		store
		_ T
	}
	outer  struct{ *getOfPointer }
	mended struct{ getOfInterface }
	getOf  interface{ Get(string) string }
	allOf  interface{ All() []string }
	two    struct {
		getOf
		allOf
	}
	deep struct{ nothingOfValue }
)

func (getOfPointer) Get(string) string      { return "mine" }
func (*getOfInterface) Get(string) string   { return "mine" }
func (getOfValue) Get(string) string        { return "mine" }
func (allOfInterface) All() []string        { return []string{"mine"} }
func (both) Get(string) string              { return "mine" }
func (both) All() []string                  { return []string{"mine"} }
func (g *generic[T]) Get(key string) string { return g.store.Get(key) + "mine" }
func (mended) All() []string                { return []string{"mine"} }
func (deep) Get(string) string              { return "mine" }

func TestShortcutBypassesWhatIsDeclaredFurtherOut(t *testing.T) {
	for _, c := range []struct {
		name string
		v    any
		want bool
	}{
		{"no embedding", &fast{}, false},
		{"nothing declared over a pointer", nothingOfPointer{&fast{}}, false},
		{"nothing declared over an interface", nothingOfInterface{&fast{}}, false},
		{"nothing declared over a value", nothingOfValue{}, false},
		{"a pointer to nothing declared", &nothingOfAddress{}, false},
		{"declared over a pointer", getOfPointer{&fast{}}, true},
		{"a pointer to it", &getOfPointer{&fast{}}, true},
		{"declared over an interface", &getOfInterface{&fast{}}, true},
		{"declared over a value", getOfValue{}, true},
		{"only the shortcut is declared", allOfInterface{&fast{}}, false},
		{"both are declared", both{&fast{}}, false},
		{"declared by a generic type", &generic[int]{store: &fast{}}, true},
		{"what is embedded declares it", outer{&getOfPointer{&fast{}}}, true},
		{"within an interface", nothingOfInterface{getOfPointer{&fast{}}}, true},
		{"the shortcut is declared further out", mended{getOfInterface{&fast{}}}, false},
		{"two interfaces, one thing", two{&fast{}, &fast{}}, false},
		{"through a type that declares nothing", deep{}, true},
		{"an embedded interface that is nil", nothingOfInterface{}, false},
		{"an embedded pointer that is nil", (*getOfPointer)(nil), true},
		{"a value without either", 7, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, override.Bypasses(c.v, "All", "Get"))
		})
	}
}
