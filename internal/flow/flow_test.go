package flow_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"recado/internal/db"
	"recado/internal/flow"
	"recado/internal/hours"
	"recado/internal/words"

	"pgregory.net/rapid"
)

const own, other, third = db.ID(7), db.ID(8), db.ID(9)

// talk plays a flow as a person would.
type talk struct {
	t     testing.TB
	book  flow.Book
	state flow.State
	now   int64
	log   []flow.Line
	last  flow.Turn
}

func published(f flow.Flow) flow.Book {
	return func(id db.ID, number int64) (flow.Version, bool) {
		return flow.Version{ID: own, Number: 1, Name: "Menú", Flow: f}, id == own && number <= 1
	}
}

func begin(t testing.TB, book flow.Book, in flow.Input) *talk {
	k := &talk{t: t, book: book, state: flow.State{Flow: own}, now: 1_000_000}
	in.Kind = flow.Began
	k.give(in)
	return k
}

func (k *talk) give(in flow.Input) flow.Turn {
	k.now += 10_000
	in.Now, in.Menus = k.now, true
	if in.Kind == flow.Wrote && in.At == 0 {
		in.At = k.now
	}
	k.last = k.book.Step(k.state, in)
	k.state = k.last.State
	k.log = append(k.log, k.last.Log...)
	return k.last
}

func (k *talk) says(text string) flow.Turn { return k.give(flow.Input{Kind: flow.Wrote, Text: text}) }

// heard asks what was said at the last step, in order.
func (k *talk) heard(want ...string) {
	k.t.Helper()
	var got []string
	for _, s := range k.last.Said {
		got = append(got, s.Text)
	}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		k.t.Errorf("said %q, want %q", got, want)
	}
}

func one(n float64) *float64 { return &n }

func TestRecipes(t *testing.T) {
	for _, name := range flow.Recipes {
		for _, language := range words.Locales {
			f := flow.Recipe(name, language)
			if err := f.Shape(); err != nil {
				t.Errorf("%s in %s: %v", name, language, err)
			}
			if found := f.Check(own, flow.World{}); len(found) > 0 {
				t.Errorf("%s in %s: %s %v", name, language, found[0].Block, found[0].Fault)
			}
		}
	}
}

