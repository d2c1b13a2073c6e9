package campaign

import (
	"context"
	"encoding/json"
	"fmt"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/inbox"
	"recado/internal/media"
	"recado/internal/template"
)

// Desk answers what only routing knows. Routing stands beside this room and cannot be imported, so node joins the two.
type Desk interface {
	// CheckAgent finds the agent a reply route names and makes sure that the agent can take a ticket of the inbox
	// (0: of any). The faults are route.agent_missing, route.agent_unknown and route.agent_no_access (A19).
	CheckAgent(ctx context.Context, workspace db.ID, email string, inbox db.ID) (Agent, error)
	// Queues lists the queues of a workspace.
	Queues(ctx context.Context, workspace db.ID) ([]Queue, error)
	// Unserved gives those of some queues, and of some numbers by their usual way, in which nobody answers: human service is not on
	// there (A24).
	Unserved(ctx context.Context, workspace db.ID, queues, inboxes []db.ID) (noQueues, noInboxes []db.ID, err error)
	// Loads tells how busy some queues of a workspace are; queues that are gone are missing.
	Loads(ctx context.Context, workspace db.ID, queues []db.ID) ([]QueueLoad, error)
	// ReachOf gives the conversations, and with them the people, that somebody may see.
	ReachOf(ctx context.Context, actor account.Actor) (conversation.Reach, error)
}

// Bots answers what only the room of the bots knows, which stands above this one.
type Bots interface {
	// Script gives what a reply route may name of a flow as it is published; ok is false when it is not.
	Script(ctx context.Context, workspace, flow db.ID) (s Script, ok bool, err error)
}

// Agent is someone a reply can go to.
type Agent struct {
	User         db.ID  `json:"user_id"`
	Name         string `json:"name"`
	Email        string `json:"email"`
	Availability string `json:"availability"`
	Online       bool   `json:"online"`
}

// Queue is where a reply can go.
type Queue struct {
	ID   db.ID  `json:"id"`
	Name string `json:"name"`
}

// Rooms are the rooms a campaign works with.
type Rooms struct {
	Inboxes       *inbox.Room
	Contacts      *contact.Room
	Templates     *template.Room
	Conversations *conversation.Room
	Files         *media.Room
	Desk          Desk
	Bots          Bots
	Carries       channel.Capability // of the channel campaigns send on: which files a header may have
}

// Room keeps the campaigns of all workspaces and runs them. It is safe for many goroutines.
type Room struct {
	d   *db.DB
	log *event.Log
	Rooms
	bell   chan struct{} // something may have become due
	runs   runs
	counts progressCache
}

// New makes the room. Run carries out what its verbs ask for.
func New(d *db.DB, log *event.Log, rooms Rooms) *Room {
	return &Room{d: d, log: log, Rooms: rooms, bell: make(chan struct{}, 1), runs: newRuns(), counts: newProgressCache(d)}
}

// wake makes Run look for work once the transaction is durable.
func (r *Room) wake(tx *db.Tx) { tx.AfterCommit(r.ring) }

func (r *Room) ring() {
	select {
	case r.bell <- struct{}{}:
	default:
	}
}

// asked is who asked for a check or a sending, as far as work in the background needs it.
type asked struct {
	All       bool               `json:"all"`     // may send from every number of the workspace
	Inboxes   []db.ID            `json:"inboxes"` // else from these
	PerRow    bool               `json:"per_row"` // may route each row to another agent or queue
	Locale    string             `json:"locale"`  // of the file of errors
	ConfirmBy db.ID              `json:"by"`
	Reach     conversation.Reach `json:"reach"` // whom a segment may hold for them
}

// ask notes what an actor may do, so that the check is the same whoever's process does it.
func (r *Room) ask(ctx context.Context, actor account.Actor) (asked, error) {
	a := asked{Locale: actor.Locale, ConfirmBy: actor.User, PerRow: actor.Has(account.RoutePerRow) == nil}
	var err error
	if a.Reach, err = r.Desk.ReachOf(ctx, actor); err != nil {
		return a, err
	}
	if actor.User == 0 || actor.Has(account.SeeAll) == nil {
		a.All = true
		return a, nil
	}
	a.Inboxes, err = r.Inboxes.OfUser(ctx, actor.Workspace, actor.User)
	return a, err
}

func encode(v any) string {
	out, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Errorf("a setting that cannot be written as JSON: %w", err)) // our own types; only a mistake of ours
	}
	return string(out)
}

func orNull(n int64) any {
	if n == 0 {
		return nil
	}
	return n
}
