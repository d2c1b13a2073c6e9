package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/inbox"
	"recado/internal/template"
)

// ReopeningTemplate is the name of the template that tells people that somebody answers again (B205). It has two buttons for quick
// replies: the first wants to go on, the second not.
const ReopeningTemplate = "atendimento_esta_disponivel"

// What a reopening template lacks; "" for nothing.
const (
	LacksTemplate = "missing"
	LacksApproval = "not_approved"
	LacksButtons  = "buttons"   // not two quick replies
	LacksValues   = "variables" // it needs values nobody gives
)

// toldAtOnce is how many people of one number are told of its opening in one go: they do not all answer in the same minute.
const toldAtOnce = 5

// Outcomes of asking to be told.
const (
	outcomeTold     = "told"
	outcomeAnswered = "answered" // one of ours wrote meanwhile
	outcomeServed   = "served"   // their ticket is being served
	outcomeBarred   = "barred"   // they want no message of ours, or are blocked
	outcomeRefused  = "refused"  // the channel does not allow it
)

// Reopening is the reopening template of a number in one language, and what it lacks.
type Reopening struct {
	Language string `json:"language" doc:"as the provider writes it: es, pt_BR, en_US"`
	Status   string `json:"status" doc:"as the provider writes it"`
	Body     string `json:"body"`
	Lacks    string `json:"lacks" enum:",not_approved,buttons,variables" doc:"empty: it can be sent"`
}

// Reopenings gives the reopening templates of a number's account, by language. It fails with NotFound for a number of elsewhere.
func (r *Room) Reopenings(ctx context.Context, workspace, number db.ID) ([]Reopening, error) {
	box, err := r.inboxes.Get(ctx, workspace, number)
	if err != nil {
		return nil, err
	}
	all, err := r.outside.Templates.List(ctx, workspace, box.Account)
	if err != nil {
		return nil, err
	}
	out := []Reopening{}
	for _, one := range all {
		if one.Name == ReopeningTemplate {
			out = append(out, Reopening{Language: one.Language, Status: one.Status, Body: one.Shape().Body.Text, Lacks: lacksOf(one)})
		}
	}
	return out, nil
}

// reopening gives the reopening template of a number in a language, read through q, and what it lacks.
func (r *Room) reopening(ctx context.Context, q db.Querier, workspace db.ID, box inbox.Inbox, language string) (template.Template, string, error) {
	one, err := r.outside.Templates.FindIn(ctx, q, workspace, box.Account, ReopeningTemplate, language)
	if fault.KindOf(err) == fault.NotFound {
		return one, LacksTemplate, nil
	}
	if err != nil {
		return one, "", err
	}
	return one, lacksOf(one), nil
}

func lacksOf(one template.Template) string {
	shape := one.Shape()
	quick := 0
	for i, b := range shape.Buttons {
		if b.Kind == template.QuickReply && i < 2 {
			quick++
		}
	}
	switch {
	case !one.Sendable():
		return LacksApproval
	case len(shape.Buttons) != 2 || quick != 2:
		return LacksButtons
	case len(shape.Keys()) > 0 || len(shape.Unfillable) > 0:
		return LacksValues
	}
	return ""
}

const askingNumbers = `select distinct workspace_id, inbox_id from off_hours where asked_at is not null and outcome = '' and asked_at > $1`

// TellReopened tells people who asked for it that somebody answers again on their number, each once and a few at a time, and gives
// how many it decided about. It does not matter which node asks, nor whether one was down in between: the message and that it was
// posted are one commit. Where the template is missing or the number cannot send, people wait.
func (r *Room) TellReopened(ctx context.Context) (n int, err error) {
	numbers, err := db.All[struct {
		Workspace db.ID `db:"workspace_id"`
		Inbox     db.ID `db:"inbox_id"`
	}](ctx, r.d, askingNumbers, r.d.Now()-offHoursDays*dayLong)
	if err != nil {
		return 0, fmt.Errorf("who asked to be told: %w", err)
	}
	var failed []error
	for _, one := range numbers {
		told, err := r.tellNumber(ctx, one.Workspace, one.Inbox)
		n += told
		if err != nil {
			failed = append(failed, fmt.Errorf("tell of the opening of number %d: %w", one.Inbox, err))
		}
	}
	return n, errors.Join(failed...)
}

func (r *Room) tellNumber(ctx context.Context, workspace, number db.ID) (n int, err error) {
	h, err := r.inboxes.Hours(ctx, workspace, number)
	if err != nil || !h.Unavailable.On || !h.Unavailable.Notify {
		return 0, err
	}
	clock, err := h.Clock()
	if err != nil || !clock.Open(time.UnixMilli(r.d.Now())) {
		return 0, err
	}
	box, err := r.inboxes.Get(ctx, workspace, number)
	if err != nil || box.Status != inbox.Connected {
		return 0, err
	}
	with, lacks, err := r.reopening(ctx, r.d, workspace, box, h.Unavailable.Language)
	if err != nil || lacks != "" {
		return 0, err
	}
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err = r.tellSomeIn(ctx, tx, box, with)
		return err
	})
	return n, err
}

