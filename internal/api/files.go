package api

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"reflect"
	"time"

	"recado/internal/account"
	"recado/internal/channel"
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
		Says: "A file to be sent, as the part “file” of a multipart form; its kind is found in the bytes"}, signedIn, s.uploadFile)
	raw(s, http.MethodGet, "/files/{id}", about{Name: "downloadFile", Tag: "files",
		Says: "The bytes of a file; with size=thumb a small JPEG of a picture. Ranges are answered"}, signedIn, s.downloadFile)
	s.describeFiles()
}

// describeFiles completes the document of the operations huma does not read itself.
func (s *Server) describeFiles() {
	document := s.api.OpenAPI()
	document.Paths[prefix+"/files"].Post.Responses["201"] = &huma.Response{Description: "The file", Content: map[string]*huma.MediaType{"application/json": {
		Schema: document.Components.Schemas.Schema(reflect.TypeFor[UploadedFile](), true, "")}}}
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

// fileLimits are what the channel carries; an unknown channel carries nothing.
func (s *Server) fileLimits() []media.Limit {
	var limits []media.Limit
	for _, l := range s.rooms.Carries[channel.WhatsApp].Media {
		limits = append(limits, media.Limit(l))
	}
	return limits
}

// uploadFile streams the file into the store; the form is not kept in memory.
func (s *Server) uploadFile(w http.ResponseWriter, r *http.Request) {
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadPatience)) // not every writer can
	r.Body = http.MaxBytesReader(w, r.Body, fileUpload)
	file, err := s.takeFile(r)
	if err != nil {
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			err = fault.New(fault.TooLarge, "file.too_large", "The file is too large for its kind.").With("limit", tooLarge.Limit)
		}
		s.writeProblem(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_ = encode(w, UploadedFile{ID: file.ID, Name: file.Name, Mime: file.Mime, Size: file.Size, Kind: media.KindOf(file.Mime, s.fileLimits()),
		URL: prefix + "/files/" + file.ID.String()}) // the client may have gone; there is nobody to tell
}

func (s *Server) takeFile(r *http.Request) (media.File, error) {
	actor := actorIn(r.Context())
	if err := actor.Has(account.Reply); err != nil {
		if actor.Can(account.Campaigns, account.Edit) != nil {
			return media.File{}, err
		}
	}
	form, err := r.MultipartReader()
	if err != nil {
		return media.File{}, noFile(err)
	}
	for {
		part, err := form.NextPart()
		if err != nil {
			return media.File{}, noFile(err)
		}
		if part.FormName() == "file" {
			return s.rooms.Media.Save(r.Context(), actor.Workspace, part.FileName(), part, s.fileLimits())
		}
	}
}

func noFile(cause error) error {
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(cause, &tooLarge) {
		return cause
	}
	return fault.New(fault.Invalid, "message.no_file", "Attach the file first.").On("file").Because(cause)
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

// visibleFile gives a file the actor may see: one that messages carry only to who sees one of their conversations, one
// that was not sent yet to everyone in the workspace. Otherwise it is not found.
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
	if err == nil && used && !seen {
		err = noSuchFile()
	}
	return file, err
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
