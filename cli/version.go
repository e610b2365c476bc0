package cli

import (
	"runtime"

	"github.com/spf13/cobra"

	"raftsim/internal/self"
	"raftsim/report"
)

func (a *app) versionCommand() *cobra.Command {
	return a.jsonFlag(&cobra.Command{
		Use:   "version",
		Short: "Print the revision this binary was built from",
		Args:  cobra.NoArgs,
		Run: func(*cobra.Command, []string) {
			a.printf("%s built from %s with %s for %s/%s\n", self.Name(), self.Revision(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			if advice := self.Advice(); advice != "" {
				a.printf("%s\n", advice)
			}
			if a.json {
				a.emit(report.Version{
					Type: "version", Program: self.Name(), BuiltFrom: self.Revision(), Advice: self.Advice(),
					Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH,
				})
			}
		},
	}, "print the build")
}
