package bot

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/inbox"
)

// Absence says that nobody answers on a number for a while: holidays, or an agent who left (B08-B11, B198). Whoever writes is
// told so once a day, and may be given somebody else's number.
type Absence struct {
	Inbox     db.ID  `db:"inbox_id" json:"inbox_id"`
	Since     int64  `db:"since" json:"since" doc:"Unix milliseconds; 0: off"`
	Until     int64  `db:"until" json:"until" doc:"Unix milliseconds; 0: until somebody switches it off"`
	Text      string `db:"words" json:"text" doc:"what people are told; {{contact.name}}, {{contact.first_name}}, {{number.name}}, {{colleague.name}}, {{colleague.link}} and {{absence.until}} are filled"`
	Colleague db.ID  `db:"colleague_id" json:"colleague_id" doc:"who answers instead, on a number of theirs; 0: nobody"`
	Other     db.ID  `db:"other_inbox_id" json:"other_inbox_id" doc:"the number to write to instead; 0: none"`
	On        bool   `db:"-" json:"on" doc:"people are told now"`
	UpdatedBy db.ID  `db:"updated_by" json:"updated_by"`
	UpdatedAt int64  `db:"updated_at" json:"updated_at" doc:"Unix milliseconds; 0: never set up"`
}

// at gives the absence with On as of a time, in Unix milliseconds.
func (a Absence) at(now int64) Absence {
	a.On = a.Since != 0 && now >= a.Since && (a.Until == 0 || now < a.Until)
	return a
}

// Names an absence's text may use as {{name}}. A line whose name of the colleague or of the end has no value is left out.
const (
	nameContact   = "contact.name"
	nameFirst     = "contact.first_name"
	nameNumber    = "number.name"
	nameColleague = "colleague.name"
	nameLink      = "colleague.link"
	nameUntil     = "absence.until"
)

// untilLayout is how the end of an absence is told, in the number's zone.
const untilLayout = "02/01/2006 15:04"

// maxAbsence is the longest text of an absence, in characters; WhatsApp takes 4096 and values are longer than their names.
const maxAbsence = 2000

const absencesOf = "select inbox_id, since, until, words, colleague_id, other_inbox_id, updated_by, updated_at from absences where workspace_id = $1"

// Absences gives the absence of every number the actor may set one up for: all with view in the area automation, else those
// the actor answers on, owns or manages. A number without one is off. They come by number, the oldest first.
func (r *Room) Absences(ctx context.Context, actor account.Actor) ([]Absence, error) {
	ids, err := r.numbersOf(ctx, actor)
	if err != nil {
		return nil, err
	}
	kept, err := db.All[Absence](ctx, r.d, absencesOf, actor.Workspace)
	if err != nil {
		return nil, fmt.Errorf("absences: %w", err)
	}
	out := make([]Absence, len(ids))
	for i, id := range ids {
		out[i] = Absence{Inbox: id}
		for _, a := range kept {
			if a.Inbox == id {
				out[i] = a.at(r.d.Now())
			}
		}
	}
	return out, nil
}

func (r *Room) numbersOf(ctx context.Context, actor account.Actor) ([]db.ID, error) {
	if actor.Can(account.Automation, account.View) != nil {
		return r.inboxes.OfUser(ctx, actor.Workspace, actor.User)
	}
	all, err := r.inboxes.List(ctx, actor.Workspace)
	ids := make([]db.ID, len(all))
	for i, box := range all {
		ids[i] = box.ID
	}
	return ids, err
}

const saveAbsence = `insert into absences (workspace_id, inbox_id, since, until, words, colleague_id, other_inbox_id, updated_by, updated_at)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (inbox_id) do update set since = excluded.since, until = excluded.until, words = excluded.words,
	colleague_id = excluded.colleague_id, other_inbox_id = excluded.other_inbox_id, updated_by = excluded.updated_by, updated_at = excluded.updated_at
	where absences.workspace_id = excluded.workspace_id`

