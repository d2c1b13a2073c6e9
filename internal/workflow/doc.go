// Package workflow does by itself what people decided beforehand: when a fact happens and conditions hold, do this (C21, C22).
//
//	Plan           what is done when: a trigger, branches with conditions, steps; Shape, Check, Recipe
//	Condition      what is looked at, a pure function of what was Seen
//	Room.React     facts → runs, one for each fact and workflow that is switched on
//	Room.Look      times that have come (somebody waits, somebody is silent) → runs, one for each waiting or silence
//	Room.GoOn      runs → what they do, through the verbs of the other rooms
//	Room.Call      asks another system, outside of any transaction
//	Room.Try       a run on a conversation of the past that is undone: what it would do
//	Room.Runs      what was done, with every step
//
// # A run
//
//	ready ──▶ waiting, calling ──▶ ready …  ──▶ done      every step made, or passed over for a rule
//	  │                                     ├─▶ failed    at least one step failed
//	  ├──▶ unmet    no branch's conditions held            stopped: its ticket is closed, or the workflow is off
//	  └──▶ held     it would have been too many
//
// What a run does and that it did so are one transaction, in which its conversation is held: nothing is done twice, whatever node dies
// when. The runs of one conversation come one after another in the order of their facts; one that waits for time or for another system
// holds up none. A run goes on in the version it began with.
//
// A run says nothing where a bot holds the ticket, where the service window is closed, to whom is blocked or does not want it: the step
// is passed over, and the run goes on. Ten runs in a row with a failed step pause their workflow, and tell those who may mend it.
//
// # No endless loops
//
// A fact that is the consequence of a run carries its id (event.CausedBy). It starts no run of a workflow in that chain of
// consequences, and none at all after five. Whatever goes round by other ways ends at twenty runs of a workflow, or sixty of all, in one
// conversation and hour.
package workflow
