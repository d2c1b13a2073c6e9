package gateway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/inbox"
	"recado/internal/simulator"
)

func TestHook(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, newOutside(t, simulator.Config{}), d, Config{}).run()
		t.Run("the handshake answers the challenge, and only with our token", func(t *testing.T) {
			for token, want := range map[string]int{simulator.DemoVerifyToken: 200, "other": 403, "": 403} {
				answer, err := http.Get(h.door.URL + "/hooks/whatsapp?hub.mode=subscribe&hub.challenge=%3Cb%3E8301&hub.verify_token=" + token)
				if err != nil {
					t.Fatal(err)
				}
				body, _ := io.ReadAll(answer.Body)
				answer.Body.Close()
				if answer.StatusCode != want || want == 200 && (string(body) != "<b>8301" || !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/plain")) {
					t.Errorf("token %q: %d %s", token, answer.StatusCode, body)
				}
			}
		})
		t.Run("unsigned, wrongly signed and too large bodies are refused and leave nothing", func(t *testing.T) {
			body := envelope("messages", simulator.DemoNumberVentas, textFrom("5531955000009", "wamid.no", "hola"))
			large := `{"x":"` + strings.Repeat("a", 5<<20) + `"}`
			for name, try := range map[string]struct {
				body, secret string
				want         int
			}{"missing": {body, "", 401}, "wrong": {body, "other", 401}, "large": {large, simulator.DemoAppSecret, 413}, "large unsigned": {large, "", 413}} {
				if code := h.post(try.body, try.secret); code != try.want {
					t.Errorf("%s: %d, want %d", name, code, try.want)
				}
			}
			if n := h.count("select count(*) from intake"); n != 0 {
				t.Errorf("%d events were kept", n)
			}
		})
		t.Run("other methods are not allowed", func(t *testing.T) {
			req, _ := http.NewRequest(http.MethodDelete, h.door.URL+"/hooks/whatsapp", nil)
			answer, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if answer.StatusCode != http.StatusMethodNotAllowed {
				t.Error(answer.StatusCode)
			}
		})
		t.Run("what is signed but no JSON is kept and set aside at once", func(t *testing.T) {
			if code := h.post("hola {", simulator.DemoAppSecret); code != 200 {
				t.Fatal(code)
			}
			h.comes(1, "select count(*) from intake where state = 2 and error <> ''")
			aside, err := h.gate.SetAside(t.Context(), 10)
			if err != nil || len(aside) != 1 || aside[0].Error == "" {
				t.Errorf("%+v %v", aside, err)
			}
		})
		t.Run("unknown numbers, fields and types are done with, and nothing else stands behind them", func(t *testing.T) {
			h.deliver("messages", "2999999999999999", textFrom("5531955000009", "wamid.other", "para otro"))
			h.deliver("a_field_of_tomorrow", "", `"event":"SOMETHING"`)
			h.deliver("messages", simulator.DemoNumberVentas, `"contacts":[{"wa_id":"5531955000010"}],"messages":[{"from":"5531955000010","id":"wamid.odd","timestamp":"1794045600","type":"hologram","hologram":{"x":1}}]`)
			h.comes(0, "select count(*) from intake where state = 0")
			h.comes(1, "select count(*) from intake where state = 1 and error like 'unknown number%'")
			h.comes(1, "select count(*) from messages where external_id = 'wamid.odd' and kind = 'unsupported'")
			h.comes(0, "select count(*) from messages where external_id = 'wamid.other'")
		})
		t.Run("the same event ten times is one message", func(t *testing.T) {
			inner := textFrom("5531955000011", "wamid.ten", "hola")
			var posts sync.WaitGroup
			for range 10 {
				posts.Go(func() { h.deliver("messages", simulator.DemoNumberVentas, inner) })
			}
			posts.Wait()
			h.comes(0, "select count(*) from intake where state = 0")
			h.comes(1, "select count(*) from messages where external_id = 'wamid.ten'")
			h.comes(1, "select unread from conversations c join messages m on m.conversation_id = c.id where m.external_id = 'wamid.ten'")
		})
	})
}

