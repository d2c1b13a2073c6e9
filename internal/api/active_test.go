package api_test

import (
	"fmt"
	"testing"

	"recado/internal/api"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/inbox"
)

func TestActiveMessages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, number, template := campaignWorld(t, d)
		body := func(to string) string {
			return fmt.Sprintf(`{"inbox_id":"%s","template_id":"%s","values":{"body.1":{"field":"name","fallback":"amiga"}},"to":%s}`, number, template, to)
		}
		t.Run("the list of numbers says from which one the reader may write", func(t *testing.T) {
			mine := func(as string) bool {
				var boxes api.Items[api.Inbox]
				w.Call(t, as, "GET", "/inboxes", "").JSON(t, &boxes)
				return boxes.Items[0].Mine
			}
			if err := w.Rooms.Inbox.AddMember(t.Context(), w.Home.Workspace.ID, number, w.Home.Actors["sender"].User, inbox.Agent); err != nil {
				t.Fatal(err)
			}
			if mine("agent") || !mine("sender") {
				t.Error("only a member writes from a number")
			}
		})
		t.Run("B73 one call writes to one person, and made again it does nothing more", func(t *testing.T) {
			var first, again api.ActiveSent
			a := w.Call(t, "owner", "POST", "/active-messages", body(`[{"phone":"+5531985550151","name":"Camila"}]`), "Idempotency-Key", "pedido-1")
			if a.Status != 202 {
				t.Fatal(a.Status, string(a.Body))
			}
			a.JSON(t, &first)
			w.Call(t, "owner", "POST", "/active-messages", body(`[{"phone":"+5531985550151","name":"Camila"}]`), "Idempotency-Key", "pedido-1").JSON(t, &again)
			if first.Campaign == 0 || first.Campaign != again.Campaign || first.People[0].Conversation == 0 {
				t.Errorf("%+v and %+v", first, again)
			}
			waitFor(t, w, first.Campaign.String(), func(c shownCampaign) bool { return c.Counts.Queued == 1 && c.Counts.Recipients == 1 })
			other := w.Call(t, "owner", "POST", "/active-messages", body(`[{"phone":"+5531985550152"}]`), "Idempotency-Key", "pedido-1")
			if other.Status != 409 || other.Code() != "active.key_used" {
				t.Error(other.Status, string(other.Body))
			}
		})
		t.Run("who is left out is told in words, and bad input names its field", func(t *testing.T) {
			var sent api.ActiveSent
			w.Call(t, "owner", "POST", "/active-messages", body(`[{"phone":"12"},{"phone":"+5531985550153"}]`)).JSON(t, &sent)
			if one := sent.People[0]; one.Problem != "row.phone_too_short" || one.Words == "" || sent.People[1].Problem != "" {
				t.Errorf("%+v", sent)
			}
			for to, code := range map[string]string{`[]`: "active.people", `[{"phone":"perro"}]`: "campaign.row.phone_letters", `[{"contact_id":"7"}]`: "contact.not_found"} {
				if a := w.Call(t, "owner", "POST", "/active-messages", body(to)); a.Code() != code {
					t.Errorf("%s: %d %s", to, a.Status, a.Body)
				}
			}
		})
		t.Run("the limit of people is a setting of the number", func(t *testing.T) {
			own := "/inboxes/" + number.String() + "/attention"
			limit := func() int64 {
				for _, one := range read[api.Items[api.ActiveLimit]](t, w.Call(t, "agent", "GET", "/active-messages/limits", ""), 200).Items {
					if one.Inbox == number {
						return one.People
					}
				}
				return -1
			}
			if n := limit(); n != 15 {
				t.Errorf("before: %d", n)
			}
			read[api.NumberAttention](t, w.Call(t, "owner", "PUT", own, `{"version":0,"own":{"active_people":1}}`), 200)
			if a := w.Call(t, "owner", "POST", "/active-messages", body(`[{"phone":"+5531985550154"},{"phone":"+5531985550155"}]`)); a.Code() != "active.people" || limit() != 1 {
				t.Error(a.Status, string(a.Body))
			}
			if a := w.Call(t, "owner", "PUT", own, `{"version":1,"own":{"active_people":0}}`); a.Code() != "active.limit" {
				t.Error(a.Status, string(a.Body))
			}
			read[api.NumberAttention](t, w.Call(t, "owner", "PUT", own, `{"version":1,"own":{"active":false}}`), 200)
			if a := w.Call(t, "owner", "POST", "/active-messages", body(`[{"phone":"+5531985550154"}]`)); a.Status != 403 || a.Code() != "active.not_here" || limit() != 0 {
				t.Error(a.Status, string(a.Body))
			}
		})
	})
}
