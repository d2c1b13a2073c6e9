// Package sheet turns the bytes of an uploaded spreadsheet into rows. It knows
// nothing of campaigns, contacts or numbers.
//
// Open looks at the bytes, never at the file's name, and gives a Reader for
// CSV or XLSX; anything else is refused with an Error whose code says what it
// is. Rows are streamed: memory does not grow with their count.
//
// What a cell becomes:
//
//	text, rich text        the text; phonetic guides are left out
//	number                 plain digits as typed, at most 15 significant, never in
//	                       scientific notation; 00000-style formats keep their zeros
//	date, time             2026-11-24, 2026-11-24 15:04, 15:04 (seconds when there are any)
//	boolean                TRUE or FALSE
//	formula                its stored result; without one the cell is empty and its
//	                       column is listed in Row.Uncalculated
//	error (#N/A, #REF!)    the error as written
//	merged cells           the value in the first cell, the others empty
//
// Of several sheets the first visible one is read; Info names it. Hidden and
// filtered rows count like any other. Row numbers are those the spreadsheet
// program shows: the first row is 1, blank rows count, a quoted line break does
// not begin a new row.
//
// XLSX is read here rather than through the library that writes it: a phone
// number shown as 5.53E+12 and a date look alike once a format was applied,
// and a damaged sheet must be an error, not a short list.
//
// OpenStored opens a file out of a store, with failures in words.
// WriteErrors gives the rows back with a reason each, Template a model to fill in.
package sheet