func TestIntake(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, newOutside(t, simulator.Config{}), d, Config{})
		broken := &poison{Room: h.gate}
		h.run()
		t.Run("a status before its message waits for it, and statuses never go back", func(t *testing.T) {
			now := time.Now()
			h.deliver("messages", simulator.DemoNumberVentas, statusOf("wamid.early", "", "read", now))
			h.comes(1, "select count(*) from early_statuses where external_id = 'wamid.early'")
			h.deliver("smb_message_echoes", simulator.DemoNumberVentas, fmt.Sprintf(
				`"message_echoes":[{"from":"5531955501001","to":"5531955000001","id":"wamid.early","timestamp":"%d","type":"text","text":{"body":"desde el teléfono"}}]`, now.Unix()))
			h.comes(int64(conversation.Read), "select max(status) from messages where external_id = 'wamid.early'")
			for _, late := range []string{"sent", "delivered"} {
				h.deliver("messages", simulator.DemoNumberVentas, statusOf("wamid.early", "", late, now))
			}
			h.comes(0, "select count(*) from intake where state = 0")
			h.comes(int64(conversation.Read), "select max(status) from messages where external_id = 'wamid.early'")
		})
		t.Run("an edit and a deletion that overtake their message wait for it", func(t *testing.T) {
			h.fault(simulator.Fault{Kind: simulator.FaultWebhookDelay, Count: 1, Hold: 40})
			id, err := h.provider.Say("5531955000018", simulator.Said{Number: simulator.DemoNumberVentas, Type: "text", Text: "mi clave es 1234"})
			h.must(err)
			for _, said := range []simulator.Said{{Type: "edit", Text: "mi clave"}, {Type: "revoke"}} {
				said.Number, said.ReplyTo = simulator.DemoNumberVentas, id
				_, err := h.provider.Say("5531955000018", said)
				h.must(err)
			}
			h.comes(2, "select count(*) from early_changes where original_id = $1", id)
			h.comes(0, "select count(*) from messages where external_id = $1", id)
			h.comes(1, "select count(*) from messages where external_id = $1 and revoked_at > 0 and edited_at > 0 and body = 'mi clave'", id)
			h.comes(0, "select count(*) from early_changes")
			h.comes(0, "select count(*) from messages where kind in ('edit', 'revoke')")
			h.comes(1, "select count(*) from conversations c join messages m on m.conversation_id = c.id where m.external_id = $1 and c.preview = '' and c.preview_kind = 'revoke'", id)
		})
		t.Run("one person's messages stay in order", func(t *testing.T) {
			for i := range 50 {
				h.deliver("messages", simulator.DemoNumberVentas, textFrom("5531955000012", fmt.Sprintf("wamid.order%02d", i), fmt.Sprintf("%02d", i)))
			}
			h.comes(50, "select count(*) from messages where external_id like 'wamid.order%'")
			got, err := db.All[string](t.Context(), d, "select body from messages where external_id like 'wamid.order%' order by id")
			if err != nil {
				t.Fatal(err)
			}
			for i, body := range got {
				if body != fmt.Sprintf("%02d", i) {
					t.Fatalf("place %d has %q", i, body)
				}
			}
		})
		t.Run("a poison event is set aside after five tries, and alone", func(t *testing.T) {
			broken.plant("wamid.poison")
			defer broken.remove()
			for i := range 20 {
				id := fmt.Sprintf("wamid.good%02d", i)
				if i == 13 {
					id = "wamid.poison"
				}
				h.deliver("messages", simulator.DemoNumberVentas, textFrom(fmt.Sprintf("55319550001%02d", i), id, "hola"))
			}
			h.comes(19, "select count(*) from messages where external_id like 'wamid.good%'")
			h.comes(1, "select count(*) from intake where state = 2 and attempts = 5")
			h.comes(0, "select count(*) from intake where state = 0")
		})
		t.Run("replaying the whole journal changes nothing but heals what was set aside", func(t *testing.T) {
			h.deliver("message_template_status_update", "", `"event":"PAUSED","message_template_id":1,"message_template_name":"x","message_template_language":"es"`)
			h.comes(0, "select count(*) from intake where state = 0")
			before := snapshot(t, d)
			n, err := h.gate.Replay(t.Context(), 0)
			if err != nil || n == 0 {
				t.Fatal(n, err)
			}
			h.comes(0, "select count(*) from intake where state = 0")
			h.comes(1, "select count(*) from messages where external_id = 'wamid.poison'")
			if _, err := h.gate.Replay(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
			h.comes(0, "select count(*) from intake where state = 0")
			after := snapshot(t, d)
			before["messages"]++ // the healed one
			before["contacts"]++
			before["conversations"]++
			before["message.received"]++
			before["other facts"]++ // contact.created
			for what, n := range before {
				if after[what] != n {
					t.Errorf("%s: %d, want %d", what, after[what], n)
				}
			}
		})
		t.Run("what is done and old is forgotten", func(t *testing.T) {
			if n, err := h.gate.forget(t.Context()); err != nil || n != 0 {
				t.Fatalf("%d of today were forgotten (%v)", n, err)
			}
			h.gate.config.Retain = -time.Second
			if n, err := h.gate.forget(t.Context()); err != nil || n == 0 {
				t.Fatalf("%d were forgotten (%v)", n, err)
			}
			h.comes(0, "select count(*) from intake where state = 1")
		})
	})
}

