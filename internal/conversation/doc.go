// Package conversation keeps what was said: conversations, messages, tickets, notes and reply routes. Everything that
// comes in or goes out passes here; gateway carries it over, routing and bot decide who answers.
//
//	ReceiveIn        what people wrote, from gateway in batches; each provider event once
//	applyChanges     what its author changed or took back: the message says so and what it said is kept (change.go);
//	                 one that comes before its message waits for it (early_change.go)
//	ApplyStatusesIn  what became of what we wrote, in any order
//	Post, PostIn     an agent, bot or key says something
//	QueueCampaignIn  a campaign hands over its active messages
//	ClaimIn, SettleIn, RecoverIn   the outbox, for gateway
//	OpenTicketsIn, AssignIn, TakeIn, CloseTicket, Reopen, Move   one case from opening to resolution
//	SetTags, SetPriority, SetHold, Snooze, Wake    what is done with it meanwhile
//	List, Counts, Get, Messages    what the desk shows, within a Reach
//	Search, OfContacts, ByNumber   what was said by its words, and conversations by person or ticket, within a Reach
//	KeepDraft, Drafts              what one user began to write, for that user alone
//	Schedule, PostDue, SendNow      one message at a later time: posted once, the ordinary way, or its fallback, or dropped and told
//	RouteNow, RouteFor, Window     where a reply goes, and what may be said now: pure functions of given facts and time
//
// # The states of a message
//
//	          claim          answer lost        status, or a person
//	queued ──────────▶ sending ──────────▶ unconfirmed ──────────────┐
//	  ▲  │  ◀── retry ──┘ │ └── refused ──▶ failed                   │
//	  │  └─ cancelled ─▶ failed             │  ▲ └─ delivered after all
//	  │                   ▼                 │  │                     ▼
//	  │                accepted ──▶ sent ───┼──┴──▶ delivered ──▶ read ──▶ played
//	  └────────────── retried by a person ──┘
//
// Statuses have numbers and move only to a higher one; news that would go back is passed over. Three ways lead back to
// queued, none of them a status: gateway's retry of a message that certainly did not leave, gateway's single second try
// of an unconfirmed one with proof that it never arrived, and a person. A status may settle a message that is still
// queued, sending or unconfirmed on our side: the provider evidently has it, so it will not be sent again.
// Inbound messages, notes and markers are received from the start.
//
// # The states of a conversation and its ticket
//
//	none ──ticket──▶ open ──close──▶ closed ──new ticket──▶ open
//
// While a ticket is open somebody holds it: a bot, a queue, or an agent (the assignee). The conversation's row repeats
// state, holder, assignee and queue of the open ticket, because lists and Reach read only that row. Closing leaves
// the conversation without ticket and assignee (C25); it stays out of every queue until a person writes (C23, C24) or an
// agent sends something, which opens a ticket assigned to its author (E17, E18). What a closing must say, and whether the agent
// is kept for the next ticket, are the workspace's ClosingRules (C27, E19, E20). Reopen undoes a closing for eight seconds.
//
// An open ticket has tags and a priority; it can be put on hold, which stops its timers, and snoozed, which takes it out of
// its holder's list until a time or until the person writes. Move goes on at another number: one ticket is closed as transferred,
// another opened there. Opening, assigning, closing and all of these leave a marker in the thread: a code with values, worded
// by whoever shows it. All but the first tell conversation.changed.
//
// # Mentions
//
// A note may name members who see the conversation. Each naming is a row that stays unseen until the named one reads the
// conversation. The facts conversation.mentioned (MentionedFact, in the transaction of the note) and conversation.mentions_seen
// tell of it; whoever notifies people subscribes to the first.
//
// # Quick replies
//
// A category belongs to numbers, and its replies to it. Nobody chooses the numbers: whoever makes or changes a category or a reply
// puts it on all numbers within their reach, and whoever sees everything puts it on all there are and will be (B54). Nothing takes a
// category off a number but deleting it. A user sees the categories on numbers within reach and those made by themselves (X02); the
// menu of a conversation shows those on its number and one's own. There is no other store of replies to synchronise with (B55). The
// fact quick_replies.changed carries no words, so every open desk may hear it.
//
//	ReplyCategories, QuickReplies    what the screen shows
//	SuggestReplies, UseReply         what the composer inserts, variables filled (variable.go)
package conversation
