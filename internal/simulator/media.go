package simulator

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Lives of media (whatsapp-cloud-api §3).
const (
	uploadedLives = 30 * 24 * time.Hour
	inboundLives  = 7 * 24 * time.Hour
	addressLives  = 5 * time.Minute
)

// file is a stored media file.
type file struct {
	id      string
	mime    string
	name    string
	data    []byte
	expires time.Time
}

// mediaStore keeps files up to a number of bytes; the oldest leave first. Guarded by Server.mu.
type mediaStore struct {
	keep, used int64
	files      map[string]*file
	order      []*file
}

func newMediaStore(keep int64) mediaStore { return mediaStore{keep: keep, files: map[string]*file{}} }

func (m *mediaStore) get(id string) *file { return m.files[id] }

// add keeps a file and returns those that had to leave for it.
func (m *mediaStore) add(f *file) (gone []*file) {
	m.files[f.id] = f
	m.order = append(m.order, f)
	m.used += int64(len(f.data))
	for m.used > m.keep && len(m.order) > 1 {
		gone = append(gone, m.order[0])
		m.remove(m.order[0])
	}
	return gone
}

func (m *mediaStore) remove(gone *file) {
	delete(m.files, gone.id)
	for i, f := range m.order {
		if f == gone {
			m.order = append(m.order[:i:i], m.order[i+1:]...)
			m.used -= int64(len(gone.data))
			return
		}
	}
}

// mediaKinds are the accepted types with their kind and size limit (whatsapp-cloud-api §3).
var mediaKinds = []struct {
	mime, kind string
	limit      int
}{
	{"audio/aac", "audio", 16 << 20}, {"audio/mp4", "audio", 16 << 20}, {"audio/mpeg", "audio", 16 << 20},
	{"audio/amr", "audio", 16 << 20}, {"audio/ogg", "audio", 16 << 20},
	{"application/vnd.ms-powerpoint", "document", 100 << 20}, {"application/msword", "document", 100 << 20},
	{"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "document", 100 << 20},
	{"application/vnd.openxmlformats-officedocument.presentationml.presentation", "document", 100 << 20},
	{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "document", 100 << 20},
	{"application/pdf", "document", 100 << 20}, {"application/vnd.ms-excel", "document", 100 << 20},
	{"text/plain", "document", 100 << 20},
	{"image/jpeg", "image", 5 << 20}, {"image/png", "image", 5 << 20}, {"image/webp", "sticker", 500 << 10},
	{"video/mp4", "video", 16 << 20}, {"video/3gpp", "video", 16 << 20},
}

const mostDocument = 100 << 20

// kindOf returns the kind of a media type and its limit in bytes; "" when it is not accepted.
func kindOf(mimeType string) (kind string, limit int) {
	base, _, err := mime.ParseMediaType(mimeType)
	if err != nil {
		return "", 0
	}
	for _, k := range mediaKinds {
		if k.mime == base {
			return k.kind, k.limit
		}
	}
	return "", 0
}

// fits tells whether a file can be sent as the given kind of message.
func (f *file) fits(messageType string) bool {
	kind, limit := kindOf(f.mime)
	if messageType == "document" {
		return kind != "" && len(f.data) > 0 && len(f.data) <= mostDocument // any accepted type may travel as a document
	}
	return kind == messageType && len(f.data) > 0 && len(f.data) <= limit && f.playable()
}

// playable checks what the provider checks most often: Ogg must carry Opus.
func (f *file) playable() bool {
	if !strings.HasPrefix(f.mime, "audio/ogg") {
		return true
	}
	head := f.data[:min(len(f.data), 512)]
	return bytes.HasPrefix(head, []byte("OggS")) && bytes.Contains(head, []byte("OpusHead"))
}

// postMedia takes an upload: POST /{PNID}/media, multipart with file, type and messaging_product.
func (c *call) postMedia() (any, error) {
	f, product, err := readUpload(c.r)
	if err != nil {
		return nil, err
	}
	if product != "whatsapp" {
		return nil, refuseText(400, 100, 0, "(#100) The parameter messaging_product is required.")
	}
	kind, limit := kindOf(f.mime)
	if kind == "" {
		return nil, refuseText(400, 100, 0, "(#100) Param file must be a file with one of the following types: "+
			acceptedTypes()+". Received file of type '"+f.mime+"'.")
	}
	if kind != "sticker" { // it may travel as a document; as anything else it fails when it is sent (fits)
		limit = mostDocument
	}
	if len(f.data) > limit {
		return nil, refuse(131053, "The file has %d bytes; files of type %s may have %d.", len(f.data), f.mime, limit)
	}
	if len(f.data) == 0 {
		return nil, refuse(131053, "The file is empty.")
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.store(f, uploadedLives)
	return map[string]string{"id": f.id}, nil
}

func acceptedTypes() string {
	names := make([]string, len(mediaKinds))
	for i, k := range mediaKinds {
		names[i] = k.mime
	}
	return strings.Join(names, ", ")
}

// readUpload reads the multipart form of an upload. The type field decides the type; without it, the part's own.
func readUpload(r *http.Request) (*file, string, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, "", refuse(100, "The upload must be multipart/form-data.")
	}
	var f *file
	var product, declared string
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, "", refuse(100, "The upload broke off.")
		}
		data, err := io.ReadAll(io.LimitReader(part, maxBody))
		if err != nil {
			return nil, "", refuse(100, "The upload broke off.")
		}
		switch part.FormName() {
		case "file":
			f = fileOf(part, data)
		case "type":
			declared = string(data)
		case "messaging_product":
			product = string(data)
		}
	}
	if f == nil {
		return nil, "", refuse(100, "Parameter 'file' is required.")
	}
	if declared != "" {
		f.mime = declared
	}
	return f, product, nil
}

