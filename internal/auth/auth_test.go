package auth_test

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"recado/internal/account"
	"recado/internal/auth"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/event"
	"recado/internal/fault"

	"github.com/alexedwards/argon2id"
)

const password = "tres palabras largas"

// cheap makes hashes that cost nothing; the production cost is proven by TestProductionCost.
var cheap = &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// clock is a time that tests move.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time       { return time.UnixMilli(c.at.Load()) }
func (c *clock) pass(d time.Duration) { c.at.Add(d.Milliseconds()) }
func startOf2026() (c *clock)         { c = &clock{}; c.at.Store(1_767_225_600_000); return c }

type door struct {
	d        *db.DB
	accounts *account.Room
	room     *auth.Room
	clock    *clock
	founded  auth.Founded
	owner    account.Actor
	profile  db.ID // of agents
}

func build(t *testing.T, d *db.DB) *door {
	t.Helper()
	h := &door{d: d, clock: startOf2026(), accounts: account.New(d, event.NewLog(d, event.NewBell(d)))}
	h.room = auth.New(d, h.accounts, auth.Config{Now: h.clock.now, Cost: cheap})
	var err error
	if h.founded, err = h.room.Found(t.Context(), "Panadería Sol", account.NewUser{Email: "olga@ejemplo.test", Name: "Olga", Locale: "es"}); err != nil {
		t.Fatal(err)
	}
	if h.owner, err = h.accounts.ActorOf(t.Context(), h.founded.Workspace.ID, h.founded.Owner.ID); err != nil {
		t.Fatal(err)
	}
	p, err := h.accounts.StandardProfile(t.Context(), h.founded.Workspace, account.Agent)
	if err != nil {
		t.Fatal(err)
	}
	h.profile = p.ID
	return h
}

func (h *door) signIn(t *testing.T, email, password, address string) (auth.Session, string, error) {
	t.Helper()
	return h.room.SignIn(context.WithoutCancel(t.Context()), auth.SignIn{Email: email, Password: password, Address: address, Device: "Firefox, Linux"})
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Errorf("got %v, want the fault %s", err, code)
	}
}

func TestLinks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		t.Run("nobody can sign in before a password is set", func(t *testing.T) {
			for _, guess := range []string{"", "olga", "recado-demo", password} {
				_, _, err := h.signIn(t, "olga@ejemplo.test", guess, "")
				wantCode(t, err, "auth.wrong")
			}
		})
		t.Run("a refused password leaves the link usable", func(t *testing.T) {
			_, _, err := h.room.UseLink(t.Context(), h.founded.Token, "corta", "")
			wantCode(t, err, "auth.password_short")
		})
		t.Run("it sets the password once and signs in", func(t *testing.T) {
			_, token, err := h.room.UseLink(t.Context(), h.founded.Token, password, "Firefox, Linux")
			if err != nil {
				t.Fatal(err)
			}
			if a, _, _, err := h.room.Authenticate(t.Context(), token); err != nil || a.User != h.owner.User {
				t.Error(a, err)
			}
			_, _, err = h.room.UseLink(t.Context(), h.founded.Token, "otras palabras largas", "")
			wantCode(t, err, "auth.link_invalid")
			h.clock.pass(16 * time.Minute)
			if _, _, err := h.signIn(t, "OLGA@ejemplo.test", password, ""); err != nil {
				t.Error(err)
			}
		})
		t.Run("it runs out after a day, and a newer one replaces it", func(t *testing.T) {
			first, err := h.room.CreateLink(t.Context(), h.owner.User)
			if err != nil {
				t.Fatal(err)
			}
			second, err := h.room.CreateLink(t.Context(), h.owner.User)
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = h.room.UseLink(t.Context(), first, password, "")
			wantCode(t, err, "auth.link_invalid")
			h.clock.pass(auth.LinkLife)
			_, _, err = h.room.UseLink(t.Context(), second, password, "")
			wantCode(t, err, "auth.link_invalid")
		})
		t.Run("two holders at once: one gets in", func(t *testing.T) {
			token, err := h.room.CreateLink(t.Context(), h.owner.User)
			if err != nil {
				t.Fatal(err)
			}
			var in atomic.Int64
			var wait sync.WaitGroup
			for range 4 {
				wait.Go(func() {
					if _, _, err := h.room.UseLink(context.WithoutCancel(t.Context()), token, password, ""); err == nil {
						in.Add(1)
					}
				})
			}
			wait.Wait()
			if in.Load() != 1 {
				t.Errorf("%d got in", in.Load())
			}
		})
	})
}

