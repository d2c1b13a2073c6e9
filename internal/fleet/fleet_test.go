package fleet_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"recado/internal/account"
	"recado/internal/bot"
	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/event"
	"recado/internal/fault"
	"recado/internal/fleet"
	"recado/internal/inbox"
	"recado/internal/job"
	"recado/internal/publicnet"
	"recado/internal/routing"
	"recado/internal/template"
)

// house is a workspace with three numbers, on a real database.
type house struct {
	t         *testing.T
	d         *db.DB
	accounts  *account.Room
	inboxes   *inbox.Room
	bots      *bot.Room
	room      *fleet.Room
	workspace account.Workspace
	ana       account.Actor // may everything
	numbers   []db.ID
}

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	ctx := t.Context()
	log := event.NewLog(d, event.NewBell(d))
	jobs, err := job.New(d)
	h := &house{t: t, d: d}
	h.must(err)
	sealer, err := inbox.NewSealer("a secret of at least thirty-two characters")
	h.must(err)
	h.accounts, h.inboxes = account.New(d, log), inbox.New(d, log, sealer)
	contacts := contact.New(d, log)
	conversations := conversation.New(d, log, contacts, h.inboxes)
	routings := routing.New(d, log, h.accounts, h.inboxes, conversations)
	h.bots = bot.New(d, conversations, h.inboxes, bot.Outside{Log: log, Contacts: contacts, Templates: template.New(d, log), Jobs: jobs, Sealer: sealer, Rules: publicnet.Rules{Private: true}})
	h.room = fleet.New(d, h.inboxes, routings, h.bots)
	h.workspace, err = h.accounts.CreateWorkspace(ctx, "Tienda de prueba", "es")
	h.must(err)
	h.ana = h.member("ana", account.Owner)
	for i, label := range []string{"Ventas", "Cobranzas", "Garantía"} {
		h.numbers = append(h.numbers, h.number(h.workspace.ID, label, i))
	}
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) number(workspace db.ID, label string, at int) db.ID {
	h.t.Helper()
	box, err := h.inboxes.Create(h.t.Context(), inbox.Draft{Workspace: workspace, Channel: channel.WhatsApp, Label: label, Address: fmt.Sprintf("553198555312%d", at),
		ExternalID: fmt.Sprintf("209001001001002%d", at), Account: "1090010010010010", Token: "token"})
	h.must(err)
	return box.ID
}

func (h *house) member(name string, profile account.Standard) account.Actor {
	h.t.Helper()
	ctx := h.t.Context()
	user, err := h.accounts.CreateUser(ctx, account.NewUser{Name: name, Email: name + "@ejemplo.test", Locale: "es"})
	h.must(err)
	p, err := h.accounts.StandardProfile(ctx, h.workspace, profile)
	h.must(err)
	_, err = h.accounts.AddMember(ctx, account.System(h.workspace.ID), user.ID, p.ID)
	h.must(err)
	actor, err := h.accounts.ActorOf(ctx, h.workspace.ID, user.ID)
	h.must(err)
	return actor
}

func (h *house) targets(at ...int) []fleet.Target {
	out := make([]fleet.Target, len(at))
	for i, n := range at {
		out[i] = fleet.Target{Inbox: h.numbers[n]}
	}
	return out
}

func patch(part fleet.Part, text string) fleet.Want {
	return fleet.Want{Changes: map[fleet.Part]json.RawMessage{part: json.RawMessage(text)}}
}

func (h *house) apply(w fleet.Want, targets []fleet.Target) (db.ID, []fleet.Result) {
	h.t.Helper()
	id, results, err := h.room.Apply(h.t.Context(), h.ana, w, targets)
	h.must(err)
	return id, results
}

func (h *house) bot(at int) bot.Bot {
	h.t.Helper()
	b, err := h.bots.Get(h.t.Context(), h.workspace.ID, h.numbers[at])
	h.must(err)
	return b
}

func states(results []fleet.Result) (out []string) {
	for _, r := range results {
		out = append(out, r.State)
	}
	return out
}