// SaveAbsence sets up, switches on or switches off the absence of a number. It needs edit in the area automation or a part in the
// number, and fails with NotFound for a number of elsewhere, or with Invalid on the field at fault. Switched on again, it is a new
// absence: everybody is told anew.
func (r *Room) SaveAbsence(ctx context.Context, actor account.Actor, a Absence) (Absence, error) {
	if _, err := r.inboxes.Get(ctx, actor.Workspace, a.Inbox); err != nil {
		return a, err
	}
	if err := r.MayBeAbsent(ctx, actor, a.Inbox); err != nil {
		return a, err
	}
	kept := a
	err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		kept, err = r.SaveAbsenceIn(ctx, tx, actor, a, -1)
		return err
	})
	return kept, err
}

// SaveAbsenceIn is SaveAbsence inside a transaction, for who asked MayBeAbsent. seen is the UpdatedAt its author saw; -1: whatever it
// is. It fails with Conflict "absence.edited" when somebody else saved meanwhile.
func (r *Room) SaveAbsenceIn(ctx context.Context, tx *db.Tx, actor account.Actor, a Absence, seen int64) (Absence, error) {
	if _, err := r.inboxes.UpdateIn(ctx, tx, actor.Workspace, a.Inbox, inbox.Change{}); err != nil { // holds the number
		return a, err
	}
	before, err := r.AbsencesIn(ctx, tx, actor.Workspace, a.Inbox)
	if err != nil {
		return a, err
	}
	if seen >= 0 && seen != before[a.Inbox].UpdatedAt {
		return a, fault.New(fault.Conflict, "absence.edited", "Somebody changed this absence meanwhile. Load it again.")
	}
	a.Text = strings.TrimSpace(a.Text)
	if err := a.check(tx.Now()); err != nil {
		return a, err
	}
	if _, err := r.instead(ctx, tx, actor.Workspace, a); err != nil {
		return a, err
	}
	a.UpdatedBy, a.UpdatedAt = actor.User, tx.Now()
	if _, err := tx.Exec(ctx, saveAbsence, actor.Workspace, a.Inbox, a.Since, a.Until, a.Text, a.Colleague, a.Other, a.UpdatedBy, a.UpdatedAt); err != nil {
		return a, fmt.Errorf("absence of %d: %w", a.Inbox, err)
	}
	return a.at(a.UpdatedAt), nil
}

// AbsencesIn gives the absence of numbers, read through q; one that was never set up is off. Numbers of elsewhere are missing in the
// answer.
func (r *Room) AbsencesIn(ctx context.Context, q db.Querier, workspace db.ID, numbers ...db.ID) (map[db.ID]Absence, error) {
	boxes, err := r.inboxes.GetIn(ctx, q, workspace, numbers...)
	if err != nil {
		return nil, err
	}
	kept, err := db.All[Absence](ctx, q, absencesOf+" and inbox_id in ({ids:$2})", workspace, db.IDs(numbers))
	if err != nil {
		return nil, fmt.Errorf("absences: %w", err)
	}
	out := make(map[db.ID]Absence, len(boxes))
	for id := range boxes {
		out[id] = Absence{Inbox: id}
	}
	for _, a := range kept {
		out[a.Inbox] = a.at(r.d.Now())
	}
	return out, nil
}

// AbsenceOf gives the absence of a number. It fails with NotFound.
func (r *Room) AbsenceOf(ctx context.Context, workspace, number db.ID) (Absence, error) {
	found, err := r.AbsencesIn(ctx, r.d, workspace, number)
	if a, known := found[number]; known || err != nil {
		return a, err
	}
	return Absence{}, fault.New(fault.NotFound, "inbox.not_found", "There is no such number.")
}

// MayBeAbsent tells whether an actor may set up the absence of a number: nil, or Forbidden.
func (r *Room) MayBeAbsent(ctx context.Context, actor account.Actor, number db.ID) error {
	lacks := actor.Can(account.Automation, account.Edit)
	if lacks == nil || actor.User == 0 {
		return lacks
	}
	if ok, err := r.inboxes.HasAccess(ctx, actor.Workspace, number, actor.User); err != nil || ok {
		return err
	}
	return lacks
}

