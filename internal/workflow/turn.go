package workflow

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/flow"
	"recado/internal/hours"
)

// turn is a conversation that is held while its runs go on.
type turn struct {
	*Room
	tx        *db.Tx
	at        place
	workflows map[db.ID]Workflow
	seen      *Seen // as the conversation stands; nil: to be read again
	said      db.ID // the person's last message
	blocked   bool
	clock     *hours.Clock
	dry       bool // nothing is asked outside, and no wait waits
	lines     []Line
}

// turn holds a conversation for its runs, and before it what they will need: giving tickets away and surveys are held before
// conversations everywhere.
func (r *Room) turn(ctx context.Context, tx *db.Tx, at place, runs []run) (*turn, error) {
	t := &turn{Room: r, tx: tx, at: at, workflows: map[db.ID]Workflow{}}
	var plans []Plan
	var ids []db.ID
	for _, one := range runs {
		p, known, err := r.plan(ctx, tx, at.Workspace, versionKey{one.Workflow, one.Version})
		if err != nil {
			return nil, err
		}
		if known {
			plans = append(plans, p)
		}
		ids = append(ids, one.Workflow)
	}
	found, err := workflowsIn(ctx, tx, " and id in ({ids:$2})", at.Workspace, db.IDs(ids))
	if err != nil {
		return nil, err
	}
	for _, w := range found {
		t.workflows[w.ID] = w
	}
	return t, t.hold(ctx, plans)
}

func (t *turn) hold(ctx context.Context, plans []Plan) error {
	gives, surveys := false, []db.ID{}
	for _, p := range plans {
		for s := range p.steps {
			gives = gives || s.Kind == Assign && s.To == ToLeastBusy
			if s.Kind == Survey && !slices.Contains(surveys, s.Survey) {
				surveys = append(surveys, s.Survey)
			}
		}
	}
	if gives {
		if err := t.rooms.Routing.HoldGivingIn(ctx, t.tx, t.at.Workspace); err != nil {
			return err
		}
	}
	if len(surveys) > 0 {
		if err := t.rooms.Surveys.HoldIn(ctx, t.tx, t.at.Workspace, t.at.Conversation, surveys...); err != nil {
			return err
		}
	}
	_, err := t.rooms.Conversations.HoldIn(ctx, t.tx, t.at.Workspace, t.at.Conversation, "", 0)
	return err
}

// actor is who acts for a workflow.
func (t *turn) actor(name string) account.Actor {
	a := account.Bot(t.at.Workspace)
	a.Name = name
	return a
}

const phoneOf = `select value from identities where contact_id = $1 and workspace_id = $2 and kind = 'phone' order by created_at limit 1`

const lastWords = "select id, body from messages where conversation_id = $1 and direction = 1 and kind not in ('reaction', 'system') order by id desc limit 1"

// look reads the conversation as it stands. known is false when it is no more.
func (t *turn) look(ctx context.Context) (known bool, err error) {
	if t.seen != nil {
		return true, nil
	}
	rows, err := t.rooms.Conversations.Rows(ctx, t.tx, t.at.Workspace, []db.ID{t.at.Conversation})
	if err != nil {
		return false, err
	}
	row, known := rows[t.at.Conversation]
	if !known {
		return false, nil
	}
	if t.clock == nil {
		if err := t.readOnce(ctx, row); err != nil {
			return false, err
		}
	}
	now := t.tx.Now()
	s := Seen{Row: row, Open: t.clock.Open(time.UnixMilli(now)), Window: row.WindowFor(conversation.AuthorBot, now).Allows(conversation.AllowFree)}
	if s.Values, err = t.values(ctx, row); err != nil {
		return false, err
	}
	said, err := db.All[struct {
		ID   db.ID  `db:"id"`
		Text string `db:"body"`
	}](ctx, t.tx, lastWords, row.ID)
	if err != nil {
		return false, fmt.Errorf("last words: %w", err)
	}
	if t.said = 0; len(said) > 0 {
		t.said, s.Text = said[0].ID, said[0].Text
	}
	t.seen = &s
	return true, nil
}

// readOnce reads what no run changes.
func (t *turn) readOnce(ctx context.Context, row conversation.Row) error {
	all, err := t.rooms.Inboxes.HoursIn(ctx, t.tx, t.at.Workspace, row.Inbox)
	if err != nil {
		return err
	}
	h := all[row.Inbox]
	if t.clock, err = h.Clock(); err != nil {
		return err
	}
	blocked, err := t.rooms.Contacts.BlockedAmong(ctx, t.tx, t.at.Workspace, []db.ID{row.Contact})
	t.blocked = len(blocked) > 0
	return err
}

