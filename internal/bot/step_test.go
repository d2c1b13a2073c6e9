package bot_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"recado/internal/bot"
	"recado/internal/channel"
	"recado/internal/db"
)

func settings(questions, queues int) bot.Settings {
	s := bot.Defaults("es")
	s.Enabled, s.DefaultQueue = true, 9
	for i := range questions {
		s.FAQ.On = true
		s.FAQ.Questions = append(s.FAQ.Questions, bot.Question{ID: fmt.Sprint("q", i+1), Question: fmt.Sprintf("Pregunta %d", i+1), Answer: fmt.Sprintf("Respuesta %d", i+1)})
	}
	for i := range queues {
		s.Queues.On = true
		s.Queues.Options = append(s.Queues.Options, bot.Option{Queue: db.ID(100 + i), Title: fmt.Sprintf("Cola %d", i+1)})
	}
	return s
}

// told gives what was said, as "what what …", with the queue of a handoff.
func told(turn bot.Turn) string {
	var words []string
	for _, said := range turn.Said {
		words = append(words, said.What)
	}
	if turn.Handoff {
		words = append(words, "→"+turn.Queue.String())
	}
	return strings.Join(words, " ")
}

func opened(who string) bot.Input {
	return bot.Input{Kind: bot.Opened, Who: who, Name: "Julia Prates", Menus: true}
}

func wrote(text string) bot.Input {
	return bot.Input{Kind: bot.Wrote, Text: text, Menus: true}
}

func tapped(payload string) bot.Input {
	return bot.Input{Kind: bot.Wrote, Payload: payload, Menus: true}
}

func TestStep(t *testing.T) {
	for name, one := range map[string]struct {
		settings bot.Settings
		inputs   []bot.Input
		want     string // of the last input
	}{
		"a new person is greeted and asked":           {settings(2, 2), []bot.Input{opened(bot.NewPerson)}, "greeting menu"},
		"who is amid a conversation is only asked":    {settings(2, 2), []bot.Input{opened(bot.Amid)}, "menu"},
		"without menus people take over":              {settings(0, 0), []bot.Input{opened(bot.Back)}, "greeting before →9"},
		"an answer is followed by the menu":           {settings(2, 2), []bot.Input{opened(bot.Amid), wrote("1")}, "answer menu"},
		"a number with a point":                       {settings(2, 2), []bot.Input{opened(bot.Amid), wrote("2.")}, "answer menu"},
		"a person without a menu of queues":           {settings(2, 0), []bot.Input{opened(bot.Amid), wrote("hablar con una PERSONA")}, "before →9"},
		"a person, then a queue":                      {settings(2, 2), []bot.Input{opened(bot.Amid), wrote("3"), wrote("2")}, "before →101"},
		"other subjects":                              {settings(0, 2), []bot.Input{opened(bot.Amid), wrote("Otros asuntos")}, "before →9"},
		"ten of each: the tenth by an emoji":          {settings(10, 10), []bot.Input{opened(bot.Amid), wrote("🔟")}, "answer menu"},
		"ten of each: the number of a choice unseen":  {settings(10, 10), []bot.Input{opened(bot.Amid), tapped("bot:person"), wrote("11")}, "before →9"},
		"more of a long menu":                         {settings(10, 10), []bot.Input{opened(bot.Amid), tapped("bot:more:9"), tapped("bot:person")}, "menu"},
		"no place in the menu":                        {settings(2, 2), []bot.Input{opened(bot.Amid), wrote("7")}, "menu"},
		"none of the questions twice leads to queues": {settings(2, 2), []bot.Input{opened(bot.Amid), wrote("x"), wrote("y")}, "menu"},
		"none of anything leads to people":            {settings(2, 2), []bot.Input{opened(bot.Amid), wrote("x"), wrote("y"), wrote("z"), wrote("z")}, "before →9"},
		"an answer in between counts anew":            {settings(2, 0), []bot.Input{opened(bot.Amid), wrote("x"), wrote("1"), wrote("y")}, "menu"},
		"a deleted question":                          {settings(2, 2), []bot.Input{opened(bot.Amid), tapped("bot:question:q9")}, "gone menu"},
		"a deleted queue, from an old menu":           {settings(0, 2), []bot.Input{{Kind: bot.Opened, Who: bot.Back, Payload: "bot:queue:555", Menus: true}}, "greeting gone menu"},
		"a question of the menu before":               {settings(2, 2), []bot.Input{opened(bot.Amid), tapped("bot:person"), tapped("bot:question:q2")}, "answer menu"},
		"a payload that is nobody's":                  {settings(2, 2), []bot.Input{opened(bot.Amid), tapped("bot:")}, "menu"},
		"nothing was asked yet":                       {settings(2, 2), []bot.Input{wrote("hola")}, "menu"},
		"the words after a service":                   {settings(2, 2), []bot.Input{{Kind: bot.Closed}}, "after"},
	} {
		t.Run(name, func(t *testing.T) {
			turn := bot.Turn{}
			for _, in := range one.inputs {
				turn = one.settings.Step(turn.State, in)
			}
			same(t, "turn", told(turn), one.want)
		})
	}
}