// One row of a conversation is claimed, the newest: asking in two closings is answered once.
const asking = `select o.id, o.conversation_id, o.asked_at from off_hours o where o.inbox_id = $1 and o.workspace_id = $2 and o.outcome = '' and o.asked_at is not null
	and o.asked_at > $3 and not exists (select 1 from off_hours n where n.conversation_id = o.conversation_id and n.id > o.id and n.asked_at is not null and n.outcome = '')
	order by o.asked_at, o.id limit $4 {claim}`

type asked struct {
	ID           db.ID `db:"id"`
	Conversation db.ID `db:"conversation_id"`
	At           int64 `db:"asked_at"`
}

func (r *Room) tellSomeIn(ctx context.Context, tx *db.Tx, box inbox.Inbox, with template.Template) (int, error) {
	some, err := db.All[asked](ctx, tx, asking, box.ID, box.Workspace, tx.Now()-offHoursDays*dayLong, toldAtOnce)
	if err != nil || len(some) == 0 {
		return 0, err
	}
	t := &turn{Room: r, tx: tx, workspace: box.Workspace}
	for _, one := range some {
		if err := t.tellReopened(ctx, one, with); err != nil {
			return 0, err
		}
	}
	return len(some), t.tellOffHours(ctx, []db.ID{box.ID})
}

const outcomeOf = `update off_hours set outcome = $3, told_at = $4, told_message_id = $5 where conversation_id = $1 and workspace_id = $2
	and asked_at is not null and outcome = ''`

func (t *turn) tellReopened(ctx context.Context, a asked, with template.Template) error {
	// Held from here on: nobody of ours writes meanwhile.
	if _, err := t.conversations.HoldIn(ctx, t.tx, t.workspace, a.Conversation, "", 0); err != nil {
		return err
	}
	outcome, message := "", db.ID(0)
	rows, err := t.conversations.Rows(ctx, t.tx, t.workspace, []db.ID{a.Conversation})
	if err != nil {
		return err
	}
	row, known := rows[a.Conversation]
	if !known {
		outcome = outcomeRefused
	} else if outcome, err = t.whyNotTold(ctx, row, a.At); err != nil {
		return err
	}
	if outcome == "" {
		if message, outcome, err = t.postReopening(ctx, row, a, with); err != nil {
			return err
		}
	}
	var kept any
	if message != 0 {
		kept = int64(message)
	}
	if _, err := t.tx.Exec(ctx, outcomeOf, a.Conversation, t.workspace, outcome, t.tx.Now(), kept); err != nil {
		return fmt.Errorf("outcome of asking to be told: %w", err)
	}
	return nil
}

const writtenSince = `select count(*) from messages where conversation_id = $1 and direction = 2 and author in ('agent', 'key', 'campaign')
	and kind <> 'reaction' and created_at >= $2`

// whyNotTold is why a person is not told after all; "" for no reason.
func (t *turn) whyNotTold(ctx context.Context, row conversation.Row, since int64) (string, error) {
	if row.TicketStatus == conversation.TicketInService {
		return outcomeServed, nil
	}
	n, err := db.One[int](ctx, t.tx, writtenSince, row.ID, since)
	if err != nil {
		return "", fmt.Errorf("what was written since: %w", err)
	}
	if n > 0 {
		return outcomeAnswered, nil
	}
	barred, err := t.outside.Contacts.BarredAmong(ctx, t.tx, t.workspace, []db.ID{row.Contact})
	if _, is := barred[row.Contact]; is {
		return outcomeBarred, err
	}
	return "", err
}

// postReopening posts the template. A "no" opens no ticket; anything else goes to whoever meets new ones.
func (t *turn) postReopening(ctx context.Context, row conversation.Row, a asked, with template.Template) (message db.ID, outcome string, err error) {
	filled, shown, problems := with.Fill(map[string]string{"button.0": payloadYes, "button.1": payloadNo})
	if len(problems) > 0 {
		return 0, outcomeRefused, nil
	}
	m, err := t.conversations.PostIn(ctx, t.tx, account.Bot(t.workspace), conversation.Draft{Conversation: row.ID, Kind: channel.Template, Text: shown.Text(),
		Content: channel.Content{Template: &filled}, Lane: conversation.LaneBots, ClientID: clientID("reopened", a.ID),
		Route: &conversation.RouteRequest{Target: conversation.TargetNotify, Button: payloadNo, OtherTarget: conversation.TargetNone}})
	if fault.KindOf(err) == fault.Conflict {
		return 0, outcomeRefused, nil
	}
	return m.ID, outcomeTold, err
}
