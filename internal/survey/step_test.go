package survey

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"recado/internal/channel"
	"recado/internal/conversation"
)

// told plays a survey: each line is what a person writes ("tap:" and an id for a choice); what is answered is what became of each.
func told(s Settings, menus bool, lines ...string) (log []string, last Turn) {
	now := int64(1_000_000)
	in := Input{Kind: Began, Now: now, Key: "7", Name: "Julia Prates", Number: "Tienda", Menus: menus}
	last = s.Step(State{}, in)
	note := func() {
		var said []string
		for _, one := range last.Said {
			said = append(said, one.What)
		}
		for _, a := range last.Answers {
			said = append(said, fmt.Sprintf("%d=%d %s%v", a.Place, a.Value, a.Text, map[bool]string{true: " skipped"}[a.Skipped]))
		}
		if !last.Taken {
			said = append(said, "ordinary")
		}
		if last.Outcome != "" {
			said = append(said, last.Outcome)
		}
		log = append(log, strings.Join(said, ", "))
	}
	note()
	for _, line := range lines {
		now += 60_000
		in := Input{Kind: Wrote, Said: channel.Text, Text: line, At: now, Now: now, Key: "7", Menus: menus}
		if choice, tapped := strings.CutPrefix(line, "tap:"); tapped {
			in.Said, in.Text, in.Payload = channel.Button, "", "survey:7:"+choice
		}
		if kind, other := strings.CutPrefix(line, "kind:"); other {
			in.Said, in.Text = kind, ""
		}
		if text, soon := strings.CutPrefix(line, "soon:"); soon {
			now -= 60_000
			in.Text, in.At, in.Now = text, now+500, now+500
		}
		last = s.Step(last.State, in)
		note()
	}
	return log, last
}

func withInvitation(s Settings) Settings { s.Invitation.On = true; return s }

