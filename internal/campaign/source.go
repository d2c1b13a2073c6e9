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
	Next() (sheet.Row, error)
	// Progress is the part read so far, 0 to 1.
	Progress() float64
	Close() error
}

// given tells whether somebody said who the campaign is for.
func (a Audience) given() bool { return a.File != 0 || a.Kind == ByHand || a.Kind == BySegment }

// openAudience opens the rows of a campaign's audience, of a segment as it stands now; the caller closes them. expected is how many
// there seem to be, 0 for unknown.
func (r *Room) openAudience(ctx context.Context, workspace db.ID, audience Audience, a asked) (in source, expected int, err error) {
	switch {
	case audience.Kind == BySegment:
		in, err = r.openSegment(ctx, workspace, a, audience.Segment)
		return in, 0, err
	case audience.Kind == ByHand:
		return &oneRow{cells: []string{audience.One.Phone, audience.One.Name}}, 1, nil
	case audience.File == 0:
		return nil, 0, noAudience()
	}
	file, err := r.Files.Get(ctx, workspace, audience.File)
	if err != nil {
		return nil, 0, err
	}
	stored, err := r.openSheet(ctx, file)
	if err != nil {
		return nil, 0, err
	}
	return stored, stored.Info().Rows, nil
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

func (o *oneRow) Next() (sheet.Row, error) {
	if o.read {
		return sheet.Row{}, io.EOF
	}
	o.read = true
	return sheet.Row{Number: 1, Cells: o.cells}, nil
}

func (o *oneRow) Progress() float64 {
	if o.read {
		return 1
	}
	return 0
}

func (o *oneRow) Close() error { return nil }
