// Package bot owns what acts without a person: per number a greeting, a menu of questions, a menu of queues, links, the handoff to
// people and the words after their service. A bot holds a ticket from its opening until the handoff.
//
//	Settings        what it says and asks; Defaults, Save, Get, List
//	Settings.Step   the bot itself, a pure function: what it says to one input, and where the conversation stands then
//	Room.Try        one step with settings that need not be saved
//	Room.React      the steps of conversations, from the facts ticket.opened and message.received; ticket.closed plans a farewell
//	SayFarewells    says those that are due: closing can no longer be undone by then
//	Absence         nobody answers on a number for a while: whoever writes is told, whoever holds the ticket
//
// Outside the hours of a number (room inbox) whoever opens a ticket is told so, too; nobody is promised then. Who writes then is listed
// (OffHoursSubscriber, ListOffHours) and, having asked for it, told once when somebody answers again (TellReopened).
//
// Where a conversation stands is in bot_states, so that a restart goes on. What a bot says carries a client id made of the fact
// that caused it, so that being told the same fact again says nothing twice. It never says what the service window does not allow:
// then people take over without words. It never speaks when a person holds the ticket.
package bot