func snapshot(t *testing.T, d *db.DB) map[string]int64 {
	t.Helper()
	out := map[string]int64{}
	for what, text := range map[string]string{
		"messages": "select count(*) from messages", "contacts": "select count(*) from contacts", "conversations": "select count(*) from conversations",
		"files": "select count(*) from files", "early": "select count(*) from early_statuses", "early changes": "select count(*) from early_changes",
		"message.received": "select count(*) from events where kind = 'message.received'",
		"other facts":      "select count(*) from events where kind <> 'message.received'",
		"windows":          "select coalesce(sum(window_until % 100000), 0) from conversations where id not in (select conversation_id from messages where external_id = 'wamid.poison')",
	} {
		n, err := db.One[int64](t.Context(), d, text)
		if err != nil {
			t.Fatal(err)
		}
		out[what] = n
	}
	return out
}

// poison makes the database refuse one message, as a mistake of ours would.
type poison struct{ *Room }

func (p *poison) plant(external string) {
	p.exec("create table if not exists poisoned (external_id text primary key)")
	p.exec("insert into poisoned values ('" + external + "')")
	if p.d.Dialect() == db.Postgres {
		p.exec(`create or replace function refuse() returns trigger as $x$ begin
			if exists (select 1 from poisoned p where p.external_id = new.external_id) then raise exception 'poison'; end if; return new; end $x$ language plpgsql`)
		p.exec("create trigger poison before insert on messages for each row execute function refuse()")
		return
	}
	p.exec(`create trigger poison before insert on messages when exists (select 1 from poisoned p where p.external_id = new.external_id)
		begin select raise(abort, 'poison'); end`)
}

func (p *poison) remove() {
	if p.d.Dialect() == db.Postgres {
		p.exec("drop trigger poison on messages")
	} else {
		p.exec("drop trigger poison")
	}
	p.exec("delete from poisoned")
}

func (p *poison) exec(text string) {
	err := p.d.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, text)
		return err
	})
	if err != nil {
		panic(err)
	}
}

// TestLimitsRead sees to it that how many people an account may write to first is known after a sync and after news of it.
func TestLimitsRead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		t.Run("a sync reads it", func(t *testing.T) {
			h := open(t, newOutside(t, simulator.Config{MessagingLimit: 2000}), d, Config{}).run()
			if _, err := h.gate.SyncTemplates(t.Context(), h.box.ID); err != nil {
				t.Fatal(err)
			}
			h.comes(1, "select count(*) from inboxes where people_limit = 2000")
		})
	})
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		t.Run("so does news of it", func(t *testing.T) {
			h := open(t, newOutside(t, simulator.Config{MessagingLimit: 250}), d, Config{}).run()
			h.deliver("business_capability_update", "", `"max_daily_conversations_per_business":250,"max_phone_numbers_per_business":20`)
			h.comes(1, "select count(*) from inboxes where people_limit = 250")
		})
	})
}

func TestAccountNews(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, newOutside(t, simulator.Config{}), d, Config{}).run()
		if n, err := h.gate.SyncTemplates(t.Context(), h.box.ID); err != nil || n == 0 {
			t.Fatal(n, err)
		}
		t.Run("a paused template is paused here", func(t *testing.T) {
			h.deliver("message_template_status_update", "", `"event":"PAUSED","message_template_id":7090010010010001,"message_template_name":"promo_primavera","message_template_language":"es"`)
			h.comes(1, "select count(*) from templates where name = 'promo_primavera' and status = 'PAUSED'")
			h.comes(1, "select count(*) from events where kind = 'template.changed' and subject_id <> 0")
		})
		t.Run("why a template was refused is kept, and forgotten when it is approved", func(t *testing.T) {
			h.deliver("message_template_status_update", "", `"event":"REJECTED","message_template_id":7090010010010001,"message_template_name":"promo_primavera","message_template_language":"es","reason":"INVALID_FORMAT"`)
			h.comes(1, "select count(*) from templates where name = 'promo_primavera' and status = 'REJECTED' and status_reason = 'INVALID_FORMAT'")
			h.deliver("message_template_status_update", "", `"event":"APPROVED","message_template_id":7090010010010001,"message_template_name":"promo_primavera","message_template_language":"es","reason":"NONE"`)
			h.comes(1, "select count(*) from templates where name = 'promo_primavera' and status = 'APPROVED' and status_reason = ''")
		})
		t.Run("a flagged number has low quality at once, and news of its quality has the number asked", func(t *testing.T) {
			number := `"display_phone_number":"` + h.box.Address + `","event":`
			h.deliver("phone_number_quality_update", "", number+`"FLAGGED"`)
			h.comes(1, "select count(*) from events where kind = 'inbox.changed' and data_json like '%\"quality\":\"RED\"%'")
			h.comes(1, "select count(*) from inboxes where quality = 'GREEN'") // what the provider's own list says in the end
		})
		t.Run("a restricted account blocks its numbers, and lifting it frees them", func(t *testing.T) {
			h.deliver("account_update", "", `"event":"ACCOUNT_RESTRICTION","restriction_info":[{"restriction_type":"RESTRICTED_BIZ_INITIATED_MESSAGING"}]`)
			h.comes(1, "select count(*) from inboxes where status = 'blocked'")
			h.deliver("account_update", "", `"event":"DISABLED_UPDATE","ban_info":{"waba_ban_state":"REINSTATE"}`)
			h.comes(1, "select count(*) from inboxes where status = 'connected'")
			if n := h.count("select count(*) from events where kind = $1 and data_json not like '%quality_before%'", inbox.Changed); n != 3 {
				t.Errorf("%d facts of the inbox, want 3", n)
			}
		})
		t.Run("a person who stops marketing is opted out, also before the first word", func(t *testing.T) {
			h.deliver("user_preferences", simulator.DemoNumberVentas, `"contacts":[{"wa_id":"5531955000020"}],"user_preferences":[{"wa_id":"5531955000020","category":"marketing_messages","value":"stop","timestamp":1794045600}]`)
			h.comes(1, "select count(*) from contacts where opted_out_at = 1794045600000 and opted_out_source = 'provider'")
			h.deliver("user_preferences", simulator.DemoNumberVentas, `"contacts":[{"wa_id":"5531955000020"}],"user_preferences":[{"wa_id":"5531955000020","category":"marketing_messages","value":"resume","timestamp":1794045700}]`)
			h.comes(0, "select count(*) from contacts where opted_out_at is not null")
		})
	})
}

