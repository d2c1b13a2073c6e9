package campaign

import (
	"context"
	"fmt"
	"io"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/sheet"
)

// chosenSegment is a saved segment as an audience; nil for none. It fails with NotFound, and with Forbidden for who may not see contacts.
func (r *Room) chosenSegment(ctx context.Context, actor account.Actor, id *db.ID) (*Audience, error) {
	if id == nil {
		return nil, nil
	}
	if err := actor.Can(account.Contacts, account.View); err != nil {
		return nil, err
	}
	s, err := r.Contacts.Segment(ctx, actor.Workspace, *id)
	if err != nil {
		return nil, err
	}
	if err := s.Whole(); err != nil {
		return nil, err
	}
	a := withoutSheet(BySegment, 0)
	a.Segment, a.SegmentName = s.ID, s.Name
	return &a, nil
}

// segmentRows gives the people of a segment as it stands now, within the author's reach: each is a row with their number and name.
type segmentRows struct {
	ctx    context.Context // of the reading, as a source has it for its life
	walk   *conversation.SegmentWalk
	people []contact.Contact
	number int
}

// openSegment begins to read a segment. It fails with Invalid when there is none any more.
func (r *Room) openSegment(ctx context.Context, workspace db.ID, a asked, id db.ID) (source, error) {
	walk, err := r.walkSegment(ctx, workspace, a, id, 0)
	if err != nil {
		return nil, err
	}
	return &segmentRows{ctx: ctx, walk: walk}, nil
}

func (r *Room) walkSegment(ctx context.Context, workspace db.ID, a asked, id, place db.ID) (*conversation.SegmentWalk, error) {
	s, err := r.Contacts.Segment(ctx, workspace, id)
	if fault.KindOf(err) == fault.NotFound {
		return nil, fault.New(fault.Invalid, "campaign.segment_gone", "The segment was deleted. Choose another audience.").On("audience.segment_id")
	}
	if err != nil {
		return nil, err
	}
	if err := s.Whole(); err != nil {
		return nil, err
	}
	return r.Conversations.WalkSegment(ctx, a.Reach, s, place)
}

func (s *segmentRows) Next() (line, error) {
	for len(s.people) == 0 {
		if s.walk.Done() {
			return line{}, io.EOF
		}
		var err error
		if s.people, err = s.walk.Next(s.ctx); err != nil {
			return line{}, err
		}
	}
	person := s.people[0]
	s.people = s.people[1:]
	s.number++
	return rowOf(s.number, person), nil
}

func (s *segmentRows) Progress() float64 { return s.walk.Progress() }
func (s *segmentRows) Close() error      { return nil }

// rowOf is a person as a row of headerPhone and headerName; who has no number has an empty cell, which the judge says.
func rowOf(number int, c contact.Contact) line {
	cells := []string{"", c.Name}
	for _, i := range c.Identities {
		if i.Channel == channel.WhatsApp && i.Kind == channel.Phone {
			cells[0] = "+" + i.Value
			break
		}
	}
	return line{Row: sheet.Row{Number: number, Cells: cells}}
}

// peopleResolved is the place of a campaign whose people are all written down.
const peopleResolved = -1

// resolve writes down whom the segment of a campaign stands for, page by page; it goes on where an earlier run ended, and nobody is
// written down twice. Behind it no change of the segment or of its people's data changes who gets the campaign.
func (f *freezing) resolve(ctx context.Context, audience Audience, a asked) error {
	r := f.room
	place, err := db.One[int64](ctx, r.d, "select people_before from campaigns where id = $1", f.c.ID)
	if err != nil || place == peopleResolved {
		return err
	}
	walk, err := r.walkSegment(ctx, f.c.Workspace, a, audience.Segment, db.ID(place))
	if err != nil {
		return err
	}
	for !walk.Done() {
		people, err := walk.Next(ctx)
		if err != nil {
			return fmt.Errorf("people of segment %d: %w", audience.Segment, err)
		}
		if err := f.writeDown(ctx, people, walk.Place()); err != nil {
			return err
		}
	}
	return nil
}

// writeDown keeps a page of people and the place behind it.
func (f *freezing) writeDown(ctx context.Context, people []contact.Contact, place db.ID) error {
	return f.room.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := holdRunIn(ctx, tx, f.c.ID, f.run, Sending); err != nil {
			return err
		}
		ids := make([]db.ID, len(people))
		for i, c := range people {
			ids[i] = c.ID
		}
		there, err := db.All[db.ID](ctx, tx, "select contact_id from campaign_people where campaign_id = $1 and contact_id in ({ids:$2})", f.c.ID, db.IDs(ids))
		if err != nil {
			return err
		}
		last, err := db.One[int64](ctx, tx, "select coalesce(max(position), 0) from campaign_people where campaign_id = $1", f.c.ID)
		if err != nil {
			return err
		}
		known := make(map[db.ID]bool, len(there))
		for _, id := range there {
			known[id] = true
		}
		rows := make([][]any, 0, len(ids))
		for _, id := range ids {
			if !known[id] {
				rows = append(rows, []any{f.c.Workspace, f.c.ID, last + int64(len(rows)) + 1, id})
			}
		}
		if _, err := tx.Insert(ctx, "campaign_people (workspace_id, campaign_id, position, contact_id)", "", rows); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "update campaigns set people_before = $1 where id = $2", int64(place), f.c.ID)
		return err
	})
}

