package bot

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/fault"
)

// Which of those who wrote outside the hours are listed.
const (
	OffHoursOpen  = "open"  // nobody of ours, nor the house, wrote to them since
	OffHoursAsked = "asked" // the same, of those who asked to be told
	OffHoursAll   = "all"
)

// OffHoursFilter narrows the list.
type OffHoursFilter struct {
	Inbox  db.ID  // 0: every number within reach
	Show   string // OffHoursOpen, OffHoursAsked or OffHoursAll; "" is OffHoursAll
	Search string // words of the person's name, or a part of the number
}

// OffHours is a person who wrote while nobody answered. Times are Unix milliseconds, 0 for never.
type OffHours struct {
	ID           db.ID `db:"id"`
	Inbox        db.ID `db:"inbox_id"`
	At           int64 `db:"written_at"`
	AskedAt      int64 `db:"asked_at"`
	Offered      bool  `db:"-"` // the number offers to be told of the opening now
	Conversation conversation.Row
	Address      string // the person's number as it is printed; "" when none is known
	Said         conversation.Message
	Outcome      string               `db:"outcome"` // of asking: told, answered, served, barred, refused; "" for none yet
	Answer       string               `db:"answer"`  // to being told: yes, no
	SentAt       int64                `db:"sent_at"`
	Sent         conversation.Message // what was written to them since, by one of ours or by the house; none: its ID is 0
}

// OffHoursPage is a part of the list, the last first. Next asks for the following part and is empty at the end.
type OffHoursPage struct {
	Items []OffHours
	Next  string
}

type offHoursRow struct {
	OffHours
	Thread  db.ID `db:"conversation_id"`
	First   db.ID `db:"message_id"`
	Written db.ID `db:"sent_message_id"`
}

// A message that failed was not sent.
const (
	offHoursText = `select o.id, o.inbox_id, o.conversation_id, o.message_id, o.written_at, coalesce(o.asked_at, 0) as asked_at, o.outcome, o.answer,
		coalesce(o.sent_at, case when o.told_message_id is null then 0 else o.told_at end, 0) as sent_at, coalesce(o.sent_message_id, o.told_message_id, 0) as sent_message_id
		from off_hours o join conversations c on c.id = o.conversation_id join contacts p on p.id = c.contact_id
		left join messages s on s.id = coalesce(o.sent_message_id, o.told_message_id)
		where o.workspace_id = $1 and o.written_at >= $2 and (o.written_at, o.id) < ($3, $4)%s order by o.written_at desc, o.id desc limit $5`
	notSent = " and (s.id is null or s.status = 55)"
)

// ListOffHours gives who wrote in the last seven days while nobody answered on a number within reach (B23, B24). limit is 1 to 200; 0
// means 50. It fails with Invalid when cursor is not one of ours.
func (r *Room) ListOffHours(ctx context.Context, reach conversation.Reach, f OffHoursFilter, cursor string, limit int) (OffHoursPage, error) {
	at, id := int64(1<<63-1), int64(1<<63-1)
	if cursor != "" {
		if _, err := fmt.Sscanf(cursor, "%d.%d", &at, &id); err != nil {
			return OffHoursPage{}, fault.New(fault.Invalid, "cursor", "This is not a place in the list. Load the list again.").On("cursor")
		}
	}
	if limit <= 0 || limit > 200 {
		limit = 50
	}
	args := []any{reach.Workspace, r.d.Now() - offHoursDays*dayLong, at, id, limit + 1}
	where, more := f.where(reach, len(args))
	rows, err := db.All[offHoursRow](ctx, r.d, fmt.Sprintf(offHoursText, where), append(args, more...)...)
	if err != nil {
		return OffHoursPage{}, fmt.Errorf("list off hours: %w", err)
	}
	page := OffHoursPage{}
	if len(rows) > limit {
		rows = rows[:limit]
		page.Next = fmt.Sprintf("%d.%d", rows[limit-1].At, int64(rows[limit-1].ID))
	}
	page.Items, err = r.offHours(ctx, reach.Workspace, rows)
	return page, err
}

// where is what the filter and reach ask for, with parameters from the one after n on.
func (f OffHoursFilter) where(reach conversation.Reach, n int) (text string, args []any) {
	add := func(part string, arg any) {
		args = append(args, arg)
		text += strings.ReplaceAll(part, "$?", "$"+strconv.Itoa(n+len(args)))
	}
	switch {
	case f.Inbox != 0 && (reach.All || slices.Contains(reach.Inboxes, f.Inbox)):
		add(" and o.inbox_id = $?", f.Inbox)
	case f.Inbox != 0:
		text += " and 1 = 0"
	case !reach.All:
		add(" and o.inbox_id in ({ids:$?})", db.IDs(reach.Inboxes))
	}
	switch f.Show {
	case OffHoursOpen:
		text += notSent
	case OffHoursAsked:
		text += notSent + " and o.asked_at is not null"
	}
	for _, word := range contact.SearchWords(f.Search) {
		add(" and p.search like '%'||$?||'%' escape '!'", word)
	}
	return text, args
}

// offHours completes rows of the list.
func (r *Room) offHours(ctx context.Context, workspace db.ID, rows []offHoursRow) ([]OffHours, error) {
	var threads, messages, numbers []db.ID
	for _, row := range rows {
		threads, messages, numbers = append(threads, row.Thread), append(messages, row.First, row.Written), append(numbers, row.Inbox)
	}
	conversations, err := r.conversations.Rows(ctx, r.d, workspace, threads)
	if err != nil {
		return nil, err
	}
	said, err := r.conversations.MessagesByID(ctx, r.d, workspace, messages)
	if err != nil {
		return nil, err
	}
	hours, err := r.inboxes.HoursIn(ctx, r.d, workspace, numbers...)
	if err != nil {
		return nil, err
	}
	var people []db.ID
	for _, row := range conversations {
		people = append(people, row.Contact)
	}
	addresses, err := r.outside.Contacts.SendAddress(ctx, r.d, workspace, channel.WhatsApp, people)
	if err != nil {
		return nil, err
	}
	out := make([]OffHours, len(rows))
	for i, row := range rows {
		one := row.OffHours
		one.Conversation, one.Said, one.Sent = conversations[row.Thread], said[row.First], said[row.Written]
		one.Offered = hours[row.Inbox].Unavailable.On && hours[row.Inbox].Unavailable.Notify
		if at := addresses[one.Conversation.Contact]; at.Kind == channel.Phone {
			one.Address = contact.FromWhatsApp(at.Value).Display()
		}
		out[i] = one
	}
	return out, nil
}
