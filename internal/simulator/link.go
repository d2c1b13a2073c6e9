package simulator

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"time"
)

// linkTimeout is the provider's patience with a media link, in real time.
const linkTimeout = 10 * time.Second

// maxLink bounds what is fetched of one link; more than any kind but documents may have.
const maxLink = 20 << 20

// fetchLinks fetches a message's media links, as the provider does after its 200, and goes on with done: with the message's
// own steps, or with the failure 131053 when a file cannot be fetched or is of the wrong kind.
func (s *Server) fetchLinks(sd *sending, links []attachment) {
	for _, a := range links {
		f, err := download(a.media.Link)
		s.mu.Lock()
		if err != nil || !f.fits(a.kind) {
			s.failSoon(sd, 131053)
			s.mu.Unlock()
			return
		}
		s.showFile(sd, a, f)
		s.mu.Unlock()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.start(sd)
}

// showFile keeps a fetched file, so that the handset can show it.
func (s *Server) showFile(sd *sending, a attachment, f *file) {
	s.store(f, uploadedLives)
	if sd.shown == nil {
		return
	}
	a.media.ID = looseText(f.id)
	sd.shown.Content = encode(sd.body)
	s.noteMessage(sd.customer, sd.number, sd.shown)
	s.live.changed("customer", sd.customer.id)
}

// download fetches a link.
func download(link string) (*file, error) {
	client := &http.Client{Timeout: linkTimeout}
	answer, err := client.Get(link)
	if err != nil {
		return nil, fmt.Errorf("fetching a media link: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetching a media link: answered %s", answer.Status)
	}
	data, err := io.ReadAll(io.LimitReader(answer.Body, maxLink))
	if err != nil {
		return nil, fmt.Errorf("fetching a media link: %w", err)
	}
	kind := answer.Header.Get("Content-Type")
	if k, _ := kindOf(kind); k == "" {
		kind = orDefault(mime.TypeByExtension(path.Ext(answer.Request.URL.Path)), kind)
	}
	return &file{mime: kind, name: path.Base(answer.Request.URL.Path), data: data}, nil
}
