package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
	"recado/internal/flow"
	"recado/internal/inbox"
)

// Kinds are the facts React wants.
var Kinds = []string{conversation.TicketOpened, conversation.MessageReceived, conversation.TicketClosed}

// React is the subscriber that acts for the bots.
func (r *Room) React(ctx context.Context, tx *db.Tx, facts []event.Event) error {
	for _, workspace := range workspacesOf(facts) {
		t, err := r.turn(ctx, tx, workspace, facts)
		if err != nil {
			return err
		}
		for _, e := range facts {
			if e.Workspace != workspace {
				continue
			}
			if err := t.take(ctx, e); err != nil {
				return fmt.Errorf("bot and fact %d: %w", e.Seq, err)
			}
		}
	}
	return nil
}

func workspacesOf(facts []event.Event) (out []db.ID) {
	for _, e := range facts {
		if !slices.Contains(out, e.Workspace) {
			out = append(out, e.Workspace)
		}
	}
	return out
}

// turn is what bots of one workspace need to act on a batch of facts.
type turn struct {
	*Room
	tx        *db.Tx
	workspace db.ID
	bots      map[db.ID]Bot
	boxes     map[db.ID]inbox.Inbox
	queues    map[db.ID]bool
	rows      map[db.ID]conversation.Row // of conversations a bot holds
	all       map[db.ID]conversation.Row
	hours     map[db.ID]inbox.Hours // inbox → when people answer there
	absences  map[db.ID]Absence     // inbox → the absence of now
	versions  map[versionKey]flow.Version
	unread    error // what kept a version of a flow from being read
}

func (r *Room) turn(ctx context.Context, tx *db.Tx, workspace db.ID, facts []event.Event) (*turn, error) {
	var ids []db.ID
	for _, e := range facts {
		if e.Workspace != workspace {
			continue
		}
		f, err := event.Decode[conversation.TicketFact](e) // all kinds name their conversation alike
		if err != nil {
			return nil, err
		}
		ids = append(ids, f.Conversation)
	}
	return r.turnOf(ctx, tx, workspace, ids)
}

func (r *Room) turnOf(ctx context.Context, tx *db.Tx, workspace db.ID, ids []db.ID) (*turn, error) {
	t := &turn{Room: r, tx: tx, workspace: workspace}
	var err error
	if t.rows, err = r.conversations.Rows(ctx, tx, workspace, ids); err != nil {
		return nil, err
	}
	t.all = maps.Clone(t.rows)
	var every, numbers []db.ID
	for id, row := range t.rows {
		every = append(every, row.Inbox)
		if row.Holder != conversation.HolderBot {
			delete(t.rows, id)
			continue
		}
		numbers = append(numbers, row.Inbox)
	}
	if len(every) == 0 {
		return t, nil
	}
	if t.hours, err = r.inboxes.HoursIn(ctx, tx, workspace, every...); err != nil {
		return nil, err
	}
	if t.absences, err = absencesOn(ctx, tx, workspace); err != nil {
		return nil, err
	}
	if len(numbers) == 0 {
		return t, nil
	}
	if t.boxes, err = r.inboxes.GetIn(ctx, tx, workspace, numbers...); err != nil {
		return nil, err
	}
	if t.bots, err = load(ctx, tx, workspace, t.boxes); err != nil {
		return nil, err
	}
	t.queues, err = queuesIn(ctx, tx, workspace)
	return t, err
}

