// Package routing decides who takes a ticket: queues, who is on line, who may see what, and the answer to "where does this
// message go".
//
// When a message arrives and no ticket is open, the first that matches wins (design §5.4):
//
//	a live reply route   → its agent, queue or bot; "notify" tells the desk and opens nothing
//	the inbox            → its first responder: the bot of the number, or its default queue
//
// A ticket with a named agent is that agent's at once, whatever queue rules and availability say (A16–A18); a fallback
// queue, when one was named, takes it over if nobody answers in time. A ticket in a push queue goes to the agent on
// line with the fewest open tickets below the queue's capacity, the longest without a new one first; in a pull queue
// it waits until somebody takes it.
//
// Within a queue the most urgent ticket comes first, then the one that waits longest; being transferred, or held by someone
// who does not answer, does not cost the place. An agent's own capacity comes before that of the queues. Who does not give the
// first answer in the time the workspace sets loses the ticket (X19): it waits in its queue again, or goes to somebody of the
// queue on line, and push never gives it back to the same agent. When the workspace keeps the agents of closed tickets (E19), a
// person who writes again returns to that agent if on line, else to the queue of the closed ticket.
//
// An agent is online, away with a reason, or invisible; without an open desk offline, whatever was said. Every change is
// kept as a period with its times (X17), and told:
//
//	availability.changed   AvailabilityFact
//	account.changed        who is in which queue, and the queues themselves
//	route.notified         NotifiedFact
package routing
