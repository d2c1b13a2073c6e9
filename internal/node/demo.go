package node

import (
	"context"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"

	"recado/internal/api"
	"recado/internal/seed"
	"recado/internal/simulator"
)

// simulatorPath is where the demo's provider is mounted, with its handset page.
const simulatorPath = "/simulator"

// demo is what a demo node has besides: a provider of its own and a known workspace.
type demo struct {
	provider *simulator.Server
	base     string // http://host:port
	password string
	open     bool // listens beyond this machine: the provider asks for the password too
}

// newDemo makes the provider and points the node's configuration at it.
func newDemo(config *Config, listen net.Addr) (*demo, error) {
	base := "http://" + reachableAddress(listen)
	d := &demo{base: base, password: config.DemoPassword, open: config.DemoPassword != ""}
	if d.password == "" {
		d.password = seed.Password
	}
	config.GraphURL = base + simulatorPath
	config.AppSecret, config.VerifyToken = simulator.DemoAppSecret, simulator.DemoVerifyToken
	var err error
	d.provider, err = simulator.Open(simulator.Config{Speed: config.DemoSpeed, BasePath: simulatorPath, PublicURL: base + simulatorPath,
		CallbackURL: base + "/hooks/whatsapp", Journal: filepath.Join(config.Data, "simulator")})
	if err != nil {
		return nil, fmt.Errorf("opening the demo's provider: %w", err)
	}
	return d, nil
}

// reachableAddress is a listening address as this machine can call it.
func reachableAddress(listen net.Addr) string {
	host, port, err := net.SplitHostPort(listen.String())
	if err != nil {
		return listen.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// ServeHTTP lets anyone on this machine in; others need the demo's password, since the handset plays any customer.
func (d *demo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if d.open && !fromHere(r) {
		_, password, _ := r.BasicAuth()
		if subtle.ConstantTimeCompare([]byte(password), []byte(d.password)) != 1 {
			w.Header().Set("WWW-Authenticate", `Basic realm="Recado demo"`)
			http.Error(w, "The handset asks for the demo's password.", http.StatusUnauthorized)
			return
		}
	}
	d.provider.ServeHTTP(w, r)
}

func fromHere(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	return err == nil && net.ParseIP(host).IsLoopback() && r.Header.Get("X-Forwarded-For") == ""
}

// begin starts the provider, makes the workspace and, the first time, lets a few customers write.
func (d *demo) begin(ctx context.Context, r *rooms) error {
	go func() { _ = d.provider.Run(ctx) }()
	before, err := r.accounts.Workspaces(ctx)
	if err != nil {
		return err
	}
	w, err := seed.Demo(ctx, r.seedRooms(), seed.Options{Password: d.password, Token: simulator.DemoToken})
	if err != nil {
		return err
	}
	if len(before) == 0 {
		stage := seed.Stage{Say: d.say, Conversations: r.conversations, Accounts: r.accounts, Workspace: w.ID}
		if err := stage.Play(ctx); err != nil {
			slog.Warn("the demo's first conversations are not complete", "error", err)
		}
	}
	return nil
}

// say makes a customer of the demo write to a number.
func (d *demo) say(line seed.Line) error {
	who, err := d.provider.AddPerson(simulator.Person{Number: line.From, Name: line.Name})
	if err != nil {
		return err
	}
	_, err = d.provider.Say(who, simulator.Said{Number: line.Number, Type: line.Kind, Text: line.Text})
	return err
}

// accounts are the sign-ins that the demo shows on its sign-in page; the password only while it is the known one.
func (d *demo) accounts() api.DemoAccounts {
	out := api.DemoAccounts{Password: d.password, Handset: simulatorPath + "/"}
	if d.open {
		out.Password = ""
	}
	for _, u := range seed.Users {
		out.Accounts = append(out.Accounts, api.DemoAccount{Email: u.Email, Name: u.Name, Profile: string(u.Profile)})
	}
	return out
}

// Welcome is what the demo prints when it is ready.
func (n *Node) Welcome() string {
	if n.demo == nil {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\nRecado demo is ready\n\n  Desk      %s\n  Handset   %s%s/   (play the customer)\n\n", n.demo.base, n.demo.base, simulatorPath)
	for _, u := range seed.Users {
		fmt.Fprintf(&b, "  %-24s %-12s %s\n", u.Email, u.Name, u.Profile)
	}
	if !n.demo.open {
		fmt.Fprintf(&b, "\n  Password of all: %s\n", n.demo.password)
	}
	fmt.Fprintf(&b, "\nStop with Ctrl+C. Data stays in %s.\n\n", n.config.Data)
	return b.String()
}
