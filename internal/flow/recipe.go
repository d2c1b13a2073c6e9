package flow

import "recado/internal/words"

// Recipes are the names of the flows to begin with, in the order they are offered; "" is an empty one.
var Recipes = []string{"menu", "details", "hours"}

// Recipe gives a flow to begin with, in one of the languages of package words. One that is unknown is empty.
//
//	menu     a menu: an answer, a way to people
//	details  name, mail and reason are asked before people take over
//	hours    inside the opening hours people, outside a message is taken
func Recipe(name, language string) Flow {
	say := func(id string) string {
		return words.Say(language, "flow.recipe."+id, map[string]any{"first_name": "{{contact.first_name}}"})
	}
	f := Flow{Language: language, Blocks: []Block{}}
	switch name {
	case "menu":
		f.Blocks = []Block{
			{ID: "hello", Kind: Menu, Text: say("hello"), Retry: say("choose"), Options: []Option{
				{ID: "open", Title: say("opening"), Then: "opening"}, {ID: "where", Title: say("where"), Then: "where"}, {ID: "person", Title: say("person"), Then: "person"}}},
			{ID: "opening", Kind: Say, Text: say("opening_text"), Then: "more"},
			{ID: "where", Kind: Say, Text: say("where_text"), Then: "more"},
			{ID: "more", Kind: Menu, Text: say("more"), Minutes: 30, Late: Finish, Options: []Option{
				{ID: "again", Title: say("again"), Then: "hello"}, {ID: "person", Title: say("person"), Then: "person"}, {ID: "bye", Title: say("no_thanks"), Then: "bye"}}},
			{ID: "person", Kind: Handoff, Text: say("before")},
			{ID: "bye", Kind: End, Text: say("bye")},
		}
	case "details":
		f.Blocks = []Block{
			{ID: "hello", Kind: Say, Text: say("details_hello")},
			{ID: "name", Kind: Ask, Text: say("ask_name"), Name: say("key_name"), Minutes: 60, Answer: &Answer{Kind: AnyText}},
			{ID: "mail", Kind: Ask, Text: say("ask_mail"), Retry: say("retry_mail"), Name: say("key_mail"), Minutes: 60, Answer: &Answer{Kind: Email}},
			{ID: "reason", Kind: Menu, Text: say("ask_reason"), Name: say("key_reason"), Minutes: 60, Options: []Option{
				{ID: "buy", Title: say("buy")}, {ID: "help", Title: say("help")}, {ID: "else", Title: say("else")}}},
			{ID: "person", Kind: Handoff, Text: say("before")},
		}
	case "hours":
		f.Blocks = []Block{
			{ID: "hours", Kind: Condition, Cases: []Case{{Name: opening, Op: Is, Value: "closed", Then: "closed"}}, Else: "person"},
			{ID: "closed", Kind: Ask, Text: say("closed"), Name: say("key_message"), Minutes: 60, Late: Finish, Answer: &Answer{Kind: AnyText}},
			{ID: "thanks", Kind: Handoff, Text: say("thanks")},
			{ID: "person", Kind: Handoff, Text: say("before")},
		}
	}
	return f
}
