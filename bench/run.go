package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"time"

	"recado/bench/bare"
	"recado/bench/crossing"
	"recado/bench/desk"
	"recado/bench/figure"
	"recado/bench/million"
	"recado/bench/p9"

	"github.com/jackc/pgx/v5"
)

// run measures what is wanted on each database, the bare limits right before the figures that are divided by them.
func run(ctx context.Context, o options) error {
	if o.wants("P1") {
		if err := o.eachDatabase(ctx, o.send); err != nil {
			return err
		}
	}
	if o.wants("P2") || o.wants("P3") {
		if err := o.eachDatabase(ctx, o.receive); err != nil {
			return err
		}
	}
	if o.wants("P9") {
		if err := o.eachDatabase(ctx, o.sheet); err != nil {
			return err
		}
	}
	if o.wants("P5") || o.wants("P6") || o.wants("P7") || o.wants("P8") {
		if err := o.released(ctx, o.desks); err != nil {
			return err
		}
	}
	if o.wants("P13") {
		if err := o.released(ctx, o.answers); err != nil {
			return err
		}
	}
	if o.wants("P12") {
		if err := o.released(ctx, o.million); err != nil {
			return err
		}
	}
	if o.wants("P10") {
		return o.start(ctx)
	}
	return nil
}

// released runs a measurement on the program as it is released.
func (o options) released(ctx context.Context, measure func(ctx context.Context, binary string) error) error {
	dir, err := os.MkdirTemp("", "recado-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	binary, err := o.binary(ctx, dir)
	if err != nil {
		return err
	}
	return measure(ctx, binary)
}

// openDesks is how many desks are open while messages come in.
func (o options) openDesks() int {
	if o.short {
		return 20
	}
	return desk.Desks
}

// desks measures what agents feel on a small town and on one a hundred times as large.
func (o options) desks(ctx context.Context, binary string) error {
	measure := func(conversations, desks int, into *desk.Measured) func(ctx context.Context, target crossing.Target) error {
		return func(ctx context.Context, target crossing.Target) (err error) {
			*into, err = desk.Measure(ctx, desk.Target{Name: target.Name, URL: target.URL, Binary: binary, Conversations: conversations, Desks: desks, During: o.during})
			return err
		}
	}
	return o.eachDatabase(ctx, func(ctx context.Context, target crossing.Target) error {
		var small, large desk.Measured
		desks := o.openDesks()
		if err := measure(max(o.conversations/100, 200), 0, &small)(ctx, target); err != nil {
			return fmt.Errorf("P6 on %s: %w", target.Name, err)
		}
		if err := o.again(ctx, target, measure(o.conversations, desks, &large)); err != nil {
			return fmt.Errorf("P5 to P8 on %s: %w", target.Name, err)
		}
		return figure.Keep(os.Stdout, o.results, "desk", time.Now(), desk.Figures(desk.Target{URL: target.URL, Name: target.Name, Desks: desks}, small, large)...)
	})
}

// answers measures how long people wait for a chatbot.
func (o options) answers(ctx context.Context, binary string) error {
	desks := o.openDesks()
	return o.eachDatabase(ctx, func(ctx context.Context, target crossing.Target) error {
		figures, err := desk.Answers(ctx, desk.Target{Name: target.Name, URL: target.URL, Binary: binary, Desks: desks, During: o.during})
		if err != nil {
			return fmt.Errorf("P13 on %s: %w", target.Name, err)
		}
		return figure.Keep(os.Stdout, o.results, "answers", time.Now(), figures...)
	})
}

// million sends one campaign to everybody.
func (o options) million(ctx context.Context, binary string) error {
	return o.eachDatabase(ctx, func(ctx context.Context, target crossing.Target) error {
		figures, err := million.Measure(ctx, million.Target{Name: target.Name, URL: target.URL, Binary: binary, People: o.people})
		if err != nil {
			return fmt.Errorf("P12 on %s: %w", target.Name, err)
		}
		return figure.Keep(os.Stdout, o.results, "million", time.Now(), figures...)
	})
}

// again measures on another empty database of the same kind.
func (o options) again(ctx context.Context, target crossing.Target, measure func(context.Context, crossing.Target) error) error {
	if target.URL == "" {
		return measure(ctx, target)
	}
	return onPostgres(ctx, os.Getenv("RECADO_TEST_POSTGRES"), measure)
}

func (o options) send(ctx context.Context, target crossing.Target) error {
	limit, err := bare.SendLimit(o.during)
	if err != nil {
		return err
	}
	target.Before = o.before
	f, err := crossing.Send(ctx, target, o.messages, limit, goalFor(target, 0.35, 0.20))
	if err != nil {
		return fmt.Errorf("P1 on %s: %w", target.Name, err)
	}
	return figure.Keep(os.Stdout, o.results, "crossing", time.Now(), f)
}

func (o options) receive(ctx context.Context, target crossing.Target) error {
	limit, err := bare.ReceiveLimit(os.TempDir(), "a secret", o.during, func(n int64) []byte { return crossing.Body(n, []string{"wamid.a"}) })
	if err != nil {
		return err
	}
	figures, err := crossing.Receive(ctx, target, o.during, limit, goalFor(target, 0.60, 0.30), goalFor(target, 0.30, 0.15))
	if err != nil {
		return fmt.Errorf("P2 and P3 on %s: %w", target.Name, err)
	}
	return figure.Keep(os.Stdout, o.results, "crossing", time.Now(), figures...)
}

func (o options) sheet(ctx context.Context, target crossing.Target) error {
	rows := 1_000_000
	if o.short {
		rows = 20_000
	}
	r, err := p9.Run(ctx, io.Discard, rows, target.URL)
	if err != nil {
		return fmt.Errorf("P9 on %s: %w", target.Name, err)
	}
	return figure.Keep(os.Stdout, o.results, "sheet", time.Now(), figure.Figure{
		Name: fmt.Sprintf("P9 audience check of %d rows ÷ sheet limit", rows), Database: target.Name, Value: r.Ratio(), Goal: p9.GoalRatio,
		Bare:    fmt.Sprintf("sheet limit %s, ours %s", r.Bare.Round(time.Millisecond), r.Check.Round(time.Millisecond)),
		Remarks: []string{fmt.Sprintf("peak memory %.0f MB, goal ≤ %d", r.MemoryMB, p9.GoalMemory)}})
}

func goalFor(target crossing.Target, sqlite, postgres float64) float64 {
	if target.URL == "" {
		return sqlite
	}
	return postgres
}

// eachDatabase measures on SQLite and on PostgreSQL; without a server the latter is passed over and says so.
func (o options) eachDatabase(ctx context.Context, measure func(context.Context, crossing.Target) error) error {
	if o.database != "postgres" {
		if err := measure(ctx, crossing.Target{Name: "SQLite, fsync at every shared commit"}); err != nil {
			return err
		}
	}
	if o.database == "sqlite" {
		return nil
	}
	server := os.Getenv("RECADO_TEST_POSTGRES")
	if server == "" {
		fmt.Println("PostgreSQL: passed over, RECADO_TEST_POSTGRES is not set (scripts/with-postgres starts a server)")
		return nil
	}
	return onPostgres(ctx, server, measure)
}

// onPostgres makes an empty database, measures and drops it again.
func onPostgres(ctx context.Context, server string, measure func(context.Context, crossing.Target) error) error {
	admin, err := pgx.Connect(ctx, server)
	if err != nil {
		return fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	defer admin.Close(context.WithoutCancel(ctx))
	name := fmt.Sprintf("recado_bench_%d_%d", os.Getpid(), time.Now().UnixNano())
	if _, err := admin.Exec(ctx, "create database "+name); err != nil {
		return fmt.Errorf("make a database: %w", err)
	}
	defer admin.Exec(context.WithoutCancel(ctx), "drop database "+name+" with (force)")
	var fsync string
	if err := admin.QueryRow(ctx, "show fsync").Scan(&fsync); err != nil {
		return fmt.Errorf("settings of PostgreSQL: %w", err)
	}
	address, err := url.Parse(server)
	if err != nil {
		return fmt.Errorf("address of PostgreSQL: %w", err)
	}
	address.Path = "/" + name
	return measure(ctx, crossing.Target{Name: "PostgreSQL, fsync " + fsync, URL: address.String()})
}
