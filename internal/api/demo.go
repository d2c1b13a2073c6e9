package api

import (
	"context"

	"recado/internal/account"
	"recado/internal/fault"
)

func (s *Server) demoRoutes() {
	get(s, "/demo", about{Name: "readDemo", Tag: "session", Says: "Sign-ins of the demo; not found outside of it"}, open, s.readDemo)
}

// DemoAccounts are the sign-ins that a demo shows.
type DemoAccounts struct {
	Accounts []DemoAccount `json:"accounts"`
	Password string        `json:"password" doc:"of all of them; empty when the demo was given one of its own"`
	Handset  string        `json:"handset" doc:"path of the page that plays the customer"`
}

// DemoAccount is one of them.
type DemoAccount struct {
	Email   string `json:"email"`
	Name    string `json:"name"`
	Profile string `json:"profile"`
}

func (s *Server) readDemo(_ context.Context, _ account.Actor, _ *noInput) (DemoAccounts, error) {
	if s.rooms.Demo == nil {
		return DemoAccounts{}, fault.New(fault.NotFound, "not_found", "This is not a demo.")
	}
	return s.rooms.Demo(), nil
}
