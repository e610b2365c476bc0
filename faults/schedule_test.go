package faults_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/faults"
)

func TestWhatAScheduleMeansSurvivesPrintingAndParsing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := schedules().Draw(t, "schedule")
		require.NoError(t, s.Validate(s.Hosts()))
		text := s.String()
		parsed, err := faults.Parse(text)
		require.NoError(t, err, text)
		require.Len(t, parsed, len(s))
		for i := range s {
			require.Equal(t, s[i], parsed[i], text)
		}
		require.Equal(t, text, parsed.String())
	})
}

func TestAFaultAloneReadsAsItDoesInASchedule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Custom(anyFault).Draw(t, "fault")
		line := f.String()
		require.NotContains(t, line, "  ")
		alone, err := faults.ParseFault(line)
		require.NoError(t, err, line)
		require.Equal(t, f, alone)
		action, err := faults.ParseAction(f.Action.String())
		require.NoError(t, err, line)
		require.Equal(t, f.Action, action)
	})
}

func TestSpacingAndCommentsMeanNothing(t *testing.T) {
	tight, err := faults.Parse("2s partition n1|n2 n3 for 1.5s\n3s link n1->n3 loses 20%\n4s cut n1<->n2\n5s reconfigure add n4,remove n1 joint")
	require.NoError(t, err)
	loose, err := faults.Parse(`
		# the first one
		2s   partition  n1 |  n2   n3     for 1.5s   # cut

		3000ms link n1 -> n3 loses 1/5
		4s  cut n1   <-> n2#really
		5s	reconfigure add n4 , remove n1 joint` + "\r\n")
	require.NoError(t, err)
	require.Equal(t, tight, loose)
}

func TestAPrintedScheduleStandsInColumns(t *testing.T) {
	s, err := faults.Parse(`20s pause follower for 2s within 500ms
		2s partition n1 | n2 n3 for 1.5s
		10.05s link n1 -> n3 loses 20% for 5s every 5s..15s until 40s
		15s transfer leader to n3`)
	require.NoError(t, err)
	require.Equal(t, strings.TrimLeft(`
2s      partition n1 | n2 n3     for 1.5s
10.05s  link n1 -> n3 loses 20%  for 5s    every 5s..15s until 40s
15s     transfer leader to n3
20s     pause follower           for 2s                             within 500ms
`, "\n"), s.String())
}

func TestFaultsOfOneInstantKeepTheirOrder(t *testing.T) {
	s, err := faults.Parse("3s heal\n1s crash n1\n1s crash n2\n0s crash n3\n1s crash n4")
	require.NoError(t, err)
	var order []string
	for _, f := range s {
		order = append(order, f.Action.String())
	}
	require.Equal(t, []string{
		"crash n3", "crash n1", "crash n2", "crash n4", "heal",
	}, order)
}

func TestAHostThatTheScheduleAddsMayBeNamed(t *testing.T) {
	hosts := []uint64{1, 2, 3}
	_, err := faults.ParseFor("1s reconfigure add n4\n2s crash n4", hosts)
	require.NoError(t, err)
	_, err = faults.ParseFor("1s replace n1 with n5\n2s crash n5", hosts)
	require.NoError(t, err)
	_, err = faults.ParseFor("1s reconfigure promote n4\n2s crash n3", hosts)
	require.EqualError(t, err, "faults: line 1, column 24: reconfigure n4: cluster has nodes n1..n3")
	s, err := faults.Parse("1s crash n2\n2s crash n1 n6")
	require.NoError(t, err)
	require.EqualError(t, s.Validate(hosts), "faults: fault 2: crash n6: cluster has nodes n1..n3")
	require.Equal(t, []uint64{1, 2, 6}, s.Hosts())
}

func TestValidateRefusesWhatParseWouldNotGive(t *testing.T) {
	crash := faults.Crash{Hosts: faults.Hosts(1)}
	for _, c := range []struct {
		fault faults.Fault
		want  string
	}{
		{faults.Fault{}, "has no action"},
		{faults.Fault{Action: stranger{}}, `kind "stranger" is not registered`},
		{faults.Fault{At: -1, Action: crash}, "must be ascending and not negative"},
		{faults.Fault{At: 2, AtMax: 1, Action: crash}, "must be ascending and not negative"},
		{faults.Fault{For: -1, Action: crash}, "must be ascending and above zero"},
		{faults.Fault{For: 5, ForMax: 4, Action: crash}, "must be ascending and above zero"},
		{faults.Fault{ForMax: 4, Action: crash}, "must be ascending and above zero"},
		{faults.Fault{For: 5, Action: faults.Heal{}}, "heal happens at once"},
		{faults.Fault{Every: faults.Interval{Min: 1, Max: 1}, Action: crash}, "at least 1000000"},
		{faults.Fault{Wait: -1, Action: crash}, "must not be negative"},
		{faults.Fault{Action: faults.Crash{}}, "a group has no hosts"},
		{faults.Fault{Action: faults.Crash{Hosts: faults.Group{{}}}}, "must be n1 to n9999"},
		{faults.Fault{Action: faults.Crash{Hosts: faults.Hosts(1, 1)}}, "n1 is named twice"},
		{faults.Fault{Action: faults.Crash{Hosts: faults.New.Group()}}, "only what adds hosts"},
		{faults.Fault{Action: faults.Partition{Sides: []faults.Group{faults.Hosts(1), faults.Hosts(1)}}}, "n1 stands on two sides"},
	} {
		err := faults.Schedule{c.fault}.Validate([]uint64{1, 2, 3})
		require.ErrorContains(t, err, c.want)
	}
}

// stranger is an action of no kind.
type stranger struct{}

func (stranger) Kind() string                        { return "stranger" }
func (stranger) String() string                      { return "stranger" }
func (stranger) Groups() []faults.Group              { return nil }
func (s stranger) Bind([]faults.Group) faults.Action { return s }

func FuzzParseNeverPanics(f *testing.F) {
	for _, k := range faults.Kinds() {
		for _, example := range k.Examples {
			f.Add("1s " + example)
			f.Add("1s..2s " + example + " for 1s..2s every 1s..2s until 1m within 3ms # x")
		}
	}
	f.Add("1s crash n9\xff | -> <-> ,,, \x00 1s")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := faults.ParseFor(text, []uint64{1, 2, 3})
		if err != nil {
			var mistake *faults.Error
			require.ErrorAs(t, err, &mistake)
			require.Positive(t, mistake.Line)
			require.Positive(t, mistake.Column)
			require.NotContains(t, err.Error(), "\n")
			return
		}
		printed := s.String()
		again, err := faults.Parse(printed)
		require.NoError(t, err, printed)
		require.Equal(t, s, again)
	})
}
