package conversation

import (
	"context"
	"fmt"

	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/fault"
)

// View is which conversations a list shows.
type View string

// The views.
const (
	Mine      View = "mine"     // open, held by the acting user, awake
	Snoozed   View = "snoozed"  // open, held by the acting user, asleep
	InQueue   View = "queue"    // open, waiting for an agent; not those a bot holds
	Team      View = "team"     // all open ones within reach
	Mentioned View = "mentions" // those in whose notes the acting user is named, open or not
	IsClosed  View = "closed"   // the last ticket is closed
)

// Filter narrows a list. The zero value of a field means: any.
type Filter struct {
	View    View
	Own     bool         // of the closed ones only those the acting user answered last (E07)
	Inbox   db.ID        //
	Channel channel.Kind //
	Queue   db.ID        // open ones only: closing takes a conversation out of its queue
	Agent   db.ID        // who holds it; of a closed one, who answered last
	Tag     db.ID        // on the open ticket
	Unread  bool         // customer messages since our last read
	Waiting bool         // a customer message nobody answered
	Closing bool         // the service window ends within ClosingSoon
	Search  string       // words of the contact's name, number, handle or e-mail (E06)
	Sort    Sort         // "": LongestWaiting; closed ones and mentions are always the newest first
}

// ClosingSoon is how long before its end a service window counts as closing, in milliseconds.
const ClosingSoon = 2 * 60 * 60 * 1000

// Page is a part of a list; Next asks for the following part and is empty at the end.
type Page struct {
	Items []Row
	Next  string
}

// List gives conversations within reach. limit is 1 to 200; 0 means 50. It fails with Invalid for an unknown view or sort, for
// a filter that closed ones do not have, or for a cursor that is not ours.
//
// A sort is one or two orders, read one after the other; each part is read in the order of an index. By what was said last
// there is one ordered stream per way the conversations are reached (the user, each inbox, each queue), merged here. Someone
// with very many inboxes and queues sees most of the workspace anyway: they get one stream over all of it, filtered. Those
// who wait and those whose window closes are few beside all there are: there the reach is a filter too.
func (r *Room) List(ctx context.Context, reach Reach, filter Filter, cursor string, limit int) (Page, error) {
	at, err := readPlace(cursor, r.d.Now())
	if err != nil {
		return Page{}, err
	}
	q, err := r.question(ctx, reach, filter)
	if err != nil {
		return Page{}, err
	}
	limit = pageSize(limit)
	places, err := q.places(ctx, r.d, at, limit+1)
	if err != nil {
		return Page{}, fmt.Errorf("list conversations: %w", err)
	}
	return r.page(ctx, reach.Workspace, places, limit)
}

func (r *Room) page(ctx context.Context, workspace db.ID, places []listPlace, limit int) (Page, error) {
	page := Page{Items: []Row{}}
	if len(places) > limit {
		places = places[:limit]
		page.Next = places[limit-1].cursor()
	}
	ids := make([]db.ID, len(places))
	for i, p := range places {
		ids[i] = p.ID
	}
	rows, err := r.Rows(ctx, r.d, workspace, ids)
	if err != nil {
		return Page{}, err
	}
	for _, id := range ids {
		if row, ok := rows[id]; ok {
			page.Items = append(page.Items, row)
		}
	}
	return page, nil
}

// check refuses what cannot be asked. Closed conversations have no queue, nobody waits in them and nothing is unread.
func (f Filter) check() error {
	switch f.View {
	case Mine, Snoozed, InQueue, Team, Mentioned:
	case IsClosed:
		if f.Queue != 0 || f.Tag != 0 || f.Unread || f.Waiting || f.Closing {
			return fault.New(fault.Invalid, "conversation.filter_closed", "Closed conversations are not filtered by queue, tag, unread, waiting or window.").On("view")
		}
	default:
		return fault.New(fault.Invalid, "conversation.view", "There is no list %q.", f.View).On("view").With("view", string(f.View))
	}
	if _, known := orders[f.sort()]; !known {
		return fault.New(fault.Invalid, "conversation.sort", "A list cannot be sorted by %q.", f.Sort).On("sort").With("sort", string(f.Sort))
	}
	return nil
}
