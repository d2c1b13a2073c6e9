// Package gateway is the crossing: here messages pass between us and the providers.
//
//	in   Hook → journal (table intake) → 200 → intake: parse, conversation.ReceiveIn and ApplyStatusesIn, account news
//	out  messages queued in conversation → claimed per inbox → Adapter.Send → settled, in batches on both sides
//
// # The ways in
//
// The hook checks size and signature, appends the raw body and answers 200 only after the commit; concurrent requests share
// one commit. Nothing else happens before the answer. One node at a time works the journal (a lease, row 0 of
// inbox_leases, checked inside every transaction), in the order of arrival, so order per contact and inbox needs no
// lock. A batch that fails is halved until the event at fault stands alone; after five tries it is set aside with its
// error. A database that is down is not a fault of the event: then the intake waits. Raw events stay for a week and can be
// replayed: that changes nothing, since every step below recognises what it has seen.
//
// # The ways out
//
// One node at a time sends for an inbox (a lease), so pace needs no shared counter. Claims are committed before a request
// leaves, so a crash leaves the message as "sending" and never as "queued" after it left. Messages to one contact leave
// one after another, those to different contacts up to 64 at once.
//
//	queued ──claim──▶ sending ──accepted──▶ accepted        (statuses take it further)
//	   ▲                 ├──refused, again later──▶ queued   (retry.go: the one table of classes)
//	   │                 ├──refused for good──────▶ failed
//	   │                 └──answer lost, crash────▶ unconfirmed ──a status──▶ accepted …
//	   └── once, with proof that the provider never got it (unknown.go) ──┘
package gateway
