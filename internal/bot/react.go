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
	"recado/internal/flow"
	"recado/internal/hours"
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
		if err := t.end(ctx); err != nil {
			return err
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

// turn is what bots of one workspace need to act on a batch of facts, and what they did that is not written yet. It asks and writes for
// all its conversations at once: on a busy number they are hundreds a second.
type turn struct {
	*Room
	tx        *db.Tx
	workspace db.ID
	bots      map[db.ID]Bot
	boxes     map[db.ID]inbox.Inbox
	queues    map[db.ID]bool
	rows      map[db.ID]conversation.Row // of conversations a bot holds
	all       map[db.ID]conversation.Row
	hours     map[db.ID]inbox.Hours  // inbox → when people answer there
	clocks    map[db.ID]*hours.Clock // of hours, once they are asked
	absences  map[db.ID]Absence      // inbox → the absence of now
	versions  map[versionKey]flow.Version
	unread    error             // what kept a version of a flow from being read
	opened    []db.ID           // conversations whose ticket was opened
	met       map[db.ID]meeting // of opened, once one is asked for: most numbers have no bot
	stands    map[db.ID]*standing
	drafts    []conversation.Draft // said and not written yet
}

func (r *Room) turn(ctx context.Context, tx *db.Tx, workspace db.ID, facts []event.Event) (*turn, error) {
	var ids, opened []db.ID
	for _, e := range facts {
		if e.Workspace != workspace {
			continue
		}
		f, err := event.Decode[conversation.TicketFact](e) // all kinds name their conversation alike
		if err != nil {
			return nil, err
		}
		ids = append(ids, f.Conversation)
		if e.Kind == conversation.TicketOpened {
			opened = append(opened, f.Conversation)
		}
	}
	t, err := r.turnOf(ctx, tx, workspace, ids)
	if err == nil {
		t.opened = opened
	}
	return t, err
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
	if t.queues, err = queuesIn(ctx, tx, workspace); err != nil {
		return nil, err
	}
	if err := t.hold(ctx); err != nil {
		return nil, err
	}
	return t, t.stand(ctx)
}

// hold holds the conversations of bots until the turn ends. They were read before: a person may have taken one meanwhile.
func (t *turn) hold(ctx context.Context) error {
	tickets := map[db.ID]db.ID{}
	for id, row := range t.rows {
		tickets[id] = row.Ticket
	}
	held, err := t.conversations.HoldAllIn(ctx, t.tx, t.workspace, conversation.HolderBot, tickets)
	maps.DeleteFunc(t.rows, func(id db.ID, _ conversation.Row) bool { return !held[id] })
	return err
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
	met, err := t.meeting(ctx, row)
	if err != nil {
		return err
	}
	in, err := met.input()
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
	in.Who = met.who(row.OpenedAt, t.settings(row).Greeting.ReturnHours)
	return t.step(ctx, row, row.Ticket, in)
}

// meeting is how a ticket came to be opened: the message that did, and what was before.
type meeting struct {
	Conversation db.ID  `db:"id"`
	Kind         string `db:"kind"` // of the message; empty: there is none
	Text         string `db:"body"`
	Content      string `db:"content_json"`
	At           int64  `db:"provider_at"`
	Before       int64  `db:"before"` // tickets
	Said         int64  `db:"said"`   // when something was said last before the ticket; 0: never
	route        conversation.Route
}

// What was said last before the ticket: a campaign speaks to everybody and breaks no silence.
const meetingsOf = `select c.id, coalesce(o.kind, '') as kind, coalesce(o.body, '') as body, coalesce(nullif(o.content_json, ''), '{}') as content_json,
	coalesce(o.provider_at, 0) as provider_at,
	(select count(*) from tickets k where k.conversation_id = c.id and k.id <> c.ticket_id) as before,
	coalesce((select case when m.provider_at > 0 then m.provider_at else m.created_at end from messages m where m.conversation_id = c.id
		and m.kind not in ('reaction', 'system') and m.author <> 'campaign' and (m.direction = 2 or m.direction = 1 and m.ticket_id <> c.ticket_id)
		order by m.id desc limit 1), 0) as said
	from conversations c left join messages o on o.id = (select w.id from messages w where w.conversation_id = c.id and w.direction = 1 order by w.id desc limit 1)
	where c.id in ({ids:$1})`

// meeting gives that of a conversation whose ticket was opened; the first to ask reads them all.
func (t *turn) meeting(ctx context.Context, row conversation.Row) (meeting, error) {
	if t.met == nil {
		if err := t.meet(ctx); err != nil {
			return meeting{}, err
		}
	}
	return t.met[row.ID], nil
}

func (t *turn) meet(ctx context.Context) error {
	found, err := db.All[meeting](ctx, t.tx, meetingsOf, db.IDs(t.opened))
	if err != nil {
		return fmt.Errorf("what opened tickets: %w", err)
	}
	at := map[db.ID]int64{}
	for _, m := range found {
		if m.At > 0 {
			at[m.Conversation] = m.At
		}
	}
	routes, err := t.conversations.RoutesAt(ctx, t.tx, at)
	if err != nil {
		return err
	}
	t.met = make(map[db.ID]meeting, len(found))
	for _, m := range found {
		m.route = routes[m.Conversation]
		t.met[m.Conversation] = m
	}
	return nil
}

// input is the message that opened a ticket, as something that happens to the bot.
func (m meeting) input() (Input, error) {
	in := Input{Kind: Opened}
	if m.Kind == "" {
		return in, nil
	}
	var content channel.Content
	if err := json.Unmarshal([]byte(m.Content), &content); err != nil {
		return in, fmt.Errorf("what opened the ticket of conversation %d: %w", m.Conversation, err)
	}
	in.Text, in.Payload, in.Title, in.Media, in.At = m.Text, content.Payload, content.Title, isFile(m.Kind), m.At
	return in, nil
}

// who tells how a person is met whose ticket was opened at this time; they are back after so many hours of silence.
func (m meeting) who(openedAt, hours int64) string {
	switch {
	case m.Before == 0:
		return NewPerson
	case m.Said > 0 && openedAt < m.Said+hours*3_600_000:
		return Amid
	}
	return Back
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
	kept := t.stands[row.ID].kept
	if slices.Contains(kept.Done, cause) {
		return nil
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
		t.say(row, said, cause)
	}
	if out.Handoff {
		return t.handOff(ctx, row, out.Queue)
	}
	kept.State, kept.Done = out.State, append(kept.Done, cause)
	t.keep(row, kept)
	return nil
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

// say says one message of the bot, if it may be said now: the window or the number may not allow it, its file may be no more.
func (t *turn) say(row conversation.Row, said Said, cause db.ID) {
	draft := conversation.Draft{Kind: channel.Text, Text: said.Text, ClientID: clientID(said.What, cause)}
	if said.Menu != nil {
		draft.Kind, draft.Content = channel.Interactive, channel.Content{Menu: said.Menu}
	}
	t.post(row, draft)
}

func (t *turn) post(row conversation.Row, draft conversation.Draft) {
	draft.Conversation, draft.Lane = row.ID, conversation.LaneBots
	t.drafts = append(t.drafts, draft)
}

// speak writes what was said. It stands in the thread before what comes after it.
func (t *turn) speak(ctx context.Context) error {
	drafts := t.drafts
	t.drafts = nil
	return t.conversations.PostAllIn(ctx, t.tx, account.Bot(t.workspace), drafts)
}

func clientID(what string, cause db.ID) string { return "bot:" + what + ":" + cause.String() }
