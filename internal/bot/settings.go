package bot

import (
	"recado/internal/db"
	"recado/internal/words"
)

// Settings are what the chatbot of a number says and asks. A text that is empty is not said. The words a person gets may name
// {{contact.name}}, {{contact.first_name}} and {{number.name}}.
type Settings struct {
	Enabled      bool     `json:"enabled" doc:"switched off it says nothing and gives everybody to the default queue"`
	Meets        bool     `json:"meets" doc:"it meets whoever writes to the number; otherwise it only answers where a reply route names it"`
	DefaultQueue db.ID    `json:"default_queue_id" doc:"takes whoever chose nothing; without one, whoever serves the number"`
	Flow         db.ID    `json:"flow_id" doc:"plays instead of the menus; empty: none"`
	Language     string   `json:"language" enum:"es,pt-BR,en" doc:"of the words that cannot be edited"`
	Greeting     Greeting `json:"greeting"`
	FAQ          FAQ      `json:"faq"`
	Queues       Centre   `json:"queues"`
	Service      Service  `json:"service"`
	Links        Links    `json:"links"`
}

// Greeting is how a person is met.
type Greeting struct {
	First       string `json:"first" doc:"to who writes for the first time"`
	Return      string `json:"return" doc:"to who comes back after a silence"`
	ReturnHours int64  `json:"return_hours" doc:"how long the silence is at least"`
}

// FAQ is a menu of questions right after the greeting.
type FAQ struct {
	On        bool       `json:"on"`
	Text      string     `json:"text" doc:"above the questions"`
	Questions []Question `json:"questions" maxItems:"100"`
	Person    string     `json:"person" doc:"caption of the choice that leads to people"`
}

// Question is one of the menu, with its answer. ID stays the same while it is reworded: it is what a tapped choice says.
type Question struct {
	ID       string `json:"id" maxLength:"20" doc:"empty for a new one"`
	Question string `json:"question"`
	Answer   string `json:"answer"`
}

// Centre is a menu of queues. The default queue stands at its end, as “other subjects”.
type Centre struct {
	On      bool     `json:"on"`
	Text    string   `json:"text" doc:"above the queues"`
	Options []Option `json:"options" maxItems:"100"`
}

// Option is one choice of a menu: it leads to a queue.
type Option struct {
	Queue db.ID  `json:"queue_id"`
	Title string `json:"title"`
}

// Service is what is said around the service by people.
type Service struct {
	Before string `json:"before" doc:"before people take over"`
	After  string `json:"after" doc:"after a person answered and closed the ticket, as long as the window is open"`
}

// Links are where else the house is found, as addresses of the web.
type Links struct {
	Instagram string `json:"instagram"`
	Facebook  string `json:"facebook"`
	LinkedIn  string `json:"linkedin"`
	Site      string `json:"site"`
	Caption   string `json:"caption" doc:"of the choice that tells them"`
	Menu      bool   `json:"menu" doc:"offered in the first menu"`
	After     bool   `json:"after" doc:"told under the words after the service"`
}

// DefaultReturnHours is the silence after which a person is met anew: as long as the service window of WhatsApp.
const DefaultReturnHours = 24

// Defaults are the settings of a number whose chatbot was never set up, in one of the languages of package words.
func Defaults(language string) Settings {
	say := func(id string) string {
		return words.Say(language, "bot.default."+id, map[string]any{"first_name": "{{contact.first_name}}"})
	}
	return Settings{
		Language: language,
		Greeting: Greeting{First: say("first"), Return: say("return"), ReturnHours: DefaultReturnHours},
		FAQ:      FAQ{Text: say("faq"), Questions: []Question{}, Person: say("person")},
		Queues:   Centre{Text: say("queues"), Options: []Option{}},
		Service:  Service{Before: say("before"), After: say("after")},
		Links:    Links{Caption: say("links")},
	}
}

// fixed gives words that cannot be edited, in the language of the settings.
func (s Settings) fixed(id string) string { return words.Say(s.Language, "bot.fixed."+id, nil) }