func TestStep(t *testing.T) {
	t.Run("a menu leads to an answer, and to people", func(t *testing.T) {
		k := begin(t, published(flow.Recipe("menu", "es")), flow.Input{Values: map[string]string{"contact.first_name": "Julia"}})
		k.heard("¡Hola Julia! ¿En qué te ayudamos?")
		if m := k.last.Said[0].Menu; m == nil || m.Button != "" || len(m.Options) != 3 {
			t.Fatalf("menu: %+v", m)
		}
		k.says("1️⃣")
		k.heard("Abrimos de lunes a viernes, de 9 a 18.", "¿Algo más?")
		k.says("hablar con ALGUIEN!")
		if k.heard("Alguien del equipo te escribe aquí enseguida."); !k.last.Handoff {
			t.Error("people did not take over")
		}
	})
	t.Run("what is no choice is asked again, then people help", func(t *testing.T) {
		k := begin(t, published(flow.Recipe("menu", "es")), flow.Input{})
		k.says("🤔")
		k.heard("Elige una de estas opciones, por favor:")
		if k.says("99"); !k.last.Handoff || k.state.Block != "" {
			t.Errorf("%+v", k.last)
		}
	})
	t.Run("an answer of the wrong kind is asked again and a right one kept", func(t *testing.T) {
		k := begin(t, published(flow.Recipe("details", "es")), flow.Input{})
		k.says("Julia Paz")
		if k.last.Kept["Nombre completo"] != "Julia Paz" {
			t.Errorf("kept: %v", k.last.Kept)
		}
		k.says("no tengo")
		k.heard("Eso no es un correo. Se ve así: ana@example.com.")
		k.says("julia@example.com")
		k.heard("¿De qué se trata?")
		k.says("2")
		if !k.last.Handoff || k.last.Kept["Motivo"] != "Necesito ayuda" {
			t.Errorf("%+v", k.last)
		}
	})
	t.Run("kinds of answers", func(t *testing.T) {
		for _, c := range []struct {
			answer     flow.Answer
			said, want string
		}{
			{flow.Answer{Kind: flow.Number}, "1.234,50", "1234.5"}, {flow.Answer{Kind: flow.Number}, "3️⃣", "3"}, {flow.Answer{Kind: flow.Number}, "tres", ""},
			{flow.Answer{Kind: flow.Number}, "😀", ""}, {flow.Answer{Kind: flow.Number}, "NaN", ""}, {flow.Answer{Kind: flow.Number}, "1e9", ""},
			{flow.Answer{Kind: flow.Number, Min: one(1), Max: one(5)}, "6", ""}, {flow.Answer{Kind: flow.Number, Min: one(1), Max: one(5)}, "5", "5"},
			{flow.Answer{Kind: flow.Date}, "31/12/2026", "2026-12-31"}, {flow.Answer{Kind: flow.Date}, "2026-12-31", "2026-12-31"}, {flow.Answer{Kind: flow.Date}, "31/02/2026", ""},
			{flow.Answer{Kind: flow.Email}, "Ana <ana@example.com>", ""}, {flow.Answer{Kind: flow.Phone}, "+55 31 98555-2301", "+5531985552301"}, {flow.Answer{Kind: flow.Phone}, "12", ""},
			{flow.Answer{Kind: flow.AnyText, Min: one(3)}, "si", ""}, {flow.Answer{Kind: flow.File}, "toma", ""},
		} {
			f := flow.Flow{Language: "es", Blocks: []flow.Block{{ID: "a", Kind: flow.Ask, Text: "¿?", Name: "k", Answer: &c.answer, Then: flow.Finish}}}
			k := begin(t, published(f), flow.Input{})
			k.says(c.said)
			if k.last.Kept["k"] != c.want || k.last.Ended != (c.want != "") {
				t.Errorf("%v %q: kept %q", c.answer.Kind, c.said, k.last.Kept["k"])
			}
		}
	})
	t.Run("what was written before the question was asked is no answer to it", func(t *testing.T) {
		k := begin(t, published(flow.Recipe("details", "es")), flow.Input{})
		k.give(flow.Input{Kind: flow.Wrote, Text: "¿hay alguien?", At: k.state.AskedAt - 3_000})
		if k.heard(); k.state.Block != "name" {
			t.Errorf("went on to %q", k.state.Block)
		}
	})
	t.Run("a choice of an old menu counts while it exists, and is said to be gone afterwards", func(t *testing.T) {
		k := begin(t, published(flow.Recipe("menu", "es")), flow.Input{})
		old := k.last.Said[0].Menu.Options[2].ID
		k.says("1")
		k.give(flow.Input{Kind: flow.Wrote, Text: "Hablar con alguien", Payload: old})
		if !k.last.Handoff {
			t.Error("an old choice did nothing")
		}
		k = begin(t, published(flow.Recipe("menu", "es")), flow.Input{Payload: old})
		if !k.last.Handoff {
			t.Error("a choice that opens a ticket did nothing")
		}
		k = begin(t, published(flow.Recipe("menu", "es")), flow.Input{})
		k.give(flow.Input{Kind: flow.Wrote, Text: "Promo", Payload: flow.Mark + own.String() + ":deleted:x"})
		k.heard("Esa opción ya no está disponible.", "¡Hola! ¿En qué te ayudamos?")
		if k.state.Tries != 0 {
			t.Error("it counted as a wrong answer")
		}
	})
	t.Run("nobody answers: it ends, once", func(t *testing.T) {
		k := begin(t, published(flow.Recipe("menu", "es")), flow.Input{})
		k.says("1")
		before := k.state
		if k.give(flow.Input{Kind: flow.Due, Serial: k.state.Serial}); k.last.Ended {
			t.Fatal("before its time")
		}
		k.now += 60 * 60_000
		if k.give(flow.Input{Kind: flow.Due, Serial: before.Serial - 1}); k.last.Ended {
			t.Fatal("by an older waiting")
		}
		if k.give(flow.Input{Kind: flow.Due, Serial: before.Serial}); !k.last.Ended || k.state.Block != "" {
			t.Fatalf("%+v", k.last)
		}
	})
	t.Run("a conversation goes on in the version it began with, and with people when that is gone", func(t *testing.T) {
		first, second := flow.Recipe("menu", "es"), flow.Flow{Language: "es", Blocks: []flow.Block{{ID: "x", Kind: flow.End, Text: "Nuevo"}}}
		newest, kept := int64(1), true
		book := func(id db.ID, number int64) (flow.Version, bool) {
			if number == 0 {
				number = newest
			}
			f := first
			if number == 2 {
				f = second
			}
			return flow.Version{ID: own, Number: number, Flow: f}, number == 2 || kept
		}
		k := begin(t, book, flow.Input{})
		newest = 2
		if k.says("2"); k.last.Handoff || k.state.Block != "more" {
			t.Fatalf("%+v", k.last)
		}
		kept = false
		if k.says("1"); !k.last.Handoff || k.last.Log[0].Did != "gone" {
			t.Fatalf("%+v", k.last)
		}
	})
}

