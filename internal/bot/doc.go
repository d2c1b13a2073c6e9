// Package bot owns what acts without a person: per number, a greeting, a menu of queues and the handoff. A bot holds a ticket from
// its opening until it hands it to a queue; it never closes one and never speaks once a person holds the ticket.
//
//	ticket.opened with a bot as holder   greeting, then the menu; without a menu the handoff to the number's queue
//	message.received while a bot holds   a chosen option hands over to its queue; anything else gets the menu once more,
//	                                     then the handoff to the number's queue
//
// All words come from the bot's row. What a bot says carries a client id made of the fact that caused it, so that being told
// twice says nothing twice. Where nothing may be said (the number is disconnected, the window is closed) the handoff comes at once.
package bot
