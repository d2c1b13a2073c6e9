package campaign_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"recado/internal/campaign"
	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/fault"
)

// gateway claims what waits for a number and settles it: accepted, or failed as told. It gives how many there were.
func (w *world) gateway(box db.ID, failure *channel.Failure) int {
	w.t.Helper()
	n := 0
	w.must(w.d.Write(w.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		out, err := w.conversations.ClaimIn(ctx, tx, box, 1, 500, tx.Now())
		if err != nil {
			return err
		}
		n = len(out)
		outcomes := make([]conversation.Outcome, n)
		for i, m := range out {
			outcomes[i] = conversation.Outcome{Message: m.Message, Failure: failure}
			if failure == nil {
				outcomes[i].Accepted = &channel.Accepted{ExternalID: "wamid." + m.Message.String()}
			}
		}
		return w.conversations.SettleIn(ctx, tx, outcomes)
	}))
	return n
}

// sendAll runs the room and the gateway until the campaign is no longer sending.
func (w *world) sendAll(id db.ID) campaign.Campaign {
	w.t.Helper()
	ctx, stop := context.WithTimeout(w.t.Context(), 2*time.Minute)
	defer stop()
	done := make(chan struct{})
	go func() { w.room.Run(ctx); close(done) }()
	defer func() { stop(); <-done }()
	for ctx.Err() == nil {
		for _, box := range []db.ID{w.ventas.ID, w.soporte.ID, w.vendas.ID} {
			w.gateway(box, nil)
		}
		if c := w.get(id); c.State != campaign.Sending && c.State != campaign.Scheduled {
			return c
		}
		time.Sleep(5 * time.Millisecond)
	}
	w.t.Fatalf("still sending: %+v", w.get(id))
	return campaign.Campaign{}
}

func (w *world) send(id db.ID, confirm int64) campaign.Campaign {
	w.t.Helper()
	c, err := w.room.Send(w.t.Context(), w.owner, id, confirm)
	w.must(err)
	return c
}

// paired proves that every handed-over recipient has one message and every message one recipient.
func (w *world) paired(id db.ID) {
	w.t.Helper()
	handed := w.count("select count(*) from recipients where campaign_id = $1 and state = 1", id)
	messages := w.count("select count(*) from messages where campaign_id = $1", id)
	joined := w.count("select count(*) from recipients r join messages m on m.id = r.message_id and m.campaign_id = r.campaign_id and m.contact_id = r.contact_id where r.campaign_id = $1", id)
	if handed != messages || joined != messages {
		w.t.Errorf("%d recipients handed over, %d messages, %d pairs", handed, messages, joined)
	}
}

