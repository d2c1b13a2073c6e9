package api

import (
	"context"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strings"
	"time"

	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/media"

	"github.com/danielgtaylor/huma/v2"
)

// fileUpload bounds the request that carries a file: the largest kind and its wrapping.
const fileUpload = 101 << 20

// uploadPatience is how long an upload may take: large files come over slow lines.
const uploadPatience = 10 * time.Minute

func (s *Server) fileRoutes() {
	raw(s, http.MethodPost, "/files", about{Name: "uploadFile", Tag: "files", Upload: true, BodyLimit: fileUpload,
		Says: "A file to be sent, as the part “file” of a multipart form; its kind is found in the bytes. What may be sent and how large is told by listChannels"}, signedIn, s.uploadFile)
	raw(s, http.MethodPost, "/voice-notes", about{Name: "uploadVoiceNote", Tag: "files", Upload: true, BodyLimit: voiceUpload,
		Says: "What a browser recorded (WebM, MP4 or Ogg), as the part “file” of a multipart form; Opus is repacked as a voice note of at most five minutes"}, signedIn, s.uploadVoiceNote)
	raw(s, http.MethodGet, "/files/{id}", about{Name: "downloadFile", Tag: "files",
		Says: "The bytes of a file; with size=thumb a small JPEG of a picture. Ranges are answered"}, signedIn, s.downloadFile)
	s.describeFiles()
}

// voiceUpload bounds the request that carries a recording.
const voiceUpload = 11 << 20

// describeFiles completes the document of the operations huma does not read itself.
func (s *Server) describeFiles() {
	document := s.api.OpenAPI()
	created := func(path string, answer reflect.Type) {
		document.Paths[prefix+path].Post.Responses["201"] = &huma.Response{Description: "The file", Content: map[string]*huma.MediaType{"application/json": {
			Schema: document.Components.Schemas.Schema(answer, true, "")}}}
	}
	created("/files", reflect.TypeFor[UploadedFile]())
	created("/voice-notes", reflect.TypeFor[UploadedVoice]())
	channels := &huma.Param{Name: "channel", In: "query", Description: "where it will be sent; whatsapp when it is not said", Schema: &huma.Schema{Type: huma.TypeString}}
	as := &huma.Param{Name: "as", In: "query", Description: "document: it is handed over as a document, whatever it is",
		Schema: &huma.Schema{Type: huma.TypeString, Enum: []any{"document"}}}
	document.Paths[prefix+"/files"].Post.Parameters = []*huma.Param{channels, as}
	document.Paths[prefix+"/voice-notes"].Post.Parameters = []*huma.Param{channels}
	read := document.Paths[prefix+"/files/{id}"].Get
	read.Parameters = append(read.Parameters, &huma.Param{Name: "size", In: "query", Schema: &huma.Schema{Type: huma.TypeString, Enum: []any{"thumb"}}})
}

// UploadedFile is a file that can be sent.
type UploadedFile struct {
	ID   db.ID  `json:"id"`
	Name string `json:"name"`
	Mime string `json:"mime" doc:"found in the bytes"`
	Size int64  `json:"size" doc:"bytes"`
	Kind string `json:"kind" doc:"the kind of message it is sent as: image, audio, video, sticker, document"`
	URL  string `json:"url"`
}

func (s *Server) downloadFile(w http.ResponseWriter, r *http.Request) {
	file, err := s.visibleFile(r.Context(), r.PathValue("id"))
	if err != nil {
		s.writeProblem(w, r, err)
		return
	}
	kind, body := file.Mime, io.ReadSeekCloser(nil)
	if r.URL.Query().Get("size") == "thumb" {
		kind = "image/jpeg"
		body, err = s.rooms.Media.Thumbnail(r.Context(), file)
	} else {
		body, err = s.rooms.Media.Open(r.Context(), file)
	}
	if err != nil {
		s.writeProblem(w, r, err)
		return
	}
	defer body.Close()
	showFile(w, kind, file.Name)
	http.ServeContent(w, r, "", time.UnixMilli(file.CreatedAt), body)
}

// visibleFile gives a file the actor may see: one that messages carry only to who sees one of their conversations; of those not sent
// yet the pictures, sounds and films, which are seen and heard before they are. What else no message carries is a sheet of contacts or
// of a campaign, whose pages have ways of their own. Otherwise it is not found.
func (s *Server) visibleFile(ctx context.Context, text string) (media.File, error) {
	actor := actorIn(ctx)
	id, err := db.ParseID(text)
	if err != nil {
		return media.File{}, noSuchFile()
	}
	file, err := s.rooms.Media.Get(ctx, actor.Workspace, id)
	if err != nil {
		return media.File{}, err
	}
	reach, err := s.rooms.Routing.ReachOf(ctx, actor)
	if err != nil {
		return media.File{}, err
	}
	used, seen, err := s.rooms.Conversation.File(ctx, reach, id)
	if err == nil && (used && !seen || !used && !isShown(file.Mime)) {
		err = noSuchFile()
	}
	return file, err
}

func isShown(mime string) bool {
	kind, _, _ := strings.Cut(mime, "/")
	return kind == "image" || kind == "audio" || kind == "video"
}

func noSuchFile() error { return fault.New(fault.NotFound, "file.not_found", "There is no such file.") }

// showFile sets the headers of somebody else's bytes: only kinds that cannot run are shown in place, and nothing in them
// may load or run anything.
func showFile(w http.ResponseWriter, kind, name string) {
	place := "attachment"
	if media.Inline(kind) {
		place = "inline"
	}
	if kind == "text/plain" {
		kind += "; charset=utf-8"
	}
	header := w.Header()
	header.Set("Content-Type", kind)
	header.Set("Content-Disposition", mime.FormatMediaType(place, map[string]string{"filename": name}))
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "private, max-age=86400, immutable")
	if kind != "application/pdf" { // the browser's own reader does not start in a sandbox
		header.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	}
}