// frozenRows gives the people written down for a campaign, in their order.
type frozenRows struct {
	ctx       context.Context // of the reading, as a source has it for its life
	room      *Room
	workspace db.ID
	campaign  db.ID
	page      []line
	at        int64 // position of the last one given
	all       int64
}

const frozenPage = 500

func (r *Room) openFrozen(ctx context.Context, workspace, campaign db.ID) (source, int, error) {
	all, err := db.One[int64](ctx, r.d, "select coalesce(max(position), 0) from campaign_people where campaign_id = $1", campaign)
	if err != nil {
		return nil, 0, fmt.Errorf("people of campaign %d: %w", campaign, err)
	}
	return &frozenRows{ctx: ctx, room: r, workspace: workspace, campaign: campaign, all: all}, int(all), nil
}

func (f *frozenRows) Next() (line, error) {
	if len(f.page) == 0 {
		if err := f.load(); err != nil {
			return line{}, err
		}
	}
	row := f.page[0]
	f.page = f.page[1:]
	f.at = int64(row.Number)
	return row, nil
}

// load reads the next page; io.EOF behind the last one.
func (f *frozenRows) load() error {
	found, err := db.All[struct {
		Position int64 `db:"position"`
		Contact  db.ID `db:"contact_id"`
	}](f.ctx, f.room.d, "select position, contact_id from campaign_people where campaign_id = $1 and position > $2 order by position limit $3", f.campaign, f.at, frozenPage)
	if err != nil {
		return fmt.Errorf("people of campaign %d: %w", f.campaign, err)
	}
	if len(found) == 0 {
		return io.EOF
	}
	ids := make([]db.ID, len(found))
	for i, one := range found {
		ids[i] = one.Contact
	}
	whole, err := f.room.Contacts.WholeMany(f.ctx, f.room.d, f.workspace, ids)
	if err != nil {
		return err
	}
	f.page = make([]line, len(found))
	for i, one := range found {
		f.page[i] = rowOf(int(one.Position), whole[one.Contact])
	}
	return nil
}

func (f *frozenRows) Progress() float64 {
	if f.all == 0 {
		return 1
	}
	return float64(f.at) / float64(f.all)
}

func (f *frozenRows) Close() error { return nil }

// forgetPeopleIn lets a campaign write down its people anew.
func forgetPeopleIn(ctx context.Context, tx *db.Tx, campaign db.ID) error {
	_, err := tx.Exec(ctx, "delete from campaign_people where campaign_id = $1", campaign)
	if err == nil {
		_, err = tx.Exec(ctx, "update campaigns set people_before = 0 where id = $1 and people_before <> 0", campaign)
	}
	return err
}

// SegmentUse is a campaign that goes to a segment and has not begun.
type SegmentUse struct {
	ID    db.ID  `db:"id"`
	Name  string `db:"name"`
	State State  `db:"state"`
}

const segmentUses = `select c.id, c.name, c.state from campaign_uses u join campaigns c on c.id = u.campaign_id
	where u.workspace_id = $1 and u.kind = 3 and u.what_id = $2 and c.started_at is null
	and c.state in ('draft', 'checking', 'ready', 'scheduled', 'sending', 'paused') order by c.id desc limit 50`

// SegmentUses gives the campaigns still to begin that go to a segment, the newest first, at most 50.
func (r *Room) SegmentUses(ctx context.Context, actor account.Actor, segment db.ID) ([]SegmentUse, error) {
	if _, err := r.Contacts.Segment(ctx, actor.Workspace, segment); err != nil {
		return nil, err
	}
	return r.segmentUses(ctx, r.d, actor.Workspace, segment)
}

func (r *Room) segmentUses(ctx context.Context, q db.Querier, workspace, segment db.ID) ([]SegmentUse, error) {
	uses, err := db.All[SegmentUse](ctx, q, segmentUses, workspace, segment)
	if err != nil {
		return nil, fmt.Errorf("uses of segment %d: %w", segment, err)
	}
	return uses, nil
}

// DeleteSegment deletes a segment. It fails with Conflict while a campaign that was told to go out still has to read it; drafts that go
// to it say at their next check that it is gone.
func (r *Room) DeleteSegment(ctx context.Context, actor account.Actor, segment db.ID) error {
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		uses, err := r.segmentUses(ctx, tx, actor.Workspace, segment)
		if err != nil {
			return err
		}
		for _, u := range uses {
			if u.State == Scheduled || u.State == Sending || u.State == Paused {
				return fault.New(fault.Conflict, "contact.segment_awaited", "“%s” is going to be sent to this segment. Cancel it first, or wait until it has begun.", u.Name).With("name", u.Name)
			}
		}
		return r.Contacts.DeleteSegmentIn(ctx, tx, actor, segment)
	})
}
