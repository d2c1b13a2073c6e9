package bot

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
	"recado/internal/inbox"
)

// AbsenceSubscriber tells whoever writes to a number with an absence that nobody is there, once a day.
func (r *Room) AbsenceSubscriber() event.Subscriber {
	return event.Subscriber{Name: "bot.absence", Kinds: []string{conversation.MessageReceived}, React: r.reactAbsence}
}

func (r *Room) reactAbsence(ctx context.Context, tx *db.Tx, facts []event.Event) error {
	for _, workspace := range workspacesOf(facts) {
		on, err := absencesOn(ctx, tx, workspace)
		if err != nil {
			return err
		}
		if len(on) == 0 {
			continue
		}
		t := &turn{Room: r, tx: tx, workspace: workspace}
		if err := t.tellAbsences(ctx, on, facts); err != nil {
			return err
		}
	}
	return nil
}

// absencesOn gives the absences of now, by number.
func absencesOn(ctx context.Context, tx *db.Tx, workspace db.ID) (map[db.ID]Absence, error) {
	all, err := db.All[Absence](ctx, tx, absencesOf+" and since > 0 and since <= $2 and (until = 0 or until > $2)", workspace, tx.Now())
	if err != nil {
		return nil, fmt.Errorf("absences: %w", err)
	}
	out := make(map[db.ID]Absence, len(all))
	for _, a := range all {
		out[a.Inbox] = a
	}
	return out, nil
}

func (t *turn) tellAbsences(ctx context.Context, on map[db.ID]Absence, facts []event.Event) error {
	var ids []db.ID
	for _, e := range facts {
		if e.Workspace != t.workspace {
			continue
		}
		f, err := event.Decode[conversation.ReceivedFact](e)
		if err != nil {
			return err
		}
		if f.AsksForAnswer() {
			ids = append(ids, f.Conversation)
		}
	}
	rows, err := t.conversations.Rows(ctx, t.tx, t.workspace, ids)
	if err != nil {
		return err
	}
	boxes, err := t.inboxes.GetIn(ctx, t.tx, t.workspace, slices.Collect(maps.Keys(on))...)
	if err != nil {
		return err
	}
	for _, row := range rows {
		a, absent := on[row.Inbox]
		if !absent {
			continue
		}
		if err := t.tellAbsence(ctx, row, boxes[row.Inbox], a); err != nil {
			return fmt.Errorf("absence in conversation %d: %w", row.ID, err)
		}
	}
	return t.speak(ctx)
}

// tellAbsence says it, unless it was said in the same day of the same absence: the client id tells.
func (t *turn) tellAbsence(ctx context.Context, row conversation.Row, box inbox.Inbox, a Absence) error {
	other, err := t.instead(ctx, t.tx, t.workspace, a)
	if err != nil && fault.KindOf(err) != fault.Invalid {
		return err // whoever was suggested cannot be reached any more: the rest is said
	}
	day := (t.tx.Now() - a.Since) / (24 * time.Hour).Milliseconds()
	t.post(row, conversation.Draft{Kind: channel.Text, Text: a.words(box, row.ContactName, other), ClientID: fmt.Sprintf("absence:%d:%d:%d", row.ID, a.Since, day)})
	return nil
}

// withoutEmpty leaves out the lines that are about somebody or a time there is not.
func withoutEmpty(text string, values map[string]string) string {
	lines := slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool {
		return slices.ContainsFunc([]string{nameColleague, nameLink, nameUntil}, func(name string) bool {
			return values[name] == "" && conversation.Fill(line, map[string]string{name: "-"}) != line
		})
	})
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// localTime says a time by the clocks of a zone.
func localTime(at time.Time, zone, layout string) string {
	place, err := time.LoadLocation(zone)
	if err != nil {
		place = time.UTC
	}
	return at.In(place).Format(layout)
}
