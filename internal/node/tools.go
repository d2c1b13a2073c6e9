package node

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"recado/internal/account"
	"recado/internal/seed"
)

// Migrate brings the database to the newest version and gives the number of migrations applied.
func Migrate(ctx context.Context, config Config) (int, error) {
	d, err := openDatabase(ctx, config)
	if err != nil {
		return 0, err
	}
	defer d.Close()
	return migrate(ctx, d)
}

// with builds the rooms for one command and closes them afterwards.
func with(ctx context.Context, config Config, f func(*rooms) error) error {
	r, err := build(ctx, config, adapters(config), nil)
	if err != nil {
		return err
	}
	defer r.close()
	return f(r)
}

// CreateOwner makes a workspace with its owner and gives the token of the one-time link.
func CreateOwner(ctx context.Context, config Config, workspace, email, name, locale string) (token string, err error) {
	err = with(ctx, config, func(r *rooms) error {
		made, err := r.auth.Found(ctx, workspace, account.NewUser{Email: email, Name: name, Locale: locale})
		token = made.Token
		return err
	})
	return token, err
}

// SignInLink gives the token of a new one-time link for a user.
func SignInLink(ctx context.Context, config Config, email string) (token string, err error) {
	err = with(ctx, config, func(r *rooms) error {
		user, err := r.accounts.UserByEmail(ctx, email)
		if err != nil {
			return err
		}
		token, err = r.auth.CreateLink(ctx, user.ID)
		return err
	})
	return token, err
}

// ListUsers tells every user, one a line.
func ListUsers(ctx context.Context, config Config, line func(string)) error {
	return with(ctx, config, func(r *rooms) error {
		users, err := r.accounts.UserLines(ctx)
		for _, u := range users {
			line(fmt.Sprintf("%-30s %-20s %-20s %s", u.Email, u.Name, u.Workspace, u.Profile))
		}
		return err
	})
}

// ConnectNumbers adds the numbers of a provider's account to a workspace (its id or name) and fetches their templates. It
// tells what it did, one line a number.
func ConnectNumbers(ctx context.Context, config Config, workspace, accountID, token string, line func(string)) error {
	return with(ctx, config, func(r *rooms) error {
		w, err := r.workspace(ctx, workspace)
		if err != nil {
			return err
		}
		made, err := r.connector().Connect(ctx, w.ID, accountID, token, nil)
		for _, box := range made {
			line(fmt.Sprintf("+%s %s", box.Address, box.Label))
		}
		return err
	})
}

// Seed fills an empty installation with the demo workspace; twice is the same as once.
func Seed(ctx context.Context, config Config, password, token string, line func(string)) error {
	return with(ctx, config, func(r *rooms) error {
		_, err := seed.Demo(ctx, r.seedRooms(), seed.Options{Password: password, Token: token})
		if err == nil {
			for _, u := range seed.Users {
				line(u.Email)
			}
		}
		return err
	})
}

func (r *rooms) connector() seed.Connector {
	return seed.Connector{Inboxes: r.inboxes, Templates: r.templates, Adapters: r.adapters}
}

func (r *rooms) seedRooms() seed.Rooms {
	return seed.Rooms{Accounts: r.accounts, Auth: r.auth, Inboxes: r.inboxes, Conversations: r.conversations, Routing: r.routing, Bots: r.bots, Connector: r.connector()}
}

func (r *rooms) workspace(ctx context.Context, named string) (account.Workspace, error) {
	all, err := r.accounts.Workspaces(ctx)
	if err != nil {
		return account.Workspace{}, err
	}
	for _, w := range all {
		if w.ID.String() == named || strings.EqualFold(w.Name, named) {
			return w, nil
		}
	}
	return account.Workspace{}, fmt.Errorf("there is no workspace %q", named)
}

// Doctor checks what a node needs, and says one line a check. It fails when one of them does.
func Doctor(ctx context.Context, config Config, line func(string)) error {
	failed := 0
	check := func(what string, err error, mend string) {
		if err == nil {
			line("ok      " + what)
			return
		}
		failed++
		line(fmt.Sprintf("FAILED  %s: %v\n        %s", what, err, mend))
	}
	check("data folder "+config.Data, writable(config.Data), "Make the folder writable for this user, or choose another with --data.")
	d, err := openDatabase(ctx, config)
	if err == nil {
		defer d.Close()
		var ok bool
		if ok, err = d.Migrated(ctx); err == nil && !ok {
			err = fmt.Errorf("not at the newest version")
		}
	}
	check("database", err, "Check --database, and run `recado migrate`.")
	if d != nil && config.Database != "" {
		check("clock", clock(ctx, d.Pool()), "Set this machine's clock (NTP): tokens and windows depend on it.")
	}
	check("provider "+config.GraphURL, reachable(ctx, config.GraphURL), "Check the network and --whatsapp-graph-url.")
	if failed > 0 {
		return fmt.Errorf("%d checks failed", failed)
	}
	return nil
}

func writable(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	name := filepath.Join(dir, fmt.Sprintf(".doctor-%d", time.Now().UnixNano()))
	if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
		return err
	}
	return os.Remove(name)
}