// values gives what words may name; message.text is added for each run.
func (t *turn) values(ctx context.Context, row conversation.Row) (map[string]string, error) {
	values, err := t.rooms.Conversations.ValuesIn(ctx, t.tx, row)
	if err != nil {
		return nil, err
	}
	phones, err := db.All[string](ctx, t.tx, phoneOf, row.Contact, t.at.Workspace)
	if err != nil {
		return nil, fmt.Errorf("phone of contact %d: %w", row.Contact, err)
	}
	if len(phones) > 0 {
		values["contact.phone"] = phones[0]
	}
	values["agent.name"] = row.AssigneeName
	if row.TicketNumber != 0 {
		values["ticket.number"] = strconv.FormatInt(row.TicketNumber, 10)
	}
	return values, nil
}

// seenBy is what a run's conditions and words see: the message that began it is the one they speak of.
func (t *turn) seenBy(o *run) Seen {
	s := *t.seen
	s.Wrote = o.ID != 0 && t.said > o.ID
	if o.Kind == MessageReceived {
		s.Text = o.Said
	}
	s.Values["message.text"] = conversation.Cut(s.Text, maxValue)
	return s
}

// goOn lets a run go on from where it stands until it waits or is over.
func (t *turn) goOn(ctx context.Context, o *run) error {
	t.lines = nil
	if err := t.play(ctx, o); err != nil {
		return err
	}
	if err := o.keep(ctx, t.tx); err != nil {
		return err
	}
	if err := t.keepLines(ctx, o); err != nil {
		return err
	}
	if o.under() {
		return nil
	}
	return t.count(ctx, t.tx, *o)
}

func (t *turn) play(ctx context.Context, o *run) error {
	w, exists := t.workflows[o.Workflow]
	if !exists || w.OnAt == 0 || w.PausedAt != 0 {
		o.stop("workflow.switched_off")
		return nil
	}
	plan, known, err := t.plan(ctx, t.tx, t.at.Workspace, versionKey{o.Workflow, o.Version})
	if err == nil && known {
		known, err = t.look(ctx)
	}
	if err != nil {
		return err
	}
	if !known {
		o.stop("workflow.gone")
		return nil
	}
	if o.State == Calling { // nobody made the call
		t.note(o, plan.branch(o.Branch).at(o.Place-1), outcome{did: DidFail, reason: "flow.call.late"})
	}
	return t.follow(ctx, o, w.Name, plan)
}

// follow goes through a plan.
func (t *turn) follow(ctx context.Context, o *run, name string, plan Plan) error {
	if o.Ticket == 0 && o.Branch == "" {
		o.Ticket = t.seen.Row.Ticket
	}
	switch {
	case t.blocked:
		o.stop("workflow.person_blocked")
		return nil
	case o.Kind != TicketClosed && o.Ticket != 0 && o.Ticket != t.seen.Row.Ticket:
		o.stop("workflow.ticket_over")
		return nil
	case o.Branch == "":
		if t.choose(o, plan); o.Branch == "" {
			o.State = Unmet
			return nil
		}
	}
	if o.State == Waiting && plan.branch(o.Branch).at(o.Place-1).Until == flow.UntilOpen && !t.seen.Open {
		o.Place-- // the hours were changed meanwhile: it waits on
	}
	o.State, o.Tries, o.Call = Ready, 0, ""
	steps := plan.branch(o.Branch).Steps
	for o.Place < len(steps) {
		s := steps[o.Place]
		o.Place++
		out, err := t.make(ctx, o, name, s)
		if err != nil {
			return err
		}
		t.note(o, s, out)
		if out.waits != "" {
			o.State, o.DueAt = out.waits, out.until
			o.Serial++
			return nil
		}
		if out.ends {
			break
		}
		known, err := t.look(ctx)
		if err != nil {
			return err
		}
		if !known {
			o.stop("workflow.gone")
			return nil
		}
	}
	o.State = Done
	if o.Failed > 0 {
		o.State = Failed
	}
	return nil
}

// choose takes the first branch whose conditions hold.
func (t *turn) choose(o *run, plan Plan) {
	seen := t.seenBy(o)
	for _, b := range plan.Branches {
		held, sights := hold(b.Match, b.Conditions, seen)
		if t.dry {
			t.sights(b.ID, sights)
		}
		if held {
			o.Branch = b.ID
			t.line(Line{Step: b.ID, Kind: "branch", Did: DidTake})
			return
		}
		if t.dry {
			t.line(Line{Step: b.ID, Kind: "branch", Did: DidPass})
		}
	}
}

func (o *run) stop(reason string) { o.State, o.reason = Stopped, reason }

func (b Branch) at(i int) Step {
	if i < 0 || i >= len(b.Steps) {
		return Step{}
	}
	return b.Steps[i]
}
