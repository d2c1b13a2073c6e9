package fleet

import (
	"context"
	"encoding/json"

	"recado/internal/account"
	"recado/internal/bot"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/inbox"
)

// Part is a kind of settings a number has.
type Part string

// The parts.
const (
	Attention Part = "attention" // what of the service is set apart from the company's
	Chatbot   Part = "chatbot"
	Hours     Part = "hours"
	Absence   Part = "absence"
)

// Parts are all of them, in the order in which they are made and told.
var Parts = []Part{Attention, Chatbot, Hours, Absence}

// keeper is how one part is read and kept by the room that owns it.
type keeper struct {
	area account.Area
	may  func(ctx context.Context, actor account.Actor, number db.ID) error // change it
	read func(ctx context.Context, q db.Querier, workspace db.ID, ids ...db.ID) (map[db.ID]Document, error)
	// tidy writes a document as read does. before is what stands.
	tidy func(before, next json.RawMessage) (json.RawMessage, error)
	// write checks and keeps a document and gives it as it is kept.
	write func(ctx context.Context, tx *db.Tx, actor account.Actor, number db.ID, next json.RawMessage, seen int64) (Document, error)
}

// hoursDocument is when people answer, with the zone of the number.
type hoursDocument struct {
	TimeZone string `json:"time_zone"`
	inbox.Hours
}

// HoursOf makes the document of hours: what inbox.Hours says, with the zone of the number, an IANA name.
func HoursOf(zone string, h inbox.Hours) any { return hoursDocument{zone, h} }

// absenceDocument is what is set of an absence.
type absenceDocument struct {
	Since     int64  `json:"since"`
	Until     int64  `json:"until"`
	Text      string `json:"text"`
	Colleague db.ID  `json:"colleague_id"`
	Other     db.ID  `json:"other_inbox_id"`
}

func (r *Room) keeper(part Part) (keeper, error) {
	switch part {
	case Attention:
		return r.attention(), nil
	case Chatbot:
		return r.chatbot(), nil
	case Hours:
		return r.hours(), nil
	case Absence:
		return r.absence(), nil
	}
	return keeper{}, fault.New(fault.Invalid, "fleet.nothing", "Choose what is to be changed.").On("parts")
}

// editing asks for edit in an area.
func editing(area account.Area) func(context.Context, account.Actor, db.ID) error {
	return func(_ context.Context, actor account.Actor, _ db.ID) error { return actor.Can(area, account.Edit) }
}

// tidied reads settings as T and writes them again. Settings that are no T are refused.
func tidied[T any](_, next json.RawMessage) (json.RawMessage, error) {
	value, err := decoded[T](next)
	if err != nil {
		return nil, err
	}
	return json.Marshal(value)
}

func decoded[T any](text json.RawMessage) (value T, err error) {
	if err = json.Unmarshal(text, &value); err != nil {
		err = fault.New(fault.Invalid, "fleet.shape", "These settings have another shape than those of a number.").Because(err)
	}
	return value, err
}

func document(version int64, settings any, by string, at int64) (Document, error) {
	text, err := json.Marshal(settings)
	return Document{Version: version, Settings: text, EditedName: by, UpdatedAt: at}, err
}

