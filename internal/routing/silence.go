package routing

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/inbox"
)

// Who a silence is of.
const (
	ofCustomer = "customer" // an agent said the last word
	ofAgent    = "agent"    // a person waits for the agent who holds their ticket
)

// SilenceSubscriber keeps the clocks of silence (B170): of the customer since an agent's last word, of the agent since the first word
// nobody answered. On hold, snoozed, in a queue or with a bot no clock runs; outside the hours of the number it stands still.
func (r *Room) SilenceSubscriber() event.Subscriber {
	return event.Subscriber{Name: "routing.silence", React: r.hearSilence, Kinds: []string{conversation.MessageReceived, conversation.MessagePosted,
		conversation.TicketOpened, conversation.TicketAssigned, conversation.TicketReopened, conversation.TicketClosed}}
}

// clock is a silence as it is kept.
type clock struct {
	Conversation db.ID  `db:"conversation_id"`
	Ticket       db.ID  `db:"ticket_id"`
	Side         string `db:"side"`
	Cause        db.ID  `db:"cause_id"`
}

// heard is what a fact means for the clock of its conversation.
type heard struct {
	conversation db.ID
	side         string // "": whoever it is now
	cause        db.ID
	anew         bool // the clock begins again
}

func (r *Room) hearSilence(ctx context.Context, tx *db.Tx, facts []event.Event) error {
	of := map[db.ID][]event.Event{}
	for _, e := range facts {
		of[e.Workspace] = append(of[e.Workspace], e)
	}
	for _, workspace := range slices.Sorted(maps.Keys(of)) {
		all, err := heardIn(ctx, tx, of[workspace])
		if err == nil {
			err = r.keepClocks(ctx, tx, workspace, all)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// heardIn reads facts of one workspace.
func heardIn(ctx context.Context, tx *db.Tx, facts []event.Event) (all []heard, err error) {
	var posted []db.ID
	for _, e := range facts {
		switch e.Kind {
		case conversation.MessageReceived:
			f, err := event.Decode[conversation.ReceivedFact](e)
			if err != nil {
				return nil, err
			}
			if f.AsksForAnswer() {
				all = append(all, heard{conversation: f.Conversation, side: ofAgent, cause: f.Message})
			}
		case conversation.MessagePosted:
			f, err := event.Decode[conversation.PostedFact](e)
			if err != nil {
				return nil, err
			}
			for _, item := range f.Items {
				if item.Author == conversation.AuthorAgent || item.Author == conversation.AuthorKey {
					all, posted = append(all, heard{conversation: item.Conversation, side: ofCustomer, cause: item.Message, anew: true}), append(posted, item.Message)
				}
			}
		default:
			f, err := event.Decode[conversation.TicketFact](e)
			if err != nil {
				return nil, err
			}
			all = append(all, heard{conversation: f.Conversation, cause: f.Ticket, anew: e.Kind == conversation.TicketAssigned})
		}
	}
	if len(posted) == 0 {
		return all, nil
	}
	// A note and a marker are no words to the person; a marker may end a pause.
	unsaid, err := db.All[db.ID](ctx, tx, "select id from messages where id in ({ids:$1}) and kind in ('note', 'marker', 'reaction')", db.IDs(posted))
	if err != nil {
		return nil, fmt.Errorf("what agents said: %w", err)
	}
	for i := range all {
		if slices.Contains(unsaid, all[i].cause) {
			all[i].side, all[i].anew = "", false
		}
	}
	return all, nil
}

const (
	clocksOf  = "select conversation_id, ticket_id, side, cause_id from silences where workspace_id = $1 and conversation_id in ({ids:$2})"
	keepClock = `insert into silences (workspace_id, conversation_id, ticket_id, side, cause_id, said, due_at) values ($1, $2, $3, $4, $5, 0, $6)
		on conflict (conversation_id) do update set ticket_id = excluded.ticket_id, side = excluded.side, cause_id = excluded.cause_id, said = 0, due_at = excluded.due_at`
	stopClocks = "delete from silences where conversation_id in ({ids:$1})"
)

// keepClocks begins, keeps and stops the clocks of conversations after what was heard in them.
func (r *Room) keepClocks(ctx context.Context, tx *db.Tx, workspace db.ID, all []heard) error {
	if len(all) == 0 {
		return nil
	}
	var ids []db.ID
	for _, h := range all {
		ids = append(ids, h.conversation)
	}
	settings, err := r.AttentionFor(ctx, tx, workspace, inbox.ByConversation, ids...)
	if err != nil {
		return err
	}
	kept, err := db.All[clock](ctx, tx, clocksOf, workspace, db.IDs(ids))
	if err != nil {
		return fmt.Errorf("clocks of silence: %w", err)
	}
	if len(kept) == 0 && !slices.ContainsFunc(slices.Collect(maps.Values(settings)), Attention.minds) {
		return nil // most companies: nothing more is asked
	}
	rows, err := r.conversations.Rows(ctx, tx, workspace, ids)
	if err != nil {
		return err
	}
	running := map[db.ID]clock{}
	for _, c := range kept {
		running[c.Conversation] = c
	}
	hours, err := r.inboxes.HoursIn(ctx, tx, workspace, slices.Collect(maps.Keys(settings))...)
	if err != nil {
		return err
	}
	begun, stopped := map[db.ID][]any{}, []db.ID{}
	for _, h := range all {
		row := rows[h.conversation]
		before, runs := running[h.conversation]
		side := sideOf(row, h.side)
		minutes := settings[row.Inbox].silence(side)
		switch {
		case minutes == 0:
			if runs {
				stopped = append(stopped, h.conversation)
				delete(running, h.conversation)
				delete(begun, h.conversation)
			}
			continue
		case runs && before.Side == side && before.Ticket == row.Ticket && (!h.anew || before.Cause == h.cause):
			continue // it is the same silence
		}
		number := hours[row.Inbox]
		due, err := number.Due(tx.Now(), minutes)
		if err != nil {
			return err
		}
		begun[h.conversation] = []any{int64(workspace), int64(h.conversation), int64(row.Ticket), side, int64(h.cause), timeOrNull(due)}
		running[h.conversation] = clock{Conversation: h.conversation, Ticket: row.Ticket, Side: side, Cause: h.cause}
	}
	if _, err := tx.Exec(ctx, stopClocks, db.IDs(stopped)); err != nil {
		return fmt.Errorf("stop clocks of silence: %w", err)
	}
	var clocks [][]any
	for _, id := range slices.Sorted(maps.Keys(begun)) {
		clocks = append(clocks, begun[id])
	}
	if _, err := tx.ExecEach(ctx, keepClock, clocks); err != nil {
		return fmt.Errorf("keep clocks of silence: %w", err)
	}
	return nil
}

// sideOf gives whose silence it is in a conversation as it stands; "" for nobody's. What a person or an agent said since then will be
// heard, too.
func sideOf(row conversation.Row, heard string) string {
	switch {
	case row.State != conversation.Open, row.Holder != conversation.HolderAgent, row.OnHoldAt != 0, row.SnoozedUntil != 0:
		return ""
	case row.WaitingSince != 0:
		return ofAgent
	case heard == ofCustomer, row.PreviewFrom == conversation.Out.String():
		return ofCustomer
	}
	return ""
}

// silence is after how many minutes something is done about one; 0: never.
func (a Attention) silence(side string) int64 {
	switch side {
	case ofCustomer:
		return a.SilenceMinutes
	case ofAgent:
		return a.AgentMinutes
	}
	return 0
}

// minds tells whether something is done about any silence.
func (a Attention) minds() bool { return a.SilenceMinutes > 0 || a.AgentMinutes > 0 }

func timeOrNull(at int64) any {
	if at == 0 {
		return nil
	}
	return at
}