func TestStep(t *testing.T) {
	csat, nps := Ready(CSAT, "es"), Ready(NPS, "pt-BR")
	custom := Ready(Custom, "en")
	custom.Questions = []Question{
		{ID: "a", Kind: Choose, Text: "Where did you find us?", Options: []string{"Friends", "Instagram", "The shop"}, Required: true},
		{ID: "b", Kind: Scale, Text: "How easy?", From: 1, To: 3},
	}
	for _, c := range []struct {
		name  string
		s     Settings
		lines []string
		want  []string
	}{
		{"a tapped star and words", csat, []string{"tap:q1:4", "Muy amables"}, []string{"question", "question, 0=4 4", "thanks, 1=0 Muy amables, done"}},
		{"a written number and nothing more", csat, []string{"un cuatro", "omitir"}, []string{"question", "question, 0=4 4", "thanks, 1=0  skipped, done"}},
		{"an emoji is asked again once", csat, []string{"👍", "5"}, []string{"question", "again", "question, 0=5 5"}},
		{"and the second time dropped", csat, []string{"👍", "👍"}, []string{"question", "again", "ordinary, dropped"}},
		{"a number that is not on the scale", csat, []string{"11"}, []string{"question", "again"}},
		{"an order number is no rating", csat, []string{"20090011"}, []string{"question", "ordinary, dropped"}},
		{"something else is an ordinary message", csat, []string{"¿Dónde está mi pedido?"}, []string{"question", "ordinary, dropped"}},
		{"numbers among words are no rating", csat, []string{"tengo 2 preguntas"}, []string{"question", "ordinary, dropped"}},
		{"a picture is no answer", csat, []string{"kind:image"}, []string{"question", "ordinary, dropped"}},
		{"a sticker was meant as one", csat, []string{"kind:sticker", "kind:sticker"}, []string{"question", "again", "ordinary, dropped"}},
		{"zero out of ten", nps, []string{"0", "preço"}, []string{"question", "question, 0=0 0", "thanks, 1=0 preço, done"}},
		{"ten out of ten", nps, []string{"10/10"}, []string{"question", "question, 0=10 10"}},
		{"four out of five is no NPS", nps, []string{"4/5"}, []string{"question", "again"}},
		{"the last of two taps counts", csat, []string{"tap:q1:4", "tap:q1:5"}, []string{"question", "question, 0=4 4", "0=5 5"}},
		{"two numbers within a second: the second corrects", csat, []string{"4", "soon:5", "bien"}, []string{"question", "question, 0=4 4", "0=5 5", "thanks, 1=0 bien, done"}},
		{"words in two messages belong together", csat, []string{"4", "lento", "soon:pero amable"}, []string{"question", "question, 0=4 4", "thanks, 1=0 lento, done", "1=0 pero amable"}},
		{"yes to the invitation", withInvitation(csat), []string{"Sí, claro", "3"}, []string{"invitation", "question", "question, 0=3 3"}},
		{"a tapped yes, and no words either", withInvitation(nps), []string{"tap:yes", "9", "tap:q2:skip"}, []string{"invitation", "question", "question, 0=9 9", "thanks, 1=0  skipped, done"}},
		{"no to the invitation", withInvitation(nps), []string{"não, obrigada"}, []string{"invitation", "declined, declined"}},
		{"another matter instead of yes or no", withInvitation(csat), []string{"no me llegó el pedido"}, []string{"invitation", "ordinary, dropped"}},
		{"choices by number and by title", custom, []string{"2", "3"}, []string{"question", "question, 0=2 Instagram", "thanks, 1=3 3, done"}},
		{"choices by title, and one left out", custom, []string{"the SHOP!", "skip"}, []string{"question", "question, 0=3 The shop", "thanks, 1=0  skipped, done"}},
		{"a choice that is not there", custom, []string{"7"}, []string{"question", "again"}},
		{"after the end words are ordinary and taps are ours", csat, []string{"4", "bien", "otra cosa", "tap:q1:1"}, []string{"question", "question, 0=4 4", "thanks, 1=0 bien, done", "ordinary", "0=1 1"}},
		{"a question that was not asked yet", csat, []string{"tap:q2:skip"}, []string{"question", ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, _ := told(c.s, true, c.lines...)
			if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

func TestStepStaysOutOfTheWay(t *testing.T) {
	s := Ready(CSAT, "es")
	begun := s.Step(State{}, Input{Kind: Began, Now: 1000, Key: "7", Menus: true})
	for name, c := range map[string]struct {
		in    Input
		taken bool
		ends  bool
	}{
		"what is said to somebody else":            {Input{Text: "3", Elsewhere: true}, false, true},
		"unless it is tapped":                      {Input{Payload: "survey:7:q1:3", Elsewhere: true}, true, false},
		"the choice of another menu":               {Input{Text: "Ventas", Payload: "bot:queue:1"}, false, true},
		"a choice of another survey":               {Input{Text: "3", Payload: "survey:8:q1:3"}, false, true},
		"while an agent is there nobody is asked":  {Input{Text: "👍", Busy: true}, false, false},
		"and it still waits for a number":          {Input{Text: "3", Busy: true}, true, false},
		"nonsense in a payload is nobody's answer": {Input{Payload: "survey:7:q1:99"}, true, false},
	} {
		c.in.Kind, c.in.Said, c.in.Key, c.in.At, c.in.Now = Wrote, channel.Text, "7", 90_000, 90_000
		turn := s.Step(begun.State, c.in)
		if turn.Taken != c.taken || (turn.Outcome == Dropped) != c.ends {
			t.Errorf("%s: taken %v, outcome %q", name, turn.Taken, turn.Outcome)
		}
	}
}

func TestHowItIsAsked(t *testing.T) {
	csat, nps := Ready(CSAT, "es"), Ready(NPS, "es")
	ask := func(s Settings, menus bool) Said {
		return s.Step(State{}, Input{Kind: Began, Now: 1, Key: "7", Name: "Julia", Number: "Tienda", Menus: menus}).Said[0]
	}
	if said := ask(csat, true); said.Menu == nil || len(said.Menu.Options) != 5 || said.Menu.Button == "" || said.Menu.Options[4].Title != "5 · Excelente" {
		t.Errorf("five values are a list: %+v", said)
	}
	if said := ask(csat, false); said.Menu != nil || !strings.HasSuffix(said.Text, "Responde con un número del 1 al 5.") {
		t.Errorf("without menus a number is asked for: %+v", said)
	}
	if said := ask(nps, true); said.Menu != nil || !strings.Contains(said.Text, "recomiendes Tienda") || !strings.HasSuffix(said.Text, "Responde con un número del 0 al 10.") {
		t.Errorf("eleven values are written: %+v", said)
	}
	if said := ask(withInvitation(csat), true); said.Menu == nil || said.Menu.Button != "" || len(said.Menu.Options) != 2 || !strings.HasPrefix(said.Text, "Julia, ") {
		t.Errorf("the invitation has two buttons: %+v", said)
	}
	if said := ask(withInvitation(csat), false); !strings.HasSuffix(said.Text, "1. Sí\n2. No") {
		t.Errorf("or two numbers: %+v", said)
	}
}

func FuzzStep(f *testing.F) {
	for _, text := range []string{"4", "⭐⭐⭐", "10/10", "sí", "omitir", "5, muy bien", "\x00", "9️⃣", strings.Repeat("ñ", 3000)} {
		f.Add(text, "", `{"stage":"asked"}`)
		f.Add("", "survey:7:q1:"+text, `{"stage":"asked","at":1,"strikes":1}`)
	}
	f.Add("3", "", `{"stage":"ended","at":-4}`)
	f.Add("", "survey:7:yes", `{"stage":"invited","at":99}`)
	long := Ready(Custom, "en")
	long.Questions = []Question{{ID: "a", Kind: Choose, Text: "Which?", Options: []string{"One of a title that is longer than a row is", "Two"}}, {ID: "b", Kind: Text, Text: "Why?", Required: true}}
	f.Fuzz(func(t *testing.T, text, payload, state string) {
		var at State
		if json.Unmarshal([]byte(state), &at) != nil {
			t.Skip()
		}
		for _, s := range []Settings{Ready(CSAT, "es"), Ready(NPS, "en"), withInvitation(Ready(CSAT, "pt-BR")), long} {
			turn := s.Step(at, Input{Kind: Wrote, Said: channel.Text, Text: text, Payload: payload, At: 5000, Now: 5000, Key: "7", Menus: true})
			if !turn.Taken && (len(turn.Said) > 0 || len(turn.Answers) > 0) {
				t.Fatalf("an ordinary message was answered: %+v", turn)
			}
			for _, a := range turn.Answers {
				q := s.Questions[a.Place]
				if q.Kind == Scale && !a.Skipped && (a.Value < q.From || a.Value > q.To) || utf8.RuneCountInString(a.Text) > maxAnswer || a.Skipped && q.Required {
					t.Fatalf("%+v is no answer to %+v", a, q)
				}
			}
			for _, said := range turn.Said {
				if said.Text == "" || said.Menu != nil && (len(said.Menu.Options) > conversation.MaxRows || utf8.RuneCountInString(said.Text) > conversation.MaxMenuText) {
					t.Fatalf("said %+v", said)
				}
			}
		}
	})
}
