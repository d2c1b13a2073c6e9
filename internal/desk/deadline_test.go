package desk_test

import (
	"context"
	"testing"
	"time"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/hours"
	"recado/internal/inbox"
	"recado/internal/routing"
)

func TestADeadlineStandsStillOutsideTheHours(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx, system := t.Context(), account.System(h.workspace.ID)
		ana := h.agent("ana", h.ventas)
		settings := routing.DefaultAttention()
		settings.AnswerMinutes = 5
		_, err := h.routing.SetAttention(ctx, system, settings)
		h.must(err)
		opens := time.UnixMilli(d.Now()).UTC().AddDate(0, 0, 2).Truncate(24 * time.Hour)
		_, err = h.inboxes.SetHours(ctx, system, inbox.Hours{Inbox: h.ventas.ID, TimeZone: "UTC", Schedule: hours.Schedule{Holidays: []hours.Holiday{
			{Date: opens.Format("02/01"), Name: "x", Intervals: []hours.Interval{{From: "00:00", To: "24:00"}}}}}})
		h.must(err)
		said, err := h.conversations.Message(ctx, h.workspace.ID, h.writes("5531985552290", "hola"))
		h.must(err)
		h.must(h.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, _, err := h.conversations.OpenTicketIn(ctx, tx, system, conversation.Opening{Conversation: said.Conversation, Holder: conversation.HolderQueue})
			return err
		}))
		h.must(h.routing.Assign(ctx, system, said.Conversation, conversation.Assignment{User: ana.User}))
		row, err := h.conversations.Get(ctx, conversation.Everything(h.workspace.ID), said.Conversation)
		h.must(err)
		shown, err := h.room.Rows(ctx, h.workspace.ID, []conversation.Row{row})
		h.must(err)
		by := shown[0].AnswerBy
		if by == nil || by.Until != opens.Add(5*time.Minute).UnixMilli() || len(by.Pauses) != 1 || by.Pauses[0].From != by.From || by.Pauses[0].Until != opens.UnixMilli() {
			t.Fatalf("%+v", by)
		}
	})
}
