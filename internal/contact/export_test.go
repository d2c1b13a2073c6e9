package contact

// Work does the work of one run, as a job does.
var Work = (*Imports).work

// AfterBatch lets a test end a process, so to speak, between two batches.
func (im *Imports) AfterBatch(f func()) { im.stored = f }