func (t *turn) take(ctx context.Context, e event.Event) error {
	switch e.Kind {
	case conversation.TicketClosed:
		f, err := event.Decode[conversation.TicketFact](e)
		if err != nil {
			return err
		}
		return t.plan(ctx, f, e.At)
	case conversation.TicketOpened:
		f, err := event.Decode[conversation.TicketFact](e)
		row, known := t.all[f.Conversation]
		if err != nil || !known || row.Ticket != f.Ticket {
			return err
		}
		return t.begin(ctx, row, f.By == 0) // nobody of the team opened it: a person wrote
	}
	f, err := event.Decode[conversation.ReceivedFact](e)
	row, held := t.rows[f.Conversation]
	// A message that came before its ticket was opened is what the greeting answers.
	if err != nil || !held || f.Ticket == 0 || f.Ticket != row.Ticket || !f.AsksForAnswer() {
		return err
	}
	if done, err := t.heedAnswers(ctx, row, f.Payload, f.Text); done || err != nil {
		return err
	}
	return t.step(ctx, row, f.Message, Input{Kind: Wrote, Text: f.Text, Payload: f.Payload, Title: f.Title, Media: isFile(f.Kind), At: f.At})
}

func isFile(kind string) bool {
	return slices.Contains([]string{channel.Image, channel.Video, channel.Audio, channel.Document}, kind)
}

// begin takes up a new ticket: the person is told when nobody is there, and meets the bot when that holds it.
func (t *turn) begin(ctx context.Context, row conversation.Row, wrote bool) error {
	_, held := t.rows[row.ID]
	_, _, shut, err := t.shut(row)
	if err != nil || !held && !(wrote && shut) {
		return err
	}
	in, err := t.opener(ctx, row)
	if err != nil {
		return err
	}
	if wrote && shut && !t.asksToBeTold(row.Inbox, in.Payload, in.Text) {
		if err := t.excuse(ctx, row); err != nil {
			return err
		}
	}
	if !held {
		return nil
	}
	if done, err := t.heedAnswers(ctx, row, in.Payload, in.Text); done || err != nil {
		return err
	}
	if in.Who, err = t.who(ctx, row); err != nil {
		return err
	}
	return t.step(ctx, row, row.Ticket, in)
}

// opener is the message that opened a ticket, as something that happens to the bot.
func (t *turn) opener(ctx context.Context, row conversation.Row) (Input, error) {
	in := Input{Kind: Opened}
	first, err := db.All[opener](ctx, t.tx, openedBy, row.ID)
	if err != nil {
		return in, fmt.Errorf("what opened ticket %d: %w", row.Ticket, err)
	}
	if len(first) > 0 {
		var content channel.Content
		if err := json.Unmarshal([]byte(first[0].Content), &content); err != nil {
			return in, fmt.Errorf("what opened ticket %d: %w", row.Ticket, err)
		}
		in.Text, in.Payload, in.Title, in.Media, in.At = first[0].Text, content.Payload, content.Title, isFile(first[0].Kind), first[0].At
	}
	return in, nil
}

type opener struct {
	Kind    string `db:"kind"`
	Text    string `db:"body"`
	Content string `db:"content_json"`
	At      int64  `db:"provider_at"`
}

const openedBy = `select kind, body, coalesce(nullif(content_json, ''), '{}') as content_json, coalesce(provider_at, 0) as provider_at from messages
	where conversation_id = $1 and direction = 1 order by id desc limit 1`

const (
	ticketsBefore = "select count(*) from tickets where conversation_id = $1 and id <> $2"
	// What was said last before the ticket; a campaign speaks to everybody and breaks no silence.
	saidBefore = `select case when provider_at > 0 then provider_at else created_at end from messages where conversation_id = $1 and kind not in ('reaction', 'system')
		and author <> 'campaign' and (direction = 2 or direction = 1 and ticket_id <> $2) order by id desc limit 1`
)

// who tells how a person is met.
func (t *turn) who(ctx context.Context, row conversation.Row) (string, error) {
	before, err := db.One[int](ctx, t.tx, ticketsBefore, row.ID, row.Ticket)
	if err != nil {
		return "", fmt.Errorf("tickets before: %w", err)
	}
	if before == 0 {
		return NewPerson, nil
	}
	said, err := db.All[int64](ctx, t.tx, saidBefore, row.ID, row.Ticket)
	if err != nil {
		return "", fmt.Errorf("last words before: %w", err)
	}
	if len(said) > 0 && row.OpenedAt < said[0]+t.settings(row).Greeting.ReturnHours*3_600_000 {
		return Amid, nil
	}
	return Back, nil
}

