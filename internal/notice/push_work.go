package notice

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
	"recado/internal/job"
	"recado/internal/words"
)

// pushWork is the kind of the job that sends one push.
const pushWork = "notice.push"

// How long a push is of use, and the pauses between tries: they grow with its age.
const (
	useful     = time.Hour
	firstPause = 2 * time.Second
	lastPause  = 10 * time.Minute
)

// errNotWanted ends a push before it is sent.
var errNotWanted = errors.New("not wanted")

// onePush is a notice on its way to a browser. What it says is read when it leaves.
type onePush struct {
	Workspace    db.ID  `json:"workspace_id"`
	Subscription db.ID  `json:"subscription_id"`
	Conversation db.ID  `json:"conversation_id"`
	Message      db.ID  `json:"message_id"` // tells it from later ones of its kind
	Kind         string `json:"kind"`
}

// Subscriber makes a job of each notice and browser.
func (p *Pushes) Subscriber() event.Subscriber {
	return event.Subscriber{Name: "push", Kinds: []string{Told}, React: p.react}
}

func (p *Pushes) react(ctx context.Context, tx *db.Tx, facts []event.Event) error {
	of := map[db.ID][]ToldFact{}
	for _, e := range facts {
		f, err := event.Decode[ToldFact](e)
		if err != nil {
			return err
		}
		if tx.Now()-e.At < useful.Milliseconds() && !p.out.Visible(e.Workspace, f.User) {
			of[e.Workspace] = append(of[e.Workspace], f)
		}
	}
	for workspace, told := range of {
		if err := p.enqueue(ctx, tx, workspace, told); err != nil {
			return fmt.Errorf("pushes of workspace %d: %w", workspace, err)
		}
	}
	return nil
}

func (p *Pushes) enqueue(ctx context.Context, tx *db.Tx, workspace db.ID, told []ToldFact) error {
	users := make([]db.ID, len(told))
	for i, f := range told {
		users[i] = f.User
	}
	all, err := db.All[struct {
		ID   db.ID `db:"id"`
		User db.ID `db:"user_id"`
	}](ctx, tx, "select id, user_id from push_subscriptions where workspace_id = $1 and user_id in ({ids:$2})", workspace, db.IDs(users))
	if err != nil {
		return err
	}
	for _, f := range told {
		for _, browser := range all {
			if browser.User != f.User {
				continue
			}
			one := onePush{Workspace: workspace, Subscription: browser.ID, Conversation: f.Conversation, Message: f.Message, Kind: f.Kind}
			if err := p.out.Jobs.Enqueue(ctx, tx, pushWork, one, job.Options{}); err != nil {
				return err
			}
		}
	}
	return nil
}

// work sends one push, unless it has become unwanted.
func (p *Pushes) work(ctx context.Context, args json.RawMessage) error {
	one, err := job.Decode[onePush](args)
	if err != nil {
		return err
	}
	to, err := db.One[Subscription](ctx, p.d, subscriptionColumns+" where workspace_id = $1 and id = $2", one.Workspace, one.Subscription)
	if db.None(err) {
		return nil
	}
	if err != nil {
		return err
	}
	n, err := p.waiting(ctx, to, one)
	if err != nil {
		return wanted(err)
	}
	what, err := p.words(ctx, to, n)
	if err != nil {
		return wanted(err)
	}
	age := time.Duration(p.d.Now()-n.CreatedAt) * time.Millisecond
	s, err := p.send(ctx, to, what, useful-age)
	if err != nil {
		return err
	}
	if s.verdict != later {
		return p.settle(ctx, to, s)
	}
	pause := max(s.pause, min(max(age, firstPause), lastPause))
	if age+pause > useful {
		slog.Warn("a push was given up", "status", s.status, "error", s.err, "service", host(to.Endpoint), "subscription", to.ID.String())
		return nil
	}
	return job.Later(pause)
}

// wanted takes away the error that only says that nothing is to be sent.
func wanted(err error) error {
	if errors.Is(err, errNotWanted) {
		return nil
	}
	return err
}

// waiting gives the notice a push speaks of; errNotWanted when it was read, is too old, or a later one speaks for it, and while the
// person does not want to be disturbed or has a desk before their eyes.
func (p *Pushes) waiting(ctx context.Context, to Subscription, one onePush) (Notice, error) {
	n, err := db.One[Notice](ctx, p.d, `select id, kind, conversation_id, message_id, '' as by_name, body, times, created_at, 0 as read_at from notices
		where workspace_id = $1 and user_id = $2 and conversation_id = $3 and kind = $4 and read_at is null`,
		to.Workspace, to.User, one.Conversation, one.Kind)
	if db.None(err) {
		return n, errNotWanted
	}
	if err != nil {
		return n, err
	}
	if n.Message != one.Message || p.d.Now()-n.CreatedAt >= useful.Milliseconds() || p.out.Visible(to.Workspace, to.User) {
		return n, errNotWanted
	}
	lives, err := p.out.Lives(ctx, to.Session)
	if err == nil && !lives {
		err = errors.Join(errNotWanted, p.forget(ctx, "id", to.ID))
	}
	return n, err
}

// words are what a push says, in the person's language; errNotWanted when they may not see the conversation now or do not want to be
// told.
func (p *Pushes) words(ctx context.Context, to Subscription, n Notice) (pushed, error) {
	out := pushed{Conversation: n.Conversation, Kind: n.Kind}
	actor, reach, err := p.out.Person(ctx, to.Workspace, to.User)
	if kind := fault.KindOf(err); err != nil && (kind == fault.Unauthorized || kind == fault.Forbidden) {
		return out, errNotWanted
	}
	if err != nil {
		return out, err
	}
	settings, err := p.room.SettingsOf(ctx, actor)
	if err != nil {
		return out, err
	}
	rows, err := p.room.conversations.Rows(ctx, p.d, to.Workspace, []db.ID{n.Conversation})
	if err != nil {
		return out, err
	}
	row, known := rows[n.Conversation]
	if !known || !reach.Sees(row) || !settings.wants(n.Kind) || !settings.disturbs(p.d.Now()) {
		return out, errNotWanted
	}
	out.Title, out.Body = sayPush(actor.Locale, n, row, settings.PushText)
	return out, nil
}

// sayPush gives title and text of a push. It names who wrote; what they wrote only when the person allows it: pushes are shown on
// locked screens.
func sayPush(locale string, n Notice, row conversation.Row, text bool) (title, body string) {
	name := row.ContactName
	if name == "" {
		name = words.Say(locale, "push.nobody", nil)
	}
	title = words.Say(locale, "push."+n.Kind, map[string]any{"name": name})
	if n.Times > 1 {
		title = fmt.Sprintf("%s (%d)", title, n.Times)
	}
	if text && n.Text != "" {
		return title, n.Text
	}
	return title, words.Say(locale, "push.look", nil)
}
