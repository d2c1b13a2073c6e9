package campaign

import (
	"context"
	"fmt"
	"strings"

	"recado/internal/account"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/fault"
)

// Recipient is one person in a campaign that was sent, with what became of it.
type Recipient struct {
	ID           db.ID  `json:"id"`
	Row          int64  `json:"row"`
	State        string `json:"state"` // waiting, left_out, failed, or the status of the message
	Reason       string `json:"reason"`
	Inbox        db.ID  `json:"inbox_id"`
	Phone        string `json:"phone"` // as printed for people
	Name         string `json:"name"`
	Template     db.ID  `json:"template_id"`
	Message      db.ID  `json:"message_id"`
	Conversation db.ID  `json:"conversation_id"`
	Contact      db.ID  `json:"contact_id"`
	ErrorClass   string `json:"error_class"`
	ErrorCode    int64  `json:"error_code"`
	ErrorDetail  string `json:"error_detail"`
	RepliedAt    int64  `json:"replied_at"`
	Cost         Money  `json:"cost"` // of a message that was delivered and has a price
	At           int64  `json:"at"`   // of the provider's last word about acceptance, 0 before it
}

type recipientRow struct {
	ID           db.ID               `db:"id"`
	Row          int64               `db:"row_number"`
	State        int                 `db:"state"`
	Reason       string              `db:"reason"`
	Inbox        db.ID               `db:"inbox_id"`
	Address      string              `db:"address"`
	Name         string              `db:"name"`
	Template     db.ID               `db:"template_id"`
	Message      db.ID               `db:"message_id"`
	Contact      db.ID               `db:"contact_id"`
	RepliedAt    int64               `db:"replied_at"`
	Priced       string              `db:"priced"`
	Status       conversation.Status `db:"status"`
	Conversation db.ID               `db:"conversation_id"`
	Class        string              `db:"error_class"`
	Code         int64               `db:"error_code"`
	Detail       string              `db:"error_detail"`
	At           int64               `db:"provider_at"`
}

const recipientColumns = `r.id, r.row_number, r.state, r.reason, r.inbox_id, r.address, r.name, r.template_id, r.message_id, r.contact_id, r.priced,
	coalesce(r.replied_at, 0) as replied_at, coalesce(m.status, 0) as status, m.conversation_id, coalesce(m.error_class, '') as error_class,
	coalesce(m.error_code, 0) as error_code, coalesce(m.error_detail, '') as error_detail, coalesce(m.provider_at, 0) as provider_at`

const fromRecipients = " from recipients r left join messages m on m.id = r.message_id "

// recipientLists tell how each filter walks an index, with the place of a row in it.
var recipientLists = map[string]struct {
	text  string
	place func(recipientRow) int64
}{
	"": {"select " + recipientColumns + fromRecipients + "where r.campaign_id = $1 and r.row_number > $2 and $3 >= 0 order by r.row_number limit $4",
		func(r recipientRow) int64 { return r.Row }},
	"waiting":  {"select " + recipientColumns + fromRecipients + "where r.campaign_id = $1 and r.state = 0 and r.id > $2 and $3 >= 0 order by r.id limit $4", byID},
	"left_out": {"select " + recipientColumns + fromRecipients + "where r.campaign_id = $1 and r.state > 1 and r.id > $2 and $3 >= 0 order by r.id limit $4", byID},
	"replied": {"select " + recipientColumns + fromRecipients +
		"where r.campaign_id = $1 and r.replied_at is not null and r.id > $2 and $3 >= 0 order by r.id limit $4", byID},
	"message": {"select " + recipientColumns + ` from messages m join recipients r on r.message_id = m.id
		where m.campaign_id = $1 and m.status = $3 and m.id > $2 order by m.id limit $4`, func(r recipientRow) int64 { return int64(r.Message) }},
}

func byID(r recipientRow) int64 { return int64(r.ID) }

// Recipients gives a page of the recipients in a state ("" for all, waiting, left_out, replied, or the status of a
// message). The cursor of the next page is empty at the end. While messages move on, a page by status may miss or
// repeat one; the list of all never does.
func (r *Room) Recipients(ctx context.Context, actor account.Actor, id db.ID, state, cursor string, limit int) ([]Recipient, string, error) {
	if err := actor.Can(account.Campaigns, account.View); err != nil {
		return nil, "", err
	}
	c, err := load(ctx, r.d, actor.Workspace, id)
	if err != nil {
		return nil, "", err
	}
	after, err := openCursor(cursor)
	if err != nil {
		return nil, "", err
	}
	list, known := recipientLists[state]
	var status conversation.Status
	if !known {
		if err := status.UnmarshalText([]byte(strings.TrimSpace(state))); err != nil {
			return nil, "", fault.New(fault.Invalid, "campaign.recipient_state", "Recipients cannot be filtered by “%s”.", short(state)).On("state").With("state", short(state))
		}
		list = recipientLists["message"]
	}
	limit = pageSize(limit)
	rows, err := db.All[recipientRow](ctx, r.d, list.text, id, after, int64(status), limit+1)
	if err != nil {
		return nil, "", fmt.Errorf("recipients of campaign %d: %w", id, err)
	}
	next := ""
	if len(rows) > limit {
		rows = rows[:limit]
		next = closeCursor(list.place(rows[limit-1]))
	}
	out := make([]Recipient, len(rows))
	for i, one := range rows {
		out[i] = one.recipient(c.State)
	}
	return out, next, nil
}

func (one recipientRow) recipient(state State) Recipient {
	out := Recipient{ID: one.ID, Row: one.Row, Reason: one.Reason, Inbox: one.Inbox, Phone: contact.FromWhatsApp(one.Address).Display(), Name: one.Name,
		Template: one.Template, Message: one.Message, Conversation: one.Conversation, Contact: one.Contact, ErrorClass: one.Class, ErrorCode: one.Code,
		ErrorDetail: one.Detail, RepliedAt: one.RepliedAt, At: one.At}
	if p, err := readPriced(one.Priced); err == nil && p.currency != "" && one.Status >= conversation.Delivered {
		out.Cost = Money{p.currency, decimal(p.micros)}
	}
	switch {
	case one.State == waiting && state == Cancelled:
		out.State, out.Reason = "left_out", LeftCancelled
	case one.State == waiting:
		out.State = "waiting"
	case one.State == leftOut:
		out.State = "left_out"
	case one.State == broken:
		out.State = "failed"
	default:
		out.State = one.Status.String()
	}
	return out
}
