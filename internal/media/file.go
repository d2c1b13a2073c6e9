package media

import (
	"context"
	"fmt"
	"io"

	"recado/internal/db"
	"recado/internal/fault"
)

// States of a file.
const (
	Ready    = "ready"
	Fetching = "fetching" // the provider still holds the bytes
	Failed   = "failed"   // they could not be had; Error says why
)

// File is one file of a workspace.
type File struct {
	Workspace db.ID  `db:"workspace_id"`
	ID        db.ID  `db:"id"`
	Name      string `db:"name"` // as given, without folders and control characters
	Mime      string `db:"mime"` // found in the bytes; what the provider said until they are here
	Size      int64  `db:"size"` // bytes
	SHA256    string `db:"sha256"`
	Place     string `db:"place"` // in the Store
	State     string `db:"state"`
	Source    string `db:"source_json"` // JSON: where the bytes are fetched from; empty for files given to us
	Error     string `db:"error"`
	CreatedAt int64  `db:"created_at"` // Unix milliseconds
}

// Room keeps files.
type Room struct {
	d     *db.DB
	store Store
	scale chan struct{} // bounds pictures decoded at once
	voice chan struct{} // bounds recordings held in memory at once
}

// New makes the room over a store.
func New(d *db.DB, store Store) *Room {
	return &Room{d: d, store: store, scale: make(chan struct{}, 2), voice: make(chan struct{}, 4)}
}

const columns = "workspace_id, id, name, mime, size, sha256, place, state, source_json, error, created_at"

// Get gives a file of a workspace, or the fault file.not_found.
func (r *Room) Get(ctx context.Context, workspace, id db.ID) (File, error) {
	f, err := db.One[File](ctx, r.d, "select "+columns+" from files where id = $1 and workspace_id = $2", id, workspace)
	if db.None(err) {
		return File{}, notFound()
	}
	if err != nil {
		return File{}, fmt.Errorf("read file: %w", err)
	}
	return f, nil
}

func notFound() error { return fault.New(fault.NotFound, "file.not_found", "There is no such file.") }

// List gives the files with these ids, in any order; ids of other workspaces are passed over.
func (r *Room) List(ctx context.Context, workspace db.ID, ids []db.ID) ([]File, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return db.All[File](ctx, r.d, "select "+columns+" from files where id in ({ids:$1}) and workspace_id = $2", db.IDs(ids), workspace)
}

// Open gives the bytes of a ready file; the caller closes them. A file still on its way is the fault file.fetching, a
// lost one file.failed.
func (r *Room) Open(ctx context.Context, f File) (io.ReadSeekCloser, error) {
	switch f.State {
	case Fetching:
		return nil, fault.New(fault.Conflict, "file.fetching", "The file is still being fetched.")
	case Failed:
		return nil, fault.New(fault.NotFound, "file.failed", "The file could not be fetched.")
	}
	body, err := r.store.Open(ctx, f.Place)
	if Missing(err) {
		return nil, fault.New(fault.NotFound, "file.failed", "The file is no longer stored.").Because(err)
	}
	return body, err
}

// Check tells whether files can be stored, for readiness.
func (r *Room) Check(ctx context.Context) error { return r.store.Check(ctx) }

// placeOf spreads files over folders: workspace, the last byte of the id, the id.
func placeOf(workspace, id db.ID) string { return fmt.Sprintf("%d/%02x/%d", workspace, id&0xff, id) }
