package campaign

import (
	"context"
	"io"

	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/sheet"
)

// Ways to say who a campaign is for. Drafts of before there were others say nothing and have a sheet.
const (
	BySheet   = "sheet"
	ByHand    = "one"     // a single person
	BySegment = "segment" // people kept under a name
)

// Headers of an audience that has no sheet, as values name them.
const (
	headerPhone = "phone"
	headerName  = "name"
)

// OnePerson is an audience of a single person.
type OnePerson struct {
	Phone string `json:"phone"` // in any form people write it; judged like a cell of a sheet
	Name  string `json:"name"`
}

// source gives the rows of an audience, in an order that stays: what is judged and frozen does not ask where they come from.
type source interface {
	// Next gives the next row and io.EOF behind the last one; its cells are valid until the next call.
	Next() (line, error)
	// Progress is the part read so far, 0 to 1.
	Progress() float64
	Close() error
}

// line is a row of an audience.
type line struct {
	sheet.Row
	takenOut bool // by a person: it counts for nothing
}

// given tells whether somebody said who the campaign is for.
func (a Audience) given() bool { return a.File != 0 || a.Kind == ByHand || a.Kind == BySegment }

// openAudience opens the rows of a campaign's audience, of a sheet as it was corrected, of a segment as it stands now; the caller
// closes them. expected is how many there seem to be, 0 for unknown.
func (r *Room) openAudience(ctx context.Context, workspace db.ID, c Campaign, a asked) (in source, expected int, err error) {
	audience := c.Audience
	switch {
	case audience.Kind == BySegment:
		in, err = r.openSegment(ctx, workspace, a, audience.Segment)
		return in, 0, err
	case audience.Kind == ByHand:
		return &oneRow{cells: []string{audience.One.Phone, audience.One.Name}}, 1, nil
	case audience.File == 0:
		return nil, 0, noAudience()
	}
	stored, err := r.openUploaded(ctx, workspace, audience)
	if err != nil {
		return nil, 0, err
	}
	return &correctedRows{Stored: stored, ctx: ctx, room: r, campaign: c.ID, more: audience.Corrected > 0}, stored.Info().Rows, nil
}

// openUploaded opens the sheet as it was uploaded; the caller closes it.
func (r *Room) openUploaded(ctx context.Context, workspace db.ID, audience Audience) (sheet.Stored, error) {
	file, err := r.Files.Get(ctx, workspace, audience.File)
	if err != nil {
		return sheet.Stored{}, err
	}
	return r.openSheet(ctx, file)
}

func noAudience() error {
	return fault.New(fault.Invalid, "campaign.audience_missing", "Choose who to write to.").On("audience.file_id")
}

// withoutSheet is an audience whose rows are people: their number and name, nothing else.
func withoutSheet(kind string, sender db.ID) Audience {
	return Audience{Kind: kind, Headers: []string{headerPhone, headerName}, DefaultSender: sender,
		Columns: Columns{Phone: headerPhone, Name: headerName, Variables: map[string]string{}}}
}

// oneRow is the source of a single person.
type oneRow struct {
	cells []string
	read  bool
}

func (o *oneRow) Next() (line, error) {
	if o.read {
		return line{}, io.EOF
	}
	o.read = true
	return line{Row: sheet.Row{Number: 1, Cells: o.cells}}, nil
}

func (o *oneRow) Progress() float64 {
	if o.read {
		return 1
	}
	return 0
}

func (o *oneRow) Close() error { return nil }
