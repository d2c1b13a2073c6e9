package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// node is a running `recado serve` on the town's data.
type node struct {
	address string
	cmd     *exec.Cmd
	log     bytes.Buffer
}

// start runs the binary until it is ready. The town's own handle must be closed before: SQLite has one writer.
func (t *town) start(ctx context.Context, binary string) (*node, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	listen := listener.Addr().String()
	listener.Close()
	n := &node{address: "http://" + listen, cmd: exec.CommandContext(ctx, binary, "serve", "--listen", listen)}
	n.cmd.Env = append(os.Environ(), "RECADO_DATA="+t.dir, "RECADO_DATABASE="+t.url, "RECADO_SECRET_KEY="+secretKey,
		"RECADO_WHATSAPP_APP_SECRET="+appSecret, "RECADO_WHATSAPP_VERIFY_TOKEN=t", "RECADO_WHATSAPP_GRAPH_URL=http://127.0.0.1:9")
	n.cmd.Stdout, n.cmd.Stderr = &n.log, &n.log
	if err := n.cmd.Start(); err != nil {
		return nil, err
	}
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if answer, err := http.Get(n.address + "/readyz"); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return n, nil
			}
		}
	}
	n.stop()
	return nil, fmt.Errorf("the node did not become ready:\n%s", n.log.String())
}

// used is the processor time the node has used so far.
func (n *node) used() time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", n.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond // the system counts in hundredths of a second
}

func (n *node) stop() {
	_ = n.cmd.Process.Kill()
	_ = n.cmd.Wait()
}

// client is one signed-in browser.
type client struct {
	*http.Client
	base string
}

// signIn opens a session for a person.
func (n *node) signIn(email string) (*client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	c := &client{&http.Client{Jar: jar, Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 2}}, n.address + "/api/v1"}
	body, err := json.Marshal(map[string]string{"email": email, "password": password})
	if err != nil {
		return nil, err
	}
	answer, err := c.Post(c.base+"/session", "application/json", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 300 {
		return nil, fmt.Errorf("sign in %s: %s", email, answer.Status)
	}
	return c, nil
}

// get reads a path to the end and gives its content.
func (c *client) get(ctx context.Context, path string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return nil, err
	}
	answer, err := c.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = errors.New(path + ": " + answer.Status + " " + string(content))
	}
	return content, err
}
