package conversation

import (
	"context"
	"time"

	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/fault"
)

// ReadQuery reads what people are looked for by, as people write it. It fails with Invalid for a number, a day or a zone that is none.
func ReadQuery(q contact.Query) (f PeopleFilter, err error) {
	f.Wanted = q.Wanted()
	if q.Inbox != "" {
		if f.Inbox, err = db.ParseID(q.Inbox); err != nil {
			return f, fault.New(fault.Invalid, "invalid.id", "This is not an id.").On("inbox_id")
		}
	}
	zone, err := time.LoadLocation(q.Zone)
	if err != nil {
		return f, fault.New(fault.Invalid, "invalid.zone", "there is no such time zone").On("zone")
	}
	if f.From, err = dayIn("from", q.From, zone, 0); err != nil {
		return f, err
	}
	f.Until, err = dayIn("until", q.Until, zone, 1)
	return f, err
}

// dayIn is the beginning of a day, so many days later, in Unix milliseconds; 0 for an empty text.
func dayIn(field, text string, zone *time.Location, later int) (int64, error) {
	if text == "" {
		return 0, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, text, zone)
	if err != nil {
		return 0, fault.New(fault.Invalid, "invalid.day", "this is not a day").On(field)
	}
	return day.AddDate(0, 0, later).UnixMilli(), nil
}

// segmentRows is how many contacts are looked at together while a segment is walked.
const segmentRows = 500

// segmentEnd is the place behind the last contact.
const segmentEnd db.ID = -1

// SegmentWalk gives the people of a segment within reach page by page, by the ids of their contacts, the newest first. Its place can
// be kept and gone on from later. It is not safe for concurrent use.
type SegmentWalk struct {
	list    *peopleList
	segment contact.Segment
	before  db.ID
	first   db.ID
	oldest  db.ID
	merged  map[db.ID]bool // those of several contacts that were given already: only they can come twice
}

// WalkSegment begins a walk at a place; 0 is the beginning. It fails with Invalid when the segment's query cannot be read.
func (r *Room) WalkSegment(ctx context.Context, reach Reach, s contact.Segment, place db.ID) (*SegmentWalk, error) {
	f, err := ReadQuery(s.Query)
	if err != nil {
		return nil, err
	}
	w := &SegmentWalk{list: &peopleList{room: r, reach: reach, filter: f}, segment: s, before: place, first: r.d.NewID(), merged: map[db.ID]bool{}}
	if place == 0 {
		w.before = 1<<63 - 1
	}
	w.oldest, err = db.One[db.ID](ctx, r.d, "select coalesce(min(id), 0) from contacts where workspace_id = $1", reach.Workspace)
	return w, err
}

// Place is where the walk stands, to go on from with WalkSegment.
func (w *SegmentWalk) Place() db.ID { return w.before }

// Done tells that nobody is left.
func (w *SegmentWalk) Done() bool { return w.before == segmentEnd }

// Progress is the part of the workspace's contacts that was gone through, by the time they were made, 0 to 1.
func (w *SegmentWalk) Progress() float64 {
	switch {
	case w.Done():
		return 1
	case w.before >= w.first || w.first <= w.oldest:
		return 0
	}
	return float64(w.first-w.before) / float64(w.first-w.oldest)
}

// Next gives the next people, which may be nobody before the walk is done.
func (w *SegmentWalk) Next(ctx context.Context) ([]contact.Contact, error) {
	if w.Done() {
		return nil, nil
	}
	room, workspace := w.list.room, w.list.reach.Workspace
	ids, err := room.contacts.Candidates(ctx, workspace, w.segment, w.before, segmentRows)
	if err != nil {
		return nil, err
	}
	out, err := w.within(ctx, ids)
	if err != nil {
		return nil, err
	}
	if w.before = segmentEnd; len(ids) == segmentRows {
		w.before = ids[len(ids)-1]
	}
	return out, nil
}

// within gives those of some contacts whom the segment holds and who are within reach.
func (w *SegmentWalk) within(ctx context.Context, ids []db.ID) ([]contact.Contact, error) {
	room, workspace := w.list.room, w.list.reach.Workspace
	people, err := w.list.persons(ctx, ids)
	if err != nil {
		return nil, err
	}
	whole, err := room.contacts.WholeMany(ctx, room.d, workspace, ids)
	if err != nil {
		return nil, err
	}
	out := make([]contact.Contact, 0, len(ids))
	for _, id := range ids {
		c, known := whole[id]
		if !known || w.merged[c.ID] || !w.list.filter.Fits(c) {
			continue
		}
		if p := people[c.ID]; p == nil || !w.list.fits(p) {
			continue
		}
		if len(c.Merged) > 0 {
			w.merged[c.ID] = true
		}
		out = append(out, c)
	}
	return out, nil
}

// CountSegment counts the people of a segment within reach; whole is false when time was over before all were counted.
func (r *Room) CountSegment(ctx context.Context, reach Reach, s contact.Segment, atMost time.Duration) (n int64, whole bool, err error) {
	w, err := r.WalkSegment(ctx, reach, s, 0)
	if err != nil {
		return 0, false, err
	}
	until := time.Now().Add(atMost)
	for !w.Done() {
		if time.Now().After(until) {
			return n, false, nil
		}
		people, err := w.Next(ctx)
		if err != nil {
			return n, false, err
		}
		n += int64(len(people))
	}
	return n, true, nil
}
