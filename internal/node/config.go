package node

import (
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"time"

	"recado/internal/publicnet"
)

// Version is set when the binary is built.
var Version = "dev"

// Config is everything that can be set from outside. Each field is a flag and a RECADO_* variable (see cmd/recado).
type Config struct {
	Listen   string // host:port of the desk, the API and the inbound hooks
	Data     string // folder of the database file, the media files and the key
	Database string // postgres://…; empty: the SQLite file in Data

	GraphURL    string // where the WhatsApp API is; the simulator's address in tests
	AppSecret   string // signs the provider's webhooks
	VerifyToken string // of the provider's check of our address
	SecretKey   string // 32 bytes, hex or base64: seals provider tokens; empty: a key file in Data

	Internal []string // addresses and ranges of the own network that chatbots and workflows may ask; none: only the public internet

	Settle time.Duration // after so long without news an unconfirmed message is looked at (design §6)

	Demo         bool   // demo workspace, built-in simulator, known password
	DemoPassword string // replaces the known one; needed to listen beyond this machine
	DemoSpeed    float64
}

// Defaults that flags show.
const (
	DefaultListen   = "localhost:8080"
	DefaultData     = "data"
	DefaultGraphURL = "https://graph.facebook.com"
	DefaultSettle   = 60 * time.Second
	demoSettle      = 30 * time.Second
)

// ErrDemoOpen is why a demo with a known password does not listen beyond this machine.
var ErrDemoOpen = errors.New("the demo has a known password, so it listens on this machine only: give --password, or listen on localhost")

// Check refuses what cannot work, in words.
func (c *Config) Check() error {
	if c.Listen == "" {
		c.Listen = DefaultListen
	}
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("--listen wants host:port, for example %s: %w", DefaultListen, err)
	}
	if c.Data == "" {
		c.Data = DefaultData
	}
	if c.Settle <= 0 {
		c.Settle = DefaultSettle
		if c.Demo {
			c.Settle = demoSettle
		}
	}
	if c.GraphURL == "" {
		c.GraphURL = DefaultGraphURL
	}
	if _, err := publicnet.ParseAllowed(c.Internal); err != nil {
		return fmt.Errorf("--allow-internal: %w", err)
	}
	if c.Demo {
		return c.checkDemo(host)
	}
	if c.AppSecret == "" || c.VerifyToken == "" {
		return errors.New("set --whatsapp-app-secret and --whatsapp-verify-token: without them no message of the provider can be trusted")
	}
	return nil
}

func (c *Config) checkDemo(host string) error {
	if c.DemoPassword == "" && !loopback(host) {
		return ErrDemoOpen
	}
	if c.DemoSpeed <= 0 {
		c.DemoSpeed = 1
	}
	return nil
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// local tells whether this is a demo that only this machine sees: there, what leaves may go to this machine too.
func (c *Config) local() bool { return c.Demo && c.DemoPassword == "" }

// outside says what chatbots and workflows may ask. Check has read the addresses.
func (c *Config) outside() publicnet.Rules {
	allowed, _ := publicnet.ParseAllowed(c.Internal)
	return publicnet.Rules{Private: c.local(), Allowed: allowed}
}

func (c *Config) databasePath() string { return filepath.Join(c.Data, "recado.db") }
func (c *Config) mediaPath() string    { return filepath.Join(c.Data, "media") }
