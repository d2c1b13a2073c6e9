// Package db is the one door to the database: SQLite in a file, or PostgreSQL by address. Rooms write one SQL text and
// never ask which of the two answers.
//
//	reads   All, One, Value on a *DB: the pool of readers (SQLite: snapshots that never block the writer)
//	writes  DB.Write runs a closure in a transaction. On SQLite one goroutine runs the waiting closures of all callers
//	        inside one transaction and commits them together (group commit); a closure that fails undoes only itself.
//	        On PostgreSQL each closure has its own transaction, tried again on a serialization failure or deadlock.
//
// The text: parameters are $1, $2 …; lists are {ids:$1} and {texts:$1} (where x in ({ids:$1}) with IDs(...) or
// Texts(...) as the argument); {claim} is "for update skip locked" and {hold} "for no key update" where those exist: rows that are
// selected with {hold} stay as they are until the transaction ends. Times are Unix milliseconds, ids are made by NewID,
// JSON is kept as text, sorting is binary.
//
// Text search is Words: an index by words, newest first, that a migration makes with {{words NAME}} and a subscriber fills.
//
// A closure must use only its *Tx: asking the DB again from inside would wait for the connection it holds. It may run
// twice (PostgreSQL retries), so it must not do anything outside the transaction but through AfterCommit.
package db
