// Planted hunts the corpus of planted bugs with the simulator's own command.
//
//	go run ./planted/cmd/planted list
//	go run ./planted/cmd/planted build NAME -o BINARY
//	go run ./planted/cmd/planted run [NAME...] --seeds 1-500
//	go run ./planted/cmd/planted control
//	go run ./planted/cmd/planted table RESULTS
//
// It exits with 0 when every bug was caught, 1 when one escaped (or, for
// control, when the program as it is was found guilty), and 2 for bad input.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/spf13/cobra"

	"raftsim/planted"
)

// errEscaped makes the command exit with 1.
var errEscaped = errors.New("not as expected")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := command().ExecuteContext(ctx)
	stop()
	switch {
	case err == nil:
	case errors.Is(err, errEscaped):
		os.Exit(1)
	default:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func command() *cobra.Command {
	root := &cobra.Command{
		Use:           "planted",
		Short:         "hunt the corpus of planted bugs",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(listCommand(), buildCommand(), runCommand(), controlCommand(), tableCommand())
	return root
}

// corpus finds the module around the working directory and loads its bugs.
func corpus() (root string, bugs []planted.Bug, err error) {
	root, err = os.Getwd()
	if err != nil {
		return "", nil, err
	}
	for {
		if info, err := os.Stat(filepath.Join(root, filepath.FromSlash(planted.Folder))); err == nil && info.IsDir() {
			break
		}
		parent := filepath.Dir(root)
		if parent == root {
			return "", nil, fmt.Errorf("planted: no folder %s here or above: run it inside the module", planted.Folder)
		}
		root = parent
	}
	bugs, err = planted.Load(root)
	return root, bugs, err
}

func listCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "show each bug with its source and the properties that should catch it",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, bugs, err := corpus()
			if err != nil {
				return err
			}
			for _, b := range bugs {
				fmt.Fprintf(cmd.OutOrStdout(), "%-40s %s\n", b.Name, b.Source)
				for _, property := range b.Properties {
					fmt.Fprintf(cmd.OutOrStdout(), "    %s\n", property)
				}
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%d bugs\n", len(bugs))
			return nil
		},
	}
}

func buildCommand() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "build NAME -o BINARY",
		Short: "build the simulator's command with a bug in it",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, names []string) error {
			root, bugs, err := corpus()
			if err != nil {
				return err
			}
			bugs, err = planted.Select(bugs, names)
			if err != nil {
				return err
			}
			binary, err := filepath.Abs(output)
			if err != nil {
				return err
			}
			return bugs[0].Build(cmd.Context(), root, binary)
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "path of the binary")
	if err := cmd.MarkFlagRequired("output"); err != nil {
		panic(err)
	}
	return cmd
}

func tableCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "table RESULTS",
		Short: "write saved results as a table in Markdown",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			_, bugs, err := corpus()
			if err != nil {
				return err
			}
			file, err := os.Open(files[0])
			if err != nil {
				return err
			}
			defer file.Close()
			results, err := planted.ReadResults(file)
			if err != nil {
				return err
			}
			return planted.WriteTable(cmd.OutOrStdout(), bugs, results)
		},
	}
}
