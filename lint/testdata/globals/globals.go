package globals

type table struct{ rows map[string]int }

var (
	counter  int
	registry = map[string]int{}
	shared   table
)

func init() {
	registry["kv"] = 1 // before any simulation begins
}

func use(local table) int {
	counter++                   // want "package variable counter is written: simulations side by side share it: make it a field"
	registry["bank"] = 2        // want "package variable registry is written"
	shared.rows["x"] += counter // want "package variable shared is written"
	delete(registry, "kv")      // want "package variable registry is written"
	for counter = range 3 {     // want "package variable counter is written"
	}
	local.rows["x"] = 1
	registry := local.rows
	registry["y"] = 2
	return registry["y"]
}

var hook = func() {
	counter++ // want "package variable counter is written"
}

// Register adds a name.
func Register(name string, n int) {
	registry[name] = n // written before any run: users register from their own init or main
}
