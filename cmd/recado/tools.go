package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"recado/internal/node"
	"recado/internal/simulator"
)

type simulateCommand struct {
	Listen      string  `help:"Address of the simulator." default:"localhost:8090" env:"RECADO_SIMULATE_LISTEN"`
	Data        string  `help:"Folder in which the simulator remembers what it accepted. Empty: in memory only." env:"RECADO_SIMULATE_DATA"`
	CallbackURL string  `help:"Where webhooks go." default:"http://localhost:8080/hooks/whatsapp" env:"RECADO_SIMULATE_CALLBACK_URL"`
	AppSecret   string  `help:"Signs the webhooks." name:"whatsapp-app-secret" default:"simulator-secret" env:"RECADO_WHATSAPP_APP_SECRET"`
	VerifyToken string  `help:"Of the check of the callback." name:"whatsapp-verify-token" default:"simulator-verify" env:"RECADO_WHATSAPP_VERIFY_TOKEN"`
	Token       string  `help:"Bearer token that calls must carry." default:"simulator-token" env:"RECADO_SIMULATE_TOKEN"`
	Speed       float64 `help:"How many times faster the clock runs." default:"1" env:"RECADO_DEMO_SPEED"`
}

// Run serves the simulator and its handset page until interrupted.
func (c simulateCommand) Run(ctx context.Context) error {
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return err
	}
	provider, err := simulator.Open(simulator.Config{Journal: c.Data, Speed: c.Speed, Token: c.Token, AppSecret: c.AppSecret,
		VerifyToken: c.VerifyToken, CallbackURL: c.CallbackURL, PublicURL: "http://" + listener.Addr().String(),
		Accounts: simulator.DemoAccounts()})
	if err != nil {
		_ = listener.Close() // nothing was served on it
		return err
	}
	server := &http.Server{Handler: provider, ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	go func() { _ = provider.Run(ctx) }()
	fmt.Printf("Simulator on http://%s, handset on the same address, webhooks to %s\n", listener.Addr(), c.CallbackURL)
	if err := server.Serve(listener); ctx.Err() == nil {
		return err
	}
	return nil
}

type migrateCommand struct{ place }

// Run migrates and says what it did.
func (c migrateCommand) Run(ctx context.Context) error {
	applied, err := node.Migrate(ctx, c.config())
	if err != nil {
		return err
	}
	fmt.Printf("%d migrations applied\n", applied)
	return nil
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run() error {
	fmt.Println(node.Version)
	return nil
}

type doctorCommand struct {
	place
	GraphURL string `help:"Address of the WhatsApp API." default:"https://graph.facebook.com" name:"whatsapp-graph-url" env:"RECADO_WHATSAPP_GRAPH_URL"`
}

// Run checks what a node needs and says what to mend.
func (c doctorCommand) Run(ctx context.Context) error {
	config := c.config()
	config.GraphURL = c.GraphURL
	return node.Doctor(ctx, config, func(line string) { fmt.Println(line) })
}
