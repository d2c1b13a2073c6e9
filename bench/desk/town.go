package desk

import (
	"context"
	"fmt"
	"path/filepath"

	"recado/bench/serve"
	"recado/internal/account"
	"recado/internal/auth"
	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/inbox"
	"recado/internal/routing"
)

// Desks is how many agents a town has, and desks P5 opens.
const Desks = 200

const (
	password = "tres palabras largas"
	numbers  = 10 // as many queues
	agents   = Desks
	managers = 4 // see every conversation
)

// town is a workspace with ten numbers, a queue and twenty agents for each, and managers.
type town struct {
	dir, url  string
	d         *db.DB
	workspace db.ID
	boxes     []db.ID
	queues    []db.ID
	agents    []db.ID
	emails    []string // agents, then managers
	searched  []indexed
}

// indexed is a room whose rows are found by words.
type indexed interface {
	PrepareWords(context.Context) error
	BuildWords(context.Context) error
}

// found makes an empty town. url "" is SQLite in dir.
func found(ctx context.Context, dir, url string) (*town, error) {
	d, err := db.Open(ctx, db.Config{URL: url, Path: filepath.Join(dir, "recado.db")})
	if err != nil {
		return nil, err
	}
	t := &town{dir: dir, url: url, d: d}
	if _, err := d.Migrate(ctx); err != nil {
		return nil, err
	}
	d.SetNode(1)
	log := event.NewLog(d, event.NewBell(d))
	sealer, err := inbox.NewSealer(serve.SecretKey)
	if err != nil {
		return nil, err
	}
	accounts, inboxes := account.New(d, log), inbox.New(d, log, sealer)
	w, err := accounts.CreateWorkspace(ctx, "Tienda Aurora", "es")
	if err != nil {
		return nil, err
	}
	t.workspace = w.ID
	contacts := contact.New(d, log)
	conversations := conversation.New(d, log, contacts, inboxes)
	t.searched = []indexed{contacts, conversations}
	rooms := routing.New(d, log, accounts, inboxes, conversations)
	if err := t.connect(ctx, rooms, inboxes); err != nil {
		return nil, err
	}
	signing := auth.New(d, accounts, auth.Config{})
	return t, t.people(ctx, w, accounts, signing, rooms, inboxes)
}

func number(i int) string { return fmt.Sprintf("20900100100100%02d", i) }

func (t *town) connect(ctx context.Context, rooms *routing.Room, inboxes *inbox.Room) error {
	for i := range numbers {
		queue, err := rooms.CreateQueue(ctx, account.System(t.workspace), fmt.Sprintf("Cola %d", i+1), routing.Pull, 0)
		if err != nil {
			return err
		}
		box, err := inboxes.Create(ctx, inbox.Draft{Workspace: t.workspace, Channel: channel.WhatsApp, Label: fmt.Sprintf("Número %d", i+1),
			Address: fmt.Sprintf("5531955502%03d", i), ExternalID: number(i), Account: "1090010010010010", Token: "token", DefaultQueue: queue.ID, FirstResponder: inbox.FirstQueue})
		if err != nil {
			return err
		}
		t.queues, t.boxes = append(t.queues, queue.ID), append(t.boxes, box.ID)
	}
	return nil
}

// people makes the agents and managers. One password is hashed for all of them: hashing is slow on purpose.
func (t *town) people(ctx context.Context, w account.Workspace, accounts *account.Room, signing *auth.Room, rooms *routing.Room, inboxes *inbox.Room) error {
	for i := range agents + managers {
		kind := account.Agent
		if i >= agents {
			kind = account.Manager
		}
		email := fmt.Sprintf("persona%d@aurora.example", i)
		user, err := accounts.CreateUser(ctx, account.NewUser{Email: email, Name: fmt.Sprintf("Persona %d", i), Locale: "es"})
		if err != nil {
			return err
		}
		profile, err := accounts.StandardProfile(ctx, w, kind)
		if err != nil {
			return err
		}
		if _, err := accounts.AddMember(ctx, account.System(w.ID), user.ID, profile.ID); err != nil {
			return err
		}
		t.emails = append(t.emails, email)
		if i == 0 {
			if err := signing.SetPassword(ctx, user.ID, password); err != nil {
				return err
			}
		}
		if i >= agents {
			continue
		}
		t.agents = append(t.agents, user.ID)
		if err := rooms.AddToQueue(ctx, account.System(w.ID), t.queues[i%numbers], user.ID); err != nil {
			return err
		}
		if err := inboxes.AddMember(ctx, w.ID, t.boxes[i%numbers], user.ID, inbox.Agent); err != nil {
			return err
		}
	}
	return t.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "update users set password_hash = (select password_hash from users where email = $1)", t.emails[0])
		return err
	})
}
