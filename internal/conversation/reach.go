package conversation

import (
	"slices"

	"recado/internal/db"
)

// Reach is whose conversations an actor sees. Lists, search, opening, push and API all ask it; routing.ReachOf computes it.
type Reach struct {
	Workspace db.ID
	All       bool // every conversation of the workspace
	User      db.ID
	Inboxes   []db.ID // as agent, owner or manager
	Queues    []db.ID // as member: while a ticket waits or is served there
}

// Everything is the reach of the house itself and of who sees all.
func Everything(workspace db.ID) Reach { return Reach{Workspace: workspace, All: true} }

// Sees tells whether a conversation is within reach.
func (r Reach) Sees(row Row) bool {
	if row.Workspace != r.Workspace {
		return false
	}
	return r.All ||
		r.User != 0 && row.Assignee == r.User ||
		slices.Contains(r.Inboxes, row.Inbox) ||
		row.State == Open && row.Queue != 0 && slices.Contains(r.Queues, row.Queue)
}

// Same tells whether two reaches show the same.
func (r Reach) Same(other Reach) bool {
	return r.Workspace == other.Workspace && r.All == other.All && r.User == other.User && sameIDs(r.Inboxes, other.Inboxes) && sameIDs(r.Queues, other.Queues)
}

func sameIDs(a, b []db.ID) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
