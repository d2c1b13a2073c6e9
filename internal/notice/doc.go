// Package notice tells people what concerns them: a ticket that became theirs, a note that names them, a customer who answered,
// a scheduled message of theirs that could not be sent.
//
//	Subscriber     reacts to facts, durably: one notice per person, conversation and kind until it is read; what happens again
//	               is counted on it
//	List, MarkRead what the bell shows; only conversations within reach are told of
//	Settings       which kinds, sound where people may choose it, quiet while the conversation is open, do not disturb until
//	Pushes         brings what is told to the person's browsers while no desk of theirs is visible: one durable job for each notice and
//	               browser, sent through the push service of the browser's maker
//
// Facts: notice.told (ToldFact) when somebody is told something, notice.read (ReadFact) when they have read it; the desk passes both
// to the screens of that person only.
package notice
