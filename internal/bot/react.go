package bot

import (
	"context"
	"fmt"
	"maps"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
)

// Kinds are the facts React wants.
var Kinds = []string{conversation.TicketOpened, conversation.MessageReceived}

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
	seen := map[db.ID]bool{}
	for _, e := range facts {
		if !seen[e.Workspace] {
			seen[e.Workspace] = true
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
	defaults  map[db.ID]db.ID // inbox → its default queue
	queues    map[db.ID]bool
	rows      map[db.ID]conversation.Row // of conversations a bot holds
	all       map[db.ID]conversation.Row
}

func (r *Room) turn(ctx context.Context, tx *db.Tx, workspace db.ID, facts []event.Event) (*turn, error) {
	var ids []db.ID
	for _, e := range facts {
		if e.Workspace != workspace {
			continue
		}
		f, err := event.Decode[conversation.TicketFact](e) // both kinds name their conversation alike
		if err != nil {
			return nil, err
		}
		ids = append(ids, f.Conversation)
	}
	t := &turn{Room: r, tx: tx, workspace: workspace, defaults: map[db.ID]db.ID{}}
	var err error
	if t.rows, err = r.conversations.Rows(ctx, tx, workspace, ids); err != nil {
		return nil, err
	}
	t.all = maps.Clone(t.rows)
	var numbers []db.ID
	for id, row := range t.rows {
		if row.Holder != conversation.HolderBot {
			delete(t.rows, id)
			continue
		}
		numbers = append(numbers, row.Inbox)
	}
	if len(numbers) == 0 {
		return t, nil
	}
	if t.bots, err = load(ctx, tx, workspace, numbers); err != nil {
		return nil, err
	}
	if t.queues, err = queuesIn(ctx, tx, workspace); err != nil {
		return nil, err
	}
	boxes, err := r.inboxes.GetIn(ctx, tx, workspace, numbers...)
	for id, box := range boxes {
		t.defaults[id] = box.DefaultQueue
	}
	return t, err
}

func (t *turn) take(ctx context.Context, e event.Event) error {
	if e.Kind == conversation.TicketOpened {
		f, err := event.Decode[conversation.TicketFact](e)
		row, known := t.all[f.Conversation]
		if err != nil || !known || row.Ticket != f.Ticket {
			return err
		}
		if f.By == 0 { // nobody of the team opened it, a person wrote
			if err := t.excuse(ctx, row); err != nil {
				return err
			}
		}
		if _, held := t.rows[f.Conversation]; !held {
			return nil
		}
		return t.greet(ctx, row)
	}
	f, err := event.Decode[conversation.ReceivedFact](e)
	row, held := t.rows[f.Conversation]
	// A message that came before its ticket was opened is what the greeting answers.
	if err != nil || !held || f.Ticket == 0 || f.Ticket != row.Ticket || !f.AsksForAnswer() {
		return err
	}
	return t.answer(ctx, row, f)
}

// greet meets a new ticket.
func (t *turn) greet(ctx context.Context, row conversation.Row) error {
	b := t.botOf(row)
	if len(b.Menu) == 0 {
		if err := t.say(ctx, row, "greeting", row.Ticket, conversation.Draft{Kind: channel.Text, Text: b.Greeting}); err != nil {
			return err
		}
		return t.handOff(ctx, row, t.defaults[row.Inbox])
	}
	if b.MenuText != "" {
		if err := t.say(ctx, row, "greeting", row.Ticket, conversation.Draft{Kind: channel.Text, Text: b.Greeting}); err != nil {
			return err
		}
	}
	return t.offer(ctx, row, b, row.Ticket)
}

// answer takes a person's choice.
func (t *turn) answer(ctx context.Context, row conversation.Row, f conversation.ReceivedFact) error {
	b := t.botOf(row)
	if queue, ok := b.chosen(f); ok {
		return t.handOff(ctx, row, queue)
	}
	offered, err := db.One[int](ctx, t.tx, `select count(*) from messages where conversation_id = $1 and ticket_id = $2 and author = 'bot'
		and kind = 'interactive' and client_id <> $3`, row.ID, row.Ticket, clientID("menu", f.Message))
	if err != nil {
		return fmt.Errorf("menus offered: %w", err)
	}
	if len(b.Menu) == 0 || offered > 1 {
		return t.handOff(ctx, row, t.defaults[row.Inbox])
	}
	return t.offer(ctx, row, b, f.Message)
}

// offer sends the menu; where that is not possible it hands over.
func (t *turn) offer(ctx context.Context, row conversation.Row, b Bot, cause db.ID) error {
	if !row.WindowFor(conversation.AuthorBot, t.tx.Now()).Allows(conversation.AllowFree) {
		return t.handOff(ctx, row, t.defaults[row.Inbox])
	}
	text, content := b.menu()
	return t.say(ctx, row, "menu", cause, conversation.Draft{Kind: channel.Interactive, Text: text, Content: content})
}

// botOf gives the bot of a conversation's number with the options that still lead somewhere; an empty one when it is switched off.
func (t *turn) botOf(row conversation.Row) Bot {
	b := t.bots[row.Inbox]
	if !b.Enabled {
		return Bot{}
	}
	var kept []Option
	for _, o := range b.Menu {
		if t.queues[o.Queue] {
			kept = append(kept, o)
		}
	}
	b.Menu = kept
	return b
}

// handOff gives the ticket to people: a queue, or without one whoever serves the number.
func (t *turn) handOff(ctx context.Context, row conversation.Row, queue db.ID) error {
	if err := t.say(ctx, row, "handoff", row.Ticket, conversation.Draft{Kind: channel.Text, Text: t.botOf(row).HandoffText}); err != nil {
		return err
	}
	delete(t.rows, row.ID) // what else the person wrote is for the people now
	_, err := t.conversations.AssignIn(ctx, t.tx, account.Bot(t.workspace), row.ID, conversation.Assignment{Queue: queue})
	return err
}

// say posts the bot's words, if there are any and they may be said now.
func (t *turn) say(ctx context.Context, row conversation.Row, what string, cause db.ID, draft conversation.Draft) error {
	if draft.Text == "" {
		return nil
	}
	draft.Conversation, draft.Lane, draft.ClientID = row.ID, conversation.LaneBots, clientID(what, cause)
	_, err := t.conversations.PostIn(ctx, t.tx, account.Bot(t.workspace), draft)
	if fault.KindOf(err) == fault.Conflict {
		return nil // the window or the number does not allow it: people take over without words
	}
	return err
}

func clientID(what string, cause db.ID) string { return "bot:" + what + ":" + cause.String() }