func TestSessions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		if err := h.room.SetPassword(t.Context(), h.owner.User, password); err != nil {
			t.Fatal(err)
		}
		t.Run("only a hash is stored", func(t *testing.T) {
			_, token, err := h.signIn(t, "olga@ejemplo.test", password, "")
			if err != nil {
				t.Fatal(err)
			}
			hashes, err := db.All[[]byte](t.Context(), d, "select token_hash from sessions")
			if err != nil || len(hashes) == 0 || bytes.Contains(bytes.Join(hashes, nil), []byte(token)) || len(token) != 43 {
				t.Error(hashes, err, token)
			}
			u, err := h.accounts.User(t.Context(), h.owner.User)
			if err != nil || !strings.HasPrefix(u.PasswordHash, "$argon2id$") {
				t.Error(u, err)
			}
		})
		t.Run("last use is written at most once a minute and prolongs the session", func(t *testing.T) {
			s, token, err := h.signIn(t, "olga@ejemplo.test", password, "")
			if err != nil {
				t.Fatal(err)
			}
			h.clock.pass(59 * time.Second)
			if _, same, touched, err := h.room.Authenticate(t.Context(), token); err != nil || touched || same.SeenAt != s.SeenAt {
				t.Error(same, touched, err)
			}
			h.clock.pass(time.Second)
			_, later, touched, err := h.room.Authenticate(t.Context(), token)
			if err != nil || !touched || later.ExpiresAt != h.clock.now().Add(auth.SessionLife).UnixMilli() {
				t.Error(later, touched, err)
			}
			h.clock.pass(auth.SessionLife - time.Millisecond)
			if _, _, _, err := h.room.Authenticate(t.Context(), token); err != nil {
				t.Error("it ended too early", err)
			}
			h.clock.pass(auth.SessionLife)
			_, _, _, err = h.room.Authenticate(t.Context(), token)
			wantCode(t, err, "auth.session_over")
		})
		t.Run("ending one acts at once and only on one's own", func(t *testing.T) {
			s, token, err := h.signIn(t, "olga@ejemplo.test", password, "")
			if err != nil {
				t.Fatal(err)
			}
			wantCode(t, h.room.EndSession(t.Context(), h.owner.User+1, s.ID), "auth.session_unknown")
			list, err := h.room.Sessions(t.Context(), h.owner.User)
			if err != nil || len(list) != 1 || list[0].ID != s.ID || list[0].Device != "Firefox, Linux" {
				t.Error(list, err)
			}
			if err := h.room.EndSession(t.Context(), h.owner.User, s.ID); err != nil {
				t.Fatal(err)
			}
			_, _, _, err = h.room.Authenticate(t.Context(), token)
			wantCode(t, err, "auth.session_over")
		})
		t.Run("a new password ends every session", func(t *testing.T) {
			_, token, err := h.signIn(t, "olga@ejemplo.test", password, "")
			if err != nil {
				t.Fatal(err)
			}
			if err := h.room.SetPassword(t.Context(), h.owner.User, password); err != nil {
				t.Fatal(err)
			}
			_, _, _, err = h.room.Authenticate(t.Context(), token)
			wantCode(t, err, "auth.session_over")
		})
		t.Run("someone without a workspace is told so", func(t *testing.T) {
			u, err := h.accounts.CreateUser(t.Context(), account.NewUser{Email: "sola@ejemplo.test", Name: "Sola"})
			if err != nil {
				t.Fatal(err)
			}
			if err := h.room.SetPassword(t.Context(), u.ID, password); err != nil {
				t.Fatal(err)
			}
			_, _, err = h.signIn(t, "sola@ejemplo.test", password, "")
			wantCode(t, err, "auth.no_workspace")
		})
		t.Run("what has run out is swept", func(t *testing.T) {
			h.clock.pass(2 * auth.SessionLife)
			if err := h.room.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, table := range []string{"sessions", "sign_in_links", "sign_in_attempts"} {
				if n, err := db.One[int64](t.Context(), d, "select count(*) from "+table); err != nil || n != 0 {
					t.Error(table, n, err)
				}
			}
		})
	})
}

