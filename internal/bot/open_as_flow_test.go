package bot_test

import (
	"fmt"
	"testing"

	"recado/internal/account"
	"recado/internal/bot"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/fault"
	"recado/internal/flow"

	"pgregory.net/rapid"
)

// tabs draws what a number can have in its tabs, as far as a menu holds it in one part.
func tabs(t *rapid.T) bot.Settings {
	s := settings(rapid.IntRange(0, 8).Draw(t, "questions"), rapid.IntRange(0, 8).Draw(t, "queues"))
	s.DefaultQueue = rapid.SampledFrom([]db.ID{0, 9}).Draw(t, "default")
	text := rapid.SampledFrom([]string{"", "Hola {{contact.first_name}}", "Aquí {{number.name}}, {{contact.name}}"})
	s.Greeting.First, s.Greeting.Return, s.Service.Before = text.Draw(t, "first"), text.Draw(t, "return"), text.Draw(t, "before")
	if rapid.Bool().Draw(t, "links") {
		s.Links = bot.Links{Site: "https://aurora.example", Caption: "Sitio", Menu: true}
	}
	return s
}

// both plays the tabs and the flow made of them side by side.
type both struct {
	settings bot.Settings
	book     flow.Book
	state    bot.State
	at       flow.State
	now      int64
	shown    []string // ids of the tabs' menu, and of the flow's, in order
	offered  []string
	excused  bool
}

const opened7 = db.ID(7)

// give gives the same input to both and tells what each said and where each went; over ends the play.
func (b *both) give(in bot.Input, choice int) (tabs, asFlow string, over bool) {
	b.now += 10_000
	in.Now, in.Name, in.Number, in.Menus = b.now, "Julia Prates", "Ventas", true
	f := flow.Input{Kind: flow.Wrote, Text: in.Text, Now: b.now, Menus: true, Visit: in.Who, Closed: b.excused,
		Values: map[string]string{"contact.name": "Julia Prates", "contact.first_name": "Julia", "number.name": "Ventas"}}
	if choice >= 0 && choice < len(b.shown) {
		in.Payload, f.Payload = b.shown[choice], b.offered[choice]
	}
	if in.Kind == bot.Opened {
		f.Kind = flow.Began
	}
	s := b.settings
	if b.excused {
		s.Service.Before = "" // as Room.React does when the number says itself that nobody is there
	}
	turn, out := s.Step(b.state, in), b.book.Step(b.at, f)
	b.state, b.at = turn.State, out.State
	for _, said := range turn.Said {
		tabs += said.Text + "\n"
		if m := said.Menu; m != nil {
			b.shown = nil
			for _, o := range m.Options {
				tabs, b.shown = tabs+"· "+o.Title+"|"+o.Detail+"\n", append(b.shown, o.ID)
			}
			tabs += m.Button
		}
	}
	for _, said := range out.Said {
		asFlow += said.Text + "\n"
		if m := said.Menu; m != nil {
			b.offered = nil
			for _, o := range m.Options {
				asFlow, b.offered = asFlow+"· "+o.Title+"|"+o.Detail+"\n", append(b.offered, o.ID)
			}
			asFlow += m.Button
		}
	}
	return tabs + fmt.Sprint("→", turn.Handoff, turn.Queue), asFlow + fmt.Sprint("→", out.Handoff, out.Queue), turn.Handoff
}

// TestTabsAsFlow: whatever the tabs of a number say and whatever a person writes or taps, the flow made of them says the same and leads
// to the same people.
func TestTabsAsFlow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := tabs(t)
		excuses := rapid.Bool().Draw(t, "excuses")
		f := s.AsFlow(excuses)
		if err := f.Shape(); err != nil {
			t.Fatal(err)
		}
		queues := map[db.ID]bool{9: true}
		for i := range 10 {
			queues[db.ID(100+i)] = true
		}
		for _, found := range f.Check(opened7, flow.World{Queues: queues}) {
			if found.Serious {
				t.Fatalf("block %s: %v", found.Block, found.Fault)
			}
		}
		b := both{settings: s, at: flow.State{Flow: opened7}, now: 1_000_000, excused: excuses && rapid.Bool().Draw(t, "closed"),
			book: func(id db.ID, _ int64) (flow.Version, bool) {
				return flow.Version{ID: opened7, Number: 1, Flow: f}, id == opened7
			}}
		in := bot.Input{Kind: bot.Opened, Who: rapid.SampledFrom([]string{bot.NewPerson, bot.Back, bot.Amid}).Draw(t, "who"), Text: "hola"}
		choice := -1
		for range 12 {
			tabs, asFlow, over := b.give(in, choice)
			if tabs != asFlow {
				t.Fatalf("to %q, choice %d\nthe tabs\n%s\nthe flow\n%s", in.Text, choice, tabs, asFlow)
			}
			if over {
				return
			}
			in = bot.Input{Kind: bot.Wrote, Text: rapid.SampledFrom([]string{"1", "2️⃣", "9", "Pregunta 2", "hablar con una persona", "COLA 1", "otros asuntos", "sitio", "🤔", "hola"}).Draw(t, "text")}
			if choice = rapid.IntRange(-6, 9).Draw(t, "choice"); choice >= 0 {
				in.Text = ""
			}
		}
	})
}

func TestOpenAsFlow(t *testing.T) {
	t.Run("more choices than a menu holds come in two parts", func(t *testing.T) {
		s := settings(10, 10)
		s.Links = bot.Links{Site: "https://aurora.example", Caption: "Sitio", Menu: true}
		f := s.AsFlow(true)
		same(t, "shape", f.Shape(), error(nil))
		asked := map[string]int{}
		for _, b := range f.Blocks {
			if b.Kind == flow.Menu {
				asked[b.ID] = len(b.Options)
			}
		}
		same(t, "choices", fmt.Sprint(asked), "map[faq:10 faq2:3 queues:10 queues2:2]")
	})
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		s := h.setup()
		actor := account.System(h.workspace)
		f, err := h.room.OpenAsFlow(t.Context(), actor, h.number)
		must(t, err)
		again, err := h.room.OpenAsFlow(t.Context(), actor, h.number)
		must(t, err)
		same(t, "each has a name of its own", f.Name != again.Name && f.Published == 0, true)
		found, err := h.room.Findings(t.Context(), h.workspace, f.ID, f.Draft)
		must(t, err)
		same(t, "findings", len(found), 0)
		c := h.comes("5531985553231", "hola", "")
		before := h.said(c)
		_, err = h.room.PublishFlow(t.Context(), actor, f.ID, -1)
		must(t, err)
		s.Flow = f.ID
		h.save(s)
		same(t, "a person is met alike", h.said(h.comes("5531985553232", "hola", "")), before)
		_, err = h.room.OpenAsFlow(t.Context(), actor, 99)
		same(t, "a number of elsewhere", fault.KindOf(err), fault.NotFound)
		_, err = h.room.OpenAsFlow(t.Context(), account.Actor{Kind: account.KindUser, Workspace: h.workspace, User: 3}, h.number)
		same(t, "who may not", fault.KindOf(err), fault.Forbidden)
	})
}
