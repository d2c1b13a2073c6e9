package conversation

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"

	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/fault"
)

// PeopleFilter narrows the list of people.
type PeopleFilter struct {
	contact.Wanted
	Inbox       db.ID // 0: any within reach
	Segment     db.ID // of those put into this segment; 0: of all
	From, Until int64 // last contact in [From, Until), Unix milliseconds; 0: open (B20)
}

// PersonRow is a person in the list.
type PersonRow struct {
	Contact db.ID // the one that stands for all merged into it
	Last    db.ID // conversation with the last thing said, within reach; 0 for none
	LastAt  int64 // Unix milliseconds; 0: nothing was said yet
	Open    int   // open tickets within reach
}

// PeoplePage is a part of the list; Next asks for the following part and is empty at the end. Capped says that more people fit the
// words than contact.MaxWanted, and only that many were looked at.
type PeoplePage struct {
	Items  []PersonRow
	Next   string
	Capped bool
}

// People lists people by their last contact, the latest first (B19), then those nobody has talked with yet, the newest first. It
// shows those with a conversation within reach and those without any: somebody just entered belongs to no number.
//
// Without words the list is read in the order of the conversations' indexes; with words, people are found by the index of
// words and then put in order. limit is 1 to 200; 0 means 50. It fails with Invalid for a cursor that is not ours.
func (r *Room) People(ctx context.Context, reach Reach, f PeopleFilter, cursor string, limit int) (PeoplePage, error) {
	at, err := readPersonPlace(cursor)
	if err != nil {
		return PeoplePage{}, err
	}
	list := &peopleList{room: r, reach: reach, filter: f, limit: pageSize(limit)}
	if f.Wanted.Empty() && f.Segment == 0 {
		err = list.browse(ctx, at)
	} else {
		err = list.look(ctx, at)
	}
	return list.page, err
}

// personPlace is where a person stands in the list: first by the last thing said, then, silent, by age.
type personPlace struct {
	Silent bool
	At     int64
	ID     db.ID // conversation; of the silent the contact
}

func (p personPlace) cursor() string {
	kind := 's'
	if !p.Silent {
		kind = 't'
	}
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%c.%d.%d", kind, p.At, p.ID))
}

func readPersonPlace(cursor string) (personPlace, error) {
	p := personPlace{At: 1<<63 - 1, ID: 1<<63 - 1}
	if cursor == "" {
		return p, nil
	}
	var kind rune
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		_, err = fmt.Sscanf(string(text), "%c.%d.%d", &kind, &p.At, &p.ID)
	}
	if err != nil || kind != 's' && kind != 't' {
		return p, fault.New(fault.Invalid, "cursor", "This is not a place in the list. Load the list again.").On("cursor")
	}
	p.Silent = kind == 's'
	return p, nil
}

// before tells whether p stands before other.
func (p personPlace) before(other personPlace) bool {
	switch {
	case p.Silent != other.Silent:
		return other.Silent
	case p.At != other.At:
		return p.At > other.At
	}
	return p.ID > other.ID
}

// talk is what the list needs of a conversation.
type talk struct {
	ID       db.ID `db:"id"`
	Contact  db.ID `db:"contact_id"`
	Inbox    db.ID `db:"inbox_id"`
	State    State `db:"state"`
	Assignee db.ID `db:"assignee_id"`
	Queue    db.ID `db:"queue_id"`
	At       int64 `db:"last_message_at"`
}

// peopleList is the work of one People.
type peopleList struct {
	room   *Room
	reach  Reach
	filter PeopleFilter
	limit  int
	page   PeoplePage
	last   personPlace
}

const saidBy = `select id, contact_id, inbox_id, state, assignee_id, queue_id, last_message_at from conversations
	where contact_id in ({ids:$1}) and workspace_id = $2 order by contact_id, last_message_at, id`

// person is someone with the conversations they have.
type person struct {
	PersonRow
	place   personPlace
	any     bool // there is a conversation, perhaps beyond reach
	visible bool // one of them is within reach and fits the number asked for
}

// persons loads people with what was said, by any of their contacts' ids; in the order of roots.
func (l *peopleList) persons(ctx context.Context, contacts []db.ID) (map[db.ID]*person, error) {
	roots, err := l.room.contacts.Roots(ctx, l.room.d, l.reach.Workspace, contacts)
	if err != nil {
		return nil, err
	}
	all := map[db.ID]*person{}
	ids := make([]db.ID, 0, len(roots))
	for _, root := range roots {
		if all[root] == nil {
			all[root] = &person{PersonRow: PersonRow{Contact: root}, place: personPlace{Silent: true, At: int64(root), ID: root}}
			ids = append(ids, root)
		}
	}
	members, err := l.room.contacts.Members(ctx, l.room.d, l.reach.Workspace, ids)
	if err != nil {
		return nil, err
	}
	ids = ids[:0]
	for id := range members {
		ids = append(ids, id)
	}
	rows, err := db.All[talk](ctx, l.room.d, saidBy, db.IDs(ids), l.reach.Workspace)
	if err != nil {
		return nil, fmt.Errorf("conversations of people: %w", err)
	}
	for _, row := range rows {
		all[members[row.Contact]].add(l, row)
	}
	return all, nil
}

func (p *person) add(l *peopleList, row talk) {
	p.any = true
	within := l.reach.Sees(Row{Workspace: l.reach.Workspace, Inbox: row.Inbox, State: row.State, Assignee: row.Assignee, Queue: row.Queue})
	if !within || l.filter.Inbox != 0 && row.Inbox != l.filter.Inbox {
		return
	}
	p.visible = true
	if row.State == Open {
		p.Open++
	}
	if row.State == None {
		if p.Last == 0 {
			p.Last = row.ID
		}
		return
	}
	if at := (personPlace{At: row.At, ID: row.ID}); p.place.Silent || at.before(p.place) {
		p.place, p.Last, p.LastAt = at, row.ID, row.At
	}
}

// fits tells whether a person is in the list at all.
func (l *peopleList) fits(p *person) bool {
	if !p.visible && (p.any || l.filter.Inbox != 0) {
		return false
	}
	period := l.filter.From != 0 || l.filter.Until != 0
	if p.place.Silent {
		return !period
	}
	return p.LastAt >= l.filter.From && (l.filter.Until == 0 || p.LastAt < l.filter.Until)
}

// take adds people who stand behind the place, in order, until the page is full; full tells that one more would follow.
func (l *peopleList) take(after personPlace, all []*person) (full bool) {
	slices.SortFunc(all, func(a, b *person) int {
		if a.place.before(b.place) {
			return -1
		}
		return 1
	})
	for _, p := range all {
		if !after.before(p.place) || !l.fits(p) {
			continue
		}
		if len(l.page.Items) == l.limit {
			l.page.Next = l.last.cursor()
			return true
		}
		l.page.Items = append(l.page.Items, p.PersonRow)
		l.last = p.place
	}
	return false
}

// look lists those who fit the words.
func (l *peopleList) look(ctx context.Context, after personPlace) error {
	ids, err := l.room.contacts.Look(ctx, l.reach.Workspace, l.filter.Segment, l.filter.Wanted)
	if err != nil {
		return err
	}
	l.page.Capped = len(ids) >= contact.MaxWanted
	all, err := l.persons(ctx, ids)
	if err != nil {
		return err
	}
	list := make([]*person, 0, len(all))
	for _, p := range all {
		list = append(list, p)
	}
	l.take(after, list)
	return nil
}
