package campaign

import (
	"context"
	"io"
	"path"
	"slices"
	"strings"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/media"
	"recado/internal/sheet"
)

var sheetKinds = []media.Limit{{Kind: "sheet", Bytes: sheet.MaxFile, Mimes: sheet.Mimes}}

// PutFile keeps a sheet as the audience and proposes what its columns hold. A file that is no sheet, is empty, protected
// or broken is refused in words and changes nothing. A sheet with the headers of the one before keeps how they were read, any other what a
// person chose by hand among columns it has. The campaign becomes a draft. seen is the version the author saw, 0 for whatever it is; a
// stale one is refused with Conflict.
func (r *Room) PutFile(ctx context.Context, actor account.Actor, id db.ID, seen int64, name string, body io.Reader) (Campaign, error) {
	if err := actor.Can(account.Campaigns, account.Edit); err != nil {
		return Campaign{}, err
	}
	c, err := load(ctx, r.d, actor.Workspace, id)
	if err != nil {
		return Campaign{}, err
	}
	if err := mayMove(c.State, Draft); err != nil {
		return Campaign{}, err
	}
	if err := c.stale(seen, actor, r.d.Now()); err != nil { // before the upload is read, and once more when it is kept
		return Campaign{}, err
	}
	file, err := r.Files.Save(ctx, actor.Workspace, name, body, sheetKinds)
	if err != nil {
		return Campaign{}, err
	}
	audience, err := r.describe(ctx, file)
	if err != nil {
		return Campaign{}, err
	}
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, err := lockIn(ctx, tx, actor.Workspace, id)
		if err != nil {
			return err
		}
		if err := c.stale(seen, actor, tx.Now()); err != nil {
			return err
		}
		now, err := c.campaign()
		if err != nil {
			return err
		}
		if sameHeaders(audience.Headers, now.Audience.Headers) {
			audience.Columns = now.Audience.Columns
		} else if now.Audience.File != 0 {
			audience.Columns = audience.Columns.withByHand(now.Audience.Columns, now.Audience.Headers, audience.Headers)
		}
		audience.DefaultSender = now.Audience.DefaultSender
		now.Audience = audience
		keepKnownSources(now.Message.Values, audience.Headers)
		return r.storeIn(ctx, tx, actor, c, now, Change{Columns: &audience.Columns})
	})
	if err != nil {
		return Campaign{}, err
	}
	return r.get(ctx, actor.Workspace, id)
}

// sameHeaders tells whether two sheets have the same columns, in whatever order.
func sameHeaders(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// keepKnownSources forgets columns that the new sheet does not have.
func keepKnownSources(values map[string]Source, headers []string) {
	for key, source := range values {
		if source.Column != "" && indexOf(headers, source.Column) < 0 {
			source.Column = ""
			values[key] = source
		}
	}
}

// describe opens a sheet and tells what it found.
func (r *Room) describe(ctx context.Context, file media.File) (Audience, error) {
	in, err := r.openSheet(ctx, file)
	if err != nil {
		return Audience{}, err
	}
	defer in.Close()
	headers := sheet.UniqueHeaders(in.Header())
	info := in.Info()
	return Audience{Kind: BySheet, File: file.ID, FileName: file.Name, Format: string(info.Format), Encoding: info.Encoding, Headers: headers, Columns: mapHeaders(headers)}, nil
}

func (r *Room) openSheet(ctx context.Context, file media.File) (sheet.Stored, error) {
	body, err := r.Files.Open(ctx, file)
	if err != nil {
		return sheet.Stored{}, err
	}
	return sheet.OpenStored(body, file.Size, file.Name)
}

func indexOf(headers []string, header string) int {
	for i, h := range headers {
		if h == header {
			return i
		}
	}
	return -1
}

// errorsName names the file of errors after the sheet.
func errorsName(sheetName string) string {
	base := strings.TrimSuffix(sheetName, path.Ext(sheetName))
	if base == "" {
		base = "sheet"
	}
	return base + "-errors.csv"
}
