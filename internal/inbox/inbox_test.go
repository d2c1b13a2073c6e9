package inbox_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/event"
	"recado/internal/fault"
	"recado/internal/inbox"
)

const (
	shop db.ID = 7
	olga db.ID = 11
	ana  db.ID = 12
)

func newRoom(t *testing.T, d *db.DB) *inbox.Room {
	t.Helper()
	sealer, err := inbox.NewSealer("0123456789abcdef")
	if err != nil {
		t.Fatal(err)
	}
	return inbox.New(d, event.NewLog(d, event.NewBell(d)), sealer)
}

func ventas() inbox.Draft {
	return inbox.Draft{Workspace: shop, Channel: channel.WhatsApp, Label: "Ventas", Address: "5531955501001", ExternalID: "2090010010010011",
		Account: "1090010010010010", Token: "s3cret-token", Owner: olga}
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func facts(t *testing.T, d *db.DB) int {
	t.Helper()
	return must[int](t)(db.One[int](context.Background(), d, "select count(*) from events where kind = $1", inbox.Changed))
}

func TestInbox(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		r := newRoom(t, d)
		box := must[inbox.Inbox](t)(r.Create(ctx, ventas()))

		t.Run("a new inbox is connected, has the defaults and tells a fact", func(t *testing.T) {
			got := must[inbox.Inbox](t)(r.Get(ctx, shop, box.ID))
			if got != box || got.Status != inbox.Connected || got.SendRate != inbox.DefaultRate || got.FirstResponder != inbox.FirstQueue {
				t.Errorf("got %+v", got)
			}
			if n := facts(t, d); n != 1 {
				t.Errorf("%d facts", n)
			}
		})

		t.Run("the token is sealed in the database and opens for calls", func(t *testing.T) {
			sealed := must[[]byte](t)(db.One[[]byte](ctx, d, "select token_sealed from inboxes where id = $1", box.ID))
			if strings.Contains(string(sealed), "s3cret") {
				t.Error("the token stands in the clear")
			}
			c := must[channel.Credentials](t)(r.Credentials(ctx, box.ID))
			if c != (channel.Credentials{InboxExternalID: "2090010010010011", AccountExternalID: "1090010010010010", Token: "s3cret-token"}) {
				t.Errorf("got %+v", c)
			}
		})

		t.Run("with another key the token does not open, and the words say what to do", func(t *testing.T) {
			sealer, err := inbox.NewSealer("another-key-of-16")
			if err != nil {
				t.Fatal(err)
			}
			other := inbox.New(d, event.NewLog(d, event.NewBell(d)), sealer)
			if _, err := other.Credentials(ctx, box.ID); !fault.Is(err, "inbox.token") {
				t.Errorf("got %v", err)
			}
		})

		t.Run("the provider's id is one inbox only", func(t *testing.T) {
			draft := ventas()
			draft.Workspace = shop + 1
			if _, err := r.Create(ctx, draft); fault.KindOf(err) != fault.Conflict {
				t.Errorf("got %v", err)
			}
		})

		t.Run("another workspace does not see it", func(t *testing.T) {
			if _, err := r.Get(ctx, shop+1, box.ID); fault.KindOf(err) != fault.NotFound {
				t.Errorf("get: %v", err)
			}
			if _, err := r.Update(ctx, shop+1, box.ID, inbox.Change{}); fault.KindOf(err) != fault.NotFound {
				t.Errorf("update: %v", err)
			}
			if err := r.AddMember(ctx, shop+1, box.ID, ana, inbox.Agent); fault.KindOf(err) != fault.NotFound {
				t.Errorf("member: %v", err)
			}
			if all := must[[]inbox.Inbox](t)(r.List(ctx, shop+1)); len(all) != 0 {
				t.Errorf("listed %d", len(all))
			}
		})

		t.Run("it is found by the provider's id, unknown ids are left out", func(t *testing.T) {
			for range 2 { // from the database, then from memory
				found := must[map[string]inbox.Inbox](t)(r.ByExternal(ctx, channel.WhatsApp, []string{"2090010010010011", "404", "2090010010010011"}))
				if len(found) != 1 || found["2090010010010011"].ID != box.ID {
					t.Errorf("got %+v", found)
				}
			}
		})

		t.Run("a change is seen at once here and within a second on another node", func(t *testing.T) {
			other := newRoom(t, d)
			must[inbox.Inbox](t)(other.Get(ctx, shop, box.ID))
			must[map[string]inbox.Inbox](t)(other.ByExternal(ctx, channel.WhatsApp, []string{"2090010010010011"}))
			if err := r.SetStatus(ctx, box.ID, inbox.Disconnected, 190); err != nil {
				t.Fatal(err)
			}
			if got := must[inbox.Inbox](t)(r.Get(ctx, shop, box.ID)); got.Status != inbox.Disconnected || got.StatusCode != 190 {
				t.Errorf("here: %+v", got)
			}
			time.Sleep(1100 * time.Millisecond)
			if got := must[inbox.Inbox](t)(other.Get(ctx, shop, box.ID)); got.Status != inbox.Disconnected {
				t.Errorf("on the other node: %s", got.Status)
			}
			if got := must[map[string]inbox.Inbox](t)(other.ByExternal(ctx, channel.WhatsApp, []string{"2090010010010011"})); got["2090010010010011"].Status != inbox.Disconnected {
				t.Errorf("by the provider's id: %s", got["2090010010010011"].Status)
			}
		})

		t.Run("the same status again changes and tells nothing", func(t *testing.T) {
			before := facts(t, d)
			if err := r.SetStatus(ctx, box.ID, inbox.Disconnected, 190); err != nil {
				t.Fatal(err)
			}
			if n := facts(t, d) - before; n != 0 {
				t.Errorf("%d facts", n)
			}
		})

		t.Run("a new token connects it again", func(t *testing.T) {
			token := "n3w"
			got := must[inbox.Inbox](t)(r.Update(ctx, shop, box.ID, inbox.Change{Token: &token}))
			if got.Status != inbox.Connected || must[channel.Credentials](t)(r.Credentials(ctx, box.ID)).Token != token {
				t.Errorf("got %+v", got)
			}
		})

		t.Run("settings change one by one and are checked", func(t *testing.T) {
			queue, zone, rate, nobody := db.ID(99), "America/Argentina/Buenos_Aires", 0.0, db.ID(0)
			must[inbox.Inbox](t)(r.Update(ctx, shop, box.ID, inbox.Change{DefaultQueue: &queue, TimeZone: &zone, SendRate: &rate, Owner: &nobody}))
			got := must[inbox.Inbox](t)(r.Get(ctx, shop, box.ID))
			if got.DefaultQueue != queue || got.TimeZone != zone || got.SendRate != 0 || got.Owner != 0 || got.Label != "Ventas" {
				t.Errorf("got %+v", got)
			}
			wrongZone, wrongRate, wrongFirst, noLabel := "Mars/Olympus", -1.0, "parrot", "  "
			for field, change := range map[string]inbox.Change{"time_zone": {TimeZone: &wrongZone}, "send_rate": {SendRate: &wrongRate},
				"first_responder": {FirstResponder: &wrongFirst}, "label": {Label: &noLabel}} {
				if _, err := r.Update(ctx, shop, box.ID, change); fault.KindOf(err) != fault.Invalid {
					t.Errorf("%s: %v", field, err)
				}
			}
		})

		t.Run("owner, agents and managers have access, others have not", func(t *testing.T) {
			owner := olga
			must[inbox.Inbox](t)(r.Update(ctx, shop, box.ID, inbox.Change{Owner: &owner}))
			for range 2 {
				if err := r.AddMember(ctx, shop, box.ID, ana, inbox.Agent); err != nil {
					t.Fatal(err)
				}
			}
			if err := r.AddMember(ctx, shop, box.ID, ana, "boss"); fault.KindOf(err) != fault.Invalid {
				t.Errorf("an unknown part: %v", err)
			}
			for user, want := range map[db.ID]bool{olga: true, ana: true, 13: false} {
				if got := must[bool](t)(r.HasAccess(ctx, shop, box.ID, user)); got != want {
					t.Errorf("user %d: %v", user, got)
				}
				if ids := must[[]db.ID](t)(r.OfUser(ctx, shop, user)); (len(ids) == 1) != want {
					t.Errorf("inboxes of user %d: %v", user, ids)
				}
			}
			if members := must[[]inbox.Member](t)(r.Members(ctx, shop, box.ID)); len(members) != 1 || members[0] != (inbox.Member{User: ana, Part: inbox.Agent}) {
				t.Errorf("members %v", members)
			}
			if err := r.RemoveMember(ctx, shop, box.ID, ana, inbox.Agent); err != nil {
				t.Fatal(err)
			}
			if must[bool](t)(r.HasAccess(ctx, shop, box.ID, ana)) {
				t.Error("access stayed")
			}
		})

		t.Run("quality and news of the account", func(t *testing.T) {
			err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return r.SetQualityIn(ctx, tx, box.ID, "YELLOW") })
			if err != nil {
				t.Fatal(err)
			}
			all := must[[]inbox.Inbox](t)(r.OfAccount(ctx, channel.WhatsApp, "1090010010010010"))
			if len(all) != 1 || all[0].Quality != "YELLOW" {
				t.Errorf("got %+v", all)
			}
		})

		t.Run("inside a transaction it is read through the transaction", func(t *testing.T) {
			err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				found, err := r.GetIn(ctx, tx, shop, box.ID, 404)
				if err == nil && (len(found) != 1 || found[box.ID].Label != "Ventas") {
					t.Errorf("got %+v", found)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	})
}

