// Package desk is what agents see: conversations and messages composed for the screen, and the live push that keeps open
// screens right.
//
//	Compose  rows of several rooms → what the API and the push tell (Row, Message); one form for both
//	Hub      reads the log of facts once per node and sends each open desk what its user may see
//	lookout  who has which conversation open and who writes in it; kept in memory, whispered between nodes, never stored
//
// A desk that was away resumes from the last place it saw; when that place is too old it is told to load again. What a
// user may see is asked for each fact, so a permission that is taken away acts at once; the desk is told "reach" then.
package desk
