package account_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/event"
	"recado/internal/fault"
)

// house is a workspace with an owner, an agent and a second user outside.
type house struct {
	d           *db.DB
	log         *event.Log
	room        *account.Room
	workspace   account.Workspace
	owner       account.Actor
	ownerMember account.Member
	agent       account.Actor
	agentMember account.Member
	profiles    map[account.Standard]account.Profile
}

func build(t *testing.T, d *db.DB) *house {
	t.Helper()
	h := &house{d: d, log: event.NewLog(d, event.NewBell(d)), profiles: map[account.Standard]account.Profile{}}
	h.room = account.New(d, h.log)
	var err error
	if h.workspace, err = h.room.CreateWorkspace(t.Context(), "Panadería Sol", "es"); err != nil {
		t.Fatal(err)
	}
	for _, s := range []account.Standard{account.Owner, account.Manager, account.Agent, account.Broadcaster} {
		if h.profiles[s], err = h.room.StandardProfile(t.Context(), h.workspace, s); err != nil {
			t.Fatal(s, err)
		}
	}
	h.owner, h.ownerMember = h.join(t, "olga@ejemplo.test", account.Owner)
	h.agent, h.agentMember = h.join(t, "ana@ejemplo.test", account.Agent)
	return h
}

// join makes a user and a member, and gives the actor.
func (h *house) join(t *testing.T, email string, s account.Standard) (account.Actor, account.Member) {
	t.Helper()
	u, err := h.room.CreateUser(t.Context(), account.NewUser{Email: email, Name: "Persona de Prueba", Locale: "es"})
	if err != nil {
		t.Fatal(err)
	}
	m, err := h.room.AddMember(t.Context(), account.System(h.workspace.ID), u.ID, h.profiles[s].ID)
	if err != nil {
		t.Fatal(err)
	}
	return h.actor(t, u.ID), m
}

func (h *house) actor(t *testing.T, user db.ID) account.Actor {
	t.Helper()
	a, err := h.room.ActorOf(t.Context(), h.workspace.ID, user)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Errorf("got %v, want the fault %s", err, code)
	}
}

func TestPermissions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		t.Run("the standard profiles give what their names say", func(t *testing.T) {
			manager, _ := h.join(t, "marcos@ejemplo.test", account.Manager)
			sender, _ := h.join(t, "clara@ejemplo.test", account.Broadcaster)
			for _, c := range []struct {
				who   account.Actor
				area  account.Area
				level account.Level
				ok    bool
			}{
				{h.owner, account.Organization, account.Edit, true},
				{manager, account.Organization, account.View, true},
				{manager, account.Organization, account.Edit, false},
				{manager, account.Campaigns, account.Edit, true},
				{h.agent, account.Desk, account.Edit, true},
				{h.agent, account.Campaigns, account.View, false},
				{sender, account.Campaigns, account.Edit, true},
				{sender, account.Desk, account.View, false},
			} {
				if err := c.who.Can(c.area, c.level); (err == nil) != c.ok {
					t.Errorf("%s %s: %v", c.area, c.level, err)
				}
			}
			if h.agent.Has(account.Reply) != nil || h.agent.Has(account.Transfer) != nil || sender.Has(account.Broadcast) != nil {
				t.Error("an ability is missing")
			}
			wantCode(t, h.agent.Has(account.Broadcast), "forbidden.ability")
			wantCode(t, h.agent.Can(account.Campaigns, account.View), "forbidden.area")
		})
		t.Run("a bot answers and hands over, and no more", func(t *testing.T) {
			bot := account.Bot(h.workspace.ID)
			if bot.Can(account.Desk, account.Edit) != nil || bot.Has(account.Transfer) != nil {
				t.Error("it cannot answer")
			}
			if bot.Can(account.Settings, account.View) == nil || bot.Has(account.Broadcast) == nil {
				t.Error("it can do too much")
			}
		})
		t.Run("a change of profile acts on the next question", func(t *testing.T) {
			if err := h.room.SetProfile(t.Context(), h.owner, h.agentMember.ID, h.profiles[account.Broadcaster].ID); err != nil {
				t.Fatal(err)
			}
			if h.actor(t, h.agent.User).Can(account.Campaigns, account.Edit) != nil {
				t.Error("the new profile does not act")
			}
			if err := h.room.SetProfile(t.Context(), h.owner, h.agentMember.ID, 0); err != nil {
				t.Fatal(err)
			}
			if h.actor(t, h.agent.User).Can(account.Desk, account.View) == nil {
				t.Error("a member without a profile may still do something (B148)")
			}
			if err := h.room.SetProfile(t.Context(), h.owner, h.agentMember.ID, h.profiles[account.Agent].ID); err != nil {
				t.Fatal(err)
			}
		})
		t.Run("who is no member, or a disabled one, is nobody", func(t *testing.T) {
			other, err := h.room.CreateWorkspace(t.Context(), "Otra", "es")
			if err != nil {
				t.Fatal(err)
			}
			_, err = h.room.ActorOf(t.Context(), other.ID, h.owner.User)
			wantCode(t, err, "account.not_member")
			if err := h.room.SetDisabled(t.Context(), h.owner, h.agentMember.ID, true); err != nil {
				t.Fatal(err)
			}
			_, err = h.room.ActorOf(t.Context(), h.workspace.ID, h.agent.User)
			wantCode(t, err, "account.not_member")
			if err := h.room.SetDisabled(t.Context(), h.owner, h.agentMember.ID, false); err != nil {
				t.Fatal(err)
			}
			h.actor(t, h.agent.User)
		})
	})
}

