// Package event keeps the log of facts: what happened, in the past tense, written in the same transaction as the rows it
// speaks of. Who reacts to what stands in node/subscriptions.go.
//
//	Append      a room tells a fact inside its transaction
//	Log.Follow  a subscriber with a durable cursor: told after commit, in order, possibly twice; it runs on one node at a time
//	Log.Tail    a reader from a given place without a durable cursor (live push)
//	Whisper     short-lived words between nodes, kept nowhere
//
// A Cursor is opaque outside this package. On SQLite it is the sequence number. On PostgreSQL a lower number may commit
// later than a higher one, so the order is (transaction, number), read only below the oldest running transaction:
// a cursor never steps over a fact.
package event
