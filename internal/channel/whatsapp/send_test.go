package whatsapp

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"recado/internal/channel"

	"github.com/google/go-cmp/cmp"
)

var credentials = channel.Credentials{InboxExternalID: "2090010010010011", AccountExternalID: "1090010010010010", Token: "simulator-token"}

func to(digits string) channel.Identity { return channel.Identity{Kind: channel.Phone, Value: digits} }

// sends are the recorded sends that this contract can express.
var sends = map[string]channel.Outbound{
	"send_text":             {Kind: channel.Text, Text: "Hola, te ayudo en un momento"},
	"send_text_preview":     {Kind: channel.Text, Text: "Mira https://tienda.example/ofertas"},
	"send_text_reply":       {Kind: channel.Text, Text: "Sí, hay en M", ReplyTo: "wamid.HBgonRcMvQfBiCtpUhz3mdmv16MAIEtbdfl"},
	"send_text_user_id":     {Kind: channel.Text, Text: "Hola", To: channel.Identity{Kind: channel.UserID, Value: "MX.4c19e07bd2"}},
	"send_image_link":       {Kind: channel.Image, Text: "Talle M", Content: link("https://tienda.example/a.jpg")},
	"send_video_link":       {Kind: channel.Video, Text: "Así se arma", Content: link("https://tienda.example/a.mp4")},
	"send_audio_link":       {Kind: channel.Audio, Content: link("https://tienda.example/a.mp3")},
	"send_sticker_link":     {Kind: channel.Sticker, Content: link("https://tienda.example/s.webp")},
	"send_voice_link":       {Kind: channel.Audio, Content: channel.Content{Media: &channel.Media{URL: "https://tienda.example/v.ogg", Voice: true}}},
	"send_document_link":    {Kind: channel.Document, Text: "Factura", Content: channel.Content{Media: &channel.Media{URL: "https://tienda.example/f.pdf", Name: "factura.pdf"}}},
	"send_location":         {Kind: channel.Location, Content: channel.Content{Location: &channel.Place{Latitude: -34.6, Longitude: -58.38, Name: "Local", Address: "Av. Ejemplo 123"}}},
	"send_reaction":         {Kind: channel.Reaction, ReplyTo: "wamid.HBgonRcMvQfBiCtpUhz3mdmv16MAIEtbdfl", Content: channel.Content{Emoji: "👍"}},
	"send_reaction_removed": {Kind: channel.Reaction, ReplyTo: "wamid.HBgonRcMvQfBiCtpUhz3mdmv16MAIEtbdfl"},
	"send_template": {Kind: channel.Template, Content: filled("promo_primavera", "es", []channel.Value{{Text: "Ana"}, {Text: "20 %"}},
		channel.ButtonFill{Index: 0, Kind: "quick_reply", Text: "QUIERO:77"}, channel.ButtonFill{Index: 1, Kind: "quick_reply", Text: "NO:77"})},
	"send_template_held":            {Kind: channel.Template, Content: filled("promo_primavera", "es", []channel.Value{{Text: "Ana"}, {Text: "20 %"}})},
	"send_template_three_variables": {Kind: channel.Template, Content: filled("recordatorio_pago", "es", []channel.Value{{Text: "Ana"}, {Text: "1.500"}, {Text: "30/11"}})},
	"send_template_no_variables":    {Kind: channel.Template, Content: filled("atendimento_esta_disponivel", "pt_BR", nil)},
	"send_template_copy_code":       {Kind: channel.Template, Content: filled("cupon_copia", "es", []channel.Value{{Text: "Ana"}}, channel.ButtonFill{Kind: "copy_code", Text: "OTONO15"})},
	"send_template_named": {Kind: channel.Template, Content: filled("envio_listo", "es_MX", []channel.Value{{Name: "nombre", Text: "Ana"}, {Name: "pedido", Text: "A-1043"}},
		channel.ButtonFill{Kind: "url", Text: "A-1043"})},
	"send_template_document": {Kind: channel.Template, Content: channel.Content{Template: &channel.Filled{Name: "catalogo_pdf", Language: "es",
		Header: &channel.Value{Kind: "document", Media: &channel.Media{URL: "https://tienda.example/c.pdf", Name: "catalogo.pdf"}}, Body: []channel.Value{{Text: "Ana"}}}}},
}

func link(address string) channel.Content {
	return channel.Content{Media: &channel.Media{URL: address}}
}

func filled(name, language string, body []channel.Value, buttons ...channel.ButtonFill) channel.Content {
	return channel.Content{Template: &channel.Filled{Name: name, Language: language, Body: body, Buttons: buttons}}
}

