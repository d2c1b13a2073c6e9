package fleet

// Merged is merged, for the tests outside.
var Merged = merged