func (a Absence) check(now int64) error {
	on := a.Since != 0
	switch {
	case on && a.Text == "":
		return fault.New(fault.Invalid, "absence.text", "Write what people are told while nobody is there.").On("text")
	case utf8.RuneCountInString(a.Text) > maxAbsence:
		return fault.New(fault.Invalid, "absence.long", "The message has more than 2000 characters.").On("text")
	case a.Since < 0 || a.Until < 0 || (a.Until != 0 && a.Until <= a.Since):
		return fault.New(fault.Invalid, "absence.end", "The absence ends before it begins.").On("until")
	case on && a.Until != 0 && a.Until <= now:
		return fault.New(fault.Invalid, "absence.past", "The absence has ended already.").On("until")
	case a.Colleague != 0 && a.Other != 0:
		return fault.New(fault.Invalid, "absence.both", "Name a colleague or a number, not both.").On("other_inbox_id")
	}
	return nil
}

// substitute is whom people may write to instead.
type substitute struct{ Name, Address string }

const colleagueNumbers = `select u.name as name, i.id as number from users u join members m on m.user_id = u.id and m.workspace_id = $1 and m.disabled_at is null
	left join inboxes i on i.workspace_id = $1 and i.id <> $3 and i.status = 'connected' and i.address <> ''
		and (i.owner_user_id = u.id or exists (select 1 from inbox_members p where p.inbox_id = i.id and p.user_id = u.id))
	where u.id = $2 order by case when i.owner_user_id = u.id then 0 else 1 end, i.id limit 1`

// instead gives whom an absence suggests; nothing where it suggests nobody.
func (r *Room) instead(ctx context.Context, q db.Querier, workspace db.ID, a Absence) (substitute, error) {
	number, name := a.Other, ""
	if a.Colleague != 0 {
		found, err := db.One[struct {
			Name   string `db:"name"`
			Number *db.ID `db:"number"`
		}](ctx, q, colleagueNumbers, workspace, a.Colleague, a.Inbox)
		if err != nil && !db.None(err) {
			return substitute{}, fmt.Errorf("numbers of %d: %w", a.Colleague, err)
		}
		if err != nil || found.Number == nil {
			return substitute{}, fault.New(fault.Invalid, "absence.colleague", "This colleague has no other number that works.").On("colleague_id")
		}
		number, name = *found.Number, found.Name
	}
	if number == 0 {
		return substitute{}, nil
	}
	boxes, err := r.inboxes.GetIn(ctx, q, workspace, number)
	if err != nil {
		return substitute{}, err
	}
	box, ok := boxes[number]
	if !ok || number == a.Inbox || box.Status != inbox.Connected || box.Address == "" {
		return substitute{}, fault.New(fault.Invalid, "absence.number", "Nobody can be reached on this number now.").On("other_inbox_id")
	}
	if name == "" {
		name = box.Label
	}
	return substitute{Name: name, Address: box.Address}, nil
}

// TryAbsence gives what a person of this name would be told now, switched on or not. It fails as SaveAbsence does.
func (r *Room) TryAbsence(ctx context.Context, actor account.Actor, a Absence, contact string) (string, error) {
	box, err := r.inboxes.Get(ctx, actor.Workspace, a.Inbox)
	if err != nil {
		return "", err
	}
	if err := r.MayBeAbsent(ctx, actor, a.Inbox); err != nil {
		return "", err
	}
	other, err := r.instead(ctx, r.d, actor.Workspace, a)
	if err != nil {
		return "", err
	}
	return a.words(box, contact, other), nil
}

// unfilled finds a name without a value, with the space before it: people never see one.
var unfilled = regexp.MustCompile(`[ \t]?\{\{[^{}\n]*\}\}`)

// words are the text with its names filled. Somebody who is suggested is named even where the text forgets it.
func (a Absence) words(box inbox.Inbox, contact string, other substitute) string {
	first, _, _ := strings.Cut(contact, " ")
	values := map[string]string{nameContact: contact, nameFirst: first, nameNumber: box.Label, nameColleague: other.Name}
	if other.Address != "" {
		values[nameLink] = "https://wa.me/" + other.Address
	}
	if a.Until != 0 {
		values[nameUntil] = localTime(time.UnixMilli(a.Until), box.TimeZone, untilLayout)
	}
	text := unfilled.ReplaceAllString(conversation.Fill(withoutEmpty(a.Text, values), values), "")
	if link := values[nameLink]; link != "" && !strings.Contains(text, link) {
		text += "\n" + other.Name + ": " + link
	}
	return text
}
