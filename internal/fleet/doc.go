// Package fleet steers many numbers at once: settings of a number are documents, one for each part, and all that is done to them is
// one mechanism.
//
//	Read       documents of numbers, part by part, with the version that is to be named when they are changed
//	Preview    what a change would make different on each number, and why it could not be made there; nothing is kept
//	Apply      makes it: a number takes all of it or nothing, and the others go on
//	Changes    the journal: who changed what on which numbers, from what to what
//	Undo       puts back what was before, on the numbers where nothing changed since
//
// A change is what is to be different (a merge patch, RFC 7396), or the documents of a number that are copied. The rooms that own
// the settings check and keep them; see parts.go.
package fleet
