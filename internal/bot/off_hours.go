package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/flow"
	"recado/internal/inbox"
	"recado/internal/words"
)

// OffHoursChanged is the kind of the fact told when the list of those who wrote outside the hours is not what it was.
const OffHoursChanged = "off_hours.changed"

// OffHoursFact is its data.
type OffHoursFact struct {
	Inboxes []db.ID `json:"inbox_ids"`
}

// Payloads of what people tap: under the words that nobody is there, and under the template that tells of the opening.
const (
	payloadTell = "hours:tell"
	payloadYes  = "hours:yes"
	payloadNo   = "hours:no"
)

// offHoursDays is how long who wrote outside the hours is listed and, having asked, told of an opening; offHoursKept is how long the
// rows are kept, in days.
const (
	offHoursDays = 7
	offHoursKept = 30
)

const dayLong = int64(24 * time.Hour / time.Millisecond)

// OffHoursSubscriber keeps who writes outside the hours of a number, once for each closing, whether they ask to be told of the
// opening, what they answer to that, and when somebody of ours wrote to them.
func (r *Room) OffHoursSubscriber() event.Subscriber {
	return event.Subscriber{Name: "bot.off_hours", Kinds: []string{conversation.MessageReceived, conversation.MessagePosted}, React: r.reactOffHours}
}

func (r *Room) reactOffHours(ctx context.Context, tx *db.Tx, facts []event.Event) error {
	for _, workspace := range workspacesOf(facts) {
		t := &turn{Room: r, tx: tx, workspace: workspace}
		if err := t.noteOffHours(ctx, facts); err != nil {
			return fmt.Errorf("off hours of workspace %d: %w", workspace, err)
		}
	}
	return nil
}

func (t *turn) noteOffHours(ctx context.Context, facts []event.Event) error {
	var received []conversation.ReceivedFact
	var posted, numbers []db.ID
	for _, e := range facts {
		switch {
		case e.Workspace != t.workspace:
		case e.Kind == conversation.MessageReceived:
			f, err := event.Decode[conversation.ReceivedFact](e)
			if err != nil {
				return err
			}
			if f.AsksForAnswer() {
				received, numbers = append(received, f), append(numbers, f.Inbox)
			}
		case e.Kind == conversation.MessagePosted:
			f, err := event.Decode[conversation.PostedFact](e)
			if err != nil {
				return err
			}
			for _, item := range f.Items {
				if ours(item.Author) {
					posted = append(posted, item.Message)
				}
			}
		}
	}
	if len(received) > 0 {
		if err := t.noteWritten(ctx, received, numbers); err != nil {
			return err
		}
	}
	return t.noteSent(ctx, posted)
}

// ours tells whether what such an author writes answers a person: the house itself and its bots do not.
func ours(author string) bool {
	return author == conversation.AuthorAgent || author == conversation.AuthorKey || author == conversation.AuthorCampaign
}

const writtenInto = "off_hours (workspace_id, id, inbox_id, conversation_id, opens_at, message_id, written_at)"

// noteWritten keeps what was written outside the hours, then does what it asks for.
func (t *turn) noteWritten(ctx context.Context, received []conversation.ReceivedFact, numbers []db.ID) error {
	var err error
	if t.hours, err = t.inboxes.HoursIn(ctx, t.tx, t.workspace, numbers...); err != nil {
		return err
	}
	var rows [][]any
	asking := map[db.ID]int64{} // conversation → the opening that is asked for
	var changed []db.ID
	for _, f := range received {
		if answer := answerOf(f); answer != "" {
			if err := t.noteAnswer(ctx, f, answer); err != nil {
				return err
			}
			changed = append(changed, f.Inbox)
			continue
		}
		opens, shut, err := t.shutAt(f.Inbox, f.At)
		if err != nil {
			return err
		}
		if !shut {
			continue
		}
		rows = append(rows, []any{int64(t.workspace), int64(t.tx.NewID()), int64(f.Inbox), int64(f.Conversation), opens, int64(f.Message), f.At})
		changed = append(changed, f.Inbox)
		if t.asksToBeTold(f.Inbox, f.Payload, f.Text) {
			asking[f.Conversation] = opens
		}
	}
	if _, err := t.tx.Insert(ctx, writtenInto, "on conflict (conversation_id, opens_at) do nothing", rows); err != nil {
		return fmt.Errorf("who wrote outside the hours: %w", err)
	}
	if err := t.noteAsked(ctx, asking); err != nil {
		return err
	}
	return t.tellOffHours(ctx, changed)
}

