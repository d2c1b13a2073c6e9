package simulator

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"mime/multipart"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"testing"
	"time"
)

// upload sends a file and returns its id.
func (w *world) upload(t *testing.T, mime string, data []byte) string {
	t.Helper()
	a := w.tryUpload(t, mime, data, "whatsapp")
	if a.status != 200 {
		t.Fatalf("upload: %s", a.raw)
	}
	return a.body["id"].(string)
}

func (w *world) tryUpload(t *testing.T, mime string, data []byte, product string) answer {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("messaging_product", product)
	_ = form.WriteField("type", mime)
	part, err := form.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename="a.bin"`}, "Content-Type": {mime}})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(data)
	_ = form.Close()
	r := httptest.NewRequest("POST", "/v27.0/"+DemoNumberVentas+"/media", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Authorization", token)
	return w.do(r)
}

func TestMedia(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.PublicURL = "http://media.test/simulator" })
	id := w.upload(t, "image/jpeg", samplePicture)
	info := w.call("GET", "/v27.0/"+id+"?phone_number_id="+DemoNumberVentas, nil)
	sum := sha256.Sum256(samplePicture)
	if info.body["sha256"] != hex.EncodeToString(sum[:]) || info.body["mime_type"] != "image/jpeg" || info.body["file_size"] != "5870" {
		t.Errorf("info %s", info.raw)
	}
	address, ok := strings.CutPrefix(info.body["url"].(string), "http://media.test/simulator")
	if !ok {
		t.Fatalf("url %v", info.body["url"])
	}
	t.Run("the bytes need the token", func(t *testing.T) {
		if a := w.callAs("", "GET", address, nil); a.status != 401 || a.code() != 190 {
			t.Errorf("%d", a.status)
		}
		if a := w.call("GET", address, nil); a.status != 200 || !bytes.Equal(a.raw, samplePicture) {
			t.Errorf("%d, %d bytes", a.status, len(a.raw))
		}
		if a := w.call("GET", strings.Replace(address, "hash=", "hash=x", 1), nil); a.status != 404 {
			t.Errorf("forged: %d", a.status)
		}
	})
	t.Run("an address lives five minutes", func(t *testing.T) {
		w.pass(5*time.Minute + time.Second)
		if a := w.call("GET", address, nil); a.status != 404 {
			t.Errorf("%d", a.status)
		}
	})
	t.Run("an uploaded file lives thirty days", func(t *testing.T) {
		w.pass(30 * 24 * time.Hour)
		if a := w.call("GET", "/v27.0/"+id, nil); a.code() != 100 || a.status != 400 {
			t.Errorf("%d %d", a.status, a.code())
		}
	})
	t.Run("a deleted file is gone", func(t *testing.T) {
		other := w.upload(t, "image/jpeg", samplePicture)
		w.call("DELETE", "/v27.0/"+other, nil)
		if a := w.call("GET", "/v27.0/"+other, nil); a.code() != 100 {
			t.Errorf("%d", a.code())
		}
	})
}

func TestUploadsRefused(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		what, mime, product string
		data                []byte
		code                int
	}{
		{"a type that is not accepted", "audio/webm", "whatsapp", []byte("x"), 100},
		{"opus without a container", "audio/opus", "whatsapp", []byte("x"), 100},
		{"a sticker too large", "image/webp", "whatsapp", make([]byte, 501<<10), 131053},
		{"an empty file", "image/png", "whatsapp", nil, 131053},
		{"another product", "image/png", "telegram", []byte("x"), 100},
	} {
		t.Run(c.what, func(t *testing.T) {
			if a := w.tryUpload(t, c.mime, c.data, c.product); a.code() != c.code || a.status != 400 {
				t.Errorf("%d %d: %s", a.status, a.code(), a.raw)
			}
		})
	}
}

func TestMediaOfCustomers(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.PublicURL = "http://media.test" })
	for _, kind := range []string{"image", "video", "document", "audio", "sticker"} {
		if _, err := w.Say(ana, Said{Number: DemoNumberVentas, Type: kind, Text: "pie", Voice: true}); err != nil {
			t.Fatal(err)
		}
	}
	w.settle()
	for _, m := range w.inboxMessages() {
		kind := m["type"].(string)
		part := m[kind].(map[string]any)
		if part["id"] == "" || part["mime_type"] == "" || part["sha256"] == "" || !strings.HasPrefix(part["url"].(string), "http://media.test/media/") {
			t.Errorf("%s: %v", kind, part)
		}
		if a := w.call("GET", "/v27.0/"+part["id"].(string), nil); a.status != 200 {
			t.Errorf("%s cannot be fetched: %s", kind, a.raw)
		}
	}
	w.pass(8 * 24 * time.Hour)
	id := w.inboxMessages()[0]["image"].(map[string]any)["id"].(string)
	if a := w.call("GET", "/v27.0/"+id, nil); a.status != 400 {
		t.Errorf("after seven days: %d", a.status)
	}
}

func TestOldMediaMakeRoom(t *testing.T) {
	m := newMediaStore(100)
	for _, id := range []string{"a", "b", "c"} {
		m.add(&file{id: id, data: make([]byte, 60)})
	}
	if m.get("a") != nil || m.get("b") != nil || m.get("c") == nil || m.used != 60 {
		t.Errorf("kept %d bytes in %d files", m.used, len(m.files))
	}
}

func TestResumableUpload(t *testing.T) {
	w := newWorld(t)
	a := w.call("POST", "/v27.0/"+DemoAppID+"/uploads?file_name=a.jpg&file_length=6&file_type=image/jpeg", nil)
	id, _ := a.body["id"].(string)
	if !strings.HasPrefix(id, "upload:") {
		t.Fatalf("%s", a.raw)
	}
	send := func(offset, data string) answer {
		r := httptest.NewRequest("POST", "/v27.0/"+id, strings.NewReader(data))
		r.Header.Set("Authorization", "OAuth "+DemoToken)
		r.Header.Set("file_offset", offset)
		return w.do(r)
	}
	if a := send("0", "abc"); a.body["file_offset"] != 3.0 {
		t.Errorf("%s", a.raw)
	}
	if a := send("0", "abc"); a.code() != 100 {
		t.Errorf("wrong offset: %s", a.raw)
	}
	if a := w.call("GET", "/v27.0/"+id, nil); a.body["file_offset"] != 3.0 {
		t.Errorf("%s", a.raw)
	}
	handle, _ := send("3", "def").body["h"].(string)
	if !strings.HasPrefix(handle, "4::") {
		t.Errorf("handle %q", handle)
	}
	profile := "/v27.0/" + DemoNumberVentas + "/whatsapp_business_profile"
	set := func(handle string) answer {
		return w.call("POST", profile, map[string]any{"messaging_product": "whatsapp", "profile_picture_handle": handle})
	}
	if a := set("4::nonsense"); a.code() != 100 {
		t.Errorf("%s", a.raw)
	}
	if a := set(handle); a.status != 200 {
		t.Errorf("%s", a.raw)
	}
	picture := w.call("GET", profile, nil).body["data"].([]any)[0].(map[string]any)["profile_picture_url"].(string)
	if a := w.callAs("", "GET", picture[strings.Index(picture, "/control"):], nil); string(a.raw) != "abcdef" {
		t.Errorf("picture %s gives %q", picture, a.raw)
	}
}
