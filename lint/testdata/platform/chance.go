package platform

import (
	cryptorand "crypto/rand" // want "import of crypto/rand: use a stream of package random"
	"hash/maphash"           // want "import of hash/maphash: its seed is random: use random.Mix"
	"math/rand"              // want "import of math/rand: use a stream of package random"
	randv2 "math/rand/v2"    // want "import of math/rand/v2: use a stream of package random"
)

func draw() uint64 {
	_, _ = cryptorand.Read(nil)
	return rand.Uint64() + randv2.Uint64() + maphash.String(maphash.MakeSeed(), "")
}
