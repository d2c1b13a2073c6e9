package campaign_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"recado/internal/campaign"
	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/db/dbtest"
)

// cap lets a person get most messages in a week.
func (w *world) cap(most int64, scope string) {
	w.t.Helper()
	_, err := w.room.SetPolicy(w.t.Context(), w.owner, campaign.Policy{Cap: campaign.Cap{On: true, Most: most, Days: 7, Scope: scope}})
	w.must(err)
}

// category puts a template into a category.
func (w *world) category(name, category string) db.ID {
	w.t.Helper()
	id := w.template(accountOne, name, "es")
	w.must(w.d.Write(w.t.Context(), exec("update templates set category = $1 where id = $2", category, id)))
	return id
}

// leftOut counts the recipients a campaign left out as capped.
func (w *world) leftOut(id db.ID) int64 {
	w.t.Helper()
	return w.count("select count(*) from recipients where campaign_id = $1 and state = 2 and reason = 'row.capped' and message_id is null", id)
}

func TestFrequencyCap(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.must(w.d.Write(t.Context(), exec("insert into workspaces (id, name, created_at) values ($1, 'Aurora', 1)", w.workspace)))
		promo := w.category("aviso", "MARKETING")
		useful := w.template(accountOne, "saludo", "es")
		sheet := "phone,1,2\n+55 31 98555-0301,Ana,A-1\n+55 31 98555-0302,Eva,A-2\n"
		t.Run("who had as many is named by the check, is left out of the next campaign with the reason, and stands in its report and export", func(t *testing.T) {
			w.cap(1, contact.Marketing)
			first := w.checked("phone,1,2\n+55 31 98555-0301,Ana,A-1\n", w.toAll(promo, w.ventas.ID))
			w.send(first.ID, 0)
			w.sendAll(first.ID)
			c := w.checked(sheet, w.toAll(promo, w.ventas.ID))
			if c.Check.Ready != 1 || c.Check.Capped != 1 || c.Check.Errors != 0 {
				t.Errorf("%+v", c.Check)
			}
			wantProblems(t, w.problems(c.ID), "2 row.capped")
			w.send(c.ID, 0)
			w.sendAll(c.ID)
			w.paired(c.ID)
			p, err := w.room.Progress(t.Context(), w.owner, c.ID)
			w.must(err)
			if p.Counts.LeftOut != 1 || p.Counts.Recipients != 2 || len(p.Failures) != 1 || p.Failures[0].Code != "campaign.row.capped" {
				t.Errorf("%+v", p)
			}
			var out strings.Builder
			w.must(w.room.ExportRecipients(t.Context(), w.owner, c.ID, "left_out", &out, []string{"why"}, func(one campaign.Recipient) []string {
				return []string{campaign.Problem{Code: one.Reason}.Words("es")}
			}))
			if !strings.Contains(out.String(), "A esta persona ya se le escribió tantas veces") {
				t.Errorf("export has %q", out.String())
			}
		})
		t.Run("useful messages neither count nor are held, unless the limit is for everything", func(t *testing.T) {
			c := w.checked("phone,1\n+55 31 98555-0301,Ana\n", w.toAll(useful, w.ventas.ID))
			if c.Check.Ready != 1 || c.Check.Capped != 0 {
				t.Errorf("%+v", c.Check)
			}
			w.cap(1, contact.Everything)
			if c = w.checked("phone,1\n+55 31 98555-0301,Ana\n", w.toAll(useful, w.ventas.ID)); c.Check.Capped != 1 || c.State != campaign.Draft {
				t.Errorf("%s %+v", c.State, c.Check)
			}
		})
		t.Run("what failed does not count, nor what is older than the days", func(t *testing.T) {
			w.cap(1, contact.Marketing)
			failed := w.checked("phone,1,2\n+55 31 98555-0303,Luz,A-3\n", w.toAll(promo, w.ventas.ID))
			w.send(failed.ID, 0)
			w.refused(failed.ID)
			if c := w.checked("phone,1,2\n+55 31 98555-0303,Luz,A-3\n", w.toAll(promo, w.ventas.ID)); c.Check.Ready != 1 {
				t.Errorf("%+v", c.Check)
			}
			week := int64(db.IDAt(1_800_000_000_000) - db.IDAt(1_800_000_000_000-8*24*time.Hour.Milliseconds()))
			w.must(w.d.Write(t.Context(), exec("update recipients set message_id = message_id - $1 where message_id is not null and workspace_id = $2", week, w.workspace)))
			w.must(w.d.Write(t.Context(), exec("update messages set id = id - $1 where campaign_id is not null and workspace_id = $2", week, w.workspace)))
			if c := w.checked(sheet, w.toAll(promo, w.ventas.ID)); c.Check.Ready != 2 {
				t.Errorf("%+v", c.Check)
			}
		})
		t.Run("one person with two merged contacts has one count", func(t *testing.T) {
			once := w.checked("phone,1,2\n+55 31 98555-0304,Sol,A-4\n", w.toAll(promo, w.ventas.ID))
			w.send(once.ID, 0)
			w.sendAll(once.ID)
			from, into := w.contact("5531985550304", "Sol", nil), w.contact("5531985550305", "Sol", nil)
			w.must(w.d.Write(t.Context(), exec("update contacts set merged_into = $1 where id = $2", into, from)))
			if c := w.checked("phone,1,2\n+55 31 98555-0305,Sol,A-4\n", w.toAll(promo, w.ventas.ID)); c.Check.Capped != 1 {
				t.Errorf("%+v", c.Check)
			}
		})
		t.Run("an active message says who is capped", func(t *testing.T) {
			sent, err := w.room.SendActive(t.Context(), w.owner, campaign.Active{Inbox: w.ventas.ID, Template: promo, Values: map[string]campaign.Source{"body.1": {Text: "Ana"}, "body.2": {Text: "A-1"}},
				People: []campaign.ActivePerson{{Phone: "+55 31 98555-0304"}, {Phone: "+55 31 98555-0306"}}})
			w.must(err)
			if sent.People[0].Problem == nil || sent.People[0].Problem.Code != campaign.RowCapped || sent.People[1].Problem != nil {
				t.Errorf("%+v", sent.People)
			}
		})
		t.Run("limits that make no sense are refused", func(t *testing.T) {
			for code, wrong := range map[string]campaign.Cap{"campaign.cap_most": {On: true, Days: 7, Scope: contact.Marketing}, "campaign.cap_days": {Most: 1, Days: 91, Scope: contact.Marketing},
				"campaign.cap_scope": {Most: 1, Days: 1, Scope: "x"}} {
				_, err := w.room.SetPolicy(t.Context(), w.owner, campaign.Policy{Cap: wrong})
				wantFault(t, err, code)
			}
		})
	})
}