// settings gives those of a conversation's number; those of a bot that is switched off only hand over.
func (t *turn) settings(row conversation.Row) Settings {
	s := t.bots[row.Inbox].Settings
	if !s.Enabled {
		s = Settings{DefaultQueue: t.boxes[row.Inbox].DefaultQueue}
	}
	return s.alive(t.queues)
}

// step lets the bot act once on what happened in a conversation, however often it is told.
func (t *turn) step(ctx context.Context, row conversation.Row, cause db.ID, in Input) error {
	// The row was read before it was held: a person may have taken the ticket meanwhile.
	held, err := t.conversations.HoldIn(ctx, t.tx, t.workspace, row.ID, conversation.HolderBot, row.Ticket)
	if err != nil || !held {
		delete(t.rows, row.ID)
		return err
	}
	kept, err := t.stateOf(ctx, row)
	if err != nil || slices.Contains(kept.Done, cause) {
		return err
	}
	if plays, err := t.playsFlow(ctx, row, &kept, in, cause); err != nil || plays {
		return err
	}
	box := t.boxes[row.Inbox]
	in.Now, in.Name, in.Number, in.Menus = t.tx.Now(), row.ContactName, row.InboxLabel, showsMenus(box.Channel)
	settings := t.settings(row)
	away, err := t.away(row)
	if err != nil {
		return err
	}
	if away {
		settings.Service.Before = "" // it is said that nobody is there
	}
	out := settings.Step(kept.State, in)
	if len(out.Said) > 0 && !row.WindowFor(conversation.AuthorBot, t.tx.Now()).Allows(conversation.AllowFree) {
		if !out.Handoff {
			out.Queue = settings.DefaultQueue
		}
		out.Said, out.Handoff = nil, true // people take over without words
	}
	for _, said := range out.Said {
		if err := t.say(ctx, row, said, cause); err != nil {
			return err
		}
	}
	if out.Handoff {
		return t.handOff(ctx, row, out.Queue)
	}
	kept.State, kept.Done = out.State, append(kept.Done, cause)
	return t.keep(ctx, row, kept)
}

// showsMenus tells whether a channel has choices to tap.
func showsMenus(kind channel.Kind) bool { return kind == channel.WhatsApp }

// handOff gives the ticket to people: a queue, or without one whoever serves the number.
func (t *turn) handOff(ctx context.Context, row conversation.Row, queue db.ID) error {
	if err := t.forget(ctx, row); err != nil {
		return err
	}
	_, err := t.conversations.AssignIn(ctx, t.tx, account.Bot(t.workspace), row.ID, conversation.Assignment{Queue: queue})
	return err
}

// say posts one message of the bot, if it may be said now.
func (t *turn) say(ctx context.Context, row conversation.Row, said Said, cause db.ID) error {
	draft := conversation.Draft{Kind: channel.Text, Text: said.Text, ClientID: clientID(said.What, cause)}
	if said.Menu != nil {
		draft.Kind, draft.Content = channel.Interactive, channel.Content{Menu: said.Menu}
	}
	return t.post(ctx, row, draft)
}

func (t *turn) post(ctx context.Context, row conversation.Row, draft conversation.Draft) error {
	draft.Conversation, draft.Lane = row.ID, conversation.LaneBots
	_, err := t.conversations.PostIn(ctx, t.tx, account.Bot(t.workspace), draft)
	switch fault.KindOf(err) {
	case fault.Conflict: // the window or the number does not allow it
		return nil
	case fault.Invalid: // a file that is no more, words that came out empty: what else is to be said still is
		return nil
	}
	return err
}

func clientID(what string, cause db.ID) string { return "bot:" + what + ":" + cause.String() }