func TestSend(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		aviso := w.template(accountOne, "aviso", "es")
		t.Run("a campaign of two numbers goes out, each message from its own, and is done", func(t *testing.T) {
			c := w.checked("phone,sender,1,2\n+5531955500001,Ventas,Ana,A-1\n+5215555500002,Soporte,Luis,A-2\nabc,Ventas,x,y\n", w.toAll(aviso, 0))
			w.send(c.ID, 0)
			c = w.sendAll(c.ID)
			p, err := w.room.Progress(t.Context(), w.owner, c.ID)
			w.must(err)
			if c.State != campaign.Done || c.Recipients != 2 || p.Counts.Accepted != 2 || p.Counts.Recipients != 2 || len(p.Senders) != 2 {
				t.Errorf("%s %+v", c.State, p)
			}
			w.paired(c.ID)
			if n := w.count("select count(*) from messages where campaign_id = $1 and body = 'Hola Ana, tu pedido A-1 ya salió hoy.' and inbox_id = $2", c.ID, w.ventas.ID); n != 1 {
				t.Errorf("%d messages say it", n)
			}
		})
		t.Run("from a thousand recipients the count must be confirmed", func(t *testing.T) {
			c := w.checked(people(1000), w.toAll(aviso, w.ventas.ID))
			_, err := w.room.Send(t.Context(), w.owner, c.ID, 999)
			wantFault(t, err, "campaign.confirm")
			if c = w.send(c.ID, 1000); c.State != campaign.Sending {
				t.Errorf("state %s", c.State)
			}
			_, err = w.room.Cancel(t.Context(), w.owner, c.ID)
			w.must(err)
		})
		t.Run("a route to an agent who does not exist or has no access is refused before sending, and can be mended", func(t *testing.T) {
			for email, code := range map[string]string{"nadie@aurora.example": "row.agent_unknown", "lila@aurora.example": "row.agent_no_access"} {
				change := w.toAll(aviso, w.ventas.ID)
				change.Route = &campaign.Route{Target: campaign.ToAgent, Email: email}
				c := w.checked(people(2), change)
				check, err := w.room.CheckRoute(t.Context(), w.workspace, c.ID, *change.Route)
				if err != nil || check.OK || check.Problem.Code != code {
					t.Errorf("%s while choosing: %+v %v", email, check, err)
				}
				_, err = w.room.Send(t.Context(), w.owner, c.ID, 0)
				wantFault(t, err, "campaign."+code)
				_, err = w.room.Update(t.Context(), w.owner, c.ID, campaign.Change{Route: &campaign.Route{Target: campaign.ToAgent, Email: "ana@aurora.example"}})
				w.must(err)
				_, err = w.room.Check(t.Context(), w.owner, c.ID)
				w.must(err)
				w.run(c.ID, campaign.Checking)
				if c = w.send(c.ID, 0); c.Route.TargetID != 71 {
					t.Errorf("the agent is not resolved: %+v", c.Route)
				}
				w.sendAll(c.ID)
				if n := w.count("select count(*) from reply_routes where campaign_id = $1 and target = 'agent' and target_id = 71 and expires_at = accepted_at + 86400000", c.ID); n != 2 {
					t.Errorf("%d reply routes to the agent, want 2", n)
				}
			}
		})
		t.Run("who may not broadcast is refused", func(t *testing.T) {
			c := w.checked(people(1), w.toAll(aviso, w.ventas.ID))
			author := w.sender
			author.Permissions.Abilities = nil
			_, err := w.room.Send(t.Context(), author, c.ID, 0)
			wantFault(t, err, "forbidden.ability")
		})
		t.Run("rows are routed one by one", func(t *testing.T) {
			c := w.checked("phone,agent_email,queue,1,2\n+5531955500031,ana@aurora.example,,a,b\n+5531955500032,,Cobranzas,a,b\n",
				campaign.Change{DefaultSender: &w.ventas.ID, Message: &campaign.Message{Template: aviso}, Route: &campaign.Route{Target: campaign.ToColumn}})
			w.send(c.ID, 0)
			w.sendAll(c.ID)
			if n := w.count("select count(*) from reply_routes where campaign_id = $1 and (target = 'agent' and target_id = 71 or target = 'queue' and target_id = 82)", c.ID); n != 2 {
				t.Errorf("%d routes, want 2", n)
			}
		})
		t.Run("columns that mean nothing to the campaign are kept on the contact", func(t *testing.T) {
			c := w.checked("phone,{{1}},{{2}},Ciudad,Plan\n+5531955500035,Ana,A-1,Ouro Preto,\n", w.toAll(aviso, w.ventas.ID))
			w.send(c.ID, 0)
			w.sendAll(c.ID)
			found, err := w.contacts.Get(t.Context(), w.workspace, w.contact("5531955500035", "", nil))
			if err != nil || len(found.Attributes) != 1 || found.Attributes["Ciudad"] != "Ouro Preto" {
				t.Errorf("%+v %v", found.Attributes, err)
			}
		})
		t.Run("who was blocked after the check is left out as blocked", func(t *testing.T) {
			c := w.checked("phone,1,2\n+5531955500043,a,b\n+5531955500044,a,b\n", w.toAll(aviso, w.ventas.ID))
			w.send(c.ID, 0)
			w.must(w.room.Freeze(t.Context(), w.workspace, c.ID))
			w.block("5531955500044")
			w.sendAll(c.ID)
			list, _, err := w.room.Recipients(t.Context(), w.owner, c.ID, "left_out", "", 10)
			if err != nil || len(list) != 1 || list[0].Reason != campaign.RowBlocked {
				t.Errorf("%+v %v", list, err)
			}
		})
		t.Run("consent is asked once more at the moment of handing over", func(t *testing.T) {
			c := w.checked("phone,1,2\n+5531955500041,a,b\n+5531955500042,a,b\n", w.toAll(aviso, w.ventas.ID))
			w.send(c.ID, 0)
			w.must(w.room.Freeze(t.Context(), w.workspace, c.ID))
			w.optOut("5531955500042")
			w.sendAll(c.ID)
			p, err := w.room.Progress(t.Context(), w.owner, c.ID)
			w.must(err)
			if p.Counts.Accepted != 1 || p.Counts.LeftOut != 1 || len(p.Failures) != 1 || p.Failures[0].Code != "campaign.row.opted_out" {
				t.Errorf("%+v", p)
			}
			list, _, err := w.room.Recipients(t.Context(), w.owner, c.ID, "left_out", "", 10)
			if err != nil || len(list) != 1 || list[0].Row != 3 || list[0].Reason != campaign.LeftOptedOut {
				t.Errorf("%+v %v", list, err)
			}
		})
		t.Run("a scheduled campaign starts at its time", func(t *testing.T) {
			at := d.Now() + 400
			change := w.toAll(aviso, w.ventas.ID)
			change.ScheduledAt = &at
			c := w.checked(people(3), change)
			if c = w.send(c.ID, 0); c.State != campaign.Scheduled {
				t.Fatalf("state %s", c.State)
			}
			if c = w.sendAll(c.ID); c.State != campaign.Done || c.StartedAt < at {
				t.Errorf("state %s, started %d before %d", c.State, c.StartedAt, at)
			}
		})
		t.Run("a scheduled campaign whose template went away fails with the reason and writes to nobody", func(t *testing.T) {
			at := d.Now() + 500
			w.sync(accountTwo, info("promo_br", "pt_BR", "APPROVED", "Chegou a promoção."), info("fugaz", "es", "APPROVED", "Hola."))
			change := w.toAll(w.template(accountTwo, "fugaz", "es"), w.vendas.ID)
			change.ScheduledAt = &at
			c := w.checked("phone\n+5531955500061\n", change)
			w.send(c.ID, 0)
			w.sync(accountTwo, info("promo_br", "pt_BR", "APPROVED", "Chegou a promoção."), info("fugaz", "es", "PAUSED", "Hola."))
			if c = w.sendAll(c.ID); c.State != campaign.Failed || c.Reason.Code != "campaign.templates_down" || c.Recipients != 0 {
				t.Errorf("%s %+v", c.State, c.Reason)
			}
		})
		t.Run("a time named in a zone is resolved here: skipped and past ones are refused, a doubled one says so", func(t *testing.T) {
			c := w.draft(people(3), w.toAll(aviso, w.ventas.ID))
			set := func(at, zone string) (campaign.Campaign, error) {
				return w.room.Update(t.Context(), w.owner, c.ID, campaign.Change{Schedule: &conversation.When{At: at, Zone: zone}})
			}
			spring, autumn := clockChanges(time.UnixMilli(d.Now()))
			_, err := set(spring+"T02:30", "Europe/Madrid")
			wantFault(t, err, "schedule.skipped")
			if f := (*fault.Error)(nil); !errors.As(err, &f) || f.Field != "schedule.at" || f.Params["next"] != "03:00" {
				t.Errorf("%+v", f)
			}
			_, err = set("2020-01-01T09:00", "UTC")
			wantFault(t, err, "schedule.past")
			if got := w.get(c.ID); got.ScheduledAt != 0 || got.Schedule != (campaign.Schedule{}) {
				t.Errorf("a refused time was kept: %+v", got.Schedule)
			}
			got, err := set(autumn+"T02:30", "Europe/Madrid")
			w.must(err)
			if want := (campaign.Schedule{At: autumn + "T02:30", Zone: "Europe/Madrid", Twice: true}); got.Schedule != want || time.UnixMilli(got.ScheduledAt).UTC().Format("15:04") != "00:30" {
				t.Errorf("%+v at %d", got.Schedule, got.ScheduledAt)
			}
			moment := got.ScheduledAt
			_, err = w.room.Update(t.Context(), w.owner, c.ID, campaign.Change{ScheduledAt: &moment, Schedule: &conversation.When{}})
			wantFault(t, err, "campaign.schedule_both")
			if got, err = w.room.Update(t.Context(), w.owner, c.ID, campaign.Change{ScheduledAt: &moment}); err != nil || got.Schedule.Zone != "UTC" || got.Schedule.Twice {
				t.Errorf("%+v %v", got.Schedule, err)
			}
			if got, err = set("", ""); err != nil || got.ScheduledAt != 0 || got.Schedule != (campaign.Schedule{}) {
				t.Errorf("%+v %v", got.Schedule, err)
			}
		})
		t.Run("gradual sending ends with its last message, not one interval later", func(t *testing.T) {
			change := w.toAll(aviso, w.ventas.ID)
			change.Pace = &campaign.Pace{PerSlice: 5, EveryMinutes: 600}
			c := w.checked(people(5), change)
			w.send(c.ID, 0)
			if c = w.sendAll(c.ID); c.State != campaign.Done {
				t.Errorf("state %s", c.State)
			}
		})
		t.Run("gradual sending hands over one slice at a time", func(t *testing.T) {
			change := w.toAll(aviso, w.ventas.ID)
			change.Pace = &campaign.Pace{PerSlice: 3, EveryMinutes: 10}
			c := w.checked(people(8), change)
			w.send(c.ID, 0)
			w.must(w.room.Freeze(t.Context(), w.workspace, c.ID))
			for range 4 {
				w.must(w.room.Step(t.Context(), w.workspace, c.ID, false))
			}
			if n := w.count("select count(*) from messages where campaign_id = $1", c.ID); n != 3 {
				t.Fatalf("%d messages in the first slice", n)
			}
			p, err := w.room.Progress(t.Context(), w.owner, c.ID)
			if err != nil || p.FinishAt < d.Now()+19*60_000 || p.FinishAt > d.Now()+21*60_000 {
				t.Errorf("finishes in %d ms, want 20 minutes (%v)", p.FinishAt-d.Now(), err)
			}
			w.must(w.d.Write(t.Context(), exec("update campaigns set next_slice_at = 1 where id = $1", c.ID)))
			w.must(w.room.Step(t.Context(), w.workspace, c.ID, false))
			if n := w.count("select count(*) from messages where campaign_id = $1", c.ID); n != 6 {
				t.Errorf("%d messages after the second slice", n)
			}
		})
		t.Run("at most two thousand messages wait in an outbox, pause holds them and cancel takes them back", func(t *testing.T) {
			c := w.checked(people(2600), w.toAll(aviso, w.soporte.ID))
			w.send(c.ID, 2600)
			w.must(w.room.Freeze(t.Context(), w.workspace, c.ID))
			for range 8 {
				w.must(w.room.Step(t.Context(), w.workspace, c.ID, false))
			}
			if n := w.count("select count(*) from messages where campaign_id = $1", c.ID); n != 2000 {
				t.Fatalf("%d messages queued", n)
			}
			_, err := w.room.Pause(t.Context(), w.owner, c.ID)
			w.must(err)
			if n := w.gateway(w.soporte.ID, nil); n != 0 {
				t.Errorf("%d messages left a paused campaign", n)
			}
			if _, err = w.room.Resume(t.Context(), w.owner, c.ID); err != nil || w.gateway(w.soporte.ID, nil) == 0 {
				t.Errorf("nothing goes on after resuming (%v)", err)
			}
			_, err = w.room.Cancel(t.Context(), w.owner, c.ID)
			w.must(err)
			p, err := w.room.Progress(t.Context(), w.owner, c.ID)
			w.must(err)
			if k := p.Counts; k.Recipients != 2600 || k.Waiting != 0 || k.Queued != 0 || k.Accepted != 500 || k.Failed != 1500 || k.LeftOut != 600 {
				t.Errorf("%+v", k)
			}
			_, err = w.room.Resume(t.Context(), w.owner, c.ID)
			wantFault(t, err, "campaign.move")
		})
	})
}