func TestMembers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		manager, managerMember := h.join(t, "marcos@ejemplo.test", account.Manager)
		t.Run("the last owner stays", func(t *testing.T) {
			wantCode(t, h.room.RemoveMember(t.Context(), h.owner, h.ownerMember.ID), "account.last_owner")
			wantCode(t, h.room.SetDisabled(t.Context(), h.owner, h.ownerMember.ID, true), "account.last_owner")
			wantCode(t, h.room.SetProfile(t.Context(), h.owner, h.ownerMember.ID, h.profiles[account.Agent].ID), "account.last_owner")
			wantCode(t, h.room.DeleteProfile(t.Context(), h.owner, h.profiles[account.Owner].ID), "account.last_owner")
			_, err := h.room.UpdateProfile(t.Context(), h.owner, h.profiles[account.Owner].ID, account.NewProfile{Name: "Propietario"})
			wantCode(t, err, "account.last_owner")
			if m, err := h.room.Member(t.Context(), h.workspace.ID, h.ownerMember.ID); err != nil || m.Profile != h.profiles[account.Owner].ID || m.DisabledAt != 0 {
				t.Error("a refused change left a trace", m, err)
			}
		})
		t.Run("two owners cannot remove each other at once", func(t *testing.T) {
			second, secondMember := h.join(t, "rosa@ejemplo.test", account.Owner)
			var wait sync.WaitGroup
			errs := make([]error, 2)
			wait.Go(func() { errs[0] = h.room.RemoveMember(context.WithoutCancel(t.Context()), second, h.ownerMember.ID) })
			wait.Go(func() { errs[1] = h.room.RemoveMember(context.WithoutCancel(t.Context()), h.owner, secondMember.ID) })
			wait.Wait()
			if (errs[0] == nil) == (errs[1] == nil) {
				t.Fatalf("both or none went through: %v, %v", errs[0], errs[1])
			}
			if errs[0] == nil { // the first owner went; bring them back for what follows
				m, err := h.room.AddMember(t.Context(), second, h.owner.User, h.profiles[account.Owner].ID)
				if err != nil {
					t.Fatal(err)
				}
				h.ownerMember = m
			}
		})
		t.Run("nobody gives or takes more than they have", func(t *testing.T) {
			wantCode(t, h.room.SetProfile(t.Context(), manager, managerMember.ID, h.profiles[account.Owner].ID), "account.more_than_you")
			wantCode(t, h.room.RemoveMember(t.Context(), manager, h.ownerMember.ID), "account.more_than_you")
			_, err := h.room.CreateProfile(t.Context(), manager, account.NewProfile{Name: "Jefe", Permissions: account.All()})
			wantCode(t, err, "forbidden.area")
			wantCode(t, h.room.SetProfile(t.Context(), h.agent, h.agentMember.ID, h.profiles[account.Manager].ID), "forbidden.ability")
		})
		t.Run("a manager manages those below", func(t *testing.T) {
			if err := h.room.SetProfile(t.Context(), manager, h.agentMember.ID, h.profiles[account.Broadcaster].ID); err != nil {
				t.Fatal(err)
			}
		})
		t.Run("one person is a member once", func(t *testing.T) {
			_, err := h.room.AddMember(t.Context(), h.owner, h.agent.User, 0)
			wantCode(t, err, "account.already_member")
		})
		t.Run("members are listed page by page and only of their workspace", func(t *testing.T) {
			all, err := h.room.Members(t.Context(), h.workspace.ID, 0, 50)
			if err != nil || len(all) < 3 {
				t.Fatal(len(all), err)
			}
			first, err := h.room.Members(t.Context(), h.workspace.ID, 0, 2)
			if err != nil || len(first) != 2 {
				t.Fatal(first, err)
			}
			rest, err := h.room.Members(t.Context(), h.workspace.ID, first[1].ID, 50)
			if err != nil || len(rest) != len(all)-2 || rest[0].ID != all[2].ID {
				t.Fatal(rest, err)
			}
			other, err := h.room.CreateWorkspace(t.Context(), "Otra", "pt-BR")
			if err != nil {
				t.Fatal(err)
			}
			if list, _ := h.room.Members(t.Context(), other.ID, 0, 50); len(list) != 0 {
				t.Error("members of another workspace", list)
			}
			_, err = h.room.Member(t.Context(), other.ID, h.ownerMember.ID)
			wantCode(t, err, "account.member_unknown")
			if m, err := h.room.MemberByEmail(t.Context(), h.workspace.ID, " ANA@ejemplo.test "); err != nil || m.User != h.agent.User {
				t.Error(m, err)
			}
		})
		t.Run("a change is told", func(t *testing.T) {
			before, err := h.log.End(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := h.room.SetProfile(t.Context(), h.owner, h.agentMember.ID, h.profiles[account.Agent].ID); err != nil {
				t.Fatal(err)
			}
			facts, err := h.log.Read(t.Context(), before, 10)
			if err != nil || len(facts) != 1 || facts[0].Kind != account.ChangedFact || facts[0].Workspace != h.workspace.ID {
				t.Error(facts, err)
			}
		})
	})
}

