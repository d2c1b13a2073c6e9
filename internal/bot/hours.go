package bot

import (
	"context"
	"fmt"
	"time"

	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/inbox"
	"recado/internal/words"
)

// NextOpening is the variable of the text that tells people nobody answers now.
const NextOpening = "next_opening"

// opensLayout is how the next opening is told: day and month as the three languages write them, and the time in the number's zone.
const opensLayout = "02/01 15:04"

// excuse tells the person of a new ticket that nobody answers now, when that is so and the number wants it said. What else happens
// to the ticket is not its concern.
func (t *turn) excuse(ctx context.Context, row conversation.Row) error {
	h, opens, shut, err := t.shut(ctx, row)
	if err != nil || !shut || !h.Unavailable.On {
		return err
	}
	text := conversation.Fill(h.Unavailable.Text, map[string]string{NextOpening: or(opens, "…")})
	if text == "" {
		locale, err := db.One[string](ctx, t.tx, "select locale from workspaces where id = $1", t.workspace)
		if err != nil {
			return fmt.Errorf("language of workspace %d: %w", t.workspace, err)
		}
		text = words.Say(locale, "hours.unavailable", nil)
		if opens != "" {
			text = words.Say(locale, "hours.unavailable_until", map[string]any{"opens": opens})
		}
	}
	return t.say(ctx, row, Said{What: "closed", Text: text}, row.Ticket)
}

// shut tells whether nobody answers on a conversation's number now by its hours, with the next opening as people write it, "" for never.
func (t *turn) shut(ctx context.Context, row conversation.Row) (h inbox.Hours, opens string, shut bool, err error) {
	found, err := t.inboxes.HoursIn(ctx, t.tx, t.workspace, row.Inbox)
	h, known := found[row.Inbox]
	if err != nil || !known {
		return h, "", false, err
	}
	clock, err := h.Clock()
	if err != nil {
		return h, "", false, err
	}
	now := time.UnixMilli(t.tx.Now())
	if clock.Open(now) {
		return h, "", false, nil
	}
	if at, ok := clock.NextOpening(now); ok {
		zone, err := time.LoadLocation(h.TimeZone)
		if err != nil {
			return h, "", false, fmt.Errorf("time zone of inbox %d: %w", row.Inbox, err)
		}
		opens = at.In(zone).Format(opensLayout)
	}
	return h, opens, true, nil
}

// away tells whether people of a number are told that nobody is there: outside its hours, or in an absence.
func (t *turn) away(ctx context.Context, row conversation.Row) (bool, error) {
	absences, err := absencesOn(ctx, t.tx, t.workspace)
	if err != nil {
		return false, err
	}
	if _, absent := absences[row.Inbox]; absent {
		return true, nil
	}
	h, _, shut, err := t.shut(ctx, row)
	return shut && h.Unavailable.On, err
}

func or(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
