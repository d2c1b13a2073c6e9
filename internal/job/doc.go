// Package job is durable background work: enqueued in the transaction that gives the reason, done after commit, tried
// again when it fails. Nothing a person waits for goes through here, and never one job per message: sending is the
// gateway's outbox. Imports, media, deadlines, starts and stops of campaigns are jobs.
//
//	Register   a room names a kind of work and the function that does it, before Run
//	Enqueue    one piece of work, in the caller's transaction: rolled back with it, durable with it
//	Every      the same work again and again, on one node at a time
//	Run        works until its context ends, then lets the work under way finish
//
// Work may run twice (a node can die between the effect and its record), so it must be harmless when repeated.
// Only this package knows River, which stands behind it on both databases; its contract is in job_test.go.
package job
