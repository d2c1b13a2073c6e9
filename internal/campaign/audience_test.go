package campaign_test

import (
	"testing"

	"recado/internal/campaign"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/fault"
)

// toOne makes a campaign to a single person and checks it.
func (w *world) toOne(one campaign.OnePerson, change campaign.Change) campaign.Campaign {
	w.t.Helper()
	c, err := w.room.Create(w.t.Context(), w.owner, "Uno", "wizard")
	w.must(err)
	change.One = &one
	_, err = w.room.Update(w.t.Context(), w.owner, c.ID, change)
	w.must(err)
	_, err = w.room.Check(w.t.Context(), w.owner, c.ID)
	w.must(err)
	return w.run(c.ID, campaign.Checking)
}

func TestOnePersonIsJudgedLikeARow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		promo := w.template(accountOne, "promo_primavera", "es")
		t.Run("a number without country code is from where the sender is, and the campaign can be sent", func(t *testing.T) {
			c := w.toOne(campaign.OnePerson{Phone: " 31 95550-0001 ", Name: "Ana"}, w.toAll(promo, w.ventas.ID))
			if c.State != campaign.Ready || c.Check.Ready != 1 || c.Audience.Kind != campaign.ByHand {
				t.Fatalf("%s %+v %+v", c.State, c.Audience, c.Check)
			}
			w.send(c.ID, 0)
			w.sendAll(c.ID)
			people, _, err := w.room.Recipients(t.Context(), w.owner, c.ID, "", "", 10)
			w.must(err)
			if len(people) != 1 || people[0].Name != "Ana" || people[0].Phone != "+55 31 95550-0001" {
				t.Errorf("%+v", people)
			}
		})
		t.Run("a value comes from the typed name", func(t *testing.T) {
			change := w.toAll(w.template(accountOne, "saludo", "es"), w.ventas.ID)
			change.Message.Values = map[string]campaign.Source{"body.1": {Column: "name"}}
			c := w.toOne(campaign.OnePerson{Phone: "+55 31 95550-0002", Name: "Luis"}, change)
			p, err := w.room.Preview(t.Context(), w.owner, c.ID, 0)
			w.must(err)
			if p.Rendered.Body != "Hola Luis, gracias." {
				t.Errorf("%+v", p.Rendered)
			}
		})
		t.Run("what is wrong with a row is wrong with a person", func(t *testing.T) {
			w.optOut("5531985550097")
			for phone, code := range map[string]string{"abc": "1 row.phone_letters", "+55 31 98555-0097": "1 row.opted_out"} {
				c := w.toOne(campaign.OnePerson{Phone: phone}, w.toAll(promo, w.ventas.ID))
				if c.State != campaign.Draft {
					t.Errorf("%s: %s", phone, c.State)
				}
				wantProblems(t, w.problems(c.ID), code)
			}
		})
		t.Run("nobody is refused, and a sheet takes the person's place and back", func(t *testing.T) {
			c := w.draft("phone,city\n+5531955500001,Lima\n", w.toAll(promo, w.ventas.ID))
			if _, err := w.room.Update(t.Context(), w.owner, c.ID, campaign.Change{One: &campaign.OnePerson{Phone: "  "}}); fault.KindOf(err) != fault.Invalid {
				t.Errorf("nobody: %v", err)
			}
			c, err := w.room.Update(t.Context(), w.owner, c.ID, campaign.Change{One: &campaign.OnePerson{Phone: "+5531955500003"}})
			w.must(err)
			if c.Audience.File != 0 || c.Audience.DefaultSender != w.ventas.ID || c.State != campaign.Draft {
				t.Errorf("%+v", c.Audience)
			}
		})
	})
}