func (t *turn) tellOffHours(ctx context.Context, numbers []db.ID) error {
	if len(numbers) == 0 {
		return nil
	}
	return t.outside.Log.Append(ctx, t.tx, event.Fact{Workspace: t.workspace, Kind: OffHoursChanged, Data: OffHoursFact{Inboxes: slices.Compact(slices.Sorted(slices.Values(numbers)))}})
}

// shutAt tells whether nobody answered on a number at a time, with the opening that ends it; 0 for none.
func (t *turn) shutAt(number db.ID, at int64) (opens int64, shut bool, err error) {
	h, known := t.hours[number]
	if !known || h.Always {
		return 0, false, nil
	}
	clock, err := t.clock(number)
	if err != nil {
		return 0, false, err
	}
	when := time.UnixMilli(at)
	if clock.Open(when) {
		return 0, false, nil
	}
	if next, found := clock.NextOpening(when); found {
		opens = next.UnixMilli()
	}
	return opens, true, nil
}

// asksToBeTold tells whether a message asks to be told of the opening: the button, or its words where the number offers it.
func (t *turn) asksToBeTold(number db.ID, payload, text string) bool {
	if payload != "" {
		return payload == payloadTell
	}
	if h := t.hours[number]; !h.Unavailable.On || !h.Unavailable.Notify {
		return false
	}
	said := plain(text)
	for _, locale := range words.Locales {
		if said == plain(words.Say(locale, "hours.tell_me", nil)) {
			return true
		}
	}
	return false
}

// plain leaves of a text what counts when it is compared: letters and digits, folded.
func plain(text string) string {
	return strings.Join(strings.FieldsFunc(db.Fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
}

const askedNow = `update off_hours set asked_at = $3 where conversation_id = $1 and opens_at = $2 and asked_at is null returning id`

// noteAsked keeps who asks to be told and promises it, where the number still does so.
func (t *turn) noteAsked(ctx context.Context, asking map[db.ID]int64) error {
	if len(asking) == 0 {
		return nil
	}
	ids := make([]db.ID, 0, len(asking))
	for id := range asking {
		ids = append(ids, id)
	}
	rows, err := t.conversations.Rows(ctx, t.tx, t.workspace, ids)
	if err != nil {
		return err
	}
	locale, err := localeOf(ctx, t.tx, t.workspace)
	if err != nil {
		return err
	}
	for _, row := range rows {
		asked, err := db.All[db.ID](ctx, t.tx, askedNow, row.ID, asking[row.ID], t.tx.Now())
		if err != nil {
			return fmt.Errorf("who asks to be told: %w", err)
		}
		if h := t.hours[row.Inbox]; len(asked) == 0 || !h.Unavailable.On || !h.Unavailable.Notify {
			continue
		}
		text := words.Say(locale, "hours.will_tell", map[string]any{"opens": t.saidOpening(row.Inbox, asking[row.ID])})
		t.say(row, Said{What: "will_tell", Text: text}, asked[0])
	}
	return t.speak(ctx)
}

// saidOpening is an opening as people write it, by the clocks of a number.
func (t *turn) saidOpening(number db.ID, opens int64) string {
	if opens == 0 {
		return "…"
	}
	return localTime(time.UnixMilli(opens), t.hours[number].TimeZone, opensLayout)
}

const (
	sentTo = `select o.id, o.inbox_id, m.id as message_id, m.created_at from messages m join off_hours o on o.conversation_id = m.conversation_id
		where m.id in ({ids:$1}) and o.workspace_id = $2 and m.direction = 2 and m.kind <> 'reaction' and o.sent_at is null and m.created_at >= o.written_at
		order by o.id, m.id`
	sentNow = "update off_hours set sent_at = $2, sent_message_id = $3 where id = $1 and sent_at is null"
)

// noteSent keeps who was written to by one of ours.
func (t *turn) noteSent(ctx context.Context, posted []db.ID) error {
	if len(posted) == 0 {
		return nil
	}
	found, err := db.All[struct {
		ID      db.ID `db:"id"`
		Inbox   db.ID `db:"inbox_id"`
		Message db.ID `db:"message_id"`
		At      int64 `db:"created_at"`
	}](ctx, t.tx, sentTo, db.IDs(posted), t.workspace)
	if err != nil {
		return fmt.Errorf("who was written to: %w", err)
	}
	var changed []db.ID
	for _, one := range found {
		if _, err := t.tx.Exec(ctx, sentNow, one.ID, one.At, one.Message); err != nil {
			return fmt.Errorf("who was written to: %w", err)
		}
		changed = append(changed, one.Inbox)
	}
	return t.tellOffHours(ctx, changed)
}

// offer puts under words that nobody is there what asks to be told of the opening: a button, or where there is none what to write.
func offer(said Said, locale string, buttons bool) Said {
	caption := words.Say(locale, "hours.tell_me", nil)
	if !buttons {
		said.Text += "\n\n" + words.Say(locale, "hours.write_tell_me", map[string]any{"words": caption})
		return said
	}
	said.Text = flow.Cut(said.Text, maxWords)
	said.Menu = &channel.Menu{Options: []channel.Option{{ID: payloadTell, Title: caption}}}
	return said
}

// offers tells whether people of a number are offered to be told of the opening: it is switched on and can be kept.
func (t *turn) offers(ctx context.Context, h inbox.Hours, box inbox.Inbox) (bool, error) {
	if !h.Unavailable.Notify {
		return false, nil
	}
	_, lacks, err := t.reopening(ctx, t.tx, t.workspace, box, h.Unavailable.Language)
	return lacks == "", err
}

// ForgetOffHours forgets who wrote outside the hours long ago.
func (r *Room) ForgetOffHours(ctx context.Context) error {
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "delete from off_hours where written_at < $1", tx.Now()-offHoursKept*dayLong)
		return err
	})
}

