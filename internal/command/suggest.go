package command

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"raftsim/internal/text"
)

// Suggest makes a command, and those below it, say which flag or command may have
// been meant by one that there is not. The arguments are those that it is run with.
func Suggest(root *cobra.Command, args []string) {
	root.Args = cobra.ArbitraryArgs
	root.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return c.Help()
		}
		return unknownCommand(c, args[0])
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		if c == root && len(args) > 0 && !strings.HasPrefix(args[0], "-") {
			return unknownCommand(c, args[0]) // the flags are those of what was meant
		}
		return flagError(c, err)
	})
}

func unknownCommand(root *cobra.Command, word string) error {
	var valid []string
	for _, known := range root.Commands() {
		if known.IsAvailableCommand() {
			valid = append(valid, known.Name())
		}
	}
	return fmt.Errorf("unknown command %s, %s", text.Quote(word), text.Suggestion(word, valid))
}

// flagError adds the flag that an unknown one may have been meant to be. One dash
// before a long flag, -seed, is a group of short flags to the parser.
func flagError(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return err
	}
	var names, flags []string
	c.Flags().VisitAll(func(f *pflag.Flag) {
		names = append(names, f.Name)
		flags = append(flags, "--"+f.Name)
	})
	group := unknown.GetSpecifiedShortnames()
	switch near := text.Nearest(cmp.Or(group, unknown.GetSpecifiedName()), names); {
	case near != "":
		return fmt.Errorf("%w, did you mean --%s?", err, near)
	case group == "":
		return fmt.Errorf("%w, valid are %s", err, text.List(flags))
	}
	return err
}
