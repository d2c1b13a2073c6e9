// Command bench measures how fast Recado is, as ratios to bare limits taken in the same run on the same machine. It prints
// one line per figure and keeps them in bench/results. What the figures mean stands in docs/benchmarks.md.
//
//	go run ./bench                       all figures on SQLite, and on PostgreSQL when RECADO_TEST_POSTGRES names a server
//	go run ./bench -only P2,P3 -for 10s  some of them
//	go run ./bench -short                each for a second, so that none can rot; nothing is kept
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/pprof"
	"strings"
	"time"
)

type options struct {
	only     map[string]bool
	during   time.Duration
	messages int
	before   int
	// conversations of the filled workspace, ten messages each
	conversations int
	people        int // of the large campaign
	database      string
	results       string
	short         bool
}

func main() {
	only := flag.String("only", "", "figures to measure, such as P1,P3; empty: all")
	short := flag.Bool("short", false, "one second each, nothing is kept")
	profile := flag.String("profile", "", "write a processor profile")
	var o options
	flag.DurationVar(&o.during, "for", 10*time.Second, "how long each load lasts")
	flag.IntVar(&o.messages, "messages", 60_000, "messages of the measured campaign")
	flag.IntVar(&o.before, "before", 0, "campaign messages sent before the measured ones")
	flag.IntVar(&o.conversations, "conversations", 1_000_000, "conversations of the filled workspace, ten messages each")
	flag.IntVar(&o.people, "people", 1_000_000, "people of the large campaign")
	flag.StringVar(&o.database, "database", "both", "sqlite, postgres or both")
	flag.StringVar(&o.results, "results", "bench/results", "folder of the dated results; empty: none are kept")
	flag.Parse()
	if o.short = *short; o.short {
		o.during, o.messages, o.conversations, o.people, o.results = time.Second, 3000, 2000, 5000, ""
	}
	o.only = map[string]bool{}
	for _, name := range strings.FieldsFunc(*only, func(c rune) bool { return c == ',' }) {
		o.only[strings.ToUpper(strings.TrimSpace(name))] = true
	}
	if err := profiled(*profile, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func profiled(path string, o options) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if path == "" {
		return run(ctx, o)
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := pprof.StartCPUProfile(file); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	return run(ctx, o)
}

func (o options) wants(name string) bool { return len(o.only) == 0 || o.only[name] }
