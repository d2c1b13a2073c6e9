package campaign

import (
	"context"
	"io"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/sheet"
)

// ExportRecipients writes the recipients in a state (Recipients) as CSV, row by row as they are read: the headers, then what cells
// gives for each (X07). Nothing is written when it fails at the beginning.
func (r *Room) ExportRecipients(ctx context.Context, actor account.Actor, id db.ID, state string, w io.Writer, headers []string,
	cells func(Recipient) []string) error {
	found, next, err := r.Recipients(ctx, actor, id, state, "", maxPage)
	if err != nil {
		return err
	}
	out := sheet.NewWriter(w)
	out.Write(headers)
	for {
		for _, one := range found {
			out.Write(cells(one))
		}
		if next == "" {
			return out.Flush()
		}
		if found, next, err = r.Recipients(ctx, actor, id, state, next, maxPage); err != nil {
			return err
		}
	}
}
