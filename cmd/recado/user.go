package main

import (
	"context"
	"fmt"

	"recado/internal/node"
)

type userCommands struct {
	Create userCreate `cmd:"" help:"Make a workspace with its owner, and print a one-time link to set the password."`
	Link   userLink   `cmd:"" help:"Print a new one-time link for a user who lost the password."`
	List   userList   `cmd:"" help:"List the users."`
}

type userCreate struct {
	place
	Workspace string `help:"Name of the workspace." required:""`
	Email     string `help:"The owner's e-mail." required:""`
	Name      string `help:"The owner's name." required:""`
	Locale    string `help:"Language: es, pt-BR or en." default:"es" enum:"es,pt-BR,en"`
	Address   string `help:"Address of the desk, for the link." default:"http://localhost:8080"`
}

// Run makes the workspace and prints the link.
func (c userCreate) Run(ctx context.Context) error {
	link, err := node.CreateOwner(ctx, c.config(), c.Workspace, c.Email, c.Name, c.Locale)
	if err != nil {
		return err
	}
	fmt.Printf("%s can sign in after opening this link, once, within 24 hours:\n%s/welcome/%s\n", c.Email, c.Address, link)
	return nil
}

type userLink struct {
	place
	Email   string `arg:"" help:"The user's e-mail."`
	Address string `help:"Address of the desk, for the link." default:"http://localhost:8080"`
}

// Run prints the link.
func (c userLink) Run(ctx context.Context) error {
	link, err := node.SignInLink(ctx, c.config(), c.Email)
	if err != nil {
		return err
	}
	fmt.Printf("%s/welcome/%s\n", c.Address, link)
	return nil
}

type userList struct{ place }

// Run prints one user a line.
func (c userList) Run(ctx context.Context) error {
	return node.ListUsers(ctx, c.config(), func(line string) { fmt.Println(line) })
}

type numberCommands struct {
	Connect numberConnect `cmd:"" help:"Add the numbers of a WhatsApp Business Account to a workspace, with their templates."`
}

type numberConnect struct {
	place
	Workspace string `help:"Name or id of the workspace." required:""`
	Account   string `help:"Id of the WhatsApp Business Account." required:""`
	Token     string `help:"Access token of a system user with the messaging and management permissions." required:"" env:"RECADO_WHATSAPP_TOKEN"`
	GraphURL  string `help:"Address of the WhatsApp API." default:"https://graph.facebook.com" name:"whatsapp-graph-url" env:"RECADO_WHATSAPP_GRAPH_URL"`
}

// Run connects the numbers and prints them.
func (c numberConnect) Run(ctx context.Context) error {
	config := c.config()
	config.GraphURL = c.GraphURL
	return node.ConnectNumbers(ctx, config, c.Workspace, c.Account, c.Token, func(line string) { fmt.Println(line) })
}

type seedCommand struct {
	place
	Password string `help:"Password of all demo users." required:"" env:"RECADO_DEMO_PASSWORD"`
	Token    string `help:"Token of the simulator." name:"provider-token" default:"simulator-token"`
	GraphURL string `help:"Address of the simulator." default:"http://localhost:8090" name:"whatsapp-graph-url" env:"RECADO_WHATSAPP_GRAPH_URL"`
}

// Run makes the demo workspace and prints its users.
func (c seedCommand) Run(ctx context.Context) error {
	config := c.config()
	config.GraphURL = c.GraphURL
	return node.Seed(ctx, config, c.Password, c.Token, func(line string) { fmt.Println(line) })
}
