package media_test

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/fault"
	"recado/internal/media"
)

var soundLimits = []media.Limit{
	{Kind: "audio", Mimes: []string{"audio/mp4", "audio/ogg"}, Bytes: 1 << 20},
	{Kind: "document", Mimes: []string{"application/pdf"}, Bytes: 1 << 20},
}

func recorded(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("opus/testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestSaveVoice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r, dir := newRoom(t, d)
		webm := recorded(t, "chromium.webm")
		t.Run("a recording becomes a voice note", func(t *testing.T) {
			kept, err := r.SaveVoice(t.Context(), workspace, "../voz.webm", bytes.NewReader(webm), soundLimits)
			if err != nil {
				t.Fatal(err)
			}
			if !kept.Note || kept.Mime != "audio/ogg" || kept.Name != "voz.ogg" || kept.Duration.Round(10*time.Millisecond) != 2450*time.Millisecond {
				t.Errorf("%+v", kept)
			}
			body, err := r.Open(t.Context(), kept.File)
			if err != nil {
				t.Fatal(err)
			}
			defer body.Close()
			if data, _ := io.ReadAll(body); !bytes.HasPrefix(data, []byte("OggS")) || int64(len(data)) != kept.Size {
				t.Errorf("%d bytes of %d", len(data), kept.Size)
			}
		})
		t.Run("AAC stays what it is and goes as sound", func(t *testing.T) {
			aac := bytes.ReplaceAll(recorded(t, "chromium.mp4"), []byte("Opus\x00"), []byte("mp4a\x00"))
			kept, err := r.SaveVoice(t.Context(), workspace, "voz.mp4", bytes.NewReader(aac), soundLimits)
			if err != nil || kept.Note || kept.Mime != "audio/mp4" || kept.Name != "voz.mp4" || kept.Size != int64(len(aac)) {
				t.Errorf("%+v %v", kept, err)
			}
		})
		before := len(stored(t, dir))
		t.Run("refusals leave nothing behind", func(t *testing.T) {
			cluster := bytes.Index(webm, []byte{0x1f, 0x43, 0xb6, 0x75})
			long := bytes.Repeat(webm[cluster:], 400) // four hundred times its sound
			for name, c := range map[string]struct {
				body io.Reader
				code string
			}{
				"cut off":         {bytes.NewReader(webm[:len(webm)-10]), "voice.broken"},
				"nothing":         {strings.NewReader(""), "file.empty"},
				"a document":      {strings.NewReader("%PDF-1.7 and so on"), "file.kind"},
				"a page":          {strings.NewReader("<!doctype html><script>alert(1)</script>"), "file.kind"},
				"over five min":   {io.MultiReader(bytes.NewReader(webm[:cluster]), bytes.NewReader(long)), "voice.too_long"},
				"far too large":   {io.LimitReader(endless{}, 20<<20), "file.too_large"},
				"the line breaks": {io.MultiReader(bytes.NewReader(webm), broken{}), ""},
			} {
				kept, err := r.SaveVoice(t.Context(), workspace, "x.webm", c.body, soundLimits)
				if err == nil || c.code != "" && !fault.Is(err, c.code) {
					t.Errorf("%s: %+v %v", name, kept, err)
				}
			}
			if after := len(stored(t, dir)); after != before {
				t.Errorf("%d files lie in the store, want %d", after, before)
			}
		})
	})
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestAnnouncedFilesAreRefusedByTheirBeginning(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r, dir := newRoom(t, d)
		read := &counted{r: io.MultiReader(bytes.NewReader(picture(t, 10, 10)), io.LimitReader(endless{}, 50<<20))}
		_, err := r.Save(t.Context(), workspace, "foto.png", media.Announced{Reader: read, Bytes: 50 << 20}, limits)
		if !fault.Is(err, "file.too_large") || read.n > 64<<10 || len(stored(t, dir)) != 0 {
			t.Errorf("%v after %d bytes", err, read.n)
		}
	})
}

type counted struct {
	r io.Reader
	n int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}