// outbound completes a recorded send.
func outbound(name string) channel.Outbound {
	m := sends[name]
	m.Reference = "m_2001"
	if m.To.Kind == "" {
		m.To = to("5491155550111")
	}
	return m
}

// provider is a server that plays one recording and keeps what it was asked.
type provider struct {
	*httptest.Server
	mu   sync.Mutex
	asks []string // method and address
	body []byte
}

// asked is how many requests arrived.
func (p *provider) asked() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.asks)
}

func play(t *testing.T, answer func(w http.ResponseWriter, r *http.Request)) (*provider, *Adapter) {
	t.Helper()
	p := &provider{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		p.mu.Lock()
		p.asks, p.body = append(p.asks, r.Method+" "+r.URL.RequestURI()), body
		p.mu.Unlock()
		if got := r.Header.Get("Authorization"); got != "Bearer simulator-token" {
			t.Errorf("authorization %q", got)
		}
		answer(w, r)
	}))
	t.Cleanup(p.Close)
	return p, New(Config{GraphURL: p.URL, Client: quick()})
}

// quick is the client of the adapter with a short patience.
func quick() *http.Client {
	c := NewClient()
	c.Transport.(*http.Transport).ResponseHeaderTimeout = 300 * time.Millisecond
	return c
}

func plays(r recording) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(r.Answer.Status)
		_, _ = w.Write(r.bytes())
	}
}

func sameJSON(t *testing.T, want, got []byte) {
	t.Helper()
	var a, b any
	if err := errors.Join(json.Unmarshal(want, &a), json.Unmarshal(got, &b)); err != nil {
		t.Fatalf("%v in %s", err, got)
	}
	// The default of preview_url may be left out; the title of a single section too.
	if text, ok := a.(map[string]any)["text"].(map[string]any); ok && text["preview_url"] == false {
		delete(text, "preview_url")
	}
	if diff := cmp.Diff(a, b); diff != "" {
		t.Error(diff)
	}
}

func TestSendRecorded(t *testing.T) {
	for name := range sends {
		t.Run(name, func(t *testing.T) {
			r := recordingOf(t, name)
			p, a := play(t, plays(r))
			yes, err := a.Send(t.Context(), credentials, outbound(name))
			if err != nil {
				t.Fatal(err)
			}
			sameJSON(t, r.Request.Body, p.body)
			if want := "POST " + r.Request.Path; p.asks[0] != want {
				t.Errorf("asked %s, want %s", p.asks[0], want)
			}
			if !strings.HasPrefix(yes.ExternalID, "wamid.") || len(yes.Identities) == 0 || yes.Held != (name == "send_template_held") {
				t.Errorf("accepted %+v", yes)
			}
		})
	}
}

func TestSendMenus(t *testing.T) {
	options := []channel.Option{{ID: "yes", Title: "Sí"}, {ID: "no", Title: "No", Detail: "más tarde"}}
	cases := map[string]struct {
		menu channel.Menu
		want string
	}{
		"buttons": {channel.Menu{Options: options}, `{"type":"button","body":{"text":"¿Confirmas?"},"action":{"buttons":[
			{"type":"reply","reply":{"id":"yes","title":"Sí"}},{"type":"reply","reply":{"id":"no","title":"No"}}]}}`},
		"a list": {channel.Menu{Button: "Ver", Options: options}, `{"type":"list","body":{"text":"¿Confirmas?"},"action":{"button":"Ver","sections":[{"rows":[
			{"id":"yes","title":"Sí"},{"id":"no","title":"No","description":"más tarde"}]}]}}`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p := newPooled()
			defer p.release()
			if f := p.message(&channel.Outbound{To: to("5491155550111"), Kind: channel.Interactive, Text: "¿Confirmas?", Content: channel.Content{Menu: &c.menu}}); f != nil {
				t.Fatal(f)
			}
			var sent map[string]json.RawMessage
			if err := json.Unmarshal(p.buf, &sent); err != nil {
				t.Fatalf("%v in %s", err, p.buf)
			}
			sameJSON(t, []byte(c.want), sent["interactive"])
		})
	}
}

func TestSendCards(t *testing.T) {
	p := newPooled()
	defer p.release()
	card := channel.Card{Name: `Luis "Lu" Vega 🌵`, Phones: []string{"+54 9 11 5555-0199"}, Emails: []string{"luis@example.com"}, Org: "Aurora"}
	if f := p.message(&channel.Outbound{To: to("5491155550111"), Kind: channel.Contacts, Content: channel.Content{Cards: []channel.Card{card}}}); f != nil {
		t.Fatal(f)
	}
	sameJSON(t, []byte(`{"messaging_product":"whatsapp","recipient_type":"individual","to":"+5491155550111","type":"contacts","contacts":[{"name":
		{"formatted_name":"Luis \"Lu\" Vega 🌵","first_name":"Luis \"Lu\" Vega 🌵"},"phones":[{"phone":"+54 9 11 5555-0199"}],"emails":[{"email":"luis@example.com"}],"org":{"company":"Aurora"}}]}`), p.buf)
}

