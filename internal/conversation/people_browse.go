package conversation

import (
	"context"
	"fmt"
	"slices"

	"recado/internal/db"
)

const (
	browseRows   = 200  // conversations read from each stream at once
	silentRows   = 1000 // contacts looked at together for those nobody has talked with
	silentRounds = 10   // and how often for one page: the page may then be short, and says where to go on
)

// browse lists everybody, from a place on.
func (l *peopleList) browse(ctx context.Context, after personPlace) error {
	if !after.Silent {
		full, err := l.talked(ctx, after)
		if err != nil || full {
			return err
		}
		after = personPlace{Silent: true, At: 1<<63 - 1, ID: 1<<63 - 1}
	}
	if l.filter.From != 0 || l.filter.Until != 0 {
		return nil
	}
	return l.silent(ctx, after)
}

// talked takes people in the order of their conversations: one ordered stream per way they are reached, merged. Someone with a
// conversation further up was there already.
func (l *peopleList) talked(ctx context.Context, after personPlace) (full bool, err error) {
	at := after
	if l.filter.Until != 0 && (at.At > l.filter.Until) {
		at = personPlace{At: l.filter.Until, ID: 0}
	}
	for {
		rows, more, err := l.read(ctx, at)
		if err != nil || len(rows) == 0 {
			return false, err
		}
		people, err := l.persons(ctx, contactsOf(rows))
		if err != nil {
			return false, err
		}
		list := make([]*person, 0, len(people))
		end := rows[len(rows)-1]
		at = personPlace{At: end.At, ID: end.ID}
		for _, p := range people {
			// Those whose latest words stand in this part; nobody behind its end, whose turn comes.
			if !p.place.Silent && !at.before(p.place) {
				list = append(list, p)
			}
		}
		if l.take(after, list) {
			return true, nil
		}
		if !more {
			return false, nil
		}
		after = at
	}
}

func contactsOf(rows []talk) []db.ID {
	ids := make([]db.ID, len(rows))
	for i, row := range rows {
		ids[i] = row.Contact
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// SQLite takes a partial index only for its very condition, so "state > 0" is said beside the state.
const saidStream = `select id, contact_id, inbox_id, state, assignee_id, queue_id, last_message_at from conversations
	where workspace_id = $1 and state > 0 and state = $2 and (last_message_at, id) < ($3, $4) and last_message_at >= $5%s
	order by last_message_at desc, id desc limit $6`

// read gives the next conversations within reach, the last said first; more tells that others follow.
func (l *peopleList) read(ctx context.Context, at personPlace) (rows []talk, more bool, err error) {
	for _, s := range l.streams() {
		args := append([]any{l.reach.Workspace, int64(s.state), at.At, at.ID, l.filter.From, browseRows}, s.args...)
		part, err := db.All[talk](ctx, l.room.d, fmt.Sprintf(saidStream, s.where), args...)
		if err != nil {
			return nil, false, fmt.Errorf("list people: %w", err)
		}
		more = more || len(part) == browseRows
		rows = append(rows, part...)
	}
	slices.SortFunc(rows, func(a, b talk) int {
		if (personPlace{At: a.At, ID: a.ID}).before(personPlace{At: b.At, ID: b.ID}) {
			return -1
		}
		return 1
	})
	rows = slices.CompactFunc(rows, func(a, b talk) bool { return a.ID == b.ID })
	if len(rows) > browseRows { // streams end at different places: only the first of all together are surely complete
		rows = rows[:browseRows]
		more = true
	}
	return rows, more, nil
}

// saidWay is one way conversations are reached, with its parameters from $7 on.
type saidWay struct {
	state State
	where string
	args  []any
}

func (l *peopleList) streams() []saidWay {
	var out []saidWay
	both := func(where string, args ...any) {
		out = append(out, saidWay{Open, where, args}, saidWay{Closed, where, args})
	}
	in := l.reach
	switch {
	case l.filter.Inbox != 0 && (in.All || slices.Contains(in.Inboxes, l.filter.Inbox)):
		both(" and inbox_id = $7", l.filter.Inbox)
	case in.All:
		both("")
	case len(in.Inboxes)+len(in.Queues) > maxStreams:
		both(" and (inbox_id in ({ids:$7}) or state = 1 and (assignee_id = $8 or queue_id in ({ids:$9})))", db.IDs(in.Inboxes), in.User, db.IDs(in.Queues))
	default:
		for _, id := range in.Inboxes {
			both(" and inbox_id = $7", id)
		}
		for _, id := range in.Queues {
			out = append(out, saidWay{Open, " and queue_id = $7", []any{id}})
		}
		if in.User != 0 {
			out = append(out, saidWay{Open, " and assignee_id = $7", []any{in.User}})
		}
	}
	return out
}

const (
	silentAll = "select id from contacts where workspace_id = $1 and id < $2 and merged_into is null order by id desc limit $3"
	silentOf  = "select contact_id from conversations where workspace_id = $1 and contact_id < $2 and inbox_id = $4 order by contact_id desc limit $3"
)

// silent takes people nobody has talked with, the newest first.
func (l *peopleList) silent(ctx context.Context, after personPlace) error {
	at := after
	for range silentRounds {
		text, args := silentAll, []any{l.reach.Workspace, at.ID, silentRows}
		if l.filter.Inbox != 0 {
			text, args = silentOf, append(args, l.filter.Inbox)
		}
		ids, err := db.All[db.ID](ctx, l.room.d, text, args...)
		if err != nil {
			return fmt.Errorf("list people: %w", err)
		}
		people, err := l.persons(ctx, ids)
		if err != nil {
			return err
		}
		list := make([]*person, 0, len(people))
		for _, p := range people {
			if p.place.Silent {
				list = append(list, p)
			}
		}
		if l.take(at, list) || len(ids) < silentRows {
			return nil
		}
		end := ids[len(ids)-1]
		at = personPlace{Silent: true, At: int64(end), ID: end}
	}
	l.page.Next = at.cursor()
	return nil
}

// SeesContact tells whether a person is within reach, by any of their contacts' ids: a conversation of theirs is, or they have none.
func (r *Room) SeesContact(ctx context.Context, reach Reach, id db.ID) (bool, error) {
	l := &peopleList{room: r, reach: reach, limit: 1}
	people, err := l.persons(ctx, []db.ID{id})
	if err != nil {
		return false, err
	}
	for _, p := range people {
		return p.visible || !p.any, nil
	}
	return false, nil
}
