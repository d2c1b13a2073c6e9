package campaign_test

import (
	"context"
	"sync"
	"testing"

	"recado/internal/account"
	"recado/internal/campaign"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/fault"
	"recado/internal/inbox"
)

// agent may answer at ventas and at no other number.
func (w *world) agent() account.Actor {
	w.t.Helper()
	return account.Actor{Kind: account.KindUser, Workspace: w.workspace, User: w.sender.User, Locale: "es", Permissions: account.Permissions{
		Areas: map[account.Area]account.Level{account.Desk: account.Edit}, Abilities: []account.Ability{account.Reply}}}
}

// exec runs a statement of a room this one does not have.
func (w *world) exec(text string, args ...any) {
	w.t.Helper()
	w.must(w.d.Write(w.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, text, args...)
		return err
	}))
}

func (w *world) workspaceRow() {
	w.t.Helper()
	w.exec("insert into workspaces (id, name, created_at) values ($1, 'Aurora', 1)", w.workspace)
}

func (w *world) member(user db.ID, email string) {
	w.t.Helper()
	w.exec("insert into users (id, email, name, created_at) values ($1, $2, 'Ana', 1)", user, email)
	w.exec("insert into members (workspace_id, id, user_id, created_at) values ($1, $2, $3, 1)", w.workspace, w.d.NewID(), user)
}

// own sets the service of a number apart.
func (w *world) own(number db.ID, own inbox.Attention) {
	w.t.Helper()
	w.must(w.d.Write(w.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := w.inboxes.SetAttentionIn(ctx, tx, account.System(w.workspace), number, own, -1)
		return err
	}))
}

func toPhones(phones ...string) (people []campaign.ActivePerson) {
	for _, phone := range phones {
		people = append(people, campaign.ActivePerson{Phone: phone})
	}
	return people
}

