package report

import (
	"context"
	"io"
	"time"

	"recado/internal/account"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/sheet"
)

// peopleRead is how many people are read at once.
const peopleRead = 200

// PeopleSheet writes the people a filter shows as a CSV that an import reads again, in the order of the list; memory does not grow with
// them. Times are of the zone. Nothing is written when it fails at the beginning: Forbidden without the ability to export.
func (r *Room) PeopleSheet(ctx context.Context, actor account.Actor, f conversation.PeopleFilter, zone *time.Location, locale string, w io.Writer) error {
	if err := actor.Has(account.Export); err != nil {
		return err
	}
	reach, err := r.Routing.ReachOf(ctx, actor)
	if err != nil {
		return err
	}
	attributes, err := r.Contacts.AttributeNames(ctx, actor.Workspace)
	if err != nil {
		return err
	}
	page, err := r.Conversations.People(ctx, reach, f, "", peopleRead)
	if err != nil {
		return err
	}
	when := func(at int64) string {
		if at == 0 {
			return ""
		}
		return time.UnixMilli(at).In(zone).Format("2006-01-02 15:04")
	}
	out := sheet.NewWriter(w)
	out.Write(contact.ExportHeaders(locale, attributes))
	for {
		ids := make([]db.ID, len(page.Items))
		for i, row := range page.Items {
			ids[i] = row.Contact
		}
		whole, err := r.Contacts.WholeMany(ctx, r.d, actor.Workspace, ids)
		if err != nil {
			return err
		}
		for _, row := range page.Items {
			out.Write(whole[row.Contact].ExportCells(attributes, row.LastAt, when))
		}
		if page.Next == "" {
			return out.Flush()
		}
		if page, err = r.Conversations.People(ctx, reach, f, page.Next, peopleRead); err != nil {
			return err
		}
	}
}
