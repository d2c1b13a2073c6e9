package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"recado/bench/figure"
)

// Goals of P10.
const (
	startGoal  = 2.0 // seconds from start to ready, with the demo's data
	memoryGoal = 80  // MB resident when idle
	binaryGoal = 60  // MB
)

// start measures P10 on the binary as it is released: its size, the time from start to ready with the demo's data, and
// what it holds resident when nothing happens.
func (o options) start(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "recado-start")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	binary, err := o.binary(ctx, dir)
	if err != nil {
		return err
	}
	info, err := os.Stat(binary)
	if err != nil {
		return err
	}
	first, _, err := o.startOnce(ctx, binary, dir, 0)
	if err != nil {
		return err
	}
	idle := 5 * time.Second
	if o.short {
		idle = time.Second
	}
	again, resident, err := o.startOnce(ctx, binary, dir, idle)
	if err != nil {
		return err
	}
	size := float64(info.Size()) / 1e6
	return figure.Keep(os.Stdout, o.results, "start", time.Now(),
		figure.AtMost("P10 start to ready with demo data, seconds", "SQLite", again.Seconds(), startGoal, fmt.Sprintf("the first start, which makes the data, %.2f s", first.Seconds())),
		figure.AtMost("P10 idle memory, MB resident", "SQLite", resident, memoryGoal, fmt.Sprintf("%s after start", idle)),
		figure.AtMost("P10 binary, MB", "SQLite", size, binaryGoal, "with the desk inside when it was built before"))
}

// binary gives the program as it is released; the short mode takes the one that is there.
func (o options) binary(ctx context.Context, dir string) (string, error) {
	if built, err := filepath.Abs("bin/recado"); err == nil && o.short {
		if _, err := os.Stat(built); err == nil {
			return built, nil
		}
	}
	binary := filepath.Join(dir, "recado")
	if out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, "./cmd/recado").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return binary, nil
}

// startOnce runs the demo until it is ready and idle long enough, and gives the time to ready and the resident MB.
func (o options) startOnce(ctx context.Context, binary, dir string, idle time.Duration) (ready time.Duration, resident float64, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, 0, err
	}
	address := listener.Addr().String()
	listener.Close()
	run := exec.CommandContext(ctx, binary, "demo", "--listen", address, "--data", filepath.Join(dir, "data"))
	out, err := run.StdoutPipe()
	if err != nil {
		return 0, 0, err
	}
	begun := time.Now()
	if err := run.Start(); err != nil {
		return 0, 0, err
	}
	defer func() { _ = run.Process.Kill(); _ = run.Wait() }()
	if !bufio.NewScanner(out).Scan() {
		return 0, 0, errors.New("the demo ended before it was ready")
	}
	for {
		answer, err := http.Get("http://" + address + "/readyz")
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				break
			}
		}
		if time.Since(begun) > time.Minute {
			return 0, 0, errors.New("the demo did not become ready in a minute")
		}
		time.Sleep(5 * time.Millisecond)
	}
	ready = time.Since(begun)
	time.Sleep(idle)
	resident, err = residentMB(run.Process.Pid)
	return ready, resident, err
}

// residentMB reads what a process holds in memory.
func residentMB(pid int) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kb / 1000, err
		}
	}
	return 0, errors.New("the system does not tell resident memory")
}
