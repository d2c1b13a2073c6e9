package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"recado/internal/node"
)

// place is where the data lives; the same for every command that opens it.
type place struct {
	Data      string `help:"Folder of the database file, the media files and the key." default:"data" env:"RECADO_DATA"`
	Database  string `help:"PostgreSQL address (postgres://…). Empty: a SQLite file in the data folder." env:"RECADO_DATABASE"`
	SecretKey string `help:"32 bytes in hex or base64 that seal provider tokens. Empty: a key file in the data folder." env:"RECADO_SECRET_KEY"`
}

func (p place) config() node.Config {
	return node.Config{Data: p.Data, Database: p.Database, SecretKey: p.SecretKey}
}

type serveCommand struct {
	place
	Listen      string        `help:"Address of the desk, the API and the inbound hooks." default:"localhost:8080" env:"RECADO_LISTEN"`
	GraphURL    string        `help:"Address of the WhatsApp API." default:"https://graph.facebook.com" name:"whatsapp-graph-url" env:"RECADO_WHATSAPP_GRAPH_URL"`
	AppSecret   string        `help:"App secret that signs the provider's webhooks." name:"whatsapp-app-secret" env:"RECADO_WHATSAPP_APP_SECRET"`
	VerifyToken string        `help:"Verify token of the provider's webhook check." name:"whatsapp-verify-token" env:"RECADO_WHATSAPP_VERIFY_TOKEN"`
	Internal    []string      `help:"Addresses and ranges of your own network that chatbots and workflows may ask, with commas between (10.0.0.5,192.168.7.0/24). None: only the public internet." name:"allow-internal" env:"RECADO_ALLOW_INTERNAL"`
	Settle      time.Duration `help:"How long to wait for news of a message whose sending broke off." default:"60s" env:"RECADO_SETTLE"`
}

// Run serves until interrupted.
func (c serveCommand) Run(ctx context.Context) error {
	config := c.config()
	config.Internal = c.Internal
	config.Listen, config.GraphURL, config.AppSecret, config.VerifyToken, config.Settle = c.Listen, c.GraphURL, c.AppSecret, c.VerifyToken, c.Settle
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	return run(ctx, config, func(n *node.Node) {
		fmt.Printf("Recado %s listens on http://%s\n", node.Version, n.Address())
	})
}

type demoCommand struct {
	place
	Listen   string  `help:"Address of the desk. Beyond this machine only with --password." default:"localhost:8080" env:"RECADO_LISTEN"`
	Password string  `help:"Password of the demo users instead of the known one." env:"RECADO_DEMO_PASSWORD"`
	Speed    float64 `help:"How many times faster the simulator's clock runs." default:"1" env:"RECADO_DEMO_SPEED"`
}

// Run serves the demo until interrupted.
func (c demoCommand) Run(ctx context.Context) error {
	config := c.config()
	config.Listen, config.Demo, config.DemoPassword, config.DemoSpeed = c.Listen, true, c.Password, c.Speed
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	return run(ctx, config, func(n *node.Node) { fmt.Print(n.Welcome()) })
}

// run starts a node, tells that it is ready, and waits until ctx ends.
func run(ctx context.Context, config node.Config, ready func(*node.Node)) error {
	if err := config.Check(); err != nil {
		return err
	}
	n, err := node.New(ctx, config)
	if err != nil {
		return err
	}
	return n.Run(ctx, func() { ready(n) })
}
