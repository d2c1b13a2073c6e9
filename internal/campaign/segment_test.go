package campaign_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"recado/internal/campaign"
	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/fault"
)

// people makes contacts with numbers from a first one on, all with a name that begins alike.
func (w *world) many(name string, first, n int) {
	w.t.Helper()
	for at := 0; at < n; at += 1000 {
		w.must(w.d.Write(w.t.Context(), func(ctx context.Context, tx *db.Tx) error {
			batch := make([]contact.Person, min(1000, n-at))
			for i := range batch {
				batch[i] = contact.Person{Name: fmt.Sprint(name, " ", at+i), Identities: []channel.Identity{{Kind: channel.Phone, Value: fmt.Sprint(5531900000000 + int64(first+at+i))}}}
			}
			_, err := w.contacts.ResolveIn(ctx, tx, w.workspace, channel.WhatsApp, batch)
			return err
		}))
	}
}

func (w *world) segment(name string, q contact.Query) contact.Segment {
	w.t.Helper()
	s, err := w.contacts.SaveSegment(w.t.Context(), w.owner, name, q)
	w.must(err)
	return s
}

// toSegment makes a campaign to a segment and checks it.
func (w *world) toSegment(s contact.Segment, change campaign.Change) campaign.Campaign {
	w.t.Helper()
	c, err := w.room.Create(w.t.Context(), w.owner, "Segmento", "wizard")
	w.must(err)
	change.Segment = &s.ID
	_, err = w.room.Update(w.t.Context(), w.owner, c.ID, change)
	w.must(err)
	_, err = w.room.Check(w.t.Context(), w.owner, c.ID)
	w.must(err)
	return w.run(c.ID, campaign.Checking)
}

// frozen runs the room until the audience of a campaign is frozen, or stop says that it is enough.
func (w *world) frozen(id db.ID, stop func() bool) campaign.Campaign {
	w.t.Helper()
	ctx, end := context.WithTimeout(w.t.Context(), 2*time.Minute)
	defer end()
	done := make(chan struct{})
	go func() { w.room.Run(ctx); close(done) }()
	defer func() { end(); <-done }()
	for ctx.Err() == nil {
		if c := w.get(id); c.StartedAt != 0 || c.State != campaign.Sending || stop() {
			return c
		}
		time.Sleep(3 * time.Millisecond) // asking without a rest takes the time of the work
	}
	w.t.Fatal("never frozen")
	return campaign.Campaign{}
}

func never() bool { return false }

func TestASegmentIsJudgedLikeASheet(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		saludo := w.template(accountOne, "saludo", "es")
		w.contact("5531955500001", "Lima Ana", map[string]string{"city": "Lima", "plan": "oro"})
		w.contact("5531955500002", "Lima Luis", map[string]string{"city": "Lima"})
		w.contact("5531955500003", "Quito Eva", nil)
		w.optOut("5531955500004")
		w.must(w.named("5531955500004", "Lima Olga"))
		w.block("5531955500005")
		w.must(w.named("5531955500005", "Lima Bea"))
		lima := w.segment("Clientes de Lima", contact.Query{Name: "lima"})
		change := w.toAll(saludo, w.ventas.ID)
		change.Message.Values = map[string]campaign.Source{"body.1": {Field: "plan", Fallback: "cliente"}}
		c := w.toSegment(lima, change)
		t.Run("opted-out and blocked people are left out with their reason, values come from contact fields", func(t *testing.T) {
			if c.State != campaign.Ready || c.Check.Ready != 2 || c.Check.OptedOut != 2 || c.Check.Rows != 4 {
				t.Fatalf("%s %+v", c.State, c.Check)
			}
			var told []string
			rows, _, err := w.room.Rows(t.Context(), w.owner, c.ID, "errors", 0, 10)
			w.must(err)
			for _, row := range rows {
				told = append(told, row.Cells[1]+" "+row.Problems[0].Code)
			}
			slices.Sort(told)
			if !slices.Equal(told, []string{"Lima Bea row.blocked", "Lima Olga row.opted_out"}) {
				t.Error(told)
			}
		})
		t.Run("who gets it is frozen: what happens to the segment later changes nothing", func(t *testing.T) {
			w.send(c.ID, 0)
			w.frozen(c.ID, never)
			w.contact("5531955500006", "Lima Nueva", nil)
			w.must(w.room.DeleteSegment(t.Context(), w.owner, lima.ID))
			w.sendAll(c.ID)
			people, _, err := w.room.Recipients(t.Context(), w.owner, c.ID, "", "", 10)
			w.must(err)
			var names []string
			for _, p := range people {
				names = append(names, p.Name)
			}
			slices.Sort(names)
			if !slices.Equal(names, []string{"Lima Ana", "Lima Luis"}) {
				t.Error(names)
			}
			if n := w.count("select count(*) from recipients where campaign_id = $1 and variables_json like '%oro%'", c.ID); n != 1 {
				t.Errorf("%d values from a contact field", n)
			}
			w.paired(c.ID)
		})
		t.Run("a segment that a scheduled campaign waits for is not deleted, one of a draft is, and the draft says so", func(t *testing.T) {
			quito := w.segment("Quito", contact.Query{Name: "quito"})
			c := w.toSegment(quito, change)
			uses, err := w.room.SegmentUses(t.Context(), w.owner, quito.ID)
			w.must(err)
			if len(uses) != 1 || uses[0].ID != c.ID {
				t.Errorf("%+v", uses)
			}
			at := d.Now() + 3_600_000
			_, err = w.room.Update(t.Context(), w.owner, c.ID, campaign.Change{ScheduledAt: &at})
			w.must(err)
			w.send(c.ID, 0)
			if err := w.room.DeleteSegment(t.Context(), w.owner, quito.ID); fault.KindOf(err) != fault.Conflict {
				t.Errorf("deleted: %v", err)
			}
			_, err = w.room.Cancel(t.Context(), w.owner, c.ID)
			w.must(err)
			draft := w.toSegment(quito, change)
			w.must(w.room.DeleteSegment(t.Context(), w.owner, quito.ID))
			_, err = w.room.Check(t.Context(), w.owner, draft.ID)
			w.must(err)
			draft = w.run(draft.ID, campaign.Checking)
			if draft.State != campaign.Draft || draft.Check.Problem == nil || draft.Check.Problem.Code != "campaign.segment_gone" {
				t.Errorf("%+v", draft.Check)
			}
		})
		t.Run("who may not see contacts cannot choose one", func(t *testing.T) {
			s := w.segment("Otra", contact.Query{City: "Lima"})
			c, err := w.room.Create(t.Context(), w.sender, "x", "wizard")
			w.must(err)
			if _, err := w.room.Update(t.Context(), w.sender, c.ID, campaign.Change{Segment: &s.ID}); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%v", err)
			}
		})
	})
}

