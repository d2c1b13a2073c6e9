// Command cmd measures P9 by itself: go run ./bench/p9/cmd [-short] [-database URL] [-profile FILE].
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime/pprof"

	"recado/bench/p9"
)

func main() {
	short := flag.Bool("short", false, "20,000 rows instead of 1,000,000")
	database := flag.String("database", "", "address of an empty PostgreSQL database; SQLite without it")
	profile := flag.String("profile", "", "write a processor profile")
	flag.Parse()
	rows := 1_000_000
	if *short {
		rows = 20_000
	}
	if *profile != "" {
		file, err := os.Create(*profile)
		if err == nil {
			err = pprof.StartCPUProfile(file)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		defer pprof.StopCPUProfile()
	}
	if _, err := p9.Run(context.Background(), os.Stdout, rows, *database); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
