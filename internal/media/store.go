package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
)

// Store keeps bytes under places: relative paths of our own making ("12/ab/345").
type Store interface {
	// Put writes all of r; a place that holds bytes already is replaced at once, never half.
	Put(ctx context.Context, place string, r io.Reader) error
	// Open gives the bytes of a place, or an error for which Missing is true.
	Open(ctx context.Context, place string) (io.ReadSeekCloser, error)
	// Move gives bytes another place.
	Move(ctx context.Context, from, to string) error
	// Delete removes a place; a missing one is no error.
	Delete(ctx context.Context, place string) error
	// Check tells whether the store can be written, for readiness.
	Check(ctx context.Context) error
}

// Missing tells whether err says that a place holds nothing.
func Missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// Folder is a Store in a folder of the disk. No place, whatever it says, leads out of it.
type Folder struct{ root *os.Root }

// OpenFolder opens the folder and makes it when it is missing.
func OpenFolder(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("folder of files: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("folder of files: %w", err)
	}
	return &Folder{root: root}, nil
}

// Close lets the folder go.
func (f *Folder) Close() error { return f.root.Close() }

// Put writes beside the place, makes it durable and moves it there.
func (f *Folder) Put(_ context.Context, place string, r io.Reader) (err error) {
	if err := f.root.MkdirAll(path.Dir(place), 0o700); err != nil {
		return fmt.Errorf("store file: %w", err)
	}
	part := place + ".part"
	file, err := f.root.OpenFile(part, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("store file: %w", err)
	}
	defer func() {
		if err != nil {
			_ = f.root.Remove(part)
		}
	}()
	if _, err = io.Copy(file, r); err == nil {
		err = file.Sync()
	}
	if e := file.Close(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("store file: %w", err)
	}
	return f.root.Rename(part, place)
}

// Open gives the bytes of a place.
func (f *Folder) Open(_ context.Context, place string) (io.ReadSeekCloser, error) {
	file, err := f.root.Open(place)
	if err != nil {
		return nil, fmt.Errorf("open file: %w", err)
	}
	return file, nil
}

// Move gives bytes another place.
func (f *Folder) Move(_ context.Context, from, to string) error {
	if err := f.root.MkdirAll(path.Dir(to), 0o700); err != nil {
		return fmt.Errorf("move file: %w", err)
	}
	return f.root.Rename(from, to)
}

// Delete removes a place, and what a process that died left half-written of it.
func (f *Folder) Delete(_ context.Context, place string) error {
	_ = f.root.Remove(place + ".part")
	if err := f.root.Remove(place); err != nil && !Missing(err) {
		return fmt.Errorf("delete file: %w", err)
	}
	return nil
}

// Check writes and removes a small file.
func (f *Folder) Check(ctx context.Context) error {
	const probe = "check"
	if err := f.root.WriteFile(probe, []byte("ok"), 0o600); err != nil {
		return fmt.Errorf("the folder of files cannot be written: %w", err)
	}
	return f.Delete(ctx, probe)
}
