package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"recado/internal/simulator"
)

// buildOnce compiles the binary the scenarios run, once for all of them.
var buildOnce = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "recado-e2e")
	if err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "recado")
	out, err := exec.Command("go", "build", "-o", binary, "../cmd/recado").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return binary, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if binary, err := buildOnce(); err == nil {
		_ = os.RemoveAll(filepath.Dir(binary))
	}
	os.Exit(code)
}

// process is a running recado.
type process struct {
	t       *testing.T
	args    []string
	env     []string
	address string // http://127.0.0.1:port
	ready   string // path that answers 200 once it can serve
	cmd     *exec.Cmd
	log     *bytes.Buffer
}

// freePort gives a port nobody listens on now.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// start runs the process and waits until it is ready.
func (p *process) start() {
	p.t.Helper()
	binary, err := buildOnce()
	if err != nil {
		p.t.Fatal(err)
	}
	p.log = &bytes.Buffer{}
	p.cmd = exec.Command(binary, p.args...)
	p.cmd.Env = append(os.Environ(), p.env...)
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(p.t.Context(), 60*time.Second)
	defer cancel()
	for {
		request, _ := http.NewRequestWithContext(ctx, http.MethodGet, p.address+p.ready, nil)
		if answer, err := http.DefaultClient.Do(request); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
		}
		if ctx.Err() != nil {
			p.kill()
			p.t.Fatalf("%v did not become ready:\n%s", p.args, p.log)
		}
		time.Sleep(30 * time.Millisecond)
	}
}

// kill stops the process at once, as a power cut would.
func (p *process) kill() {
	if p.cmd != nil && p.cmd.Process != nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	}
}

// simulate starts a provider of its own.
func simulate(t *testing.T, callback string) *process {
	t.Helper()
	listen := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	p := &process{t: t, address: "http://" + listen, ready: "/control/stats",
		args: []string{"simulate", "--listen", listen, "--callback-url", callback, "--speed", "10"}}
	p.start()
	t.Cleanup(p.kill)
	return p
}

// beside prepares a node (not started) beside a provider that tells it the news; env wins over what it has otherwise.
func beside(t *testing.T, database string, env ...string) (node, provider *process) {
	t.Helper()
	port := freePort(t)
	provider = simulate(t, fmt.Sprintf("http://127.0.0.1:%d/hooks/whatsapp", port))
	node = serve(t, port, database, provider)
	node.env = append(node.env, env...)
	return node, provider
}

// serve prepares a node (not started) with the demo workspace, on the given database ("" for SQLite).
func serve(t *testing.T, port int, database string, provider *process) *process {
	t.Helper()
	listen := fmt.Sprintf("127.0.0.1:%d", port)
	p := &process{t: t, address: "http://" + listen, ready: "/readyz", args: []string{"serve", "--listen", listen},
		env: []string{"RECADO_DATA=" + t.TempDir(), "RECADO_DATABASE=" + database, "RECADO_SETTLE=20s",
			"RECADO_WHATSAPP_GRAPH_URL=" + provider.address,
			"RECADO_WHATSAPP_APP_SECRET=simulator-secret", "RECADO_WHATSAPP_VERIFY_TOKEN=simulator-verify"}}
	binary, err := buildOnce()
	if err != nil {
		t.Fatal(err)
	}
	seed := exec.CommandContext(t.Context(), binary, "seed", "--password", demoPassword, "--provider-token", "simulator-token")
	seed.Env = append(os.Environ(), p.env...)
	if out, err := seed.CombinedOutput(); err != nil {
		t.Fatalf("seed: %v\n%s", err, out)
	}
	t.Cleanup(p.kill)
	return p
}

const demoPassword = "recado-demo"

// stats are the provider's own counters.
func (p *process) stats() simulator.Stats { return p.statsAt("/control/stats") }

// statsAt are the counters of a provider mounted elsewhere.
func (p *process) statsAt(path string) simulator.Stats {
	p.t.Helper()
	answer, err := http.Get(p.address + path)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	var stats simulator.Stats
	if err := json.NewDecoder(answer.Body).Decode(&stats); err != nil {
		p.t.Fatal(err)
	}
	return stats
}
