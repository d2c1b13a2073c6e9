package campaign_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"recado/internal/account"
	"recado/internal/campaign"
	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/event"
	"recado/internal/fault"
	"recado/internal/inbox"
)

// follow gives the room every fact told so far that it has not seen. On PostgreSQL a fact can be read only once no older
// transaction runs, other tests' on the same server included, so it waits for the newest.
func (w *world) follow(after event.Cursor) event.Cursor {
	w.t.Helper()
	newest, last := w.count("select coalesce(max(seq), 0) from events"), int64(0)
	for deadline := time.Now().Add(time.Minute); ; {
		facts, err := w.log.Read(w.t.Context(), after, 500)
		w.must(err)
		if len(facts) == 0 {
			if last >= newest { // later ones are what following told
				return after
			}
			if time.Now().After(deadline) {
				w.t.Fatal("the newest facts cannot be read")
			}
			time.Sleep(5 * time.Millisecond)
			continue
		}
		last = max(last, facts[len(facts)-1].Seq)
		wanted := map[string]bool{}
		for _, kind := range w.room.Subscriber().Kinds {
			wanted[kind] = true
		}
		var mine []event.Event
		for _, f := range facts {
			if wanted[f.Kind] {
				mine = append(mine, f)
			}
		}
		w.must(w.d.Write(w.t.Context(), func(ctx context.Context, tx *db.Tx) error { return campaign.React(w.room, ctx, tx, mine) }))
		after = w.log.CursorOf(facts[len(facts)-1])
	}
}

// settle settles some of what waits for a number.
func (w *world) settle(box db.ID, n int, failure *channel.Failure) {
	w.t.Helper()
	w.must(w.d.Write(w.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		out, err := w.conversations.ClaimIn(ctx, tx, box, 1, n, tx.Now())
		if err != nil {
			return err
		}
		outcomes := make([]conversation.Outcome, len(out))
		for i, m := range out {
			outcomes[i] = conversation.Outcome{Message: m.Message, Failure: failure}
			if failure == nil {
				outcomes[i].Accepted = &channel.Accepted{ExternalID: "wamid." + m.Message.String()}
			}
		}
		return w.conversations.SettleIn(ctx, tx, outcomes)
	}))
}

// going makes a campaign that is sending, frozen, with its first batch queued.
func (w *world) going(n int, change campaign.Change) campaign.Campaign {
	w.t.Helper()
	c := w.checked(people(n), change)
	w.send(c.ID, int64(n))
	w.must(w.room.Freeze(w.t.Context(), w.workspace, c.ID))
	w.must(w.room.Step(w.t.Context(), w.workspace, c.ID, false))
	return w.get(c.ID)
}

// rate is the provider rating a number; it gives the place in the log it was handed, so that calls read in order.
func (w *world) rate(box db.ID, quality string, at event.Cursor) event.Cursor {
	w.t.Helper()
	w.must(w.d.Write(w.t.Context(), func(ctx context.Context, tx *db.Tx) error { return w.inboxes.SetQualityIn(ctx, tx, box, quality) }))
	return at
}

