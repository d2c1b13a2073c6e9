package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/png"
	"mime/multipart"
	"strings"
	"testing"

	"recado/internal/api"
	"recado/internal/api/apitest"
	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/inbox"
)

func upload(t *testing.T, w *apitest.World, as, name, content string) (apitest.Answer, api.UploadedFile) {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write([]byte(content))
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	a := w.Call(t, as, "POST", "/files", body.String(), "Content-Type", form.FormDataContentType())
	var file api.UploadedFile
	_ = json.Unmarshal(a.Body, &file)
	return a, file
}

func TestFiles(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := apitest.New(t, d, api.Options{})
		pdf := "%PDF-1.7\n" + strings.Repeat("x", 2000)
		a, file := upload(t, w, "owner", `..\lista "de" precios.pdf`, pdf)
		if a.Status != 201 || file.Kind != "document" || file.Mime != "application/pdf" || file.Size != int64(len(pdf)) {
			t.Fatalf("%d %s", a.Status, a.Body)
		}
		path := "/files/" + file.ID.String()
		t.Run("what no message carries is nobody's to read, unless it is seen before it is sent", func(t *testing.T) {
			if a := w.Call(t, "owner", "GET", path, ""); a.Status != 404 {
				t.Errorf("a sheet that was uploaded: %d", a.Status)
			}
			var drawn bytes.Buffer
			if err := png.Encode(&drawn, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
				t.Fatal(err)
			}
			_, picture := upload(t, w, "owner", "a.png", drawn.String())
			if a := w.Call(t, "owner", "GET", "/files/"+picture.ID.String(), ""); a.Status != 200 {
				t.Errorf("a picture that was chosen: %d", a.Status)
			}
		})
		attach(t, w, file.ID)
		t.Run("what came in goes out, with headers that keep it from running", func(t *testing.T) {
			a := w.Call(t, "owner", "GET", path, "")
			if a.Status != 200 || string(a.Body) != pdf {
				t.Fatalf("%d, %d bytes", a.Status, len(a.Body))
			}
			for name, want := range map[string]string{"Content-Type": "application/pdf", "X-Content-Type-Options": "nosniff",
				"Content-Disposition": `inline; filename="lista \"de\" precios.pdf"`} {
				if got := a.Header.Get(name); got != want {
					t.Errorf("%s: %s", name, got)
				}
			}
		})
		t.Run("a part is answered as a part", func(t *testing.T) {
			a := w.Call(t, "owner", "GET", path, "", "Range", "bytes=0-4")
			if a.Status != 206 || string(a.Body) != "%PDF-" || a.Header.Get("Content-Range") == "" {
				t.Errorf("%d %s", a.Status, a.Body)
			}
		})
		t.Run("strangers, other workspaces and odd ids find nothing", func(t *testing.T) {
			for as, want := range map[string]int{"": 401, "rival": 404} {
				if a := w.Call(t, as, "GET", path, ""); a.Status != want {
					t.Errorf("%q: %d", as, a.Status)
				}
			}
			for _, odd := range []string{"/files/x", "/files/0", "/files/99999999999999999999"} {
				if a := w.Call(t, "owner", "GET", odd, ""); a.Status != 404 {
					t.Errorf("%s: %d", odd, a.Status)
				}
			}
		})
		t.Run("a file of a message is seen by those who see the conversation", func(t *testing.T) {
			if a := w.Call(t, "owner", "GET", path, ""); a.Status != 200 {
				t.Errorf("who sees all: %d", a.Status)
			}
			if a := w.Call(t, "agent", "GET", path, ""); a.Status != 404 {
				t.Errorf("an agent without the number: %d", a.Status)
			}
		})
		t.Run("refusals say why", func(t *testing.T) {
			for code, try := range map[string][2]string{"file.empty": {"a.txt", ""}, "file.kind": {"a.svg", `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`}} {
				if a, _ := upload(t, w, "owner", try[0], try[1]); a.Status != 422 || !strings.Contains(string(a.Body), code) {
					t.Errorf("%s: %d %s", code, a.Status, a.Body)
				}
			}
			if a := w.Call(t, "owner", "POST", "/files", "{}", "Content-Type", "application/json"); a.Status != 422 {
				t.Errorf("no form: %d", a.Status)
			}
			if a, _ := upload(t, w, "guest", "a.txt", "hola"); a.Status != 403 {
				t.Errorf("a member without permission: %d", a.Status)
			}
		})
	})
}

// attach makes a file belong to a message of a number nobody but those who see all reaches.
func attach(t *testing.T, w *apitest.World, file db.ID) {
	t.Helper()
	box, err := w.Rooms.Inbox.Create(t.Context(), inbox.Draft{Workspace: w.Home.Workspace.ID, Channel: channel.WhatsApp, Label: "Ventas", Address: "5531955501001",
		ExternalID: "2090010010010011", Account: "109", Token: "token"})
	if err != nil {
		t.Fatal(err)
	}
	err = w.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := w.Rooms.Conversation.ReceiveIn(ctx, tx, []conversation.Incoming{{Workspace: w.Home.Workspace.ID, Inbox: box.ID, MediaFile: file,
			Event: channel.Inbound{ExternalID: "wamid.f", At: tx.Now(), Kind: channel.Document, From: []channel.Identity{{Kind: channel.Phone, Value: "5531955000001"}}}}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