func TestSendRefusedHere(t *testing.T) {
	for name, m := range map[string]channel.Outbound{
		"no recipient":              {Kind: channel.Text, Text: "hola"},
		"a name is no number":       {To: to("5491155550111;drop"), Kind: channel.Text, Text: "hola"},
		"a username is no address":  {To: channel.Identity{Kind: channel.Username, Value: "ana"}, Kind: channel.Text, Text: "hola"},
		"a file that was not given": {To: to("5491155550111"), Kind: channel.Image},
		"a template without a name": {To: to("5491155550111"), Kind: channel.Template, Content: channel.Content{Template: &channel.Filled{}}},
		"a kind nobody can send":    {To: to("5491155550111"), Kind: channel.System},
		"a place without a place":   {To: to("5491155550111"), Kind: channel.Location},
		"a menu without choices":    {To: to("5491155550111"), Kind: channel.Interactive, Content: channel.Content{Menu: &channel.Menu{}}},
	} {
		t.Run(name, func(t *testing.T) {
			p, a := play(t, func(http.ResponseWriter, *http.Request) {})
			_, err := a.Send(t.Context(), credentials, m)
			var f *channel.Failure
			if !errors.As(err, &f) || f.Class != channel.BadRequest || f.Detail == "" || p.asked() != 0 {
				t.Errorf("got %v after %d calls", err, p.asked())
			}
		})
	}
}

func TestSendRefusedByTheProvider(t *testing.T) {
	for _, r := range recordings(t, func(r recording) bool { return strings.HasPrefix(r.name, "error_") }) {
		t.Run(r.name, func(t *testing.T) {
			_, a := play(t, plays(r))
			_, err := a.Send(t.Context(), credentials, outbound("send_text"))
			var f *channel.Failure
			if !errors.As(err, &f) {
				t.Fatalf("got %v", err)
			}
			var body struct {
				Error struct {
					Code int
				}
			}
			if json.Unmarshal(r.Answer.Body, &body) != nil {
				if f.Class != channel.Transient || f.Code != 0 {
					t.Errorf("an answer without the provider's error is %s", f.Class)
				}
				return
			}
			want := classOf(body.Error.Code, r.Answer.Status)
			if r.name == "error_100_unknown_number" {
				want = channel.ChannelDown // the number is gone, the message is not at fault
			}
			if f.Code != body.Error.Code || f.Class != want || f.Title == "" || f.Trace == "" {
				t.Errorf("got %+v, want %s", f, want)
			}
		})
	}
}

func classOfSend(t *testing.T, a *Adapter, ctx context.Context) channel.Class {
	t.Helper()
	_, err := a.Send(ctx, credentials, outbound("send_text"))
	var f *channel.Failure
	if !errors.As(err, &f) {
		t.Fatalf("got %v", err)
	}
	return f.Class
}

