package simulator

import (
	"encoding/base64"
	"strconv"
	"time"
)

// pictureLives is how long a profile picture is kept.
const pictureLives = 10 * 365 * 24 * time.Hour

// upload is a resumable upload under way (whatsapp-cloud-api §7.3).
type upload struct {
	name, mime string
	length     int
	data       []byte
}

// startUpload answers POST /{APP}/uploads with the session to continue.
func (c *call) startUpload() (any, error) {
	length, err := strconv.Atoi(c.text("file_length"))
	if err != nil || length < 1 || length > 100<<20 {
		return nil, refuse(100, "Parameter 'file_length' must be the size in bytes, at most 100 MB.")
	}
	if c.text("file_type") == "" {
		return nil, refuse(100, "Parameter 'file_type' is required.")
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nextID++
	id := "upload:" + base64.RawURLEncoding.EncodeToString([]byte("session-"+decimal(s.nextID)))
	s.uploads[id] = &upload{name: c.text("file_name"), mime: c.text("file_type"), length: length}
	return map[string]string{"id": id}, nil
}

// continueUpload takes bytes from file_offset on, and gives the handle once all are there.
func (c *call) continueUpload() (any, error) {
	data, err := c.body()
	if err != nil {
		return nil, err
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.uploads[c.id]
	offset, err := strconv.Atoi(orDefault(c.r.Header.Get("file_offset"), "0"))
	if err != nil || offset != len(u.data) {
		return nil, refuse(100, "The upload continues at file_offset %d.", len(u.data))
	}
	if len(u.data)+len(data) > u.length {
		return nil, refuse(100, "More bytes than file_length were sent.")
	}
	u.data = append(u.data, data...)
	if len(u.data) < u.length {
		return map[string]any{"id": c.id, "file_offset": len(u.data)}, nil
	}
	return map[string]string{"h": u.handle(c.id)}, nil
}

// handle names the finished upload with this session id.
func (u *upload) handle(id string) string {
	return "4::" + base64.StdEncoding.EncodeToString([]byte(u.mime+":"+id))
}

// byHandle keeps the file of a finished upload and returns it, or nil; the caller holds mu.
func (s *Server) byHandle(handle string) *file {
	for id, u := range s.uploads {
		if len(u.data) == u.length && u.handle(id) == handle {
			f := &file{mime: u.mime, name: u.name, data: u.data}
			s.store(f, pictureLives)
			return f
		}
	}
	return nil
}

// getUpload tells how far a session got.
func (c *call) getUpload() (any, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return map[string]any{"id": c.id, "file_offset": len(c.s.uploads[c.id].data)}, nil
}