// refused lets a campaign run against a provider that takes nothing.
func (w *world) refused(id db.ID) {
	w.t.Helper()
	w.runBeside(func() bool {
		w.gateway(w.ventas.ID, &channel.Failure{Class: channel.BadRequest, Code: 131026})
		return w.get(id).State != campaign.Sending
	})
}

// runBeside runs the room, and others beside it, until done says so.
func (w *world) runBeside(done func() bool, others ...*campaign.Room) {
	w.t.Helper()
	ctx, stop := context.WithTimeout(w.t.Context(), time.Minute)
	var all sync.WaitGroup
	defer all.Wait()
	defer stop()
	for _, room := range append(others, w.room) {
		all.Go(func() { room.Run(ctx) })
	}
	for !done() {
		if ctx.Err() != nil {
			w.t.Fatal("it takes too long")
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// Two campaigns to the same people at the same moment, handed over by two nodes: each person gets what is allowed, and no more.
func TestTwoCampaignsAtOnceKeepTheCap(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		promo := w.category("aviso", "MARKETING")
		w.cap(1, contact.Marketing)
		const n = 400
		var all []db.ID
		for range 3 {
			all = append(all, w.checked(people(n), w.toAll(promo, w.ventas.ID)).ID)
		}
		var start sync.WaitGroup
		for _, id := range all {
			start.Go(func() {
				_, err := w.room.Send(t.Context(), w.owner, id, 0)
				if err != nil {
					t.Error(err)
				}
			})
		}
		start.Wait()
		other := campaign.New(d, w.log, w.room.Rooms)
		w.runBeside(func() bool {
			w.gateway(w.ventas.ID, nil)
			for _, id := range all {
				if w.get(id).State != campaign.Done {
					return false
				}
			}
			return true
		}, other)
		twice := w.count("select count(*) from (select contact_id from messages where workspace_id = $1 and campaign_id is not null group by contact_id having count(*) > 1) x", w.workspace)
		messages := w.count("select count(*) from messages where workspace_id = $1 and campaign_id is not null", w.workspace)
		if twice != 0 || messages != n {
			t.Errorf("%d people were written to twice; %d messages, want %d", twice, messages, n)
		}
		left := int64(0)
		for _, id := range all {
			left += w.leftOut(id)
		}
		if left != 2*n {
			t.Errorf("%d left out as capped, want %d", left, 2*n)
		}
	})
}

// A policy written while campaigns are handed over waits for them and never the other way round.
func TestPolicyWhileHandingOver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		promo := w.category("aviso", "MARKETING")
		w.cap(1, contact.Marketing)
		c := w.checked(people(2000), w.toAll(promo, w.ventas.ID))
		w.send(c.ID, c.Check.Ready)
		w.runBeside(func() bool {
			w.cap(1, contact.Marketing)
			w.gateway(w.ventas.ID, nil)
			return w.get(c.ID).State == campaign.Done
		})
		w.paired(c.ID)
	})
}
