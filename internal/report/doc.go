// Package report makes what people take with them: a ticket on paper (transcript.go). It reads the other rooms and keeps nothing.
//
//	Transcript  one ticket within reach as a PDF: who, when, what was said; files as links to our own authorised address (B35)
//
// The leaf paper draws: fonts, lines, pages.
package report
