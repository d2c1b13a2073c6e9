// Command recado is the whole product in one binary: parse, call, exit.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

type commands struct {
	Serve    serveCommand    `cmd:"" help:"Run Recado for real."`
	Demo     demoCommand     `cmd:"" help:"Run everything in one process with demo data and a built-in provider simulator."`
	Simulate simulateCommand `cmd:"" help:"Run the provider simulator alone."`
	Migrate  migrateCommand  `cmd:"" help:"Bring the database to the newest version."`
	User     userCommands    `cmd:"" help:"Workspaces and users from the command line."`
	Number   numberCommands  `cmd:"" help:"Numbers from the command line."`
	Seed     seedCommand     `cmd:"" help:"Fill an empty installation with the demo workspace, against a running simulator."`
	Doctor   doctorCommand   `cmd:"" help:"Check database, folder, clock and provider, and say what to mend."`
	Version  versionCommand  `cmd:"" help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c commands
	parsed := kong.Parse(&c, kong.Name("recado"), kong.Description("Customer conversations for companies, in one binary."),
		kong.UsageOnError(), kong.DefaultEnvars("RECADO"), kong.BindTo(ctx, (*context.Context)(nil)))
	if err := parsed.Run(); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "recado:", err)
		os.Exit(1)
	}
}