func TestSendActive(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.workspaceRow()
		ctx, agent := t.Context(), w.agent()
		key := account.Actor{Kind: account.KindKey, Workspace: w.workspace, Locale: "en", Permissions: account.All()}
		queue := campaign.Route{Target: campaign.ToQueue, TargetID: 81}
		greeting := w.template(accountOne, "saludo", "es")
		asks := func(key string, phones ...string) campaign.Active {
			return campaign.Active{Inbox: w.ventas.ID, Template: greeting, Route: queue, Key: key, People: toPhones(phones...),
				Values: map[string]campaign.Source{"body.1": {Field: "name", Fallback: "amiga"}}}
		}

		t.Run("B73 X14 a few people, each with what is known of them, by a campaign that names its origin", func(t *testing.T) {
			known := w.contact("+5531985550101", "Camila Ríos", nil)
			m := asks("", "+55 31 98555-0102")
			m.People = append(m.People, campaign.ActivePerson{Contact: known}, campaign.ActivePerson{Phone: "31 98555-0103", Name: "Iván", Values: map[string]string{"body.1": "Iván Díaz"}})
			sent, err := w.room.SendActive(ctx, agent, m)
			w.must(err)
			if len(sent.People) != 3 || sent.People[1].Contact != known || sent.People[0].Conversation == 0 {
				t.Fatalf("%+v", sent)
			}
			c := w.sendAll(sent.Campaign)
			if c.Origin != campaign.OriginDesk || c.Name != "saludo" || c.Recipients != 3 || c.Check.Ready != 3 {
				t.Fatalf("%+v", c)
			}
			for i, want := range []string{"Hola amiga, gracias.", "Hola Camila Ríos, gracias.", "Hola Iván Díaz, gracias."} {
				messages, _, err := w.conversations.Messages(ctx, w.workspace, sent.People[i].Conversation, 0, 10)
				w.must(err)
				if len(messages) != 1 || messages[0].Text != want || messages[0].Ticket != 0 {
					t.Errorf("%d: %+v", i, messages)
				}
			}
		})
		t.Run("who cannot be written to is left out with the reason, and nobody at all is refused", func(t *testing.T) {
			w.contact("+5531985550111", "Sin Ganas", nil)
			w.optOut("+5531985550111")
			sent, err := w.room.SendActive(ctx, agent, asks("", "12", "+5531985550112", "+5531985550112", "+5531985550111"))
			w.must(err)
			for i, want := range []string{"row.phone_too_short", "", "row.duplicate", "row.opted_out"} {
				got := ""
				if p := sent.People[i].Problem; p != nil {
					got = p.Code
				}
				if got != want {
					t.Errorf("person %d: %q, want %q", i, got, want)
				}
			}
			if _, err := w.room.SendActive(ctx, agent, asks("", "+5531985550111")); !fault.Is(err, "campaign.row.opted_out") {
				t.Errorf("%v", err)
			}
		})
		t.Run("a number out of reach, a template of another account, too many people and no route are refused", func(t *testing.T) {
			for code, change := range map[string]func(*campaign.Active){
				"campaign.row.sender_not_mine":       func(m *campaign.Active) { m.Inbox = w.soporte.ID },
				"campaign.row.template_other_number": func(m *campaign.Active) { m.Template = w.template(accountTwo, "promo_br", "pt_BR"); m.Values = nil },
				"campaign.missing.template":          func(m *campaign.Active) { m.Template = 5 },
				"campaign.row.variable_missing":      func(m *campaign.Active) { m.Values = nil },
				"campaign.row.variable_surplus":      func(m *campaign.Active) { m.Values["body.2"] = campaign.Source{Text: "de más"} },
				"campaign.row.queue_unknown":         func(m *campaign.Active) { m.Route.TargetID = 999 },
				"campaign.route.flow_unknown":        func(m *campaign.Active) { m.Route = campaign.Route{Target: campaign.ToBot, TargetID: 999} },
				"active.people":                      func(m *campaign.Active) { m.People = make([]campaign.ActivePerson, 16) },
				"contact.not_found":                  func(m *campaign.Active) { m.People[0] = campaign.ActivePerson{Contact: 7} },
			} {
				m := asks("", "+5531985550121")
				change(&m)
				if _, err := w.room.SendActive(ctx, agent, m); !fault.Is(err, code) {
					t.Errorf("%s: %v", code, err)
				}
			}
			none := account.Actor{Kind: account.KindUser, Workspace: w.workspace, User: 3, Permissions: account.Permissions{}}
			if _, err := w.room.SendActive(ctx, none, asks("", "+5531985550121")); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%v", err)
			}
			w.own(w.ventas.ID, inbox.Attention{ActivePeople: new(int64(2))})
			if _, err := w.room.SendActive(ctx, agent, asks("", "+5531985550121", "+5531985550122", "+5531985550123")); !fault.Is(err, "active.people") {
				t.Errorf("%v", err)
			}
			w.own(w.ventas.ID, inbox.Attention{})
		})
		t.Run("B170 from a number that does not allow it no person writes first, but a key does", func(t *testing.T) {
			w.own(w.ventas.ID, inbox.Attention{Active: new(false)})
			if _, err := w.room.SendActive(ctx, agent, asks("", "+5531985553601")); !fault.Is(err, "active.not_here") {
				t.Errorf("%v", err)
			}
			if _, err := w.room.SendActive(ctx, key, asks("", "+5531985553602")); err != nil {
				t.Error(err)
			}
			limits, err := w.room.ActiveLimits(ctx, w.workspace)
			if err != nil || limits[w.ventas.ID] != 0 || limits[w.soporte.ID] != 15 {
				t.Errorf("%v %v", limits, err)
			}
			w.own(w.ventas.ID, inbox.Attention{})
		})
		t.Run("a key used again, also a hundred times at once, sends once; something else with it is refused", func(t *testing.T) {
			var wait sync.WaitGroup
			answers := make([]campaign.Sent, 100)
			for i := range answers {
				wait.Go(func() {
					var err error
					if answers[i], err = w.room.SendActive(context.WithoutCancel(ctx), key, asks("pedido-7", "+5531985550131")); err != nil {
						t.Error(err)
					}
				})
			}
			wait.Wait()
			for _, one := range answers {
				if one.Campaign != answers[0].Campaign || one.People[0].Conversation != answers[0].People[0].Conversation {
					t.Fatalf("%+v and %+v", one, answers[0])
				}
			}
			w.sendAll(answers[0].Campaign)
			messages, _, err := w.conversations.Messages(ctx, w.workspace, answers[0].People[0].Conversation, 0, 10)
			w.must(err)
			if len(messages) != 1 {
				t.Errorf("%d messages", len(messages))
			}
			w.optOut("+5531985550131")
			if again, err := w.room.SendActive(ctx, key, asks("pedido-7", "+5531985550131")); err != nil || again.Campaign != answers[0].Campaign {
				t.Errorf("asked again after the person opted out: %+v, %v", again, err)
			}
			if _, err := w.room.SendActive(ctx, key, asks("pedido-7", "+5531985550132")); !fault.Is(err, "active.key_used") {
				t.Errorf("%v", err)
			}
			if got := w.get(answers[0].Campaign); got.Origin != campaign.OriginAPI {
				t.Errorf("%+v", got)
			}
		})
		t.Run("X14 without a route the reply goes to the agent who wrote", func(t *testing.T) {
			w.member(71, "ana@aurora.example")
			ana := w.owner
			ana.User = 71
			m := asks("", "+5531985550141")
			m.Route = campaign.Route{}
			sent, err := w.room.SendActive(ctx, ana, m)
			w.must(err)
			if got := w.get(sent.Campaign).Route; got.Target != conversation.TargetAgent || got.TargetID != 71 {
				t.Errorf("%+v", got)
			}
		})
	})
}