// named gives the contact with a number a name.
func (w *world) named(phone, name string) error {
	found, err := w.contacts.ByIdentities(w.t.Context(), w.d, w.workspace, channel.WhatsApp, []channel.Identity{{Kind: channel.Phone, Value: phone}})
	if err != nil {
		return err
	}
	for _, id := range found {
		_, err = w.contacts.Update(w.t.Context(), w.workspace, id, contact.Change{Name: &name})
	}
	return err
}

func TestALargeSegmentGoesOnAfterARestart(t *testing.T) {
	const n = 3_000 // several batches; more take minutes beside the race detector
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.many("Lima", 0, n)
		w.many("Quito", n, 1000)
		lima := w.segment("Lima", contact.Query{Name: "lima"})
		t.Run("counting keeps to a little memory", func(t *testing.T) {
			runtime.GC()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			walk, err := w.conversations.WalkSegment(t.Context(), conversation.Everything(w.workspace), lima, 0)
			w.must(err)
			found, most := 0, uint64(0)
			for !walk.Done() {
				people, err := walk.Next(t.Context())
				w.must(err)
				found += len(people)
				runtime.GC()
				runtime.ReadMemStats(&after)
				most = max(most, after.HeapAlloc)
			}
			if found != n {
				t.Errorf("%d people", found)
			}
			if grown := int64(most) - int64(before.HeapAlloc); grown > 5<<20 {
				t.Errorf("%d MB more for %d people", grown>>20, n)
			}
		})
		c := w.toSegment(lima, w.toAll(w.template(accountOne, "promo_primavera", "es"), w.ventas.ID))
		if c.Check.Ready != n {
			t.Fatalf("%+v", c.Check)
		}
		w.send(c.ID, n)
		people := func() int64 { return w.count("select count(*) from campaign_people where campaign_id = $1", c.ID) }
		recipients := func() int64 { return w.count("select count(*) from recipients where campaign_id = $1", c.ID) }
		w.frozen(c.ID, func() bool { return people() > n/3 })
		if got := people(); got == 0 || got == n {
			t.Logf("stopped with %d of %d written down", got, n)
		}
		w.many("Lima nueva", n+1000, 700) // made after it began: not looked at any more
		w.frozen(c.ID, func() bool { return recipients() > n/3 })
		c = w.frozen(c.ID, never)
		if c.StartedAt == 0 || c.Recipients != n || people() != n || recipients() != n {
			t.Errorf("%s: %d people, %d recipients, %d told", c.State, people(), recipients(), c.Recipients)
		}
		if twice := w.count("select count(*) from (select identity_key from recipients where campaign_id = $1 group by identity_key having count(*) > 1) x", c.ID); twice != 0 {
			t.Errorf("%d people twice", twice)
		}
		if late := w.count("select count(*) from recipients where campaign_id = $1 and name like '%nueva%'", c.ID); late != 0 {
			t.Errorf("%d people who came later", late)
		}
	})
}