func TestAttempts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		if err := h.room.SetPassword(t.Context(), h.owner.User, password); err != nil {
			t.Fatal(err)
		}
		fail := func(t *testing.T, email, address, code string) {
			t.Helper()
			_, _, err := h.signIn(t, email, "no es esta", address)
			wantCode(t, err, code)
		}
		t.Run("five failures close an e-mail, with the right password too, and say for how long", func(t *testing.T) {
			for range 5 {
				fail(t, "olga@ejemplo.test", "192.0.2.1", "auth.wrong")
			}
			_, _, err := h.signIn(t, "Olga@Ejemplo.test", password, "192.0.2.2")
			wantCode(t, err, "auth.too_many")
			if f, ok := err.(*fault.Error); !ok || f.Params["count"] != 15 || f.Kind != fault.TooMany {
				t.Error(err)
			}
		})
		t.Run("it opens again after fifteen minutes, not before", func(t *testing.T) {
			h.clock.pass(14*time.Minute + 59*time.Second)
			fail(t, "olga@ejemplo.test", "", "auth.too_many")
			h.clock.pass(time.Second)
			if _, _, err := h.signIn(t, "olga@ejemplo.test", password, ""); err != nil {
				t.Error(err)
			}
		})
		t.Run("success forgets the failures", func(t *testing.T) {
			for range 3 {
				for range 4 {
					fail(t, "olga@ejemplo.test", "", "auth.wrong")
				}
				if _, _, err := h.signIn(t, "olga@ejemplo.test", password, ""); err != nil {
					t.Fatal(err)
				}
			}
		})
		t.Run("an unknown e-mail is counted and answered like a known one", func(t *testing.T) {
			for range 5 {
				fail(t, "nadie@ejemplo.test", "", "auth.wrong")
			}
			fail(t, "nadie@ejemplo.test", "", "auth.too_many")
		})
		t.Run("an address is closed when it tries many e-mails", func(t *testing.T) {
			for i := range 50 {
				fail(t, "a"+string(rune('a'+i%26))+strings.Repeat("x", i)+"@ejemplo.test", "198.51.100.9", "auth.wrong")
			}
			fail(t, "otra@ejemplo.test", "198.51.100.9", "auth.too_many")
			fail(t, "otra@ejemplo.test", "198.51.100.10", "auth.wrong")
		})
		t.Run("many at once get no more tries than one after the other", func(t *testing.T) {
			var wrong atomic.Int64
			var wait sync.WaitGroup
			for range 30 {
				wait.Go(func() {
					if _, _, err := h.signIn(t, "rapida@ejemplo.test", "no es esta", ""); fault.Is(err, "auth.wrong") {
						wrong.Add(1)
					}
				})
			}
			wait.Wait()
			if wrong.Load() != 5 {
				t.Errorf("%d passwords were looked at", wrong.Load())
			}
		})
	})
}

