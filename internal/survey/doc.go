// Package survey asks people what they think, in the chat: satisfaction (CSAT), recommendation (NPS) or up to ten questions of one's own.
//
//	Settings        what a survey asks; Ready, Create, Save, Archive, List
//	Settings.Step   the survey itself, a pure function: what it says to one input, and where it stands then
//	Room.Try        one step with settings that need not be saved
//	Rule            which survey follows the services of a number, and how often; Decide: what an agent wants instead
//	Room.React      plans a survey from ticket.closed; SendDue sends it once closing can no longer be undone
//	Room.Send       an agent sends one now
//	Room.HearIn     takes the answers, in the transaction in which they are received
//	Room.Results    what people answered; Room.Export writes it row by row
//
// # What is an answer
//
// An answer opens no ticket, counts as unread for nobody and no bot hears it. So whether something is one is decided while it is
// received, and a message is stored once: an answer is, too. What is none of it is an ordinary message, and a service opens as usual.
// A tapped choice names its survey and its question, so it is known even late. What is written counts only while the survey waits,
// no ticket about something else is open, no campaign spoke since, and it reads like an answer to this question. What was clearly
// meant as one and is not (an emoji, 11 out of 10) is asked again once; the second time the survey is dropped.
//
// A sending is open until it is answered (done), refused (declined), given up (dropped), or its time is over (expired). A version of
// a survey that was sent stays as it was: an answer keeps the question it answered. One in use is archived, never deleted.
package survey
