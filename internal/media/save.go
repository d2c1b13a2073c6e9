package media

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"recado/internal/db"
	"recado/internal/fault"

	"github.com/gabriel-vasile/mimetype"
)

// Limit bounds one kind of file (channel.Capability tells what a provider carries).
type Limit struct {
	Kind  string // image, document, …
	Mimes []string
	Bytes int64
}

// Save keeps a file somebody gives us. limits says which kinds are taken and how large they may be; the kind is found in
// the bytes. Faults: file.kind (with mime), file.too_large (with limit in bytes), file.empty.
func (r *Room) Save(ctx context.Context, workspace db.ID, name string, body io.Reader, limits []Limit) (File, error) {
	f := File{Workspace: workspace, ID: r.d.NewID(), Name: cleanName(name), State: Ready, CreatedAt: r.d.Now()}
	head, mime, err := sniff(body)
	if err != nil {
		return File{}, err
	}
	limit, err := pick(limits, mime)
	if err != nil {
		return File{}, err
	}
	if a, ok := body.(Announced); ok && a.Bytes > limit.Bytes {
		return File{}, tooLarge(limit.Bytes)
	}
	f.Mime = mime
	return r.insert(ctx, f, io.MultiReader(bytes.NewReader(head), body), limit.Bytes)
}

// Announced is a body whose sender said that it has at least so many bytes: one that is too large is refused by its beginning.
type Announced struct {
	io.Reader
	Bytes int64
}

// insert keeps the bytes and then the row; when either fails, neither stays.
func (r *Room) insert(ctx context.Context, f File, body io.Reader, limit int64) (File, error) {
	f.Place = placeOf(f.Workspace, f.ID)
	if err := r.keep(ctx, &f, body, limit); err != nil {
		return File{}, err
	}
	err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Insert(ctx, "files ("+columns+")", "", [][]any{f.row()})
		return err
	})
	if err != nil {
		_ = r.store.Delete(context.WithoutCancel(ctx), f.Place)
		return File{}, fmt.Errorf("save file: %w", err)
	}
	return f, nil
}

func (f File) row() []any {
	return []any{f.Workspace, f.ID, f.Name, f.Mime, f.Size, f.SHA256, f.Place, f.State, f.Source, f.Error, f.CreatedAt}
}

// keep streams body into the store, measured and hashed on the way.
func (r *Room) keep(ctx context.Context, f *File, body io.Reader, limit int64) error {
	hash := sha256.New()
	m := &meter{r: io.TeeReader(body, hash), left: limit}
	if err := r.store.Put(ctx, f.Place, m); err != nil {
		if errors.Is(err, errTooLarge) {
			return tooLarge(limit)
		}
		return err
	}
	f.Size, f.SHA256 = limit-m.left, hex.EncodeToString(hash.Sum(nil))
	return nil
}

func tooLarge(limit int64) error {
	return fault.New(fault.TooLarge, "file.too_large", "The file is too large for its kind.").On("file").With("limit", limit)
}

var errTooLarge = errors.New("too large")

// meter ends with errTooLarge after left bytes.
type meter struct {
	r    io.Reader
	left int64
}

// Read passes bytes on and counts them.
func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	m.left -= int64(n)
	if m.left < 0 {
		return n, errTooLarge
	}
	return n, err
}

// sniffed is how many bytes are enough to tell kinds apart, office documents included.
const sniffed = 4096

// sniff looks at the beginning of body and gives it back with the kind found, without parameters.
func sniff(body io.Reader) (head []byte, mime string, err error) {
	head = make([]byte, sniffed)
	n, err := io.ReadFull(body, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, "", fmt.Errorf("read file: %w", err)
	}
	if n == 0 {
		return nil, "", fault.New(fault.Invalid, "file.empty", "The file is empty.").On("file")
	}
	head = head[:n]
	return head, plain(mimetype.Detect(head).String()), nil
}

// sameMimes are other names of kinds providers take; tables are plain text to them.
var sameMimes = map[string]string{"audio/x-m4a": "audio/mp4", "application/ogg": "audio/ogg", "audio/mp3": "audio/mpeg",
	"text/csv": "text/plain", "text/tab-separated-values": "text/plain"}

// plain gives a mime type without parameters, by its usual name.
func plain(mime string) string {
	mime, _, _ = strings.Cut(mime, ";")
	mime = strings.ToLower(strings.TrimSpace(mime))
	if usual, ok := sameMimes[mime]; ok {
		return usual
	}
	return mime
}

func pick(limits []Limit, mime string) (Limit, error) {
	for _, l := range limits {
		if slices.ContainsFunc(l.Mimes, func(m string) bool { return plain(m) == mime }) {
			return l, nil
		}
	}
	return Limit{}, fault.New(fault.Invalid, "file.kind", "Files of the kind %s cannot be sent here.", mime).On("file").With("mime", mime)
}

// KindOf is the kind of message a file of this mime type is sent as.
func KindOf(mime string, limits []Limit) string {
	if l, err := pick(limits, mime); err == nil {
		return l.Kind
	}
	return "document"
}

const nameRunes = 200

// cleanName keeps the last part of a path, without control characters and direction marks that make a name lie.
func cleanName(name string) string {
	name = strings.ToValidUTF8(name, "")
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.TrimSpace(strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || unicode.Is(unicode.Cf, c) {
			return -1
		}
		return c
	}, name))
	if runes := []rune(name); len(runes) > nameRunes {
		name = string(runes[:nameRunes])
	}
	if strings.Trim(name, ".") == "" {
		return "file"
	}
	return name
}
