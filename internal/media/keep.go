package media

import (
	"context"
	"fmt"
	"io"

	"recado/internal/db"
)

// Keep stores bytes that are no file of the workspace: no message shows them and no address of files leads to them, only the room
// that keeps them hands them out. name is that room's, of letters, digits and dashes, and of one writer at a time; the same one again
// replaces them. It gives how many bytes they are, at most limit (fault file.too_large).
func (r *Room) Keep(ctx context.Context, workspace db.ID, name string, body io.Reader, limit int64) (int64, error) {
	f := File{Place: keptPlace(workspace, name)}
	err := r.keep(ctx, &f, body, limit)
	return f.Size, err
}

// OpenKept gives the bytes of Keep; the caller closes them. Those that are gone are the fault file.failed.
func (r *Room) OpenKept(ctx context.Context, workspace db.ID, name string) (io.ReadSeekCloser, error) {
	return r.Open(ctx, File{State: Ready, Place: keptPlace(workspace, name)})
}

// DropKept removes the bytes of Keep, also half-written ones; when there are none it does nothing.
func (r *Room) DropKept(ctx context.Context, workspace db.ID, name string) error {
	return r.store.Delete(ctx, keptPlace(workspace, name))
}

func keptPlace(workspace db.ID, name string) string {
	return fmt.Sprintf("%d/kept/%s", workspace, name)
}
