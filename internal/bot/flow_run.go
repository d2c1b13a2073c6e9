package bot

import (
	"context"
	"fmt"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/flow"
	"recado/internal/job"
)

// beginning is how a conversation comes into a flow.
type beginning struct {
	flow   db.ID  // 0: the menus meet the person
	child  db.ID  // as flow.Input.Child
	block  string // as flow.Input.Entrance
	routed bool   // a reply route named the flow
}

// begins gives the flow that meets a new ticket: the one a reply route names, or that of the number.
func (t *turn) begins(ctx context.Context, row conversation.Row, in Input) (beginning, error) {
	if in.Kind == Opened && in.At > 0 {
		met, err := t.meeting(ctx, row)
		if err != nil {
			return beginning{}, err
		}
		route := met.route
		goal := route.Choose(in.Payload, in.Title)
		if route.Message != 0 && goal.Target == conversation.TargetBot && goal.ID != 0 {
			if _, known := t.book(ctx)(goal.ID, 0); known {
				return beginning{flow: goal.ID, child: goal.Child, block: goal.Block, routed: true}, nil
			}
		}
	}
	s := t.bots[row.Inbox].Settings
	if !s.Enabled || s.Flow == 0 {
		return beginning{}, nil
	}
	child, err := t.placeIn(ctx, row.ID, s.Flow)
	return beginning{flow: s.Flow, child: child}, err
}

// playsFlow lets a flow act when the conversation is in one or begins with one; it is false when the menus do.
func (t *turn) playsFlow(ctx context.Context, row conversation.Row, k *kept, in Input, cause db.ID) (bool, error) {
	heard := flow.Input{Kind: flow.Wrote, Text: in.Text, Payload: in.Payload, Media: in.Media, At: in.At}
	if in.Kind == Opened {
		k.Flow = nil
	}
	if k.Flow == nil {
		if k.Stage != "" {
			return false, nil // the menus asked something
		}
		at, err := t.begins(ctx, row, in)
		if err != nil || at.flow == 0 {
			return false, err
		}
		k.Flow, k.Routed, heard.Kind = &flow.State{Flow: at.flow}, at.routed, flow.Began
		heard.Child, heard.Entrance, heard.Visit = at.child, at.block, in.Who
	}
	k.Done = append(k.Done, cause)
	if !k.Routed && !t.bots[row.Inbox].Settings.Enabled { // it was switched off meanwhile
		return true, t.handOver(ctx, row, 0, 0)
	}
	return true, t.stepFlow(ctx, row, *k, heard, cause.String())
}

// book reads versions of flows once for a batch of facts.
func (t *turn) book(ctx context.Context) flow.Book {
	return func(id db.ID, number int64) (flow.Version, bool) {
		key := versionKey{id, number}
		if v, known := t.versions[key]; known {
			return v, v.Number > 0
		}
		rows, err := db.All[versionRow](ctx, t.tx, `select v.flow_id, v.version, f.name, v.flow_json from flow_versions v join flows f on f.id = v.flow_id
			where v.workspace_id = $1 and v.flow_id = $2 and v.version = case when cast($3 as bigint) = 0 then f.published else cast($3 as bigint) end`, t.workspace, id, number)
		var v flow.Version
		if err == nil && len(rows) > 0 {
			v, err = rows[0].version()
		}
		if err != nil {
			t.unread = fmt.Errorf("read flow %d: %w", id, err)
			return flow.Version{}, false
		}
		if t.versions == nil {
			t.versions = map[versionKey]flow.Version{}
		}
		t.versions[key] = v
		return v, v.Number > 0
	}
}

type versionKey struct {
	flow    db.ID
	version int64
}

