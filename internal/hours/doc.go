// Package hours knows when people answer: a week of intervals, holidays with their own, by the clocks of one time zone. It is given
// the time and never takes it, and it keeps nothing.
//
// The clock on the wall decides: a moment is within the hours when its date and reading are. An hour that clocks repeat is therefore
// within them twice, and one they skip never.
package hours
