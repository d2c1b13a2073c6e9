package conversation

// MomentOf is When.moment, for tests.
func MomentOf(w When, now int64) (int64, error) { return w.moment(now) }