func TestCalls(t *testing.T) {
	f := flow.Flow{Language: "es", Blocks: []flow.Block{
		{ID: "ask", Kind: flow.Ask, Text: "¿Pedido?", Name: "Pedido"},
		{ID: "call", Kind: flow.HTTP, Request: &flow.Request{Method: "POST", URL: "https://tienda.example/p/{{contact.Pedido}}", Body: `{"n":"{{answer}}"}`,
			Headers: []flow.Header{{Name: "X-Key", Value: "{{answer}}"}}, Results: []flow.Result{{Path: "state", Name: "Estado"}}}, Else: "sorry"},
		{ID: "tell", Kind: flow.Say, Text: "Está {{contact.Estado}}", Then: "brain"},
		{ID: "sorry", Kind: flow.Say, Text: "No pude ver tu pedido."},
		{ID: "brain", Kind: flow.Brain, Brain: 9, Text: "¿Qué más?", Queue: 5, Then: flow.Finish},
	}}
	if found := f.Check(own, flow.World{Brains: map[db.ID]bool{9: true}, Queues: map[db.ID]bool{5: true}}); len(found) > 0 {
		t.Fatal(found[0].Fault)
	}
	called := func() *talk {
		k := begin(t, published(f), flow.Input{})
		k.says("7/\"x\n")
		return k
	}
	t.Run("values are escaped where they stand", func(t *testing.T) {
		k := called()
		r := k.last.Call.Request
		if r.URL != "https://tienda.example/p/7%2F%22x" || r.Body != `{"n":"7/\"x"}` || !json.Valid([]byte(r.Body)) {
			t.Errorf("%+v", r)
		}
	})
	t.Run("an answer is taken once", func(t *testing.T) {
		k := called()
		in := flow.Input{Kind: flow.Answered, Serial: k.state.Serial, Outcome: flow.Outcome{Values: map[string]string{"Estado": "en camino", "Otro": "no"}}}
		k.give(in)
		k.heard("Está en camino", "¿Qué más?")
		if len(k.last.Kept) != 1 {
			t.Errorf("kept %v", k.last.Kept)
		}
		k.give(in)
		k.heard()
	})
	t.Run("what fails goes on elsewhere, and a late answer is nothing", func(t *testing.T) {
		k := called()
		late := flow.Input{Kind: flow.Answered, Serial: k.state.Serial}
		k.now += 120_000
		k.give(flow.Input{Kind: flow.Due, Serial: k.state.Serial})
		k.heard("No pude ver tu pedido.", "¿Qué más?")
		k.give(late)
		k.heard()
	})
	t.Run("a brain talks until it hands over, and hears what was said meanwhile", func(t *testing.T) {
		k := called()
		k.give(flow.Input{Kind: flow.Answered, Serial: k.state.Serial, Outcome: flow.Outcome{}})
		k.says("¿Tienen pan?")
		if c := k.last.Call; c == nil || c.Brain != 9 || c.Text != "¿Tienen pan?" {
			t.Fatalf("%+v", c)
		}
		serial := k.state.Serial
		if k.says("sin sal"); k.last.Call != nil {
			t.Fatal("asked twice at once")
		}
		k.give(flow.Input{Kind: flow.Answered, Serial: serial, Outcome: flow.Outcome{Say: []string{"Sí, {{contact.name}}"}}})
		k.heard("Sí, {{contact.name}}")
		if c := k.last.Call; c == nil || c.Text != "sin sal" || len(c.Talk) != 1 {
			t.Fatalf("%+v", c)
		}
		k.give(flow.Input{Kind: flow.Answered, Serial: k.state.Serial, Outcome: flow.Outcome{Say: []string{"Te paso"}, Handoff: true}})
		if !k.last.Handoff || k.last.Queue != 5 {
			t.Errorf("%+v", k.last)
		}
	})
	t.Run("a brain that says nothing has failed", func(t *testing.T) {
		k := called()
		k.give(flow.Input{Kind: flow.Answered, Serial: k.state.Serial})
		k.says("hola")
		k.give(flow.Input{Kind: flow.Answered, Serial: k.state.Serial})
		if !k.last.Handoff {
			t.Errorf("%+v", k.last)
		}
	})
}

