package api

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"time"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/fault"
	"recado/internal/media"
)

// UploadedVoice is a recording that can be sent.
type UploadedVoice struct {
	UploadedFile
	Voice    bool  `json:"voice" doc:"it is a voice note; false: a file with sound"`
	Duration int64 `json:"duration_ms" doc:"0 when it is not known"`
}

// uploadFile streams the file into the store; the form is not kept in memory.
func (s *Server) uploadFile(w http.ResponseWriter, r *http.Request) {
	can, err := s.canOf(r)
	if err != nil {
		s.writeProblem(w, r, err)
		return
	}
	limits := limitsOf(can.Media)
	if r.URL.Query().Get("as") == channel.Document {
		limits = nil
		if documents, ok := can.Documents(); ok {
			limits = limitsOf([]channel.MediaLimit{documents})
		}
	}
	s.upload(w, r, fileUpload, func(name string, body io.Reader) (any, error) {
		file, err := s.rooms.Media.Save(r.Context(), actorIn(r.Context()).Workspace, name, body, limits)
		return uploaded(file, limits), err
	})
}

// uploadVoiceNote repacks a recording.
func (s *Server) uploadVoiceNote(w http.ResponseWriter, r *http.Request) {
	can, err := s.canOf(r)
	if err != nil {
		s.writeProblem(w, r, err)
		return
	}
	limits := limitsOf(can.Media)
	s.upload(w, r, voiceUpload, func(name string, body io.Reader) (any, error) {
		kept, err := s.rooms.Media.SaveVoice(r.Context(), actorIn(r.Context()).Workspace, name, body, limits)
		return UploadedVoice{uploaded(kept.File, limits), kept.Note && can.Speaks(kept.Mime), kept.Duration.Milliseconds()}, err
	})
}

// canOf is what the channel of an upload carries, for those who may send something there.
func (s *Server) canOf(r *http.Request) (channel.Capability, error) {
	actor := actorIn(r.Context())
	if err := actor.Has(account.Reply); err != nil && actor.Can(account.Campaigns, account.Edit) != nil {
		return channel.Capability{}, err
	}
	kind := channel.Kind(r.URL.Query().Get("channel"))
	if kind == "" {
		kind = channel.WhatsApp
	}
	can, ok := s.rooms.Carries[kind]
	if !ok {
		return can, fault.New(fault.Invalid, "channel.unknown", "There is no channel “%s”.", kind).On("channel")
	}
	return can, nil
}

func limitsOf(carried []channel.MediaLimit) []media.Limit {
	limits := make([]media.Limit, len(carried))
	for i, l := range carried {
		limits[i] = media.Limit(l)
	}
	return limits
}

func uploaded(file media.File, limits []media.Limit) UploadedFile {
	return UploadedFile{ID: file.ID, Name: file.Name, Mime: file.Mime, Size: file.Size, Kind: media.KindOf(file.Mime, limits),
		URL: prefix + "/files/" + file.ID.String()}
}

// upload finds the file in the form and answers with what keep made of it. A request that says it is too large is refused
// before its body is read.
func (s *Server) upload(w http.ResponseWriter, r *http.Request, limit int64, keep func(name string, body io.Reader) (any, error)) {
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadPatience)) // not every writer can
	answer, err := s.takeFile(r, limit, keep)
	if err != nil {
		s.writeProblem(w, r, asUploadFault(err))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_ = encode(w, answer) // the client may have gone; there is nobody to tell
}

// asUploadFault says in words that too much or too little came.
func asUploadFault(err error) error {
	if most := (*http.MaxBytesError)(nil); errors.As(err, &most) {
		return fault.New(fault.TooLarge, "file.too_large", "The file is too large for its kind.").On("file").With("limit", most.Limit)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fault.New(fault.Invalid, "file.cut_off", "The file did not arrive whole.").On("file").Because(err)
	}
	return err
}

func (s *Server) takeFile(r *http.Request, limit int64, keep func(name string, body io.Reader) (any, error)) (any, error) {
	if r.ContentLength > limit {
		return nil, &http.MaxBytesError{Limit: limit}
	}
	form, err := r.MultipartReader()
	if err != nil {
		return nil, noFile(err)
	}
	for {
		part, err := form.NextPart()
		if err != nil {
			return nil, noFile(err)
		}
		if part.FormName() == "file" {
			return keep(part.FileName(), announced(part, r.ContentLength))
		}
	}
}

// wrapping is more than the form around a file takes.
const wrapping = 8 << 10

// announced passes on how much the file has at least, when the request says how long it is.
func announced(part *multipart.Part, length int64) io.Reader {
	if length <= wrapping {
		return part
	}
	return media.Announced{Reader: part, Bytes: length - wrapping}
}

func noFile(cause error) error {
	if most := (*http.MaxBytesError)(nil); errors.As(cause, &most) {
		return cause
	}
	return fault.New(fault.Invalid, "message.no_file", "Attach the file first.").On("file").Because(cause)
}