func TestApply(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := t.Context()
		greet := patch(fleet.Chatbot, `{"greeting":{"first":"Hola, gracias por escribir."},"faq":{"on":true,"questions":[{"question":"¿Abren?","answer":"Sí."}]}}`)
		t.Run("B180 without a reference only what was touched is written, and a preview keeps nothing", func(t *testing.T) {
			h.apply(patch(fleet.Chatbot, `{"greeting":{"return":"¡Otra vez!"}}`), h.targets(1))
			seen, err := h.room.Preview(ctx, h.ana, greet, h.targets(0, 1))
			h.must(err)
			fields := []string{}
			for _, one := range seen[0].Differences {
				fields = append(fields, one.Field)
			}
			if !slices.Equal(fields, []string{"faq.on", "faq.questions", "greeting.first"}) || seen[1].State != fleet.Changed {
				t.Errorf("preview: %+v", seen)
			}
			if h.bot(0).Version != 0 || h.bot(1).Version != 1 {
				t.Fatal("the preview was kept")
			}
			_, results := h.apply(greet, h.targets(0, 1))
			if !slices.Equal(states(results), []string{fleet.Changed, fleet.Changed}) {
				t.Fatalf("%+v", results)
			}
			if a, b := h.bot(0).Settings, h.bot(1).Settings; a.Greeting.First != b.Greeting.First || b.Greeting.Return != "¡Otra vez!" || a.Greeting.Return == b.Greeting.Return || !a.FAQ.On {
				t.Errorf("%+v\n%+v", a, b)
			}
		})
		t.Run("made again it changes nothing more, and the journal has it once", func(t *testing.T) {
			before, err := h.room.Changes(ctx, h.ana, 0, 0, 20)
			h.must(err)
			_, results := h.apply(greet, h.targets(0, 1))
			after, err := h.room.Changes(ctx, h.ana, 0, 0, 20)
			h.must(err)
			if !slices.Equal(states(results), []string{fleet.Same, fleet.Same}) || len(after) != len(before) {
				t.Errorf("%+v, %d entries after %d", results, len(after), len(before))
			}
		})
		t.Run("a number takes all of it or nothing, and the others go on", func(t *testing.T) {
			want := patch(fleet.Chatbot, `{"greeting":{"first":"Otra cosa."}}`)
			want.Changes[fleet.Attention] = json.RawMessage(`{"note_mode":"category"}`)
			h.apply(patch(fleet.Attention, `{"categories":["Cobro"]}`), h.targets(1))
			_, results := h.apply(want, h.targets(0, 1))
			if !slices.Equal(states(results), []string{fleet.Failed, fleet.Changed}) || !fault.Is(results[0].Err, "closing.no_categories") {
				t.Fatalf("%+v", results)
			}
			if h.bot(0).Settings.Greeting.First == "Otra cosa." || h.bot(1).Settings.Greeting.First != "Otra cosa." {
				t.Error("half a change was kept, or a whole one was not")
			}
		})
		t.Run("B178 two at once: the later one is told, on the numbers concerned", func(t *testing.T) {
			mine := patch(fleet.Chatbot, `{"service":{"before":"Ya te atiendo."}}`)
			seen, err := h.room.Preview(ctx, h.ana, mine, h.targets(0, 1))
			h.must(err)
			h.apply(patch(fleet.Chatbot, `{"service":{"before":"Un momento."}}`), h.targets(1))
			targets := h.targets(0, 1)
			for i := range targets {
				targets[i].Versions = seen[i].Versions
			}
			_, results := h.apply(mine, targets)
			if !slices.Equal(states(results), []string{fleet.Changed, fleet.Failed}) || !fault.Is(results[1].Err, "bot.edited_self") {
				t.Errorf("%+v", results)
			}
		})
		t.Run("null sets back to the company's", func(t *testing.T) {
			h.apply(patch(fleet.Attention, `{"answer_minutes":5,"tags_required":true}`), h.targets(2))
			_, results := h.apply(patch(fleet.Attention, `{"answer_minutes":null}`), h.targets(2))
			if d := results[0].Differences; len(d) != 1 || d[0].Field != "answer_minutes" || d[0].To != nil {
				t.Errorf("%+v", d)
			}
		})
		t.Run("what has another shape is refused", func(t *testing.T) {
			for _, w := range []fleet.Want{patch(fleet.Hours, `{"days":"always"}`), patch(fleet.Chatbot, `[]`), patch(fleet.Attention, `{"answer_minutes":"soon"}`)} {
				if _, results := h.apply(w, h.targets(2)); results[0].State != fleet.Failed || fault.KindOf(results[0].Err) != fault.Invalid {
					t.Errorf("%v: %+v", w.Changes, results)
				}
			}
			if _, _, err := h.room.Apply(ctx, h.ana, fleet.Want{}, h.targets(0)); !fault.Is(err, "fleet.nothing") {
				t.Error(err)
			}
		})
	})
}