func TestReact(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		aviso := w.template(accountOne, "aviso", "es")
		t.Run("a number that goes down pauses its campaigns, and they go on when it is mended", func(t *testing.T) {
			c, other := w.going(600, w.toAll(aviso, w.ventas.ID)), w.going(600, w.toAll(aviso, w.soporte.ID))
			w.must(w.inboxes.SetStatus(t.Context(), w.ventas.ID, "blocked", 131031))
			w.follow("")
			if c = w.get(c.ID); c.State != campaign.Paused || c.Reason.Code != campaign.PausedByInbox || c.Reason.Params["sender"] != "Ventas" {
				t.Errorf("%s %+v", c.State, c.Reason)
			}
			if words := c.Reason.Words("es"); !strings.Contains(words, "«Ventas»") {
				t.Errorf("the reason says %q", words)
			}
			if other = w.get(other.ID); other.State != campaign.Sending {
				t.Errorf("the other campaign is %s", other.State)
			}
			_, err := w.room.Resume(t.Context(), w.owner, c.ID)
			wantFault(t, err, "campaign.inbox_down")
			w.must(w.inboxes.SetStatus(t.Context(), w.ventas.ID, "connected", 0))
			if _, err = w.room.Resume(t.Context(), w.owner, c.ID); err != nil {
				t.Error(err)
			}
			for _, id := range []db.ID{c.ID, other.ID} {
				_, err := w.room.Cancel(t.Context(), w.owner, id)
				w.must(err)
			}
		})
		t.Run("a number whose quality falls to low pauses its campaigns once, and a person lets them go on", func(t *testing.T) {
			c, other := w.going(600, w.toAll(aviso, w.ventas.ID)), w.going(600, w.toAll(aviso, w.soporte.ID))
			at := w.follow(w.rate(w.ventas.ID, "GREEN", ""))
			at = w.follow(w.rate(w.ventas.ID, "YELLOW", at))
			if got := w.get(c.ID); got.State != campaign.Sending {
				t.Fatalf("medium quality made it %s", got.State)
			}
			at = w.follow(w.rate(w.ventas.ID, "RED", at))
			if c = w.get(c.ID); c.State != campaign.Paused || c.Reason.Code != campaign.PausedByQuality || c.Reason.Params["sender"] != "Ventas" {
				t.Errorf("%s %+v", c.State, c.Reason)
			}
			if words := c.Reason.Words("es"); !strings.Contains(words, "«Ventas»") {
				t.Errorf("the reason says %q", words)
			}
			if got := w.get(other.ID); got.State != campaign.Sending {
				t.Errorf("the other campaign is %s", got.State)
			}
			quiet := account.Actor{Kind: account.KindUser, Workspace: w.workspace, User: 9, Permissions: account.Permissions{Areas: map[account.Area]account.Level{account.Campaigns: account.Edit}}}
			if _, err := w.room.Resume(t.Context(), quiet, c.ID); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("who may not send resumed: %v", err)
			}
			_, err := w.room.Resume(t.Context(), w.owner, c.ID)
			w.must(err)
			label := "Ventas del norte" // any other news of the number does not pause it again
			_, err = w.inboxes.Update(t.Context(), w.workspace, w.ventas.ID, inbox.Change{Label: &label})
			w.must(err)
			w.follow(at)
			if got := w.get(c.ID); got.State != campaign.Sending {
				t.Errorf("%s after it was let go on", got.State)
			}
			moves, err := w.room.Moves(t.Context(), w.owner, c.ID)
			if err != nil || len(moves) != 3 || moves[0].State != campaign.Sending || moves[0].ByName != "Olga Prado" || moves[1].Reason.Code != campaign.PausedByQuality || moves[1].By != 0 {
				t.Errorf("%+v %v", moves, err)
			}
			for _, id := range []db.ID{c.ID, other.ID} {
				_, err := w.room.Cancel(t.Context(), w.owner, id)
				w.must(err)
			}
		})
		t.Run("medium quality pauses only where the workspace wants it", func(t *testing.T) {
			_, err := w.room.SetPolicy(t.Context(), w.owner, campaign.Policy{PauseOnYellow: true})
			w.must(err)
			c := w.going(600, w.toAll(aviso, w.soporte.ID))
			w.follow(w.rate(w.soporte.ID, "YELLOW", ""))
			if c = w.get(c.ID); c.State != campaign.Paused || c.Reason.Params["quality"] != "YELLOW" {
				t.Errorf("%s %+v", c.State, c.Reason)
			}
			_, err = w.room.Cancel(t.Context(), w.owner, c.ID)
			w.must(err)
			_, err = w.room.SetPolicy(t.Context(), w.owner, campaign.Policy{})
			w.must(err)
		})
		t.Run("a template whose quality falls to low pauses its campaigns", func(t *testing.T) {
			w.sync(accountTwo, info("queja", "pt_BR", "APPROVED", "Oi {{1}}, o pedido {{2}} saiu."))
			c := w.going(600, w.toAll(w.template(accountTwo, "queja", "pt_BR"), w.vendas.ID))
			w.must(w.d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				_, err := w.templates.StatusIn(ctx, tx, channel.WhatsApp, channel.Account{AccountExternalID: accountTwo, TemplateName: "queja", TemplateLanguage: "pt-BR", Quality: "RED"})
				return err
			}))
			w.follow("")
			if c = w.get(c.ID); c.State != campaign.Paused || c.Reason.Code != campaign.PausedByWording || c.Reason.Params["template"] != "queja" {
				t.Errorf("%s %+v", c.State, c.Reason)
			}
		})
		t.Run("a template the provider pauses pauses its campaigns", func(t *testing.T) {
			w.sync(accountTwo, info("promo_br", "pt_BR", "APPROVED", "Oi {{1}}, o pedido {{2}} saiu."))
			c := w.going(600, w.toAll(w.template(accountTwo, "promo_br", "pt_BR"), w.vendas.ID))
			w.sync(accountTwo, info("promo_br", "pt_BR", "PAUSED", "Oi {{1}}, o pedido {{2}} saiu."))
			w.follow("")
			if c = w.get(c.ID); c.State != campaign.Paused || c.Reason.Code != campaign.PausedByTemplate || c.Reason.Params["template"] != "promo_br" {
				t.Errorf("%s %+v", c.State, c.Reason)
			}
		})
		t.Run("the dispatcher itself stops at a number that is down and leaves nobody out", func(t *testing.T) {
			c := w.going(600, w.toAll(aviso, w.ventas.ID))
			w.must(w.inboxes.SetStatus(t.Context(), w.ventas.ID, "disconnected", 190))
			w.must(w.room.Step(t.Context(), w.workspace, c.ID, false))
			p, err := w.room.Progress(t.Context(), w.owner, c.ID)
			if err != nil || p.State != campaign.Paused || p.Reason.Code != campaign.PausedByInbox || p.Counts.Waiting != 100 || p.Counts.LeftOut != 0 {
				t.Errorf("%+v %v", p, err)
			}
			w.must(w.inboxes.SetStatus(t.Context(), w.ventas.ID, "connected", 0))
			_, err = w.room.Cancel(t.Context(), w.owner, c.ID)
			w.must(err)
		})
		t.Run("a template disabled for good does not hold the others up after resuming", func(t *testing.T) {
			w.sync(accountTwo, info("uno", "pt_BR", "APPROVED", "Oi."), info("dois", "pt_BR", "APPROVED", "Olá."))
			c := w.checked("phone,template\n+5531955500071,uno\n+5531955500072,dois\n", campaign.Change{DefaultSender: &w.vendas.ID, Route: &campaign.Route{Target: campaign.ToNone}})
			w.send(c.ID, 0)
			w.must(w.room.Freeze(t.Context(), w.workspace, c.ID))
			w.sync(accountTwo, info("uno", "pt_BR", "DISABLED", "Oi."), info("dois", "pt_BR", "APPROVED", "Olá."))
			w.follow("")
			if c = w.get(c.ID); c.State != campaign.Paused {
				t.Fatalf("state %s", c.State)
			}
			_, err := w.room.Resume(t.Context(), w.owner, c.ID)
			w.must(err)
			w.must(w.room.Step(t.Context(), w.workspace, c.ID, false))
			p, err := w.room.Progress(t.Context(), w.owner, c.ID)
			if err != nil || p.Counts.Queued != 1 || p.Counts.LeftOut != 1 || p.Failures[0].Code != "campaign.left.template_down" {
				t.Errorf("%+v %v", p, err)
			}
		})
		t.Run("twenty identical refusals in a row pause, nineteen and a success do not", func(t *testing.T) {
			c := w.going(600, w.toAll(aviso, w.soporte.ID))
			refuse := &channel.Failure{Class: channel.BadRequest, Code: 132000, Title: "Number of parameters"}
			w.settle(w.soporte.ID, 19, refuse)
			w.settle(w.soporte.ID, 1, nil)
			w.settle(w.soporte.ID, 19, refuse)
			at := w.follow("")
			if c = w.get(c.ID); c.State != campaign.Sending {
				t.Fatalf("state %s after %+v", c.State, c.Reason)
			}
			w.settle(w.soporte.ID, 1, refuse)
			w.follow(at)
			if c = w.get(c.ID); c.State != campaign.Paused || c.Reason.Code != campaign.PausedByRefusals || c.Reason.Params["code"] != "132000" {
				t.Errorf("%s %+v", c.State, c.Reason)
			}
		})
		t.Run("a reply marks its recipient once", func(t *testing.T) {
			c := w.going(3, w.toAll(aviso, w.ventas.ID))
			w.gateway(w.ventas.ID, nil)
			list, _, err := w.room.Recipients(t.Context(), w.owner, c.ID, "", "", 10)
			w.must(err)
			at := d.Now() + 1000
			for range 2 {
				w.must(w.d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					return w.log.Append(ctx, tx, event.Fact{Workspace: w.workspace, Kind: conversation.MessageReceived, Data: conversation.ReceivedFact{
						Message: tx.NewID(), Conversation: list[1].Conversation, Contact: list[1].Contact, Inbox: w.ventas.ID, Kind: channel.Text, At: at}})
				}))
				at += 1000
			}
			w.follow("")
			p, err := w.room.Progress(t.Context(), w.owner, c.ID)
			if err != nil || p.Counts.Replied != 1 {
				t.Errorf("%+v %v", p.Counts, err)
			}
			replied, _, err := w.room.Recipients(t.Context(), w.owner, c.ID, "replied", "", 10)
			if err != nil || len(replied) != 1 || replied[0].Row != list[1].Row || replied[0].RepliedAt != at-2000 {
				t.Errorf("%+v %v", replied, err)
			}
		})
	})
}
