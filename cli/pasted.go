package cli

import (
	"fmt"
	"strings"

	"raftsim/hunt"
	"raftsim/internal/self"
	"raftsim/scenarios"
)

// The commands that are printed for a user to paste into a shell, in the same
// folder.

// pasted is the command that runs this program with these flags on these
// scenarios. The text of standard input follows as a here-document.
func pasted(flags string, all ...*scenarios.Scenario) string {
	line, input := self.Command()+" "+flags, ""
	for _, s := range all {
		line += " " + argument(s.File)
		if s.File == scenarios.StandardInput {
			input = s.String()
		}
	}
	if input == "" {
		return line
	}
	end := "END"
	for strings.Contains("\n"+input, "\n"+end+"\n") {
		end += "_"
	}
	return fmt.Sprintf("%s <<'%s'\n%s%s", line, end, input, end)
}

// argument is a scenario's file as a shell reads it.
func argument(file string) string {
	if file == scenarios.StandardInput {
		return file
	}
	return self.Path(file)
}

// reproduceLine is the line that ends what is said of a failure. The build stands
// in a comment of the shell, so that the rest of the line can be pasted as it is.
func reproduceLine(command string) string {
	if strings.Contains(command, "\n") { // nothing may follow a here-document
		return fmt.Sprintf("built from %s\nreproduce: %s\n", self.Revision(), command)
	}
	return fmt.Sprintf("reproduce: %s   # built from %s\n", command, self.Revision())
}

// reproduce is the command that makes the run of r again.
func (f *runFlags) reproduce(r *hunt.Result) string {
	flags := "run"
	if r.Divergence != nil {
		flags = "run --twice"
	}
	return pasted(fmt.Sprintf("%s%s --seed %d", flags, raftsFlag(f.rafts), r.Seed), r.Scenario)
}

// goOn are the commands that run what an interrupted sweep has left.
func (f *runFlags) goOn(left []hunt.Left) []string {
	flags := "run" + raftsFlag(f.rafts)
	switch {
	case f.twice:
		flags += " --twice"
	case f.twiceEvery != defaultTwiceEvery:
		flags += fmt.Sprintf(" --twice-every %d", f.twiceEvery)
	}
	var commands []string
	for i := 0; i < len(left); {
		seeds := left[i].Seeds.String()
		var files []*scenarios.Scenario
		for ; i < len(left) && left[i].Seeds.String() == seeds; i++ {
			files = append(files, left[i].Scenario)
		}
		commands = append(commands, pasted(flags+" --seeds "+seeds, files...))
	}
	return commands
}