func TestCopy(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.apply(patch(fleet.Attention, `{"tags_required":true}`), h.targets(0))
		h.apply(patch(fleet.Attention, `{"answer_minutes":7}`), h.targets(1))
		h.apply(patch(fleet.Hours, `{"always":false,"days":[[],[{"from":"09:00","to":"18:00"}],[],[],[],[],[]],"time_zone":"America/Bogota"}`), h.targets(0))
		h.apply(patch(fleet.Absence, fmt.Sprintf(`{"since":1,"text":"Volvemos pronto.","other_inbox_id":%q}`, h.numbers[1].String())), h.targets(0))
		t.Run("B172 the documents are the source's, and what stands elsewhere goes", func(t *testing.T) {
			_, results := h.apply(fleet.Want{Source: h.numbers[0], Parts: []fleet.Part{fleet.Attention, fleet.Hours}}, h.targets(1, 2))
			if !slices.Equal(states(results), []string{fleet.Changed, fleet.Changed}) {
				t.Fatalf("%+v", results)
			}
			all, err := h.room.Read(t.Context(), h.ana, fleet.Parts, h.numbers...)
			h.must(err)
			for _, part := range []fleet.Part{fleet.Attention, fleet.Hours} {
				if want := string(all[h.numbers[0]][part].Settings); string(all[h.numbers[1]][part].Settings) != want || string(all[h.numbers[2]][part].Settings) != want {
					t.Errorf("%s differs: %+v", part, all)
				}
			}
			if b := all[h.numbers[1]][fleet.Absence]; b.Version != 0 {
				t.Errorf("copied what was not chosen: %+v", b)
			}
		})
		t.Run("a number that cannot take it says why", func(t *testing.T) {
			_, results := h.apply(fleet.Want{Source: h.numbers[0], Parts: []fleet.Part{fleet.Absence}}, h.targets(1, 2))
			if !slices.Equal(states(results), []string{fleet.Failed, fleet.Changed}) || !fault.Is(results[0].Err, "absence.number") {
				t.Errorf("%+v", results)
			}
		})
	})
}

func TestJournal(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := t.Context()
		start := h.bot(0).Settings.Greeting.First
		h.must(h.room.Set(ctx, h.ana, h.numbers[2], fleet.Attention, inbox.Attention{TagsRequired: new(true)}, 0))
		w := patch(fleet.Chatbot, `{"greeting":{"first":"Hola."}}`)
		w.Model = h.numbers[2]
		id, _ := h.apply(w, h.targets(0, 1))
		t.Run("X34 who, when, which numbers, from what to what", func(t *testing.T) {
			all, err := h.room.Changes(ctx, h.ana, 0, 0, 20)
			h.must(err)
			if len(all) != 2 || all[0].ID != id || all[0].Name != h.ana.Name || all[0].At == 0 || all[0].How != fleet.HowEdit || all[0].Model != h.numbers[2] ||
				!slices.Equal(all[0].Numbers, h.numbers[:2]) || !slices.Equal(all[0].Parts, []fleet.Part{fleet.Chatbot}) || all[0].Undone {
				t.Fatalf("%+v", all)
			}
			if one, err := h.room.Changes(ctx, h.ana, h.numbers[2], 0, 20); err != nil || len(one) != 1 || one[0].Parts[0] != fleet.Attention {
				t.Errorf("of one number: %+v %v", one, err)
			}
			if older, err := h.room.Changes(ctx, h.ana, 0, id, 20); err != nil || len(older) != 1 {
				t.Errorf("older: %+v %v", older, err)
			}
			what, err := h.room.Differences(ctx, h.ana, id)
			if err != nil || len(what) != 2 || what[0].Differences[0].From != start || what[0].Differences[0].To != "Hola." {
				t.Errorf("%+v %v", what, err)
			}
		})
		t.Run("X34 undone where nothing changed since; the others say so", func(t *testing.T) {
			h.apply(patch(fleet.Chatbot, `{"greeting":{"return":"De nuevo."}}`), h.targets(1))
			undo, results, err := h.room.Undo(ctx, h.ana, id)
			h.must(err)
			if !slices.Equal(states(results), []string{fleet.Changed, fleet.Failed}) || !fault.Is(results[1].Err, "fleet.changed_since") {
				t.Fatalf("%+v", results)
			}
			if h.bot(0).Settings.Greeting.First != start || h.bot(1).Settings.Greeting.First != "Hola." {
				t.Error("not put back, or put back over a later change")
			}
			all, err := h.room.Changes(ctx, h.ana, 0, 0, 20)
			h.must(err)
			if all[0].ID != undo || all[0].Undoes != id || all[0].How != fleet.HowUndo || !all[2].Undone {
				t.Errorf("%+v", all)
			}
			if _, again, err := h.room.Undo(ctx, h.ana, id); err != nil || !slices.Equal(states(again), []string{fleet.Same, fleet.Failed}) {
				t.Errorf("again: %+v %v", again, err)
			}
			if _, back, err := h.room.Undo(ctx, h.ana, undo); err != nil || back[0].State != fleet.Changed || h.bot(0).Settings.Greeting.First != "Hola." {
				t.Errorf("the undo undone: %+v %v", back, err)
			}
		})
	})
}

