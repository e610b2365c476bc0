// Command simrun runs scenarios of raftsim; see simrun --help.
package main

import (
	"os"

	"raftsim/cli"
)

func main() { os.Exit(cli.Main()) }
