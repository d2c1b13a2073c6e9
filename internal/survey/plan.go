package survey

import (
	"context"
	"fmt"
	"slices"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
)

// Kinds are the facts React wants.
var Kinds = []string{conversation.TicketClosed, conversation.TicketReopened}

// None is what Decide takes for no survey after this service.
const None db.ID = -1

const (
	plansAtOnce = 100
	// afterFarewell lets the words after a service come first, in milliseconds.
	afterFarewell = 2_000
	// latePlan is how long after its time a survey about a service still makes sense, in milliseconds.
	latePlan = 3_600_000
)

const (
	decide = `insert into survey_plans (workspace_id, ticket_id, conversation_id, survey_id, asked_by) values ($1, $2, $3, $4, $5)
		on conflict (ticket_id) do update set survey_id = excluded.survey_id, asked_by = excluded.asked_by, due_at = null`
	planDecided = "update survey_plans set due_at = coalesce(due_at, $2) where ticket_id = $1"
	planByRule  = `insert into survey_plans (workspace_id, ticket_id, conversation_id, survey_id, due_at) values ($1, $2, $3, null, $4)
		on conflict (ticket_id) do nothing`
)

// Decide says what follows the service of a conversation's open ticket once it is closed, instead of its number's rule: a survey, or
// None. 0 leaves it to the rule. It fails with Invalid for a survey that is not in use; without an open ticket it does nothing.
func (r *Room) Decide(ctx context.Context, actor account.Actor, row conversation.Row, survey db.ID) error {
	if row.Ticket == 0 {
		return nil
	}
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if survey == 0 {
			_, err := tx.Exec(ctx, "delete from survey_plans where ticket_id = $1 and workspace_id = $2", row.Ticket, actor.Workspace)
			return err
		}
		if survey != None {
			if _, err := inUse(ctx, tx, actor.Workspace, survey); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, decide, actor.Workspace, row.Ticket, row.ID, survey, actor.User); err != nil {
			return fmt.Errorf("decide on survey: %w", err)
		}
		return nil
	})
}

// React is the subscriber that plans what follows a service.
func (r *Room) React(ctx context.Context, tx *db.Tx, facts []event.Event) error {
	for _, e := range facts {
		f, err := event.Decode[conversation.TicketFact](e)
		if err == nil {
			err = plan(ctx, tx, e, f)
		}
		if err != nil {
			return fmt.Errorf("survey and fact %d: %w", e.Seq, err)
		}
	}
	return nil
}

// plan keeps in mind what follows a closed ticket. A service that ends by itself is followed by nothing: nobody is there.
func plan(ctx context.Context, tx *db.Tx, e event.Event, f conversation.TicketFact) error {
	if e.Kind == conversation.TicketReopened || f.By == 0 {
		_, err := tx.Exec(ctx, "delete from survey_plans where ticket_id = $1", f.Ticket)
		return err
	}
	due := e.At + conversation.UndoTime + afterFarewell
	n, err := tx.Exec(ctx, planDecided, f.Ticket, due)
	if err != nil || n > 0 {
		return err
	}
	rule, err := ruleOf(ctx, tx, e.Workspace, f.Inbox)
	if err != nil || rule.Survey == 0 {
		return err
	}
	_, err = tx.Exec(ctx, planByRule, e.Workspace, f.Ticket, f.Conversation, due)
	return err
}

type planned struct {
	Workspace    db.ID `db:"workspace_id"`
	Ticket       db.ID `db:"ticket_id"`
	Conversation db.ID `db:"conversation_id"`
	Survey       db.ID `db:"survey_id"`
	AskedBy      db.ID `db:"asked_by"`
	DueAt        int64 `db:"due_at"`
}

// SendDue sends the surveys that follow services that have ended, and gives how many it looked at. One is sent only when the ticket is
// still closed, no other one is open, and the window is. It does not matter which node asks, nor whether one was down in between.
func (r *Room) SendDue(ctx context.Context) (n int, err error) {
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		due, err := db.All[planned](ctx, tx, `select workspace_id, ticket_id, conversation_id, survey_id, asked_by, due_at from survey_plans
			where due_at < $1 order by due_at, ticket_id limit $2 {claim}`, tx.Now(), plansAtOnce)
		if err != nil {
			return err
		}
		for _, p := range due {
			if _, err := tx.Exec(ctx, "delete from survey_plans where ticket_id = $1", p.Ticket); err != nil {
				return err
			}
			if err := r.sendPlanned(ctx, tx, p); err != nil {
				return fmt.Errorf("after ticket %d: %w", p.Ticket, err)
			}
		}
		n = len(due)
		return nil
	})
	if err != nil {
		err = fmt.Errorf("surveys after services: %w", err)
	}
	return n, err
}

func (r *Room) sendPlanned(ctx context.Context, tx *db.Tx, p planned) error {
	ticket, err := r.conversations.Ticket(ctx, tx, p.Workspace, p.Ticket)
	if err != nil {
		return err
	}
	if p.Survey == None || ticket.Status != conversation.TicketDone || tx.Now() > p.DueAt+latePlan {
		return nil
	}
	// The fact may be told again after it was acted on.
	again, err := db.One[int](ctx, tx, "select count(*) from survey_sendings where conversation_id = $1 and ticket_id = $2 and sent_at >= $3", p.Conversation, p.Ticket, ticket.ClosedAt)
	if err != nil || again > 0 {
		return err
	}
	chosen := p.Survey
	if chosen == 0 {
		rule, err := ruleOf(ctx, tx, p.Workspace, ticket.Inbox)
		if err != nil || ticket.FirstReplyAt == 0 || slices.Contains(excluded, ticket.Result) {
			return err
		}
		due, err := rule.due(ctx, tx, p.Conversation, p.Ticket, tx.Now())
		if err != nil || !due {
			return err
		}
		chosen = rule.Survey
	}
	s, err := hold(ctx, tx, p.Workspace, chosen)
	if err != nil || s.ArchivedAt != 0 {
		return unlessGone(err)
	}
	if err := dropOpen(ctx, tx, p.Conversation); err != nil {
		return err
	}
	closed, err := r.conversations.HoldIn(ctx, tx, p.Workspace, p.Conversation, "", 0)
	if err != nil || !closed {
		return err
	}
	_, err = r.sendIn(ctx, tx, s, sender{p.Workspace, p.Conversation, p.Ticket, p.AskedBy})
	return err
}
