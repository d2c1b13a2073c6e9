// Package flow is what a bot's script is: blocks that say, ask, decide, keep, ask outside, wait and hand over. It is pure: it reads
// no database and no clock, sends nothing, and is the same for a conversation and for the phone beside the editor.
//
//	Flow          blocks in order; each says where the conversation goes on: the block below, another one, people, or the end
//	Flow.Check    what would go wrong: dead ends, loops that never wait for the person, targets that are no more, limits of WhatsApp
//	Book.Step     one step: what is said, kept and asked outside about one input, and where the conversation stands then
//	Recipes       flows to begin with
//
// A conversation goes on in the version it began with. What leads nowhere leads to people: a flow never leaves a person alone.
package flow