// stepFlow lets a flow act once. cause names what happened: what is said about it carries that name. The conversation is held.
func (t *turn) stepFlow(ctx context.Context, row conversation.Row, k kept, in flow.Input, cause string) error {
	var err error
	if in.Values, err = t.conversations.ValuesIn(ctx, t.tx, row); err != nil {
		return err
	}
	if in.Closed, err = t.closed(row); err != nil {
		return err
	}
	if in.Clock, err = t.clock(row.Inbox); err != nil {
		return err
	}
	box := t.boxes[row.Inbox]
	in.Now, in.Menus, in.Country, in.Patience = t.tx.Now(), showsMenus(box.Channel), contact.FromWhatsApp(box.Address).Country, callPatience
	out := t.book(ctx).Step(*k.Flow, in)
	if t.unread != nil {
		return t.unread
	}
	if len(out.Said) > 0 && !row.WindowFor(conversation.AuthorBot, t.tx.Now()).Allows(conversation.AllowFree) {
		out.Said, out.Handoff, out.Ended = nil, true, false // people take over without words
	}
	if err := t.logFlow(ctx, row, &k, out.Log); err != nil {
		return err
	}
	if len(out.Kept) > 0 {
		if err := t.outside.Contacts.AddAttributesIn(ctx, t.tx, t.workspace, map[db.ID]map[string]string{row.Contact: out.Kept}); err != nil {
			return err
		}
	}
	if err := t.keepPlace(ctx, row, k.Flow.Router != nil, out.Stays); err != nil {
		return err
	}
	for _, said := range out.Said {
		t.sayFlow(row, said, cause)
	}
	switch {
	case out.Handoff:
		return t.handOver(ctx, row, out.Queue, out.Agent)
	case out.Ended:
		if err := t.forget(ctx, row); err != nil {
			return err
		}
		_, err := t.conversations.CloseTicketIn(ctx, t.tx, account.Bot(t.workspace), row.ID, conversation.Closing{})
		return err
	}
	k.Flow = &out.State
	if out.State.Waits != flow.ForCall {
		k.Call = nil
	}
	if out.Call != nil {
		k.Call = out.Call
		args := callArgs{Workspace: t.workspace, Conversation: row.ID, Serial: out.Call.Serial}
		if err := t.outside.Jobs.Enqueue(ctx, t.tx, CallKind, args, job.Options{Attempts: 1}); err != nil {
			return err
		}
	}
	t.keep(row, k)
	return nil
}

// closed tells whether nobody answers on a number now: outside its hours, or in an absence.
func (t *turn) closed(row conversation.Row) (bool, error) {
	if _, absent := t.absences[row.Inbox]; absent {
		return true, nil
	}
	_, _, shut, err := t.shut(row)
	return shut, err
}

func (t *turn) sayFlow(row conversation.Row, said flow.Said, cause string) {
	draft := conversation.Draft{Kind: channel.Text, Text: said.Text, File: said.File, ClientID: "bot:" + said.What + ":" + cause}
	switch {
	case said.Menu != nil:
		draft.Kind, draft.Content = channel.Interactive, channel.Content{Menu: said.Menu}
	case said.File != 0:
		draft.Kind = said.Form
	case said.Place != nil:
		draft.Kind, draft.Content = channel.Location, channel.Content{Location: said.Place}
	}
	t.post(row, draft)
}

// handOver gives the ticket to an agent who still answers here, to a queue that still is, or to the number's people.
func (t *turn) handOver(ctx context.Context, row conversation.Row, queue, agent db.ID) error {
	if agent != 0 {
		known, err := agentsIn(ctx, t.tx, t.workspace)
		if err != nil {
			return err
		}
		if known[agent] {
			if err := t.forget(ctx, row); err != nil {
				return err
			}
			_, err = t.conversations.AssignIn(ctx, t.tx, account.Bot(t.workspace), row.ID, conversation.Assignment{User: agent})
			return err
		}
	}
	if !t.queues[queue] {
		if queue = t.boxes[row.Inbox].DefaultQueue; !t.queues[queue] {
			queue = 0
		}
	}
	return t.handOff(ctx, row, queue)
}

// forget writes what the bot said and forgets where it stood in a conversation that is no longer its own.
func (t *turn) forget(ctx context.Context, row conversation.Row) error {
	if err := t.speak(ctx); err != nil {
		return err
	}
	delete(t.rows, row.ID) // what else the person wrote is for the people now
	delete(t.stands, row.ID)
	if _, err := t.tx.Exec(ctx, "delete from bot_states where conversation_id = $1", row.ID); err != nil {
		return fmt.Errorf("forget where bot stood: %w", err)
	}
	return nil
}