// heedAnswers says how the bot of a conversation takes a tap that is not about its menus; done when there is nothing left for it.
func (t *turn) heedAnswers(ctx context.Context, row conversation.Row, payload, text string) (done bool, err error) {
	switch {
	case payload == payloadNo:
		return true, nil
	case payload == payloadYes:
	case t.asksToBeTold(row.Inbox, payload, text):
		_, _, shut, err := t.shut(row)
		if shut || err != nil {
			return true, err
		}
	default:
		return false, nil
	}
	if _, held := t.rows[row.ID]; !held {
		return true, nil
	}
	return true, t.handOff(ctx, row, t.settings(row).DefaultQueue)
}

func answerOf(f conversation.ReceivedFact) string {
	switch f.Payload {
	case payloadYes:
		return "yes"
	case payloadNo:
		return "no"
	}
	return ""
}

const answered = `update off_hours set answer = $3 where id = (select id from off_hours where conversation_id = $1 and workspace_id = $2 and outcome = 'told'
	order by told_at desc, id desc limit 1)`

// noteAnswer keeps what a person answers to being told of the opening. "No" ends the matter unless one of ours is at it; "yes" is a
// message that people answer.
func (t *turn) noteAnswer(ctx context.Context, f conversation.ReceivedFact, answer string) error {
	if _, err := t.tx.Exec(ctx, answered, f.Conversation, t.workspace, answer); err != nil {
		return fmt.Errorf("answer to the opening: %w", err)
	}
	if answer != "no" || f.Ticket == 0 {
		return nil
	}
	if _, err := t.conversations.HoldIn(ctx, t.tx, t.workspace, f.Conversation, "", 0); err != nil {
		return err
	}
	rows, err := t.conversations.Rows(ctx, t.tx, t.workspace, []db.ID{f.Conversation})
	if err != nil {
		return err
	}
	row := rows[f.Conversation]
	if row.Ticket != f.Ticket || row.TicketStatus == conversation.TicketInService {
		return nil
	}
	locale, err := localeOf(ctx, t.tx, t.workspace)
	if err != nil {
		return err
	}
	_, err = t.conversations.CloseTicketIn(ctx, t.tx, account.System(t.workspace), f.Conversation,
		conversation.Closing{Result: resultNoNeed, Note: words.Say(locale, "hours.no_need", nil)})
	return err
}

// resultNoNeed is the result of a ticket whose person needs nobody any more; screens translate it.
const resultNoNeed = "other"
