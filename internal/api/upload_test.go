package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"recado/internal/api"
	"recado/internal/api/apitest"
	"recado/internal/db"
	"recado/internal/db/dbtest"
)

// form wraps a file as browsers do.
func form(t *testing.T, name string, content []byte) (body, kind string) {
	t.Helper()
	var out bytes.Buffer
	form := multipart.NewWriter(&out)
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(content)
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String(), form.FormDataContentType()
}

func testdata(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestVoiceNotes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := apitest.New(t, d, api.Options{})
		webm := testdata(t, "../media/opus/testdata/chromium.webm")
		body, kind := form(t, "voz.webm", webm)
		t.Run("a recording becomes a voice note with its length", func(t *testing.T) {
			a := w.Call(t, "owner", "POST", "/voice-notes?channel=whatsapp", body, "Content-Type", kind)
			var note api.UploadedVoice
			_ = json.Unmarshal(a.Body, &note)
			if a.Status != 201 || !note.Voice || note.Kind != "audio" || note.Mime != "audio/ogg" || note.Duration != 2453 {
				t.Fatalf("%d %s", a.Status, a.Body)
			}
			if got := w.Call(t, "owner", "GET", "/files/"+note.ID.String(), ""); !bytes.HasPrefix(got.Body, []byte("OggS")) {
				t.Errorf("%d, %d bytes", got.Status, len(got.Body))
			}
		})
		t.Run("one cut off half way is refused in words and leaves nothing", func(t *testing.T) {
			before := files(t, d)
			for _, n := range []int{len(body) - 20, len(body) / 2, 300} {
				a := w.Call(t, "owner", "POST", "/voice-notes", body[:n], "Content-Type", kind)
				if a.Status != 422 || !strings.Contains(string(a.Body), "file.cut_off") {
					t.Errorf("%d of %d bytes: %d %s", n, len(body), a.Status, a.Body)
				}
			}
			half, kind := form(t, "voz.webm", webm[:len(webm)-5])
			if a := w.Call(t, "owner", "POST", "/voice-notes", half, "Content-Type", kind); a.Status != 422 || !strings.Contains(string(a.Body), "voice.broken") {
				t.Errorf("%d %s", a.Status, a.Body)
			}
			if after := files(t, d); after != before {
				t.Errorf("%d files, want %d", after, before)
			}
		})
		t.Run("who may not write may not record", func(t *testing.T) {
			if a := w.Call(t, "guest", "POST", "/voice-notes", body, "Content-Type", kind); a.Status != 403 {
				t.Errorf("%d", a.Status)
			}
			if a := w.Call(t, "owner", "POST", "/voice-notes?channel=pigeon", body, "Content-Type", kind); a.Status != 422 || !strings.Contains(string(a.Body), "channel.unknown") {
				t.Errorf("%d %s", a.Status, a.Body)
			}
		})
	})
}

func files(t *testing.T, d *db.DB) int {
	t.Helper()
	n, err := db.One[int](t.Context(), d, "select count(*) from files")
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// watching counts what was read of it.
type watching struct {
	r io.Reader
	n int
}

func (w *watching) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	w.n += n
	return n, err
}

func TestBadUploads(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := apitest.New(t, d, api.Options{})
		send := func(path string, content []byte, name string) apitest.Answer {
			body, kind := form(t, name, content)
			return w.Call(t, "owner", "POST", path, body, "Content-Type", kind)
		}
		refused := func(t *testing.T, a apitest.Answer, status int, code string) {
			t.Helper()
			if a.Status != status || !strings.Contains(string(a.Body), `"`+code+`"`) {
				t.Errorf("%d %s", a.Status, a.Body)
			}
		}
		large := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), make([]byte, 6<<20)...)
		before := files(t, d)
		t.Run("more than anything may have is refused before its body is read", func(t *testing.T) {
			body := &watching{r: strings.NewReader("never read")}
			r := httptest.NewRequest("POST", "/api/v1/files", body)
			r.ContentLength = 150 << 20
			r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
			r.AddCookie(&http.Cookie{Name: "recado_session", Value: w.Token("owner")})
			if a := w.Do(r); a.Status != 413 || body.n != 0 || a.Code() != "file.too_large" {
				t.Errorf("%d after %d bytes: %s", a.Status, body.n, a.Body)
			}
		})
		t.Run("a picture too large for pictures is refused by its beginning, and taken as a document", func(t *testing.T) {
			refused(t, send("/files", large, "foto.png"), 413, "file.too_large")
			a := send("/files?as=document", large, "foto.png")
			if a.Status != 201 || !strings.Contains(string(a.Body), `"kind":"document"`) {
				t.Errorf("%d %s", a.Status, a.Body)
			}
		})
		before++
		t.Run("a file that lies about its type is taken as what it is, or refused", func(t *testing.T) {
			if a := send("/files", []byte("%PDF-1.7\n and so on"), "foto.jpg"); a.Status != 201 || !strings.Contains(string(a.Body), `"kind":"document"`) {
				t.Errorf("a document called a picture: %d %s", a.Status, a.Body)
			}
			for name, content := range map[string]string{"foto.jpg": "MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00", "factura.pdf": "<!doctype html><script>alert(1)</script>",
				"foto.png": `<svg xmlns="http://www.w3.org/2000/svg"/>`} {
				refused(t, send("/files", []byte(content), name), 422, "file.kind")
				refused(t, send("/files?as=document", []byte(content), name), 422, "file.kind")
			}
		})
		before++
		t.Run("an upload cut off half way leaves nothing", func(t *testing.T) {
			body, kind := form(t, "lista.pdf", append([]byte("%PDF-1.7\n"), make([]byte, 20_000)...))
			for _, n := range []int{len(body) - 10, len(body) / 2, 200} {
				refused(t, w.Call(t, "owner", "POST", "/files", body[:n], "Content-Type", kind), 422, "file.cut_off")
			}
		})
		if after := files(t, d); after != before {
			t.Errorf("%d files, want %d", after, before)
		}
	})
}

func TestChannelsTellWhatTheyCarry(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := apitest.New(t, d, api.Options{})
		a := w.Call(t, "agent", "GET", "/channels", "")
		var list api.Items[api.Channel]
		if err := json.Unmarshal(a.Body, &list); err != nil || len(list.Items) != 1 {
			t.Fatalf("%d %s", a.Status, a.Body)
		}
		c := list.Items[0]
		if c.Channel != "whatsapp" || c.Voice == nil || c.Voice.Seconds != 300 || c.CaptionLimit != 1024 || c.Documents == nil || c.Documents.Bytes != 100<<20 {
			t.Errorf("%s", a.Body)
		}
	})
}
