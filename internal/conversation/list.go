package conversation

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/fault"
)

// View is which conversations a list shows.
type View string

// The views.
const (
	Mine     View = "mine"   // open, held by the acting user
	InQueue  View = "queue"  // open, waiting for an agent; not those a bot holds
	Team     View = "team"   // all open ones within reach
	IsClosed View = "closed" // the last ticket is closed
)

// Filter narrows a list.
type Filter struct {
	View   View
	Inbox  db.ID  // 0: any
	Queue  db.ID  // 0: any
	Search string // words of the contact's name, number or handle; "": any
}

// Page is a part of a list, the last said first; Next asks for the following part and is empty at the end.
type Page struct {
	Items []Row
	Next  string
}

// List gives conversations within reach. limit is 1 to 200; 0 means 50. It fails with Invalid for an unknown view or a cursor
// that is not ours.
//
// Every part is read in the order of an index: one ordered stream per way the conversations are reached (the user, each inbox,
// each queue), merged here. Someone with very many inboxes and queues sees most of the workspace anyway: they get one stream
// over all of it, filtered.
func (r *Room) List(ctx context.Context, reach Reach, filter Filter, cursor string, limit int) (Page, error) {
	at, err := readPlace(cursor)
	if err != nil {
		return Page{}, err
	}
	limit = pageSize(limit)
	streams, err := r.streams(ctx, reach, filter)
	if err != nil {
		return Page{}, err
	}
	var places []listPlace
	for _, s := range streams {
		found, err := s.read(ctx, r.d, reach.Workspace, at, limit+1)
		if err != nil {
			return Page{}, fmt.Errorf("list conversations: %w", err)
		}
		places = append(places, found...)
	}
	slices.SortFunc(places, func(a, b listPlace) int { return cmp.Or(cmp.Compare(b.At, a.At), cmp.Compare(b.ID, a.ID)) })
	return r.page(ctx, reach.Workspace, slices.Compact(places), limit)
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

// listPlace is where a conversation stands in a list.
type listPlace struct {
	At int64 `db:"last_message_at"`
	ID db.ID `db:"id"`
}

func (p listPlace) cursor() string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d.%d", p.At, p.ID))
}

func readPlace(cursor string) (listPlace, error) {
	p := listPlace{At: 1<<63 - 1, ID: 1<<63 - 1}
	if cursor == "" {
		return p, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		_, err = fmt.Sscanf(string(text), "%d.%d", &p.At, &p.ID)
	}
	if err != nil {
		return p, fault.New(fault.Invalid, "cursor", "This is not a place in the list. Load the list again.").On("cursor")
	}
	return p, nil
}

// maxStreams bounds how many streams are merged; more than that is one filtered stream.
const maxStreams = 24

// stream is one way conversations are reached. Its parameters begin at $5: workspace, place and limit come before.
type stream struct {
	where string
	args  []any
}

const streamText = `select c.last_message_at, c.id from conversations c where c.workspace_id = $1 and (c.last_message_at, c.id) < ($2, $3)
	and %s order by c.last_message_at desc, c.id desc limit $4`

func (s stream) read(ctx context.Context, q db.Querier, workspace db.ID, before listPlace, limit int) ([]listPlace, error) {
	args := append([]any{workspace, before.At, before.ID, limit}, s.args...)
	return db.All[listPlace](ctx, q, fmt.Sprintf(streamText, s.where), args...)
}

// and narrows a stream; the text names its parameters $a, $b.
func (s stream) and(text string, args ...any) stream {
	for i := range args {
		text = strings.ReplaceAll(text, "$"+string(rune('a'+i)), fmt.Sprintf("$%d", 5+len(s.args)+i))
	}
	if s.where != "" {
		text = s.where + " and " + text
	}
	return stream{text, append(slices.Clone(s.args), args...)}
}

func (r *Room) streams(ctx context.Context, reach Reach, f Filter) ([]stream, error) {
	base, err := viewStream(reach, f.View)
	if err != nil {
		return nil, err
	}
	if f.Search != "" {
		contacts, err := r.searchContacts(ctx, reach.Workspace, f.Search)
		if err != nil {
			return nil, err
		}
		base = base.and("c.contact_id in ({ids:$a})", db.IDs(contacts))
	}
	if f.Inbox != 0 && (reach.All || slices.Contains(reach.Inboxes, f.Inbox)) {
		return narrowed([]stream{base.and("c.inbox_id = $a", f.Inbox)}, 0, f.Queue), nil
	}
	if reach.All || f.View == Mine {
		return narrowed([]stream{base}, f.Inbox, f.Queue), nil
	}
	if f.View == InQueue || f.Search != "" || len(reach.Inboxes)+len(reach.Queues)+1 > maxStreams {
		// few rows to look at (those that wait, those found), or most of them within reach
		within := base.and("(c.assignee_id = $a or c.inbox_id in ({ids:$b}) or c.state = 1 and c.queue_id in ({ids:$c}))", reach.User, db.IDs(reach.Inboxes), db.IDs(reach.Queues))
		return narrowed([]stream{within}, f.Inbox, f.Queue), nil
	}
	var out []stream
	for _, id := range reach.Inboxes {
		out = append(out, base.and("c.inbox_id = $a", id))
	}
	if f.View == Team {
		for _, id := range reach.Queues {
			out = append(out, base.and("c.queue_id = $a", id))
		}
		if reach.User != 0 {
			out = append(out, base.and("c.assignee_id = $a", reach.User))
		}
	}
	return narrowed(out, f.Inbox, f.Queue), nil
}

// viewStream is a view before reach.
func viewStream(reach Reach, view View) (stream, error) {
	switch view {
	case Mine:
		return stream{}.and("c.state = 1 and c.assignee_id = $a", reach.User), nil
	case InQueue:
		return stream{where: "c.state = 1 and c.assignee_id is null and c.holder = 'queue'"}, nil
	case Team:
		return stream{where: "c.state > 0 and c.state = 1"}, nil // SQLite takes a partial index only for its very condition
	case IsClosed:
		return stream{where: "c.state > 0 and c.state = 2"}, nil
	}
	return stream{}, fault.New(fault.Invalid, "conversation.view", "There is no list %q.", view).On("view").With("view", string(view))
}

func narrowed(streams []stream, inbox, queue db.ID) []stream {
	for i := range streams {
		if inbox != 0 {
			streams[i] = streams[i].and("c.inbox_id = $a", inbox)
		}
		if queue != 0 {
			streams[i] = streams[i].and("c.queue_id = $a", queue)
		}
	}
	return streams
}

// maxFound bounds how many contacts a search in a list looks at, the newest first.
const maxFound = 1000

func (r *Room) searchContacts(ctx context.Context, workspace db.ID, text string) ([]db.ID, error) {
	args := []any{workspace, maxFound}
	query := "select id from contacts where workspace_id = $1"
	for _, word := range contact.SearchWords(text) {
		args = append(args, "%"+word+"%")
		query += fmt.Sprintf(" and search like $%d escape '!'", len(args))
	}
	ids, err := db.All[db.ID](ctx, r.d, query+" order by id desc limit $2", args...)
	if err != nil {
		return nil, fmt.Errorf("search contacts: %w", err)
	}
	return ids, nil
}