func TestSendOutcomes(t *testing.T) {
	t.Run("nobody listens: it did not leave", func(t *testing.T) {
		p, a := play(t, nil)
		p.Close()
		if class := classOfSend(t, a, t.Context()); class != channel.Transient {
			t.Errorf("got %s", class)
		}
	})
	t.Run("the connection closes without an answer: it may have left", func(t *testing.T) {
		p, a := play(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		if class := classOfSend(t, a, t.Context()); class != channel.Unknown || p.asked() != 1 {
			t.Errorf("got %s after %d calls", class, p.asked())
		}
	})
	t.Run("no answer in time: it may have left", func(t *testing.T) {
		release := make(chan struct{})
		_, a := play(t, func(http.ResponseWriter, *http.Request) { <-release })
		defer close(release)
		if class := classOfSend(t, a, t.Context()); class != channel.Unknown {
			t.Errorf("got %s", class)
		}
	})
	t.Run("our own time runs out while the provider thinks: it may have left", func(t *testing.T) {
		release := make(chan struct{})
		_, a := play(t, func(http.ResponseWriter, *http.Request) { <-release })
		defer close(release)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if class := classOfSend(t, a, ctx); class != channel.Unknown {
			t.Errorf("got %s", class)
		}
	})
	t.Run("our own time was over before: it did not leave", func(t *testing.T) {
		p, a := play(t, nil)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if class := classOfSend(t, a, ctx); class != channel.Transient || p.asked() != 0 {
			t.Errorf("got %s after %d calls", class, p.asked())
		}
	})
	t.Run("the answer breaks off: it was taken, we do not know as what", func(t *testing.T) {
		_, a := play(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "500")
			_, _ = w.Write([]byte(`{"messages":[{"id":"wam`))
		})
		if class := classOfSend(t, a, t.Context()); class != channel.Unknown {
			t.Errorf("got %s", class)
		}
	})
	t.Run("a yes that names no message", func(t *testing.T) {
		for _, yes := range []string{`{}`, `{"messages":[]}`, `<html>`, ``} {
			_, a := play(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(yes)) })
			if class := classOfSend(t, a, t.Context()); class != channel.Unknown {
				t.Errorf("%q: got %s", yes, class)
			}
		}
	})
	t.Run("a kept connection that turned out dead never makes two messages of one", func(t *testing.T) {
		r := recordingOf(t, "send_text")
		p, a := play(t, plays(r))
		sent := 0
		for range 30 {
			before := p.asked()
			_, err := a.Send(t.Context(), credentials, outbound("send_text"))
			arrived := p.asked() - before
			switch {
			case err == nil && arrived != 1:
				t.Errorf("%d messages arrived of one that was accepted", arrived)
			case isClass(err, channel.Transient) && arrived != 0:
				t.Errorf("a message that may be sent again arrived: %v", err)
			case err != nil && !isClass(err, channel.Transient) && !isClass(err, channel.Unknown):
				t.Error(err)
			}
			if err == nil {
				sent++
			}
			p.CloseClientConnections()
		}
		if sent < 10 {
			t.Errorf("only %d of 30 got through", sent)
		}
	})
}

// TestBuffersAreNotSharedWhileRead sends from many goroutines to a provider that breaks every third connection: a
// buffer given back too early would carry another message's bytes.
func TestBuffersAreNotSharedWhileRead(t *testing.T) {
	r := recordingOf(t, "send_text")
	var mu sync.Mutex
	seen := map[string]bool{}
	n := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		var sent struct {
			Reference string `json:"biz_opaque_callback_data"`
			Text      struct{ Body string }
		}
		if err == nil && (json.Unmarshal(body, &sent) != nil || sent.Text.Body != strings.Repeat(sent.Reference, 300)) {
			t.Errorf("bytes of two messages in one: %.80s", body)
		}
		mu.Lock()
		n++
		breaks := n%3 == 0
		seen[sent.Reference] = true
		mu.Unlock()
		if breaks {
			panic(http.ErrAbortHandler)
		}
		plays(r)(w, req)
	}))
	defer server.Close()
	a := New(Config{GraphURL: server.URL})
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			ref := strings.Repeat(string(rune('a'+i%26)), 3) + string(rune('a'+i/26))
			_, _ = a.Send(t.Context(), credentials, channel.Outbound{To: to("5491155550111"), Reference: ref, Kind: channel.Text, Text: strings.Repeat(ref, 300)})
		})
	}
	wg.Wait()
	if len(seen) < 150 {
		t.Errorf("only %d messages arrived", len(seen))
	}
}

func FuzzSendBody(f *testing.F) {
	f.Add("hola", "5491155550111", "m_1", "wamid.1")
	f.Add("\xff\u2028\"\\\n\x00👩‍👩‍👧", "", "\"", "")
	f.Fuzz(func(t *testing.T, text, digits, reference, reply string) {
		p := newPooled()
		defer p.release()
		m := channel.Outbound{To: to(digits), Reference: reference, Kind: channel.Text, Text: text, ReplyTo: reply}
		if p.message(&m) != nil {
			return
		}
		var sent struct{ Text struct{ Body string } }
		if err := json.Unmarshal(p.buf, &sent); err != nil {
			t.Fatalf("%v in %s", err, p.buf)
		}
		if want := strings.ToValidUTF8(text, "\ufffd"); strings.Count(want, "\ufffd") == strings.Count(sent.Text.Body, "\ufffd") && sent.Text.Body != want {
			t.Fatalf("%q became %q", want, sent.Text.Body)
		}
	})
}

func BenchmarkSendBody(b *testing.B) {
	m := outbound("send_template")
	b.ReportAllocs()
	for b.Loop() {
		p := newPooled()
		if f := p.message(&m); f != nil {
			b.Fatal(f)
		}
		p.release()
	}
}

func BenchmarkSend(b *testing.B) {
	r := recordingOf(b, "send_template")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		_, _ = io.Copy(io.Discard, req.Body)
		_, _ = w.Write(r.bytes())
	}))
	defer server.Close()
	a, m := New(Config{GraphURL: server.URL}), outbound("send_template")
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := a.Send(b.Context(), credentials, m); err != nil {
				b.Error(err)
			}
		}
	})
}
