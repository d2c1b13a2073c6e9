package conversation

import (
	"cmp"
	"encoding/base64"
	"fmt"

	"recado/internal/db"
	"recado/internal/fault"
)

// Sort is in which order a list stands.
type Sort string

// The sorts.
const (
	LongestWaiting  Sort = "waiting"  // who waits longest for an answer; then the others, the last said first
	Newest          Sort = "newest"   // the last said first
	ClosestDeadline Sort = "deadline" // whose service window ends next; then the closed windows, the last closed first
	MostUrgent      Sort = "priority" // the highest priority, and within it who waits longest
	byMention       Sort = "mention"  // where the user was named last
)

// order is one stretch of a sort: conversations that fit where, by key and then by id.
type order struct {
	from  string // the table c, and what it is joined with
	key   string
	id    string
	where string // $pivot is the time at which the list was begun
	up    bool   // the smallest first
	few   bool   // its own index holds few rows: reach filters it
}

const (
	threadsTable  = "conversations c"
	mentionsTable = "mentions m join conversations c on c.id = m.conversation_id"
	lastSaid      = "c.last_message_at"
)

var orders = map[Sort][]order{
	Newest: {{from: threadsTable, key: lastSaid, id: "c.id"}},
	LongestWaiting: {
		{from: threadsTable, key: "c.waiting_since", id: "c.id", where: "c.waiting_since is not null", up: true, few: true},
		{from: threadsTable, key: lastSaid, id: "c.id", where: "c.waiting_since is null"},
	},
	ClosestDeadline: {
		{from: threadsTable, key: "c.window_until", id: "c.id", where: "c.window_until > $pivot", up: true, few: true},
		{from: threadsTable, key: "c.window_until", id: "c.id", where: "c.window_until <= $pivot", few: true},
	},
	MostUrgent: byPriority(),
	byMention: {{from: mentionsTable, key: "m.message_id", id: "m.conversation_id", few: true, where: `not exists (select 1 from mentions n
		where n.user_id = m.user_id and n.conversation_id = m.conversation_id and n.message_id > m.message_id)`}},
}

// byPriority is LongestWaiting once for each priority. Those that are not normal are few and have an index of their own.
func byPriority() []order {
	var all []order
	for _, p := range []Priority{Urgent, High, Normal, Low} {
		where := fmt.Sprintf("c.priority = %d", p)
		if p != Normal {
			where = "c.priority <> 0 and " + where
		}
		all = append(all,
			order{from: threadsTable, key: "c.waiting_since", id: "c.id", where: where + " and c.waiting_since is not null", up: true, few: true},
			order{from: threadsTable, key: lastSaid, id: "c.id", where: where + " and c.waiting_since is null", few: p != Normal})
	}
	return all
}

// sort is the one that is used.
func (f Filter) sort() Sort {
	switch {
	case f.View == Mentioned:
		return byMention
	case f.View == IsClosed:
		return Newest
	case f.Sort == "":
		return LongestWaiting
	case f.Sort == byMention:
		return "mention of what" // known to no list but that of mentions
	}
	return f.Sort
}

// listPlace is where a conversation stands in a list.
type listPlace struct {
	Part  int   `db:"-"` // which order of the sort
	Pivot int64 `db:"-"`
	Key   int64 `db:"place_key"`
	ID    db.ID `db:"id"`
}

const mostOrders = 8 // of the longest sort

const (
	least    = -1 << 63
	greatest = 1<<63 - 1
)

// start is the place before everything in an order.
func (o order) start(part int, pivot int64) listPlace {
	if o.up {
		return listPlace{part, pivot, least, 0}
	}
	return listPlace{part, pivot, greatest, greatest}
}

// compare puts places of one order in their order.
func (o order) compare(a, b listPlace) int {
	c := cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.ID, b.ID))
	if o.up {
		return c
	}
	return -c
}

func (p listPlace) cursor() string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d.%d.%d.%d", p.Part, p.Pivot, p.Key, p.ID))
}

// readPlace reads a cursor; the place before everything when it is empty, in a list that begins now.
func readPlace(cursor string, now int64) (listPlace, error) {
	if cursor == "" {
		return listPlace{Part: -1, Pivot: now}, nil
	}
	var p listPlace
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		_, err = fmt.Sscanf(string(text), "%d.%d.%d.%d", &p.Part, &p.Pivot, &p.Key, &p.ID)
	}
	if err != nil || p.Part < 0 || p.Part >= mostOrders {
		return p, fault.New(fault.Invalid, "cursor", "This is not a place in the list. Load the list again.").On("cursor")
	}
	return p, nil
}
