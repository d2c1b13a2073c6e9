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
package routing
