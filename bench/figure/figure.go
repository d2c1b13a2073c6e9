// Package figure prints a measured figure on one line and keeps it in a dated file.
package figure

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// Figure is one measured value.
type Figure struct {
	Name     string // "P1 campaign sends ÷ send limit"
	Database string // SQLite or PostgreSQL, with what its durability rests on
	Value    float64
	Goal     float64 // at least; 0: none, or one in Bare (AtMost)
	Bare     string  // the bare limit and ours, in words
	Remarks  []string
}

// Met tells whether the goal is reached.
func (f Figure) Met() bool { return f.Value >= f.Goal }

// String is the figure on one line: name, value, goal, bare limit, machine.
func (f Figure) String() string {
	parts := []string{fmt.Sprintf("%s (%s): %.2f", f.Name, f.Database, f.Value)}
	if f.Goal > 0 {
		goal := fmt.Sprintf("goal ≥ %.2f", f.Goal)
		if !f.Met() {
			goal += " NOT MET"
		}
		parts = append(parts, goal)
	}
	parts = append(append(parts, f.Bare), f.Remarks...)
	return strings.Join(append(parts, Machine()), "; ")
}

// AtMost is a figure whose value should not be above its goal.
func AtMost(name, database string, value, goal float64, remarks ...string) Figure {
	verdict := "met"
	if value > goal {
		verdict = "NOT MET"
	}
	return Figure{Name: name, Database: database, Value: value, Bare: fmt.Sprintf("goal ≤ %g %s", goal, verdict), Remarks: remarks}
}

// Machine names what it was measured on.
func Machine() string {
	return fmt.Sprintf("%d cpus %s/%s %s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())
}

// Keep prints figures and writes them to dir/YYYY-MM-DD-name.md, after what the file holds of that day; dir "" only prints.
func Keep(out io.Writer, dir, name string, at time.Time, figures ...Figure) error {
	for _, f := range figures {
		fmt.Fprintln(out, f)
	}
	if dir == "" || len(figures) == 0 {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("keep figures: %w", err)
	}
	path := filepath.Join(dir, at.Format("2006-01-02")+"-"+name+".md")
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("keep figures: %w", err)
	}
	defer file.Close()
	for _, f := range figures {
		if _, err := fmt.Fprintf(file, "- %s UTC: %s\n", at.UTC().Format("15:04"), f); err != nil {
			return fmt.Errorf("keep figures: %w", err)
		}
	}
	return nil
}

// ProcessorTime is what this process has used so far, in all its threads.
func ProcessorTime() time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		return 0
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