func TestReach(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := t.Context()
		some := h.member("luis", account.Agent)
		some.Permissions.Areas = map[account.Area]account.Level{account.Automation: account.Edit}
		some.Permissions.Abilities = nil
		h.must(h.inboxes.AddMember(ctx, h.workspace.ID, h.numbers[0], some.User, inbox.Manager))
		greet := patch(fleet.Chatbot, `{"greeting":{"first":"Hola."}}`)
		id, _ := h.apply(greet, h.targets(0, 1))
		t.Run("B178 who may edit only some numbers reaches only those", func(t *testing.T) {
			reached, err := h.room.Reaches(ctx, some)
			if err != nil || len(reached) != 1 || !reached[h.numbers[0]] {
				t.Fatalf("%v %v", reached, err)
			}
			_, results, err := h.room.Apply(ctx, some, patch(fleet.Chatbot, `{"greeting":{"first":"Buenas."}}`), h.targets(0, 1))
			if err != nil || !slices.Equal(states(results), []string{fleet.Changed, fleet.Failed}) || fault.KindOf(results[1].Err) != fault.NotFound {
				t.Errorf("%+v %v", results, err)
			}
			if _, err := h.room.Read(ctx, some, []fleet.Part{fleet.Chatbot}, h.numbers[1]); fault.KindOf(err) != fault.NotFound {
				t.Error(err)
			}
			what, err := h.room.Differences(ctx, some, id)
			if err != nil || len(what) != 1 {
				t.Errorf("%+v %v", what, err)
			}
		})
		t.Run("parts of an area that is not theirs stay as they are and unseen", func(t *testing.T) {
			if _, err := h.room.Read(ctx, some, []fleet.Part{fleet.Hours}, h.numbers[0]); fault.KindOf(err) != fault.Forbidden {
				t.Error(err)
			}
			_, results, err := h.room.Apply(ctx, some, patch(fleet.Hours, `{"always":false}`), h.targets(0))
			if err != nil || fault.KindOf(results[0].Err) != fault.Forbidden {
				t.Errorf("%+v %v", results, err)
			}
		})
		t.Run("another workspace has none of it", func(t *testing.T) {
			other := account.System(42)
			if _, _, err := h.room.Undo(ctx, other, id); fault.KindOf(err) != fault.NotFound {
				t.Error(err)
			}
			if _, results, err := h.room.Apply(ctx, other, greet, h.targets(0)); err != nil || fault.KindOf(results[0].Err) != fault.NotFound {
				t.Errorf("%+v %v", results, err)
			}
		})
	})
}

// Whatever a patch says, a document stays one that its room can read, or nothing changes.
func FuzzPatch(f *testing.F) {
	for _, seed := range []string{`{}`, `null`, `[]`, `{"greeting":null}`, `{"greeting":{"first":"x"}}`, `{"faq":{"questions":[{}]}}`, `{"days":[[]]}`, `{"a":{"b":{"c":[1]}}}`, `{"greeting":3}`} {
		f.Add(seed)
	}
	defaults, err := json.Marshal(bot.Defaults("es"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		out, err := fleet.Merged(defaults, []byte(text))
		if err == nil && !json.Valid(out) {
			t.Errorf("%s gives %s", text, out)
		}
		if err == nil {
			if again, err := fleet.Merged(out, []byte(text)); err != nil || string(again) != string(out) {
				t.Errorf("%s twice gives %s after %s (%v)", text, again, out, err)
			}
		}
	})
}
