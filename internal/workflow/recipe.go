package workflow

import (
	"recado/internal/flow"
	"recado/internal/words"
)

// Recipes are the names of the workflows to begin with, in the order they are offered; "" is an empty one.
var Recipes = []string{"assign", "away", "remind", "tidy"}

// Recipe gives a plan to begin with, in one of the languages of package words. One that is unknown has a trigger only. What only the
// workspace knows, as its queues and tags, is left to choose.
//
//	assign  a ticket opens within the hours: it goes to the least busy of a queue
//	away    a message comes outside the hours: the person is told, and a queue has it once the number opens
//	remind  a ticket waits 15 minutes: it goes to another queue
//	tidy    the person is silent for half a day: they are asked whether all is well, and without an answer the ticket is closed six hours later
func Recipe(name, language string) Plan {
	say := func(id string) string {
		return words.Say(language, "workflow.recipe."+id, map[string]any{"first_name": "{{contact.first_name}}"})
	}
	p := Plan{Trigger: Trigger{Kind: TicketOpened}, Branches: []Branch{}}
	one := func(t Trigger, conditions []Condition, steps ...Step) {
		p = Plan{Trigger: t, Branches: []Branch{{ID: "main", Conditions: conditions, Steps: steps}}}
	}
	switch name {
	case "assign":
		one(Trigger{Kind: TicketOpened}, []Condition{{Kind: OfHours, Op: IsOpen}}, Step{ID: "assign", Kind: Assign, To: ToLeastBusy})
	case "away":
		one(Trigger{Kind: MessageReceived}, []Condition{{Kind: OfHours, Op: IsClosed}},
			Step{ID: "say", Kind: Say, Text: say("away")}, Step{ID: "wait", Kind: Wait, Until: flow.UntilOpen}, Step{ID: "assign", Kind: Assign, To: ToQueue})
	case "remind":
		one(Trigger{Kind: TicketWaiting, Minutes: 15}, []Condition{{Kind: OfHours, Op: IsOpen}},
			Step{ID: "assign", Kind: Assign, To: ToQueue}, Step{ID: "say", Kind: Say, Text: say("remind")})
	case "tidy":
		still := Condition{Kind: OfWrote, Op: flow.IsNot}
		one(Trigger{Kind: CustomerSilent, Minutes: 12 * 60}, []Condition{{Kind: OfWindow, Op: IsOpen}},
			Step{ID: "say", Kind: Say, Text: say("tidy")}, Step{ID: "wait", Kind: Wait, Minutes: 6 * 60},
			Step{ID: "check", Kind: GoOnIf, Match: MatchAll, Conditions: []Condition{still}}, Step{ID: "close", Kind: Close, Result: "no_answer"})
	}
	return p
}
