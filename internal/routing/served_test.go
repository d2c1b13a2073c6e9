package routing_test

import (
	"context"
	"slices"
	"testing"

	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/inbox"
)

func TestUnserved(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := t.Context()
		without, err := h.inboxes.Create(ctx, inbox.Draft{Workspace: h.workspace.ID, Channel: channel.WhatsApp, Label: "Sin cola", Address: "5531955501009",
			ExternalID: "2090010010010019", Account: "1090010010010010", Token: "token"})
		h.must(err)
		alone := func(what string, queues, boxes []db.ID) {
			t.Helper()
			noQueues, noBoxes, err := h.room.Unserved(ctx, h.workspace.ID, []db.ID{h.push.ID, h.pull.ID, 99}, []db.ID{h.ventas.ID, without.ID, 98})
			h.must(err)
			if !slices.Equal(noQueues, queues) || !slices.Equal(noBoxes, boxes) {
				t.Errorf("%s: nobody answers in %v and at %v, want %v and %v", what, noQueues, noBoxes, queues, boxes)
			}
		}
		alone("at first", []db.ID{h.push.ID, h.pull.ID}, []db.ID{h.ventas.ID, without.ID})
		ana := h.agent("ana", h.push)
		alone("A24 an agent of the default queue", []db.ID{h.pull.ID}, []db.ID{without.ID})
		h.must(h.inboxes.AddMember(ctx, h.workspace.ID, without.ID, ana.User, inbox.Agent))
		alone("A24 an agent of the number", []db.ID{h.pull.ID}, nil)
		h.must(d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, "update members set disabled_at = 1 where user_id = $1", ana.User)
			return err
		}))
		alone("who was disabled answers no more", []db.ID{h.push.ID, h.pull.ID}, []db.ID{h.ventas.ID, without.ID})
		if q, b, err := h.room.Unserved(ctx, h.workspace.ID, nil, nil); err != nil || len(q)+len(b) > 0 {
			t.Errorf("asked nothing: %v %v %v", q, b, err)
		}
	})
}