func TestKeys(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		k, secret, err := h.room.CreateKey(t.Context(), h.owner, auth.NewKey{Name: " CRM ", Profile: h.profile})
		if err != nil {
			t.Fatal(err)
		}
		t.Run("a key acts with its profile and is listed without its secret", func(t *testing.T) {
			a, err := h.room.AuthenticateKey(t.Context(), secret)
			if err != nil || a.Kind != account.KindKey || a.Key != k.ID || a.Name != "CRM" || a.Workspace != h.owner.Workspace ||
				a.Can(account.Desk, account.Edit) != nil || a.Can(account.Settings, account.View) == nil {
				t.Error(a, err)
			}
			list, err := h.room.Keys(t.Context(), h.owner)
			if err != nil || len(list) != 1 || !strings.HasPrefix(secret, list[0].Prefix) || len(list[0].Prefix) != 10 || list[0].UsedAt != h.clock.now().UnixMilli() {
				t.Error(list, err)
			}
		})
		t.Run("a key that is not whole opens nothing", func(t *testing.T) {
			for _, bad := range []string{"", "rcd_", secret[:20], secret + "x", strings.TrimPrefix(secret, "rcd_"), strings.ToUpper(secret)} {
				_, err := h.room.AuthenticateKey(t.Context(), bad)
				wantCode(t, err, "auth.key_invalid")
			}
		})
		t.Run("it ends when it expires", func(t *testing.T) {
			at := h.clock.now().Add(time.Hour).UnixMilli()
			_, secret, err := h.room.CreateKey(t.Context(), h.owner, auth.NewKey{Name: "Prueba", Profile: h.profile, ExpiresAt: at})
			if err != nil {
				t.Fatal(err)
			}
			h.clock.pass(time.Hour - time.Millisecond)
			if _, err := h.room.AuthenticateKey(t.Context(), secret); err != nil {
				t.Error(err)
			}
			h.clock.pass(time.Millisecond)
			_, err = h.room.AuthenticateKey(t.Context(), secret)
			wantCode(t, err, "auth.key_invalid")
			_, _, err = h.room.CreateKey(t.Context(), h.owner, auth.NewKey{Name: "Tarde", Profile: h.profile, ExpiresAt: at})
			wantCode(t, err, "auth.expiry_past")
		})
		t.Run("another workspace neither sees nor revokes it", func(t *testing.T) {
			other, err := h.room.Found(t.Context(), "Otra", account.NewUser{Email: "rival@ejemplo.test", Name: "Rival"})
			if err != nil {
				t.Fatal(err)
			}
			rival, err := h.accounts.ActorOf(t.Context(), other.Workspace.ID, other.Owner.ID)
			if err != nil {
				t.Fatal(err)
			}
			if list, err := h.room.Keys(t.Context(), rival); err != nil || len(list) != 0 {
				t.Error(list, err)
			}
			wantCode(t, h.room.RevokeKey(t.Context(), rival, k.ID), "auth.key_unknown")
			_, _, err = h.room.CreateKey(t.Context(), rival, auth.NewKey{Name: "X", Profile: h.profile})
			wantCode(t, err, "account.profile_unknown")
		})
		t.Run("revoking acts at once", func(t *testing.T) {
			if err := h.room.RevokeKey(t.Context(), h.owner, k.ID); err != nil {
				t.Fatal(err)
			}
			_, err := h.room.AuthenticateKey(t.Context(), secret)
			wantCode(t, err, "auth.key_invalid")
			wantCode(t, h.room.RevokeKey(t.Context(), h.owner, k.ID), "auth.key_unknown")
		})
		t.Run("only people who change settings make keys, and none with more than they have", func(t *testing.T) {
			bot := account.Bot(h.owner.Workspace)
			_, _, err := h.room.CreateKey(t.Context(), bot, auth.NewKey{Name: "X", Profile: h.profile})
			wantCode(t, err, "forbidden.area")
			_, _, err = h.room.CreateKey(t.Context(), account.System(h.owner.Workspace), auth.NewKey{Name: "X", Profile: h.profile})
			wantCode(t, err, "account.users_only")
			weak := h.owner
			weak.Permissions = account.Permissions{Areas: map[account.Area]account.Level{account.Settings: account.Edit}}
			_, _, err = h.room.CreateKey(t.Context(), weak, auth.NewKey{Name: "X", Profile: h.profile})
			wantCode(t, err, "account.more_than_you")
			_, _, err = h.room.CreateKey(t.Context(), h.owner, auth.NewKey{Name: " ", Profile: h.profile})
			wantCode(t, err, "account.name_missing")
		})
	})
}

