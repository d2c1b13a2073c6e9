// Package serve runs the released program on data a benchmark has made, and signs in to it.
package serve

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

// The secrets of benchmarks' nodes.
const (
	SecretKey = "c2VjcmV0IGtleSBvZiB0aGUgYmVuY2htYXJrcy4uLi4=" // 32 bytes
	AppSecret = "app secret of the benchmarks"
)

// Node is a running `recado serve`.
type Node struct {
	Address string // http://127.0.0.1:…
	Process *os.Process
	cmd     *exec.Cmd
	log     bytes.Buffer
}

// Start runs the binary on the data in dir until it is ready. url "" is SQLite in dir, whose own handle must be closed before:
// it has one writer. graph is the provider's address, settings are more of the environment.
func Start(ctx context.Context, binary, dir, url, graph string, settings ...string) (*Node, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	listen := listener.Addr().String()
	listener.Close()
	n := &Node{Address: "http://" + listen, cmd: exec.CommandContext(ctx, binary, "serve", "--listen", listen)}
	n.cmd.Env = append(append(os.Environ(), "RECADO_DATA="+dir, "RECADO_DATABASE="+url, "RECADO_SECRET_KEY="+SecretKey,
		"RECADO_WHATSAPP_APP_SECRET="+AppSecret, "RECADO_WHATSAPP_VERIFY_TOKEN=t", "RECADO_WHATSAPP_GRAPH_URL="+graph), settings...)
	n.cmd.Stdout, n.cmd.Stderr = &n.log, &n.log
	if err := n.cmd.Start(); err != nil {
		return nil, err
	}
	n.Process = n.cmd.Process
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if answer, err := http.Get(n.Address + "/readyz"); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return n, nil
			}
		}
	}
	n.Kill()
	return nil, fmt.Errorf("the node did not become ready:\n%s", n.log.String())
}

// Used is the processor time the node has used so far.
func (n *Node) Used() time.Duration {
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

// Kill ends the node as kill -9 does.
func (n *Node) Kill() {
	_ = n.cmd.Process.Kill()
	_ = n.cmd.Wait()
}

// Client is one signed-in browser.
type Client struct {
	*http.Client
	Base string // of the API
}

// SignIn opens a session for a person.
func (n *Node) SignIn(email, password string) (*Client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	c := &Client{&http.Client{Jar: jar, Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 2}}, n.Address + "/api/v1"}
	body, err := json.Marshal(map[string]string{"email": email, "password": password})
	if err != nil {
		return nil, err
	}
	answer, err := c.Client.Post(c.Base+"/session", "application/json", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 300 {
		return nil, fmt.Errorf("sign in %s: %s", email, answer.Status)
	}
	return c, nil
}

// Get reads a path to the end and gives its content.
func (c *Client) Get(ctx context.Context, path string) ([]byte, error) {
	return c.ask(ctx, http.MethodGet, path, nil)
}

// Post sends a body and gives the answer.
func (c *Client) Post(ctx context.Context, path string, body []byte) ([]byte, error) {
	return c.ask(ctx, http.MethodPost, path, body)
}

// Put sends a body in the place of what is there and gives the answer.
func (c *Client) Put(ctx context.Context, path string, body []byte) ([]byte, error) {
	return c.ask(ctx, http.MethodPut, path, body)
}

func (c *Client) ask(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.Base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if len(body) > 0 {
		request.Header.Set("Content-Type", "application/json")
	}
	answer, err := c.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode >= 300 {
		err = errors.New(path + ": " + answer.Status + " " + string(content))
	}
	return content, err
}