func TestProfiles(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		night := account.NewProfile{Name: " Turno noche ", Description: "Guardia", Permissions: account.Permissions{
			Areas: map[account.Area]account.Level{account.Desk: account.Edit}, Abilities: []account.Ability{account.Reply}}}
		made, err := h.room.CreateProfile(t.Context(), h.owner, night)
		if err != nil {
			t.Fatal(err)
		}
		t.Run("a profile keeps what it was given", func(t *testing.T) {
			got, err := h.room.Profile(t.Context(), h.workspace.ID, made.ID)
			if err != nil || got.Name != "Turno noche" || got.Permissions.Level(account.Desk) != account.Edit ||
				got.Permissions.Level(account.Data) != account.None || !got.Permissions.Has(account.Reply) {
				t.Error(got, err)
			}
		})
		t.Run("the list counts members (B140)", func(t *testing.T) {
			if err := h.room.SetProfile(t.Context(), h.owner, h.agentMember.ID, made.ID); err != nil {
				t.Fatal(err)
			}
			list, err := h.room.Profiles(t.Context(), h.workspace.ID)
			if err != nil || len(list) != 5 || list[4].ID != made.ID || list[4].Members != 1 || list[2].Members != 0 {
				t.Error(list, err)
			}
		})
		t.Run("names are one of a kind in a workspace", func(t *testing.T) {
			_, err := h.room.CreateProfile(t.Context(), h.owner, night)
			wantCode(t, err, "account.profile_name_taken")
			night := night
			night.Name = h.profiles[account.Agent].Name
			_, err = h.room.UpdateProfile(t.Context(), h.owner, made.ID, night)
			wantCode(t, err, "account.profile_name_taken")
			night.Name = ""
			_, err = h.room.CreateProfile(t.Context(), h.owner, night)
			wantCode(t, err, "account.name_missing")
		})
		t.Run("permissions that do not exist are refused", func(t *testing.T) {
			for _, p := range []account.Permissions{
				{Areas: map[account.Area]account.Level{"moon": account.Edit}},
				{Areas: map[account.Area]account.Level{account.Desk: "rule"}},
				{Abilities: []account.Ability{"fly"}},
			} {
				_, err := h.room.CreateProfile(t.Context(), h.owner, account.NewProfile{Name: "X", Permissions: p})
				wantCode(t, err, "account.permission_unknown")
			}
		})
		t.Run("deleting one leaves its members without permissions (B147)", func(t *testing.T) {
			if err := h.room.DeleteProfile(t.Context(), h.owner, made.ID); err != nil {
				t.Fatal(err)
			}
			m, err := h.room.Member(t.Context(), h.workspace.ID, h.agentMember.ID)
			if err != nil || m.Profile != 0 {
				t.Error(m, err)
			}
			if h.actor(t, h.agent.User).Can(account.Desk, account.View) == nil {
				t.Error("the permissions stayed")
			}
			wantCode(t, h.room.DeleteProfile(t.Context(), h.owner, made.ID), "account.profile_unknown")
		})
		t.Run("a key whose profile is gone may do nothing", func(t *testing.T) {
			a, err := h.room.KeyActor(t.Context(), h.workspace.ID, 7, made.ID, "CRM")
			if err != nil || a.Kind != account.KindKey || a.Can(account.Desk, account.View) == nil {
				t.Error(a, err)
			}
		})
	})
}