func TestProcessDies(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		aviso := w.template(accountOne, "aviso", "es")
		for seed := range uint64(3) {
			t.Run("recipients and messages stay one to one", func(t *testing.T) {
				const size = 1700
				chance := rand.New(rand.NewPCG(seed, 2))
				c := w.checked(people(size), w.toAll(aviso, w.ventas.ID))
				w.send(c.ID, size)
				for lives := 0; w.get(c.ID).StartedAt == 0; lives++ {
					ctx, die := context.WithCancel(t.Context())
					timer := time.AfterFunc(time.Duration(chance.IntN(12)*(lives+1))*time.Millisecond, die)
					err := w.room.Freeze(ctx, w.workspace, c.ID)
					timer.Stop()
					die()
					if err != nil && !errors.Is(err, context.Canceled) && fault.KindOf(err) != fault.Internal {
						t.Fatal(err)
					}
				}
				if n := w.count("select count(*) from recipients where campaign_id = $1", c.ID); n != size {
					t.Fatalf("%d recipients, want %d", n, size)
				}
				for range 400 {
					err := w.room.Step(t.Context(), w.workspace, c.ID, chance.IntN(2) == 0)
					if err != nil && !errors.Is(err, campaign.ErrDied) {
						t.Fatal(err)
					}
					if chance.IntN(3) == 0 {
						w.gateway(w.ventas.ID, nil)
					}
					w.paired(c.ID)
					if w.get(c.ID).State == campaign.Done {
						break
					}
				}
				if state := w.get(c.ID).State; state != campaign.Done {
					t.Fatalf("state %s", state)
				}
				if n := w.count("select count(*) from messages where campaign_id = $1 and status = 40", c.ID); n != size {
					t.Errorf("%d accepted, want %d", n, size)
				}
				if twice := w.count("select count(*) - count(distinct contact_id) from messages where campaign_id = $1", c.ID); twice != 0 {
					t.Errorf("%d people were written to twice", twice)
				}
			})
		}
	})
}

// clockChanges gives the days within a year on which the clocks of Madrid go forward and back: the last Sundays of March and October.
func clockChanges(now time.Time) (spring, autumn string) {
	last := func(month time.Month) string {
		for year := now.Year(); ; year++ {
			day := time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC)
			day = day.AddDate(0, 0, -int(day.Weekday()))
			if day.After(now) {
				return day.Format(time.DateOnly)
			}
		}
	}
	return last(time.March), last(time.October)
}
