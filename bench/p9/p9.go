// Package p9 measures the audience check of a large sheet against the bare sheet limit: a loop over encoding/csv that
// normalises each phone number with the phone number library, in the same process on the same file.
//
// The goal is a ratio of at least 0.4 and at most 200 MB of memory for 1,000,000 rows, on both databases.
package p9

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"recado/internal/campaign"

	"github.com/nyaruka/phonenumbers"
)

// The goals.
const (
	GoalRatio  = 0.4
	GoalMemory = 200 // MB
)

// Result is what was measured.
type Result struct {
	Rows     int
	Check    time.Duration // from asking for the check to its stored end
	Bare     time.Duration
	MemoryMB float64 // most the process held while checking, its own files and database cache included
	Counts   campaign.Check
}

// Ratio is the speed of the check as a part of the bare limit.
func (r Result) Ratio() float64 { return r.Bare.Seconds() / r.Check.Seconds() }

// Line is the figure as it is printed.
func (r Result) Line(database string) string {
	perSecond := func(d time.Duration) float64 { return float64(r.Rows) / d.Seconds() }
	return fmt.Sprintf("P9 audience check of %d rows ÷ sheet limit (%s): %.2f, goal ≥ %.1f, bare %.0f rows/s, ours %.0f rows/s; memory %.0f MB, goal ≤ %d; %d cpus %s/%s",
		r.Rows, database, r.Ratio(), GoalRatio, perSecond(r.Bare), perSecond(r.Check), r.MemoryMB, GoalMemory, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
}

// Run measures with a sheet of so many rows and prints one line. database is "" for SQLite or a PostgreSQL address of an
// empty database.
func Run(ctx context.Context, out io.Writer, rows int, database string) (Result, error) {
	dir, err := os.MkdirTemp("", "recado-p9-")
	if err != nil {
		return Result{}, err
	}
	defer os.RemoveAll(dir)
	sheet := filepath.Join(dir, "audience.csv")
	if err := writeSheet(sheet, rows); err != nil {
		return Result{}, fmt.Errorf("write the sheet: %w", err)
	}
	r := Result{Rows: rows}
	if err := r.measureCheck(ctx, dir, sheet, database); err != nil {
		return r, fmt.Errorf("check: %w", err)
	}
	if r.Bare, err = bareLimit(sheet); err != nil {
		return r, fmt.Errorf("sheet limit: %w", err)
	}
	name := "SQLite"
	if database != "" {
		name = "PostgreSQL"
	}
	_, err = fmt.Fprintln(out, r.Line(name))
	return r, err
}

// writeSheet makes people of three countries in the ways they are written, with one bad row and one repeated person in a
// hundred.
func writeSheet(path string, rows int) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(file, 1<<20)
	fmt.Fprintln(w, "telefono,nombre,{{1}},{{2}},ciudad")
	chance := rand.New(rand.NewPCG(9, 9))
	for i := range rows {
		phone := phoneOf(i, chance)
		switch {
		case i%100 == 50:
			phone = "abc"
		case i%100 == 75: // the person before, written as Mexican numbers once were
			phone = "+52 1 " + phoneOf(i-1, chance)[2:]
		}
		fmt.Fprintf(w, "%s,Persona %d,Ana,F-%d,Belo Horizonte\n", phone, i, i)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return file.Close()
}

func phoneOf(i int, chance *rand.Rand) string {
	local := strconv.Itoa(10_000_000 + i)[1:]
	if i >= 10_000_000 {
		local = strconv.Itoa(i)
	}
	switch i % 4 {
	case 0:
		return "+55 31 9" + "8" + local[:3] + "-" + local[3:]
	case 1:
		return "5531" + "98" + local
	case 2:
		return "52" + "55" + "5" + local
	default:
		if chance.IntN(2) == 0 {
			return "+54 9 11 5" + local
		}
		return "54911" + "5" + local
	}
}

// bareLimit is the loop that does nothing but read and normalise.
func bareLimit(path string) (time.Duration, error) {
	began := time.Now()
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	in := csv.NewReader(bufio.NewReaderSize(file, 1<<20))
	in.ReuseRecord = true
	if _, err := in.Read(); err != nil {
		return 0, err
	}
	for {
		record, err := in.Read()
		if err == io.EOF {
			return time.Since(began), nil
		}
		if err != nil {
			return 0, err
		}
		text := record[0]
		if !strings.HasPrefix(text, "+") {
			text = "+" + text
		}
		if number, err := phonenumbers.Parse(text, "BR"); err == nil && phonenumbers.IsValidNumber(number) {
			_ = phonenumbers.Format(number, phonenumbers.E164)
		}
	}
}