func TestUsers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		t.Run("an e-mail is one person's, whatever its case", func(t *testing.T) {
			_, err := h.room.CreateUser(t.Context(), account.NewUser{Email: "OLGA@Ejemplo.test", Name: "Otra"})
			wantCode(t, err, "account.email_taken")
			if u, err := h.room.UserByEmail(t.Context(), "Olga@EJEMPLO.test"); err != nil || u.ID != h.owner.User {
				t.Error(u, err)
			}
			_, err = h.room.UserByEmail(t.Context(), "nadie@ejemplo.test")
			wantCode(t, err, "account.user_unknown")
		})
		t.Run("what is not an e-mail is refused", func(t *testing.T) {
			for _, bad := range []string{"", "olga", "olga@", "@ejemplo.test", "Olga <olga@ejemplo.test>", "a b@ejemplo.test", strings.Repeat("a", 250) + "@ejemplo.test"} {
				_, err := h.room.CreateUser(t.Context(), account.NewUser{Email: bad, Name: "X"})
				wantCode(t, err, "account.email_invalid")
			}
		})
		t.Run("people change their own name, language and preferences", func(t *testing.T) {
			name, locale := "  Olga   Prado ", "pt-BR"
			u, err := h.room.UpdateUser(t.Context(), h.owner, account.UserChange{Name: &name, Locale: &locale, Preferences: []byte(`{"theme":"dark"}`)})
			if err != nil || u.Name != "Olga Prado" || u.Locale != "pt-BR" || u.PreferencesJSON != `{"theme":"dark"}` {
				t.Error(u, err)
			}
			if a := h.actor(t, h.owner.User); a.Name != "Olga Prado" || a.Locale != "pt-BR" {
				t.Error(a)
			}
		})
		t.Run("a change that is wrong changes nothing", func(t *testing.T) {
			name, bad, long := "Nueva", "klingon", strings.Repeat("á", 101)
			_, err := h.room.UpdateUser(t.Context(), h.owner, account.UserChange{Name: &name, Locale: &bad})
			wantCode(t, err, "account.locale_unknown")
			_, err = h.room.UpdateUser(t.Context(), h.owner, account.UserChange{Name: &long})
			wantCode(t, err, "account.name_too_long")
			for _, p := range []string{"null", "[1]", "{", `{"x":"` + strings.Repeat("x", 17_000) + `"}`} {
				_, err = h.room.UpdateUser(t.Context(), h.owner, account.UserChange{Name: &name, Preferences: []byte(p)})
				wantCode(t, err, "account.preferences_invalid")
			}
			if a := h.actor(t, h.owner.User); a.Name != "Olga Prado" {
				t.Error(a.Name)
			}
			_, err = h.room.UpdateUser(t.Context(), account.System(h.workspace.ID), account.UserChange{Name: &name})
			wantCode(t, err, "account.users_only")
		})
		t.Run("the command line sees everyone", func(t *testing.T) {
			if _, err := h.room.CreateUser(t.Context(), account.NewUser{Email: "solo@ejemplo.test", Name: "Solo"}); err != nil {
				t.Fatal(err)
			}
			lines, err := h.room.UserLines(t.Context())
			if err != nil || len(lines) != 3 || lines[0].Email != "ana@ejemplo.test" || lines[0].Profile != "Agente" || lines[2].Workspace != "" || lines[0].HasPassword {
				t.Error(lines, err)
			}
		})
		t.Run("workspaces need a name", func(t *testing.T) {
			_, err := h.room.CreateWorkspace(t.Context(), "  ", "es")
			wantCode(t, err, "account.name_missing")
			list, err := h.room.WorkspacesOf(t.Context(), h.owner.User)
			if err != nil || len(list) != 1 || list[0].ID != h.workspace.ID {
				t.Error(list, err)
			}
		})
	})
}

func FuzzParseEmail(f *testing.F) {
	for _, seed := range []string{"olga@ejemplo.test", "Olga <o@ejemplo.test>", "\"a b\"@ejemplo.test", "ñandú@ejemplo.test", "a@b\r\nBcc: c@d.test"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		email, err := account.ParseEmail(text)
		if err != nil {
			return
		}
		again, err := account.ParseEmail(email)
		if err != nil || again != email || strings.ContainsAny(email, "\r\n<>") {
			t.Errorf("%q gave %q, then %q (%v)", text, email, again, err)
		}
	})
}