func TestCheck(t *testing.T) {
	other := flow.Version{ID: 8, Number: 1, Flow: flow.Flow{Language: "es", Blocks: []flow.Block{{ID: "a", Kind: flow.Say, Text: "x"}, {ID: "b", Kind: flow.GoTo, Flow: own}}}}
	world := flow.World{Flows: map[db.ID]flow.Version{8: other}, Address: func(a string) error {
		if strings.Contains(a, "127.0.0.1") {
			return fmt.Errorf("private")
		}
		return nil
	}}
	for name, c := range map[string]struct {
		blocks []flow.Block
		want   string // block code
	}{
		"nothing at all":              {nil, " flow.no_block"},
		"nothing below":               {[]flow.Block{{ID: "a", Kind: flow.Say, Text: "x"}}, "a flow.dead_end"},
		"a target that is gone":       {[]flow.Block{{ID: "a", Kind: flow.Say, Text: "x", Then: "zz"}}, "a flow.no_target"},
		"it goes round":               {[]flow.Block{{ID: "a", Kind: flow.Say, Text: "x"}, {ID: "b", Kind: flow.Say, Text: "x", Then: "a"}}, "a flow.loop"},
		"it goes round by waiting":    {[]flow.Block{{ID: "a", Kind: flow.Ask, Text: "x", Minutes: 1, Late: "a", Then: flow.Finish}}, "a flow.loop"},
		"it goes round by asking out": {[]flow.Block{{ID: "a", Kind: flow.HTTP, Request: &flow.Request{Method: "GET", URL: "https://x.example/"}, Then: flow.Finish, Else: "a"}}, "a flow.loop"},
		"it goes round elsewhere":     {[]flow.Block{{ID: "a", Kind: flow.GoTo, Flow: 8}}, "a flow.loop"},
		"it calls itself":             {[]flow.Block{{ID: "q", Kind: flow.Ask, Text: "x"}, {ID: "a", Kind: flow.GoTo, Flow: own}}, "a flow.itself"},
		"no such flow":                {[]flow.Block{{ID: "a", Kind: flow.GoTo, Flow: 99}}, "a flow.no_flow"},
		"nobody gets there":           {[]flow.Block{{ID: "a", Kind: flow.End}, {ID: "b", Kind: flow.End}}, "b flow.unreachable"},
		"nobody can answer":           {[]flow.Block{{ID: "a", Kind: flow.Ask, Text: "x", Then: flow.Finish, Answer: &flow.Answer{Kind: flow.Number, Min: one(5), Max: one(1)}}}, "a flow.unanswerable"},
		"a menu of nothing":           {[]flow.Block{{ID: "a", Kind: flow.Menu, Text: "x"}}, "a flow.no_option"},
		"two choices alike":           {[]flow.Block{{ID: "a", Kind: flow.Menu, Text: "x", Options: []flow.Option{{ID: "1", Title: "Sí", Then: flow.Finish}, {ID: "2", Title: "si", Then: flow.Finish}}}}, "a flow.same_title"},
		"a private address":           {[]flow.Block{{ID: "a", Kind: flow.HTTP, Request: &flow.Request{Method: "GET", URL: "http://127.0.0.1/x"}, Then: flow.Finish}}, "a flow.private"},
		"a host that is a value":      {[]flow.Block{{ID: "a", Kind: flow.HTTP, Request: &flow.Request{Method: "GET", URL: "https://{{answer}}/x"}, Then: flow.Finish}}, "a flow.url"},
		"a body that is none":         {[]flow.Block{{ID: "a", Kind: flow.HTTP, Request: &flow.Request{Method: "POST", URL: "https://x.example/", Body: "{"}, Then: flow.Finish}}, "a flow.body"},
		"a header of the client":      {[]flow.Block{{ID: "a", Kind: flow.HTTP, Request: &flow.Request{Method: "GET", URL: "https://x.example/", Headers: []flow.Header{{Name: "Host", Value: "y"}}}, Then: flow.Finish}}, "a flow.header_own"},
		"words that are too long":     {[]flow.Block{{ID: "a", Kind: flow.End, Text: strings.Repeat("x", 4097)}}, "a flow.too_long"},
		"a name nobody knows":         {[]flow.Block{{ID: "a", Kind: flow.End, Text: "{{agent.name}}"}}, "a flow.unknown_name"},
		"a queue that is gone":        {[]flow.Block{{ID: "a", Kind: flow.Handoff, Queue: 4}}, "a flow.queue"},
		"a brain that is gone":        {[]flow.Block{{ID: "a", Kind: flow.Brain, Brain: 4, Then: flow.Finish}}, "a flow.brain"},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, f := range (flow.Flow{Language: "es", Blocks: c.blocks}).Check(own, world) {
				got = append(got, f.Block+" "+f.Fault.Code)
				if !words.Has(f.Fault.Code) {
					t.Errorf("%s has no words", f.Fault.Code)
				}
			}
			if strings.Join(got, ",") != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

// drawn makes flows of few blocks that lead anywhere, sane and not.
func drawn(t *rapid.T) flow.Flow {
	target := rapid.SampledFrom([]string{"", flow.Finish, flow.People, flow.Back, "b0", "b1", "b2", "b3", "b4", "b5"})
	f := flow.Flow{Language: "es"}
	for i := range rapid.IntRange(1, 6).Draw(t, "blocks") {
		b := flow.Block{ID: fmt.Sprintf("b%d", i), Kind: rapid.SampledFrom(flow.Kinds).Draw(t, "kind"), Text: "x", Name: "k", Then: target.Draw(t, "then"), Else: target.Draw(t, "else"),
			Late: target.Draw(t, "late"), Minutes: rapid.Int64Range(0, 2).Draw(t, "minutes"), Until: rapid.SampledFrom([]string{"", flow.UntilOpen}).Draw(t, "until"), Within: rapid.Bool().Draw(t, "within"), Brain: 9, Flow: rapid.SampledFrom([]db.ID{0, own, other, third}).Draw(t, "flow"), Request: &flow.Request{Method: "GET", URL: "https://x.example/"}}
		for j := range rapid.IntRange(0, 3).Draw(t, "options") {
			b.Options = append(b.Options, flow.Option{ID: fmt.Sprint(j), Title: fmt.Sprint("o", j), Then: target.Draw(t, "to")})
			b.Cases = append(b.Cases, flow.Case{Name: "answer", Op: flow.Is, Value: "a", Then: target.Draw(t, "to")})
		}
		f.Blocks = append(f.Blocks, b)
	}
	return f
}

// TestEveryFlow: whatever flows look like, also routers and their children, and whatever is said to them, a step ends, says a bounded
// number of things and leaves a state from which the next one goes on; flows that were checked never run out of their bound and never
// hand a person to and fro.
func TestEveryFlow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		town := map[db.ID]flow.Version{}
		for _, id := range []db.ID{own, other, third}[:rapid.IntRange(1, 3).Draw(t, "flows")] {
			f := drawn(t)
			f.Context, f.Leave = rapid.Bool().Draw(t, "context"), []string{"😀"}
			if rapid.Bool().Draw(t, "waits") { // many flows that were checked, not only those chance makes
				f.Blocks = append([]flow.Block{{ID: "w", Kind: flow.Ask, Text: "?", Then: rapid.SampledFrom([]string{"", flow.Back, flow.People}).Draw(t, "then")}}, f.Blocks...)
			}
			if err := f.Shape(); err != nil {
				t.Skip(err)
			}
			town[id] = flow.Version{ID: id, Number: 1, Name: id.String(), Flow: f}
		}
		sane := true
		for id, v := range town {
			for _, found := range v.Flow.Check(id, flow.World{Brains: map[db.ID]bool{9: true}, Flows: town}) {
				sane = sane && !found.Serious
			}
		}
		book := flow.Book(func(id db.ID, number int64) (flow.Version, bool) {
			v, ok := town[id]
			return v, ok && number <= 1
		})
		clocks := []*hours.Clock{nil, clock(t, hours.Default()), clock(t, hours.Schedule{}), clock(t, hours.Schedule{Days: [7][]hours.Interval{{{From: "00:00", To: "00:20"}}}})}
		state, now := flow.State{Flow: own}, int64(1_000_000)
		for range rapid.IntRange(1, 25).Draw(t, "inputs") {
			now += rapid.Int64Range(0, 200_000).Draw(t, "pause")
			in := flow.Input{Kind: rapid.SampledFrom([]string{flow.Wrote, flow.Wrote, flow.Due, flow.Answered}).Draw(t, "kind"), Now: now, Menus: true, Serial: state.Serial,
				Text: rapid.SampledFrom([]string{"a", "1", "o1", "😀", ""}).Draw(t, "text"), Payload: rapid.SampledFrom([]string{"", "flow:7:b1:0", "flow:8:b1:0", "flow:zz:b:c", "flow::"}).Draw(t, "payload")}
			in.Clock, in.Closed = rapid.SampledFrom(clocks).Draw(t, "clock"), rapid.Bool().Draw(t, "closed")
			if state.Block == "" && rapid.Bool().Draw(t, "stays") {
				in.Kind, in.Child = flow.Began, rapid.SampledFrom([]db.ID{other, third, 99}).Draw(t, "child")
			}
			if rapid.Bool().Draw(t, "works") {
				in.Outcome.Say = []string{"y"}
			} else {
				in.Outcome.Failed = "flow.call.late"
			}
			turn := book.Step(state, in)
			if len(turn.Said) > 130 {
				t.Fatalf("%d messages", len(turn.Said))
			}
			over := turn.Handoff || turn.Ended
			if over != (turn.State.Block == "") && in.Kind == flow.Wrote {
				t.Fatalf("over %v in %q", over, turn.State.Block)
			}
			if r := turn.State.Router; r != nil && (r.Flow == turn.State.Flow || !town[r.Flow].Flow.Routes()) {
				t.Fatalf("in %s through %s", turn.State.Flow, r.Flow)
			}
			if stays := turn.Stays; stays != nil && !town[stays.Child].Flow.Context {
				t.Fatalf("remembered in %s, which shares nothing", stays.Child)
			}
			for _, line := range turn.Log {
				if sane && (line.Did == "looped" || line.Did == "gone") {
					t.Fatalf("a checked flow %s at %s of %s", line.Did, line.Block, line.Flow)
				}
			}
			text, err := json.Marshal(turn.State)
			if err == nil {
				state = flow.State{}
				err = json.Unmarshal(text, &state)
			}
			if err != nil {
				t.Fatal(err)
			}
			if over {
				state = flow.State{Flow: own}
			}
		}
	})
}

// FuzzFlow reads flows as strangers write them.
func FuzzFlow(f *testing.F) {
	for _, name := range flow.Recipes {
		text, _ := json.Marshal(flow.Recipe(name, "es"))
		f.Add(text, "1")
	}
	f.Add([]byte(`{"language":"es","blocks":[{"id":"a","kind":"http"},{"id":"b","kind":"ask","answer":{"kind":"number"}}]}`), "٣")
	f.Fuzz(func(t *testing.T, text []byte, said string) {
		var x flow.Flow
		if json.Unmarshal(text, &x) != nil || x.Shape() != nil {
			return
		}
		for _, found := range x.Check(own, flow.World{}) {
			if found.Serious {
				return // is never published
			}
		}
		k := begin(t, published(x), flow.Input{Text: said})
		for range 5 {
			k.says(said)
			if k.last.Handoff || k.last.Ended {
				return
			}
		}
	})
}
