// Package e2e plays scenarios on whole processes: the built binary as `recado serve` on either database, against the built
// binary as `recado simulate`, over HTTP only, as a customer's own program would. Browser scenarios are in desk/.
package e2e