func fileOf(part *multipart.Part, data []byte) *file {
	return &file{mime: part.Header.Get("Content-Type"), name: part.FileName(), data: data}
}

// store keeps a file under a new id; the caller holds mu.
func (s *Server) store(f *file, lives time.Duration) {
	f.id = s.newID(9_200_111_222_330_000)
	f.expires = s.clock.Now().Add(lives)
	gone := s.media.add(f)
	s.keepFile(f)
	for _, old := range gone {
		s.dropFile(old)
	}
}

// getMedia tells where a file can be fetched: GET /{MEDIA_ID}.
func (c *call) getMedia() (any, error) {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.media.get(c.id)
	if f == nil || s.clock.Now().After(f.expires) {
		return nil, noSuchObject(c.r.Method, c.id)
	}
	if pn := c.text("phone_number_id"); pn != "" && s.numbers[pn] == nil {
		return nil, noSuchObject(c.r.Method, pn)
	}
	sum := sha256.Sum256(f.data)
	return map[string]string{
		"messaging_product": "whatsapp", "id": f.id, "url": s.mediaAddress(c.r, f), "mime_type": f.mime,
		"sha256": hex.EncodeToString(sum[:]), "file_size": strconv.Itoa(len(f.data)),
	}, nil
}

// deleteMedia forgets a file.
func (c *call) deleteMedia() (any, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if f := c.s.media.get(c.id); f != nil {
		c.s.media.remove(f)
		c.s.dropFile(f)
	}
	return success(), nil
}

// mediaAddress makes a download address that lives five minutes. r may be nil inside webhooks.
func (s *Server) mediaAddress(r *http.Request, f *file) string {
	until := strconv.FormatInt(s.clock.Now().Add(addressLives).Unix(), 10)
	return fmt.Sprintf("%s/media/%s?ext=%s&hash=%s", s.publicURL(r), f.id, until, s.mediaSeal(f.id, until))
}

func (s *Server) mediaSeal(id, until string) string {
	mac := hmac.New(sha256.New, []byte(s.cfg.AppSecret))
	mac.Write([]byte("media:" + id + ":" + until))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:12])
}

// publicURL is the absolute base of this server's addresses; without a setting and a request it is unknown: "".
func (s *Server) publicURL(r *http.Request) string {
	if s.cfg.PublicURL != "" {
		return strings.TrimRight(s.cfg.PublicURL, "/")
	}
	if r == nil {
		return ""
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host + strings.TrimRight(s.cfg.BasePath, "/")
}

// serveMedia is the download host: the address must be fresh and the token right.
func (s *Server) serveMedia(w http.ResponseWriter, r *http.Request, path string) {
	c := &call{s: s, w: w, r: r}
	if token := c.token(); token != s.cfg.Token {
		writeJSON(w, 401, refuseText(401, 190, 0, "Invalid OAuth access token - Cannot parse access token").wire(traceID()))
		return
	}
	id := strings.TrimPrefix(path, "/media/")
	until := r.URL.Query().Get("ext")
	limit, err := strconv.ParseInt(until, 10, 64)
	s.mu.Lock()
	f := s.media.get(id)
	fresh := err == nil && s.clock.Now().Unix() <= limit && hmac.Equal([]byte(r.URL.Query().Get("hash")), []byte(s.mediaSeal(id, until)))
	s.mu.Unlock()
	if f == nil || !fresh {
		http.NotFound(w, r)
		return
	}
	writeFile(w, r, f)
}

// writeFile serves the bytes as a download of their declared type, never as a page.
func writeFile(w http.ResponseWriter, r *http.Request, f *file) {
	h := w.Header()
	h.Set("Content-Type", f.mime)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.data))
}
