package contact

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
)

// SegmentKind is how a segment knows its people.
type SegmentKind string

// The kinds of segments.
const (
	ByFilter SegmentKind = "filter" // those who fit its filter, whenever it is asked
	ByList   SegmentKind = "list"   // those put into it
)

// Query is what people are looked for by, as people write it; empty fields do not matter (B20, B21).
type Query struct {
	Inbox    string `json:"inbox_id,omitempty"` // a number
	Name     string `json:"name,omitempty"`
	Email    string `json:"email,omitempty"`
	Phone    string `json:"phone,omitempty"`
	City     string `json:"city,omitempty"`
	Document string `json:"document,omitempty"`
	Ident    string `json:"ident,omitempty"`
	From     string `json:"from,omitempty"`  // first day of the last contact, 2026-11-25
	Until    string `json:"until,omitempty"` // last day of the last contact, inclusive
	Zone     string `json:"zone,omitempty"`  // of the days; empty: UTC
}

// Wanted are the parts of a query that speak of the person.
func (q Query) Wanted() Wanted {
	return Wanted{Name: q.Name, Email: q.Email, Phone: q.Phone, City: q.City, Document: q.Document, ID: q.Ident}
}

// Empty tells whether everybody fits; a time zone alone says nothing.
func (q Query) Empty() bool { return q == Query{Zone: q.Zone} }

// Segment is people kept under a name, for everybody in the workspace.
type Segment struct {
	ID        db.ID
	Name      string
	Kind      SegmentKind
	Query     Query  // of ByFilter
	By        string // who made it
	Origin    string // of ByList: where its people come from, in words
	Size      int64  // of ByList: how many people were put into it
	Filling   bool   // of ByList: more people are still being put into it
	CreatedAt int64  // Unix milliseconds
}

// Bounds of segments.
const (
	maxSegmentName = 60  // characters
	maxSegments    = 500 // of a workspace
)

type segmentRow struct {
	ID        db.ID       `db:"id"`
	Name      string      `db:"name"`
	Kind      SegmentKind `db:"kind"`
	Query     string      `db:"query_json"`
	By        string      `db:"by_name"`
	Origin    string      `db:"origin"`
	Size      int64       `db:"size"`
	Filling   bool        `db:"filling"`
	CreatedAt int64       `db:"created_at"`
}

func (row segmentRow) segment() (Segment, error) {
	s := Segment{ID: row.ID, Name: row.Name, Kind: row.Kind, By: row.By, Origin: row.Origin, Size: row.Size, Filling: row.Filling, CreatedAt: row.CreatedAt}
	if err := json.Unmarshal([]byte(row.Query), &s.Query); err != nil {
		return s, fmt.Errorf("query of segment %d: %w", row.ID, err)
	}
	return s, nil
}

const segmentColumns = "select id, name, kind, query_json, by_name, origin, size, filling, created_at from segments where workspace_id = $1 "