func TestStepWords(t *testing.T) {
	s := settings(2, 0)
	s.FAQ.Questions[0].Question = "¿Cuál es el horario de atención de la tienda?"
	s.Links = bot.Links{Instagram: "https://instagram.example/aurora", Site: "https://aurora.example", Caption: "Redes sociales", Menu: true, After: true}
	s.Greeting.First = "Hola {{ contact.first_name }}, soy {{number.name}}."

	turn := s.Step(bot.State{}, bot.Input{Kind: bot.Opened, Who: bot.NewPerson, Name: "Julia  Prates", Number: "Ventas", Menus: true})
	same(t, "greeting", turn.Said[0].Text, "Hola Julia, soy Ventas.")
	m := turn.Said[1].Menu
	same(t, "opens", m.Button, "Ver opciones")
	same(t, "long question", m.Options[0], channel.Option{ID: "bot:question:q1", Title: "¿Cuál es el horario de…", Detail: s.FAQ.Questions[0].Question})
	same(t, "entries", len(m.Options), 4)
	same(t, "links", s.Step(turn.State, wrote("redes sociales")).Said[0].Text, "Instagram: https://instagram.example/aurora\nSitio web: https://aurora.example")

	turn = s.Step(bot.State{}, bot.Input{Kind: bot.Opened, Who: bot.NewPerson, Number: "Ventas"})
	same(t, "greeting of who has no name", turn.Said[0].Text, "Hola, soy Ventas.")
	same(t, "menu in words", turn.Said[1].Text, s.FAQ.Text+"\n\n1. ¿Cuál es el horario de atención de la tienda?\n2. Pregunta 2\n3. Redes sociales\n4. Hablar con una persona")
	if turn.Said[1].Menu != nil {
		t.Error("choices to tap on a channel without them")
	}
	same(t, "names are not looked into", s.Step(bot.State{}, bot.Input{Kind: bot.Opened, Who: bot.NewPerson, Name: "{{number.name}} X", Number: "Ventas"}).Said[0].Text, "Hola {{number.name}}, soy Ventas.")
	same(t, "after", s.Step(bot.State{}, bot.Input{Kind: bot.Closed}).Said[0].Text, s.Service.After+"\n\nInstagram: https://instagram.example/aurora\nSitio web: https://aurora.example")

	m = settings(0, 2).Step(bot.State{}, opened(bot.Amid)).Said[0].Menu
	same(t, "three short choices are buttons", m.Button, "")
	m = settings(0, 10).Step(bot.State{}, opened(bot.Amid)).Said[0].Menu
	same(t, "rows", len(m.Options), 10)
	same(t, "the last row", m.Options[9], channel.Option{ID: "bot:more:9", Title: "Más opciones"})
}

// FuzzStep lets anybody write and tap anything, whatever was kept: what is said fits the channel.
func FuzzStep(f *testing.F) {
	for _, seed := range [][3]string{{"2️⃣", "", `{"stage":"faq","shown":["question:q1","person"]}`}, {"", "bot:more:99", `{"stage":"queues"}`}, {"１", "bot:question:", `{}`},
		{"\x00{{contact.name}}", "bot:queue:-1", `{"stage":"nowhere","strikes":-3}`}, {"hola", "bot:more:-1", `{"stage":"faq","shown":["more:x"],"asked_at":1}`}} {
		f.Add(seed[0], seed[1], seed[2])
	}
	s := settings(10, 10)
	s.Links = bot.Links{Site: "https://aurora.example", Caption: "Sitio", Menu: true}
	f.Fuzz(func(t *testing.T, text, payload, kept string) {
		var state bot.State
		if json.Unmarshal([]byte(kept), &state) != nil {
			return
		}
		for _, in := range []bot.Input{{Kind: bot.Wrote, At: 1}, {Kind: bot.Opened, Who: bot.NewPerson}} {
			in.Text, in.Payload, in.Name, in.Menus = text, payload, text, len(text)%2 == 0
			turn := s.Step(state, in)
			for _, said := range turn.Said {
				if said.Text == "" || utf8.RuneCountInString(said.Text) > 4096 {
					t.Errorf("said %q", said.Text)
				}
				if m := said.Menu; m != nil && (len(m.Options) == 0 || len(m.Options) > 10 || m.Button == "" && len(m.Options) > 3) {
					t.Errorf("a menu of %d", len(m.Options))
				}
			}
			if !turn.Handoff && turn.State.Stage == "" {
				t.Errorf("nobody has the person: %+v", turn)
			}
		}
	})
}