// documents turns what a room gave into documents.
func documents[T any](found map[db.ID]T, err error, of func(T) (Document, error)) (map[db.ID]Document, error) {
	if err != nil {
		return nil, err
	}
	out := make(map[db.ID]Document, len(found))
	for id, one := range found {
		if out[id], err = of(one); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (r *Room) attention() keeper {
	of := func(a inbox.OwnAttention) (Document, error) {
		return document(a.Version, a.Own, a.EditedName, a.UpdatedAt)
	}
	return keeper{area: account.Settings, may: editing(account.Settings), tidy: tidied[inbox.Attention],
		read: func(ctx context.Context, q db.Querier, workspace db.ID, ids ...db.ID) (map[db.ID]Document, error) {
			found, err := r.inboxes.AttentionIn(ctx, q, workspace, ids...)
			return documents(found, err, of)
		},
		write: func(ctx context.Context, tx *db.Tx, actor account.Actor, number db.ID, next json.RawMessage, seen int64) (Document, error) {
			own, err := decoded[inbox.Attention](next)
			if err != nil {
				return Document{}, err
			}
			kept, err := r.routing.SetOwnAttentionIn(ctx, tx, actor, number, own, seen)
			if err != nil {
				return Document{}, err
			}
			return of(kept)
		}}
}

func (r *Room) chatbot() keeper {
	of := func(b bot.Bot) (Document, error) { return document(b.Version, b.Settings, b.EditedName, b.UpdatedAt) }
	return keeper{area: account.Automation, may: editing(account.Automation),
		read: func(ctx context.Context, q db.Querier, workspace db.ID, ids ...db.ID) (map[db.ID]Document, error) {
			found, err := r.bots.GetIn(ctx, q, workspace, ids...)
			return documents(found, err, of)
		},
		tidy: func(before, next json.RawMessage) (json.RawMessage, error) {
			old, err := decoded[bot.Settings](before)
			if err != nil {
				return nil, err
			}
			settings, err := decoded[bot.Settings](next)
			if err != nil {
				return nil, err
			}
			settings.KeepQuestions(old)
			return json.Marshal(settings)
		},
		write: func(ctx context.Context, tx *db.Tx, actor account.Actor, number db.ID, next json.RawMessage, seen int64) (Document, error) {
			settings, err := decoded[bot.Settings](next)
			if err != nil {
				return Document{}, err
			}
			kept, err := r.bots.SaveIn(ctx, tx, actor, number, settings, seen)
			if err != nil {
				return Document{}, err
			}
			return of(kept)
		}}
}

func (r *Room) hours() keeper {
	of := func(h inbox.Hours) (Document, error) { return document(h.Version, hoursDocument{h.TimeZone, h}, "", 0) }
	return keeper{area: account.Settings, may: editing(account.Settings), tidy: tidied[hoursDocument],
		read: func(ctx context.Context, q db.Querier, workspace db.ID, ids ...db.ID) (map[db.ID]Document, error) {
			found, err := r.inboxes.HoursIn(ctx, q, workspace, ids...)
			return documents(found, err, of)
		},
		write: func(ctx context.Context, tx *db.Tx, actor account.Actor, number db.ID, next json.RawMessage, seen int64) (Document, error) {
			doc, err := decoded[hoursDocument](next)
			if err != nil {
				return Document{}, err
			}
			doc.Hours.Inbox, doc.Hours.TimeZone, doc.Hours.Version = number, doc.TimeZone, seen
			kept, err := r.inboxes.SetHoursIn(ctx, tx, actor, doc.Hours)
			if err != nil {
				return Document{}, err
			}
			return of(kept)
		}}
}

// The version of an absence is when it was last set.
func (r *Room) absence() keeper {
	of := func(a bot.Absence) (Document, error) {
		return document(a.UpdatedAt, absenceDocument{a.Since, a.Until, a.Text, a.Colleague, a.Other}, "", a.UpdatedAt)
	}
	return keeper{area: account.Automation, may: r.bots.MayBeAbsent, tidy: tidied[absenceDocument],
		read: func(ctx context.Context, q db.Querier, workspace db.ID, ids ...db.ID) (map[db.ID]Document, error) {
			found, err := r.bots.AbsencesIn(ctx, q, workspace, ids...)
			return documents(found, err, of)
		},
		write: func(ctx context.Context, tx *db.Tx, actor account.Actor, number db.ID, next json.RawMessage, seen int64) (Document, error) {
			doc, err := decoded[absenceDocument](next)
			if err != nil {
				return Document{}, err
			}
			kept, err := r.bots.SaveAbsenceIn(ctx, tx, actor, bot.Absence{Inbox: number, Since: doc.Since, Until: doc.Until, Text: doc.Text, Colleague: doc.Colleague, Other: doc.Other}, seen)
			if err != nil {
				return Document{}, err
			}
			return of(kept)
		}}
}
