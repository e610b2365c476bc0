package scenarios_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/scenarios"
	"raftsim/sim"
)

// seedsEach is how many seeds of each file go test runs, and more only while they
// have not reached what the file says; simrun run runs all.
const seedsEach = 2

func TestEveryStoryPassesAndTogetherTheyHitEveryMark(t *testing.T) {
	all, err := scenarios.LoadAll(".")
	require.NoError(t, err)
	var lock sync.Mutex
	hit := map[string]bool{} // by any story
	ran := 0
	t.Cleanup(func() {
		if ran < len(all) { // chosen by -run
			t.Logf("%d of %d stories were run: that they hit every mark is asked of all of them together", ran, len(all))
			return
		}
		everyMarkIsHit(t, hit)
	})
	for _, s := range all {
		t.Run(s.File, func(t *testing.T) {
			t.Parallel()
			lock.Lock()
			ran++
			lock.Unlock()
			reached := map[string]bool{}
			unreached := func() bool { return s.Unreached(func(mark string) bool { return reached[mark] }) }
			run := int64(0)
			for seed := range s.Seeds.All() {
				if run++; run > seedsEach && !unreached() {
					break
				}
				o, err := s.Options(seed)
				require.NoError(t, err)
				v, err := sim.Run(o)
				require.NoError(t, err)
				lock.Lock()
				for _, mark := range v.Marks {
					reached[mark], hit[mark] = true, true
				}
				lock.Unlock()
				if v.Failed() {
					t.Fatalf("%v\n%v\nreproduce: go run ./cmd/simrun run --seed %d scenarios/%s", v.Outcome, v.Violations, seed, s.File)
				}
			}
			require.False(t, unreached(), "no seed reaches %s", s.Reaches)
		})
	}
}

func TestEveryStoryHasItsOwnNameItsSourceAndOneClaim(t *testing.T) {
	all, err := scenarios.LoadAll(".")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(all), 40)
	files := map[string]string{}
	for _, s := range all {
		require.Empty(t, files[s.Name], "%s has the name of %s", s.File, files[s.Name])
		files[s.Name] = s.File
		require.Regexp(t, `\S \(.*\S.*\)$`, strings.TrimSpace(s.About), "%s: about ends with its source in parentheses", s.File)
		require.NotZero(t, s.Plan.Expect.MinOperations, "%s: a story in which nothing happens claims nothing", s.File)
		require.True(t, (s.Catches == "") != (s.Reaches == ""), "%s: must say what it catches or what it reaches", s.File)
		if s.Catches != "" {
			require.FileExists(t, "../planted/bugs/"+s.Catches+".yaml", s.File)
		}
	}
}