func TestCheckPassword(t *testing.T) {
	for _, c := range []struct{ password, code string }{
		{"", "auth.password_short"},
		{"123456789", "auth.password_short"},
		{"ñññññññññ", "auth.password_short"}, // nine characters, eighteen bytes
		{"olga.prado@ejemplo.test", "auth.password_email"},
		{" OLGA.prado@ejemplo.test ", "auth.password_email"},
		{"Olga.Prado", "auth.password_email"},
		{"1234567890", "auth.password_common"},
		{"Contraseña", "auth.password_common"},
		{"aaaaaaaaaaaa", "auth.password_common"},
		{"          ", "auth.password_common"},
		{strings.Repeat("x y", 67), "auth.password_long"},
		{"recado-demo", ""},
		{"tres palabras", ""},
		{strings.Repeat("é1", 100), ""},
	} {
		err := auth.CheckPassword(c.password, "olga.prado@ejemplo.test")
		if c.code == "" && err != nil || c.code != "" && !fault.Is(err, c.code) {
			t.Errorf("%q: %v, want %q", c.password, err, c.code)
		}
	}
}

func TestProductionCost(t *testing.T) {
	d := dbtest.SQLite(t)
	accounts := account.New(d, event.NewLog(d, event.NewBell(d)))
	room := auth.New(d, accounts, auth.Config{})
	found, err := room.Found(t.Context(), "Sol", account.NewUser{Email: "olga@ejemplo.test", Name: "Olga"})
	if err != nil {
		t.Fatal(err)
	}
	t.Run("a cheap hash is made anew at sign-in", func(t *testing.T) {
		old, err := argon2id.CreateHash(password, cheap)
		if err != nil {
			t.Fatal(err)
		}
		err = d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			return accounts.SetPasswordIn(ctx, tx, found.Owner.ID, old)
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := room.SignIn(t.Context(), auth.SignIn{Email: "olga@ejemplo.test", Password: password}); err != nil {
			t.Fatal(err)
		}
		u, err := accounts.User(t.Context(), found.Owner.ID)
		if err != nil || !strings.Contains(u.PasswordHash, "m=32768,t=2,p=1") {
			t.Error(u.PasswordHash, err)
		}
	})
	t.Run("an unknown e-mail takes the same work as a wrong password", func(t *testing.T) {
		took := func(email string) time.Duration {
			best := time.Hour
			for range 4 {
				began := time.Now()
				_, _, err := room.SignIn(t.Context(), auth.SignIn{Email: email, Password: "no es esta"})
				wantCode(t, err, "auth.wrong")
				best = min(best, time.Since(began))
			}
			return best
		}
		known, unknown := took("olga@ejemplo.test"), took("nadie@ejemplo.test")
		if unknown < known/3 || known < unknown/3 {
			t.Errorf("known %v, unknown %v", known, unknown)
		}
	})
}

func BenchmarkSignIn(b *testing.B) {
	for b.Loop() {
		if _, err := argon2id.CreateHash(password, &argon2id.Params{Memory: 32 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzCheckPassword(f *testing.F) {
	f.Add("tres palabras", "a@ejemplo.test")
	f.Add("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "")
	f.Add("İİİİİİİİİİİ", "x@y")
	f.Fuzz(func(t *testing.T, password, email string) {
		if err := auth.CheckPassword(password, email); err == nil && len(password) < auth.PasswordMin {
			t.Errorf("%q was taken", password)
		}
	})
}
