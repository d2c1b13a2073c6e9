package conversation

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"recado/internal/db"
)

// maxStreams bounds how many streams are merged; more than that is one filtered stream.
const maxStreams = 24

// stream is one way conversations are reached. Its parameters begin at $5: workspace, place and limit come before.
type stream struct {
	where string
	args  []any
}

// and narrows a stream; the text names its parameters $a, $b, $c.
func (s stream) and(text string, args ...any) stream {
	if text == "" {
		return s
	}
	for i := range args {
		text = strings.ReplaceAll(text, "$"+string(rune('a'+i)), fmt.Sprintf("$%d", 5+len(s.args)+i))
	}
	if s.where != "" {
		text = s.where + " and " + text
	}
	return stream{text, append(slices.Clone(s.args), args...)}
}

// question is a list asked for: the orders of its sort and the conditions that hold in all of them.
type question struct {
	reach  Reach
	filter Filter
	found  []db.ID // contacts the search found
	boxes  []db.ID // inboxes of the channel
	now    int64
}

func (r *Room) question(ctx context.Context, reach Reach, f Filter) (question, error) {
	q := question{reach: reach, filter: f, now: r.d.Now()}
	err := f.check()
	if err == nil && f.Search != "" {
		q.found, err = r.contacts.Find(ctx, reach.Workspace, f.Search, 0, maxFound)
	}
	if err == nil && f.Channel != "" {
		q.boxes, err = db.All[db.ID](ctx, r.d, "select id from inboxes where workspace_id = $1 and channel = $2", reach.Workspace, string(f.Channel))
	}
	return q, err
}

// places reads at most limit places after a place: the rest of its order, then the orders that follow.
func (q question) places(ctx context.Context, d db.Querier, at listPlace, limit int) ([]listPlace, error) {
	if q.filter.Channel != "" && len(q.boxes) == 0 || q.filter.Search != "" && len(q.found) == 0 {
		return nil, nil
	}
	var out []listPlace
	for part, o := range orders[q.filter.sort()] {
		if part < at.Part || len(out) >= limit {
			continue
		}
		after := at
		if part > at.Part {
			after = o.start(part, at.Pivot)
		}
		found, err := q.read(ctx, d, o, after, limit-len(out))
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// read merges the streams of one order.
func (q question) read(ctx context.Context, d db.Querier, o order, after listPlace, limit int) ([]listPlace, error) {
	var out []listPlace
	for _, s := range q.streams(o, after.Pivot) {
		found, err := s.read(ctx, d, q.reach.Workspace, o, after, limit)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	slices.SortFunc(out, o.compare)
	out = slices.Compact(out)
	return out[:min(limit, len(out))], nil
}

const streamText = `select %[1]s as place_key, %[2]s as id from %[3]s where c.workspace_id = $1 and (%[1]s, %[2]s) %[4]s ($2, $3) and %[5]s
	order by %[1]s %[6]s, %[2]s %[6]s limit $4`

func (s stream) read(ctx context.Context, d db.Querier, workspace db.ID, o order, after listPlace, limit int) ([]listPlace, error) {
	sign, direction := "<", "desc"
	if o.up {
		sign, direction = ">", "asc"
	}
	text := fmt.Sprintf(streamText, o.key, o.id, o.from, sign, s.where, direction)
	found, err := db.All[listPlace](ctx, d, text, append([]any{workspace, after.Key, after.ID, limit}, s.args...)...)
	for i := range found {
		found[i].Part, found[i].Pivot = after.Part, after.Pivot
	}
	return found, err
}

// inReach is the reach as a condition of a stream.
const inReach = "(c.assignee_id = $a or c.inbox_id in ({ids:$b}) or c.state = 1 and c.queue_id in ({ids:$c}))"

// streams gives the ways to read one order.
func (q question) streams(o order, pivot int64) []stream {
	base := q.base(o, pivot)
	reach, f := q.reach, q.filter
	reached := []any{reach.User, db.IDs(reach.Inboxes), db.IDs(reach.Queues)}
	switch {
	case reach.All, f.View == Mine, f.View == Snoozed, f.Inbox != 0 && slices.Contains(reach.Inboxes, f.Inbox):
		return []stream{base}
	case o.few, f.View == InQueue, f.Search != "", f.Own, f.Agent != 0, len(reach.Inboxes)+len(reach.Queues)+1 > maxStreams:
		// few rows to look at (those that wait, those found), or most of them within reach
		return []stream{base.and(inReach, reached...)}
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
	return out
}

// base is what a view and its filters ask for, before reach.
func (q question) base(o order, pivot int64) stream {
	s, f := q.view(o), q.filter
	if strings.Contains(o.where, "$pivot") {
		s = s.and(strings.ReplaceAll(o.where, "$pivot", "$a"), pivot)
	} else {
		s = s.and(o.where)
	}
	if f.Search != "" {
		s = s.and("c.contact_id in ({ids:$a})", db.IDs(q.found))
	}
	if f.Inbox != 0 {
		s = s.and("c.inbox_id = $a", f.Inbox)
	}
	if f.Channel != "" {
		s = s.and("c.inbox_id in ({ids:$a})", db.IDs(q.boxes))
	}
	if f.Queue != 0 {
		s = s.and("c.queue_id = $a", f.Queue)
	}
	if f.Tag != 0 {
		s = s.and("c.ticket_id in (select g.ticket_id from ticket_tags g where g.workspace_id = $a and g.tag_id = $b)", q.reach.Workspace, f.Tag)
	}
	if f.Unread {
		s = s.and("c.unread > 0")
	}
	if f.Waiting {
		s = s.and("c.waiting_since is not null")
	}
	if f.Closing {
		s = s.and("c.window_until > $a and c.window_until <= $b", q.now+windowMargin, q.now+windowMargin+ClosingSoon)
	}
	return s
}

// view is a view with the agent asked for. SQLite takes a partial index only for its very condition: "state > 0" stands where the
// indexes by what was said last are wanted, and is missing where those of one order are.
func (q question) view(o order) stream {
	f, user := q.filter, q.reach.User
	switch f.View {
	case Mine:
		return stream{}.and("c.state = 1 and c.assignee_id = $a and c.snoozed_until is null", user)
	case Snoozed:
		return stream{}.and("c.state = 1 and c.assignee_id = $a and c.snoozed_until is not null", user)
	case InQueue:
		return stream{where: "c.state = 1 and c.assignee_id is null and c.holder = 'queue'"}
	case Mentioned:
		return stream{}.and("m.workspace_id = c.workspace_id and m.user_id = $a", user)
	case IsClosed:
		if f.Own {
			return stream{}.and("c.state = 2 and c.last_agent_id = $a", user)
		}
		if f.Agent != 0 {
			return stream{}.and("c.state = 2 and c.last_agent_id = $a", f.Agent)
		}
		return stream{where: "c.state > 0 and c.state = 2"}
	}
	if f.Agent != 0 {
		return stream{}.and("c.state = 1 and c.assignee_id = $a", f.Agent)
	}
	if o.few || f.Unread {
		return stream{where: "c.state = 1"}
	}
	return stream{where: "c.state > 0 and c.state = 1"}
}

// maxFound bounds how many contacts a search in a list looks at, the newest first.
const maxFound = 1000
