// Package report makes what people take with them: a ticket on paper (transcript.go), many as a ZIP (archive.go). It reads the
// other rooms and keeps nothing but those ZIPs.
//
//	Transcript  one ticket within reach as a PDF: who, when, what was said; files as links to our own authorised address (B35)
//	Archives    ZIPs of many transcripts, made in the background for the person who asks, kept seven days (B35)
//
// The leaf paper draws: fonts, lines, pages.
package report
