package media_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/fault"
	"recado/internal/media"
)

const workspace = db.ID(7)

var limits = []media.Limit{
	{Kind: "image", Mimes: []string{"image/jpeg", "image/png"}, Bytes: 1 << 20},
	{Kind: "document", Mimes: []string{"application/pdf", "text/plain"}, Bytes: 100},
}

func newRoom(t *testing.T, d *db.DB) (*media.Room, string) {
	t.Helper()
	dir := t.TempDir()
	store, err := media.OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return media.New(d, store), dir
}

func picture(t *testing.T, w, h int) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewRGBA(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func stored(t *testing.T, dir string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestSave(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r, dir := newRoom(t, d)
		t.Run("what goes in comes out, with its kind found in the bytes", func(t *testing.T) {
			data := picture(t, 900, 30)
			f, err := r.Save(t.Context(), workspace, `C:\fotos\..\ca`+"\u202e\x00"+`sa.pdf`, bytes.NewReader(data), limits)
			if err != nil {
				t.Fatal(err)
			}
			if f.Name != "casa.pdf" || f.Mime != "image/png" || f.Size != int64(len(data)) || len(f.SHA256) != 64 {
				t.Errorf("%+v", f)
			}
			again, err := r.Get(t.Context(), workspace, f.ID)
			if err != nil || again.Place != f.Place {
				t.Fatal(again, err)
			}
			body, err := r.Open(t.Context(), again)
			if err != nil {
				t.Fatal(err)
			}
			defer body.Close()
			if got, err := io.ReadAll(body); err != nil || !bytes.Equal(got, data) {
				t.Fatal("other bytes came out", err)
			}
			thumb, err := r.Thumbnail(t.Context(), again)
			if err != nil {
				t.Fatal(err)
			}
			defer thumb.Close()
			if config, kind, err := image.DecodeConfig(thumb); err != nil || kind != "jpeg" || config.Width != 360 || config.Height != 12 {
				t.Errorf("%+v %s %v", config, kind, err)
			}
		})
		t.Run("another workspace does not know the file", func(t *testing.T) {
			f, err := r.Save(t.Context(), workspace, "a.txt", strings.NewReader("hola"), limits)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := r.Get(t.Context(), workspace+1, f.ID); !fault.Is(err, "file.not_found") {
				t.Fatal(err)
			}
			if list, err := r.List(t.Context(), workspace+1, []db.ID{f.ID}); err != nil || len(list) != 0 {
				t.Fatal(list, err)
			}
		})
		before := len(stored(t, dir))
		t.Run("refusals leave nothing behind", func(t *testing.T) {
			for code, body := range map[string]string{
				"file.empty":     "",
				"file.kind":      `<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`,
				"file.too_large": strings.Repeat("hola ", 21),
			} {
				if _, err := r.Save(t.Context(), workspace, "x", strings.NewReader(body), limits); !fault.Is(err, code) {
					t.Errorf("%s: %v", code, err)
				}
			}
			if _, err := r.Save(t.Context(), workspace, "x", io.MultiReader(strings.NewReader("hola"), broken{}), limits); !errors.Is(err, errBroken) {
				t.Errorf("a broken upload: %v", err)
			}
			if after := len(stored(t, dir)); after != before {
				t.Errorf("%d files lie in the store, want %d", after, before)
			}
		})
		t.Run("a picture that would unfold to gigabytes is not decoded", func(t *testing.T) {
			f, err := r.Save(t.Context(), workspace, "bomb.png", bytes.NewReader(bomb(picture(t, 1, 1))), limits)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := r.Thumbnail(t.Context(), f); !fault.Is(err, "file.no_thumbnail") {
				t.Fatal(err)
			}
		})
	})
}

var errBroken = errors.New("the line broke")

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errBroken }

// bomb says in a PNG's header that it has 60,000 × 60,000 pixels.
func bomb(data []byte) []byte {
	header := data[12:29]
	binary.BigEndian.PutUint32(header[4:], 60_000)
	binary.BigEndian.PutUint32(header[8:], 60_000)
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(header))
	return data
}

func TestExpect(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r, _ := newRoom(t, d)
		var ids []db.ID
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
			ids, err = r.ExpectIn(ctx, tx, []media.Expected{{Workspace: workspace, Name: "voz.ogg", Mime: "audio/ogg; codecs=opus", Source: map[string]string{"id": "1"}}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		f, wanted, err := r.Waiting(t.Context(), ids[0])
		if err != nil || !wanted || f.Mime != "audio/ogg" || f.Source != `{"id":"1"}` {
			t.Fatalf("%+v %v %v", f, wanted, err)
		}
		if _, err := r.Open(t.Context(), f); !fault.Is(err, "file.fetching") {
			t.Fatal(err)
		}
		if err := r.Fail(t.Context(), f.ID, "the provider no longer has it"); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Fill(t.Context(), f, strings.NewReader("%PDF-1.7 "+strings.Repeat("x", 100)), 50); !fault.Is(err, "file.too_large") {
			t.Fatal(err)
		}
		f, err = r.Fill(t.Context(), f, strings.NewReader("\x00\x01\x02 bytes of no known kind"), 500)
		if err != nil || f.Mime != "audio/ogg" || f.State != media.Ready {
			t.Fatalf("%+v %v", f, err)
		}
		if err := r.Fail(t.Context(), f.ID, "too late"); err != nil {
			t.Fatal(err)
		}
		if f, wanted, err := r.Waiting(t.Context(), f.ID); err != nil || wanted || f.Error != "" {
			t.Fatalf("%+v %v %v", f, wanted, err)
		}
	})
}

func TestNoPlaceLeadsOutOfTheFolder(t *testing.T) {
	store, err := media.OpenFolder(filepath.Join(t.TempDir(), "files"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for _, place := range []string{"../out", "/etc/out", "a/../../out"} {
		if err := store.Put(t.Context(), place, strings.NewReader("x")); err == nil {
			t.Errorf("%q was written", place)
		}
	}
	if err := store.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestInline(t *testing.T) {
	for mime, want := range map[string]bool{"image/svg+xml": false, "text/html": false, "application/xhtml+xml": false, "text/xml": false,
		"application/octet-stream": false, "image/jpeg": true, "audio/ogg": true, "application/pdf": true} {
		if media.Inline(mime) != want {
			t.Errorf("%s inline: %v", mime, !want)
		}
	}
}
