package bot

import (
	"context"
	"fmt"
	"time"

	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/words"
)

// NextOpening is the variable of the text that tells people nobody answers now.
const NextOpening = "next_opening"

// opensLayout is how the next opening is told: day and month as the three languages write them, and the time in the number's zone.
const opensLayout = "02/01 15:04"

// excuse tells the person of a new ticket that nobody answers now, when that is so and the number wants it said. What else happens
// to the ticket is not its concern.
func (t *turn) excuse(ctx context.Context, row conversation.Row) error {
	found, err := t.inboxes.HoursIn(ctx, t.tx, t.workspace, row.Inbox)
	h, known := found[row.Inbox]
	if err != nil || !known || !h.Unavailable.On {
		return err
	}
	clock, err := h.Clock()
	if err != nil {
		return err
	}
	now := time.UnixMilli(t.tx.Now())
	if clock.Open(now) {
		return nil
	}
	opens := ""
	if at, found := clock.NextOpening(now); found {
		zone, err := time.LoadLocation(h.TimeZone)
		if err != nil {
			return fmt.Errorf("time zone of inbox %d: %w", row.Inbox, err)
		}
		opens = at.In(zone).Format(opensLayout)
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

func or(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