// Segments gives the segments of a workspace in the order of their names.
func (r *Room) Segments(ctx context.Context, workspace db.ID) ([]Segment, error) {
	rows, err := db.All[segmentRow](ctx, r.d, segmentColumns+"order by name_fold, id limit $2", workspace, maxSegments)
	if err != nil {
		return nil, fmt.Errorf("segments: %w", err)
	}
	out := make([]Segment, len(rows))
	for i, row := range rows {
		if out[i], err = row.segment(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Segment gives a segment. It fails with NotFound.
func (r *Room) Segment(ctx context.Context, workspace, id db.ID) (Segment, error) {
	row, err := db.One[segmentRow](ctx, r.d, segmentColumns+"and id = $2", workspace, id)
	if db.None(err) {
		return Segment{}, noSegment()
	}
	if err != nil {
		return Segment{}, fmt.Errorf("segment %d: %w", id, err)
	}
	return row.segment()
}

func noSegment() error {
	return fault.New(fault.NotFound, "contact.segment_gone", "There is no such segment any more.")
}

// SaveSegment keeps a filter under a name. It fails with Invalid for a name that is empty, long or taken, and for a filter that
// filters nobody out: a segment of everybody would be a campaign to everybody by mistake.
func (r *Room) SaveSegment(ctx context.Context, actor account.Actor, name string, query Query) (Segment, error) {
	if err := actor.Can(account.Contacts, account.Edit); err != nil {
		return Segment{}, err
	}
	if query.Empty() {
		return Segment{}, fault.New(fault.Invalid, "contact.segment_everybody", "Filter the list first: a segment holds some of the people.").On("query")
	}
	var id db.ID
	err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		id, err = r.makeSegmentIn(ctx, tx, actor, name, ByFilter, query)
		return err
	})
	if err != nil {
		return Segment{}, err
	}
	return r.Segment(ctx, actor.Workspace, id)
}

func (r *Room) makeSegmentIn(ctx context.Context, tx *db.Tx, actor account.Actor, name string, kind SegmentKind, query Query) (db.ID, error) {
	name, err := segmentName(name)
	if err != nil {
		return 0, err
	}
	n, err := db.One[int64](ctx, tx, "select count(*) from segments where workspace_id = $1", actor.Workspace)
	if err != nil {
		return 0, fmt.Errorf("count segments: %w", err)
	}
	if n >= maxSegments {
		return 0, fault.New(fault.Invalid, "contact.segments_many", "A workspace has at most %d segments. Delete one first.", maxSegments).On("name").With("limit", maxSegments)
	}
	id := tx.NewID()
	made, err := tx.Insert(ctx, "segments (workspace_id, id, name, name_fold, kind, query_json, by_id, by_name, created_at, updated_at)",
		"on conflict (workspace_id, name_fold) do nothing",
		[][]any{{actor.Workspace, id, name, Fold(name), string(kind), encode(query), idOrNull(actor.User), actor.Name, tx.Now(), tx.Now()}})
	if err == nil && made == 0 {
		err = nameTaken(name)
	}
	return id, err
}

func nameTaken(name string) error {
	return fault.New(fault.Invalid, "contact.segment_taken", "There is a segment “%s” already.", name).On("name").With("name", name)
}

func segmentName(name string) (string, error) {
	name = strings.Join(strings.Fields(cleanText(name)), " ")
	if name == "" {
		return "", fault.New(fault.Invalid, "contact.segment_nameless", "Give the segment a name.").On("name")
	}
	if utf8.RuneCountInString(name) > maxSegmentName {
		return "", fault.New(fault.Invalid, "contact.segment_long", "A segment's name has at most %d characters.", maxSegmentName).On("name").With("limit", maxSegmentName)
	}
	return name, nil
}

// RenameSegment gives a segment another name. It fails with NotFound, or Invalid as SaveSegment does.
func (r *Room) RenameSegment(ctx context.Context, actor account.Actor, id db.ID, name string) (Segment, error) {
	if err := actor.Can(account.Contacts, account.Edit); err != nil {
		return Segment{}, err
	}
	name, err := segmentName(name)
	if err != nil {
		return Segment{}, err
	}
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		other, err := db.One[db.ID](ctx, tx, "select id from segments where workspace_id = $1 and name_fold = $2", actor.Workspace, Fold(name))
		if err == nil && other != id {
			return nameTaken(name)
		}
		if err != nil && !db.None(err) {
			return fmt.Errorf("name of a segment: %w", err)
		}
		n, err := tx.Exec(ctx, "update segments set name = $1, name_fold = $2, updated_at = $3 where id = $4 and workspace_id = $5", name, Fold(name), tx.Now(), id, actor.Workspace)
		if err == nil && n == 0 {
			err = noSegment()
		}
		return err
	})
	if err != nil {
		return Segment{}, err
	}
	return r.Segment(ctx, actor.Workspace, id)
}

// DeleteSegmentIn takes a segment away; the people in it stay. It fails with NotFound. Who uses it is the caller's to know.
func (r *Room) DeleteSegmentIn(ctx context.Context, tx *db.Tx, actor account.Actor, id db.ID) error {
	if err := actor.Can(account.Contacts, account.Edit); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, "delete from segments where id = $1 and workspace_id = $2", id, actor.Workspace)
	if err == nil && n == 0 {
		return noSegment()
	}
	if err == nil {
		_, err = tx.Exec(ctx, "delete from segment_people where segment_id = $1 and workspace_id = $2", id, actor.Workspace)
	}
	return err
}

const (
	candidatesAll  = "select id from contacts where workspace_id = $1 and id < $2 and merged_into is null order by id desc limit $3"
	candidatesList = "select contact_id from segment_people where workspace_id = $1 and segment_id = $4 and contact_id < $2 order by contact_id desc limit $3"
)

// Candidates gives contacts a segment may hold with an id below before, the highest first, at most limit; which of them it holds is
// told by Fits and by what was said with them. Behind the last one it gives fewer than limit.
func (r *Room) Candidates(ctx context.Context, workspace db.ID, s Segment, before db.ID, limit int) ([]db.ID, error) {
	wanted := s.Query.Wanted()
	switch {
	case s.Kind == ByList:
		return db.All[db.ID](ctx, r.d, candidatesList, workspace, before, limit, s.ID)
	case wanted.Empty():
		return db.All[db.ID](ctx, r.d, candidatesAll, workspace, before, limit)
	}
	return r.candidates(ctx, workspace, wanted, before, limit)
}
