package media

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"recado/internal/db"
)

// Expected is a file the provider holds for us.
type Expected struct {
	Workspace db.ID
	Name      string
	Mime      string // as the provider says
	Source    any    // what is needed to fetch it; kept as JSON
}

// ExpectIn notes files that will be fetched and gives their ids, in order.
func (r *Room) ExpectIn(ctx context.Context, tx *db.Tx, files []Expected) ([]db.ID, error) {
	ids := make([]db.ID, len(files))
	rows := make([][]any, len(files))
	for i, e := range files {
		source, err := json.Marshal(e.Source)
		if err != nil {
			return nil, fmt.Errorf("expect file: %w", err)
		}
		ids[i] = tx.NewID()
		rows[i] = File{Workspace: e.Workspace, ID: ids[i], Name: cleanName(e.Name), Mime: plain(e.Mime), Place: placeOf(e.Workspace, ids[i]),
			State: Fetching, Source: string(source), CreatedAt: tx.Now()}.row()
	}
	_, err := tx.Insert(ctx, "files ("+columns+")", "", rows)
	return ids, err
}

// Waiting gives a file with its source when its bytes are still wanted; ok is false when they are here already.
func (r *Room) Waiting(ctx context.Context, id db.ID) (f File, ok bool, err error) {
	f, err = db.One[File](ctx, r.d, "select "+columns+" from files where id = $1", id)
	if db.None(err) {
		return File{}, false, notFound()
	}
	if err != nil {
		return File{}, false, fmt.Errorf("read file: %w", err)
	}
	return f, f.State != Ready, nil
}

// Fill stores the fetched bytes, at most limit of them (fault file.too_large), and makes the file ready. The mime type is
// what the bytes say; what the provider said stands when they say nothing.
func (r *Room) Fill(ctx context.Context, f File, body io.Reader, limit int64) (File, error) {
	head, mime, err := sniff(body)
	if err != nil {
		return File{}, err
	}
	if mime != "application/octet-stream" || f.Mime == "" {
		f.Mime = mime
	}
	f.State, f.Error = Ready, ""
	if err := r.keep(ctx, &f, io.MultiReader(bytes.NewReader(head), body), limit); err != nil {
		return File{}, err
	}
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "update files set mime = $2, size = $3, sha256 = $4, state = $5, error = '' where id = $1",
			f.ID, f.Mime, f.Size, f.SHA256, Ready)
		return err
	})
	return f, err
}

// Fail notes that a file could not be fetched. Fill may still follow.
func (r *Room) Fail(ctx context.Context, id db.ID, reason string) error {
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "update files set state = $2, error = $3 where id = $1 and state <> $4", id, Failed, reason, Ready)
		return err
	})
}