func TestProper(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		r := newRoom(t, d)
		box := must[inbox.Inbox](t)(r.Create(ctx, ventas()))
		bare, elsewhere := ventas(), ventas()
		bare.ExternalID, bare.Token = "2090010010010012", ""
		must[inbox.Inbox](t)(r.Create(ctx, bare))
		elsewhere.ExternalID, elsewhere.Workspace = "2090010010010013", shop+1
		must[inbox.Inbox](t)(r.Create(ctx, elsewhere))
		proper := func(what string, r *inbox.Room, want bool) {
			t.Helper()
			got := must[map[db.ID]bool](t)(r.Proper(ctx, shop))
			if got[box.ID] != want || len(got) > 1 {
				t.Errorf("%s: %v", what, got)
			}
		}
		proper("A07 with a token the provider takes", r, true)
		other, err := inbox.NewSealer("another secret key")
		if err != nil {
			t.Fatal(err)
		}
		proper("A07 with a token that cannot be read", inbox.New(d, event.NewLog(d, event.NewBell(d)), other), false)
		if err := r.SetStatus(ctx, box.ID, inbox.Disconnected, 190); err != nil {
			t.Fatal(err)
		}
		proper("A07 with a token the provider refused", r, false)
	})
}

func TestSealer(t *testing.T) {
	t.Run("what was sealed opens in its context only, and only unchanged", func(t *testing.T) {
		s, err := inbox.NewSealer("0123456789abcdef")
		if err != nil {
			t.Fatal(err)
		}
		sealed := s.Seal([]byte("token"), "inbox:1")
		if plain, err := s.Open(sealed, "inbox:1"); err != nil || string(plain) != "token" {
			t.Errorf("%q, %v", plain, err)
		}
		if _, err := s.Open(sealed, "inbox:2"); err == nil {
			t.Error("it opens in another row")
		}
		for i := range sealed {
			changed := append([]byte(nil), sealed...)
			changed[i] ^= 1
			if _, err := s.Open(changed, "inbox:1"); err == nil {
				t.Errorf("it opens with byte %d changed", i)
			}
		}
		for n := range sealed {
			if plain, err := s.Open(sealed[:n], "inbox:1"); err == nil && len(plain) > 0 {
				t.Errorf("it opens with %d bytes", n)
			}
		}
		if string(s.Seal([]byte("token"), "inbox:1")) == string(sealed) {
			t.Error("the same text is sealed to the same bytes twice")
		}
	})
	t.Run("a short secret is refused", func(t *testing.T) {
		if _, err := inbox.NewSealer("short"); err == nil {
			t.Error("it was taken")
		}
	})
	t.Run("without a secret a key file is made once, for its owner only, however many start together", func(t *testing.T) {
		folder := t.TempDir()
		sealers := make([]*inbox.Sealer, 8)
		var wg sync.WaitGroup
		for i := range sealers {
			wg.Go(func() {
				s, err := inbox.OpenSealer("", folder)
				if err != nil {
					t.Error(err)
				}
				sealers[i] = s
			})
		}
		wg.Wait()
		if t.Failed() {
			return
		}
		sealed := sealers[0].Seal([]byte("token"), "x")
		for _, s := range sealers {
			if plain, err := s.Open(sealed, "x"); err != nil || string(plain) != "token" {
				t.Errorf("%q, %v", plain, err)
			}
		}
		info, err := os.Stat(filepath.Join(folder, "secret.key"))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info, err)
		}
		if left, err := filepath.Glob(filepath.Join(folder, ".secret-*")); err != nil || len(left) != 0 {
			t.Errorf("drafts left behind: %v, %v", left, err)
		}
	})
}
