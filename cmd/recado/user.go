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
