package clock_test

import (
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/clock"
)

func TestTimePrintsThreeDecimalsOrAsManyAsItTakes(t *testing.T) {
	for at, want := range map[clock.Time]string{
		0:                     "0.000s",
		1:                     "0.000000001s",
		1_204_000_000:         "1.204s",
		1_204_500_000:         "1.2045s",
		1_200_000_000:         "1.200s",
		60_000_000_000:        "60.000s",
		-500_000_000:          "-0.500s",
		math.MinInt64:         "-9223372036.854775808s",
		clock.Never:           "never",
		clock.Never - 1:       "9223372036.854775806s",
		3_600_000_000_010_000: "3600000.00001s",
	} {
		require.Equal(t, want, at.String())
	}
}

// limit returns v limited to an int64.
func limit(v *big.Int) int64 {
	switch {
	case v.IsInt64():
		return v.Int64()
	case v.Sign() > 0:
		return math.MaxInt64
	}
	return math.MinInt64
}

func TestTimeArithmeticSaturates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at, other := rapid.Int64().Draw(t, "at"), rapid.Int64().Draw(t, "other")
		sum := new(big.Int).Add(big.NewInt(at), big.NewInt(other))
		if at != math.MaxInt64 {
			require.Equal(t, clock.Time(limit(sum)), clock.Time(at).Add(time.Duration(other)))
		}
		require.Equal(t, clock.Never, clock.Never.Add(time.Duration(other)))
		difference := new(big.Int).Sub(big.NewInt(at), big.NewInt(other))
		require.Equal(t, time.Duration(limit(difference)), clock.Time(at).Sub(clock.Time(other)))
	})
}