func TestFiles(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, newOutside(t, simulator.Config{}), d, Config{}).run()
		t.Run("an inbound file is fetched, once, and then told", func(t *testing.T) {
			if _, err := h.provider.Say("5531955000030", simulator.Said{Number: simulator.DemoNumberVentas, Type: "image", Text: "mira"}); err != nil {
				t.Fatal(err)
			}
			h.comes(1, "select count(*) from files f join messages m on m.media_id = f.id where f.state = 'ready' and f.size > 0")
			h.comes(1, "select count(*) from events where kind = $1", conversation.MessageChanged)
		})
		t.Run("a file the provider lost is marked as failed", func(t *testing.T) {
			h.deliver("messages", simulator.DemoNumberVentas, `"contacts":[{"wa_id":"5531955000031"}],"messages":[{"from":"5531955000031","id":"wamid.lost","timestamp":"1794045600","type":"image","image":{"id":"1","mime_type":"image/jpeg"}}]`)
			h.comes(1, "select count(*) from files where state = 'failed' and error <> ''")
		})
	})
}

func TestJournalWithoutDatabase(t *testing.T) {
	d := dbtest.SQLite(t)
	h := open(t, newOutside(t, simulator.Config{}), d, Config{}).run()
	h.deliver("messages", simulator.DemoNumberVentas, textFrom("5531955000040", "wamid.before", "hola"))
	h.comes(1, "select count(*) from messages")
	limit := func(pages int64) {
		if _, err := d.WritePool().Exec(fmt.Sprintf("pragma max_page_count = %d", pages)); err != nil {
			t.Fatal(err)
		}
	}
	limit(1) // SQLite takes it as "no page more than there are"
	refused := 0
	for i := 0; refused < 5 && i < 2000; i++ {
		switch code := h.post(envelope("messages", simulator.DemoNumberVentas, textFrom("5531955000041", fmt.Sprintf("wamid.full%d", i), strings.Repeat("x", 2000))), simulator.DemoAppSecret); code {
		case 200:
		case 503:
			refused++
		default:
			t.Fatalf("the hook answered %d", code)
		}
	}
	if refused < 5 {
		t.Fatal("the disk never filled up")
	}
	accepted := h.count("select count(*) from intake")
	if n := h.count("select count(*) from intake where state = 2 or attempts > 0"); n != 0 {
		t.Errorf("%d events were blamed for a full disk", n)
	}
	limit(1 << 30)
	h.comes(0, "select count(*) from intake where state = 0")
	h.comes(accepted, "select count(*) from messages")
	if err := h.gate.Ready(t.Context()); err != nil {
		t.Errorf("not ready again: %v", err)
	}
}

func TestReady(t *testing.T) {
	d := dbtest.SQLite(t)
	h := open(t, newOutside(t, simulator.Config{}), d, Config{})
	h.must(h.gate.Ready(t.Context()))
	h.must(d.Close())
	if err := h.gate.Ready(t.Context()); err == nil {
		t.Error("ready without a database")
	}
	if err := h.gate.journal.append(expired(), "whatsapp", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("an impatient request got %v", err)
	}
}

func expired() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
