package bot

import (
	"cmp"
	"context"
	"time"

	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/hours"
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
	h, opens, shut, err := t.shut(row)
	if err != nil || !shut || !h.Unavailable.On {
		return err
	}
	locale, err := localeOf(ctx, t.tx, t.workspace)
	if err != nil {
		return err
	}
	text := conversation.Fill(h.Unavailable.Text, map[string]string{NextOpening: cmp.Or(opens, "…")})
	if text == "" {
		text = words.Say(locale, "hours.unavailable", nil)
		if opens != "" {
			text = words.Say(locale, "hours.unavailable_until", map[string]any{"opens": opens})
		}
	}
	said := Said{What: "closed", Text: text}
	if h.Unavailable.Notify {
		box, err := t.inboxes.GetIn(ctx, t.tx, t.workspace, row.Inbox)
		if err != nil {
			return err
		}
		if kept, err := t.offers(ctx, h, box[row.Inbox]); err != nil {
			return err
		} else if kept {
			said = offer(said, locale, showsMenus(box[row.Inbox].Channel))
		}
	}
	t.say(row, said, row.Ticket)
	return nil
}

// shut tells whether nobody answers on a conversation's number now by its hours, with the next opening as people write it, "" for never.
func (t *turn) shut(row conversation.Row) (h inbox.Hours, opens string, shut bool, err error) {
	h, known := t.hours[row.Inbox]
	if !known {
		return h, "", false, nil
	}
	clock, err := t.clock(row.Inbox)
	if err != nil {
		return h, "", false, err
	}
	now := time.UnixMilli(t.tx.Now())
	if clock.Open(now) {
		return h, "", false, nil
	}
	if at, ok := clock.NextOpening(now); ok {
		opens = localTime(at, h.TimeZone, opensLayout)
	}
	return h, opens, true, nil
}

// clock makes the hours of a number ready to be asked, once for a batch of facts.
func (t *turn) clock(number db.ID) (*hours.Clock, error) {
	if made := t.clocks[number]; made != nil {
		return made, nil
	}
	h := t.hours[number]
	made, err := h.Clock()
	if err != nil {
		return nil, err
	}
	if t.clocks == nil {
		t.clocks = map[db.ID]*hours.Clock{}
	}
	t.clocks[number] = made
	return made, nil
}

// away tells whether people of a number are told that nobody is there: outside its hours, or in an absence.
func (t *turn) away(row conversation.Row) (bool, error) {
	if _, absent := t.absences[row.Inbox]; absent {
		return true, nil
	}
	h, _, shut, err := t.shut(row)
	return shut && h.Unavailable.On, err
}
