package campaign

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"sync"

	"recado/internal/account"
	"recado/internal/campaign/sheet"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/media"
)

// maxFile bounds a sheet in bytes: a million rows with a dozen columns fit twice.
const maxFile = 256 << 20

// sheetKinds are what a sheet, and what people take for one, looks like from its first bytes. What is no sheet is
// refused by package sheet, in clearer words than "this kind of file".
var sheetKinds = []media.Limit{{Kind: "sheet", Bytes: maxFile, Mimes: []string{
	"text/csv", "text/plain", "text/tab-separated-values", "application/octet-stream", "application/zip", "text/html", "text/xml", "application/pdf",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/vnd.ms-excel", "application/x-ole-storage",
	"application/vnd.oasis.opendocument.spreadsheet", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"application/json", "image/png", "image/jpeg", "text/vtt", "application/x-ndjson", "text/rtf", "application/gzip",
}}}

// PutFile keeps a sheet as the audience and proposes what its columns hold. A file that is no sheet, is empty, protected
// or broken is refused in words and changes nothing. The campaign becomes a draft.
func (r *Room) PutFile(ctx context.Context, actor account.Actor, id db.ID, name string, body io.Reader) (Campaign, error) {
	if err := actor.Can(account.Campaigns, account.Edit); err != nil {
		return Campaign{}, err
	}
	c, err := load(ctx, r.d, actor.Workspace, id)
	if err != nil {
		return Campaign{}, err
	}
	if err := mayMove(c.State, Draft); err != nil {
		return Campaign{}, err
	}
	file, err := r.Files.Save(ctx, actor.Workspace, name, body, sheetKinds)
	if err != nil {
		return Campaign{}, err
	}
	audience, err := r.describe(ctx, file)
	if err != nil {
		return Campaign{}, err
	}
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, err := lockIn(ctx, tx, actor.Workspace, id)
		if err != nil {
			return err
		}
		now, err := c.campaign()
		if err != nil {
			return err
		}
		audience.DefaultSender = now.Audience.DefaultSender
		now.Audience = audience
		keepKnownSources(now.Message.Values, audience.Headers)
		return r.storeIn(ctx, tx, c, now, Change{Columns: &audience.Columns})
	})
	if err != nil {
		return Campaign{}, err
	}
	return r.get(ctx, actor.Workspace, id)
}

// keepKnownSources forgets columns that the new sheet does not have.
func keepKnownSources(values map[string]Source, headers []string) {
	for key, source := range values {
		if source.Column != "" && indexOf(headers, source.Column) < 0 {
			source.Column = ""
			values[key] = source
		}
	}
}

// describe opens a sheet and tells what it found.
func (r *Room) describe(ctx context.Context, file media.File) (Audience, error) {
	in, err := r.openSheet(ctx, file)
	if err != nil {
		return Audience{}, err
	}
	defer in.Close()
	headers := uniqueHeaders(in.Header())
	info := in.Info()
	return Audience{File: file.ID, FileName: file.Name, Format: string(info.Format), Encoding: info.Encoding, Headers: headers, Columns: mapHeaders(headers)}, nil
}

// openedSheet is a reader with the file behind it.
type openedSheet struct {
	*sheet.Reader
	file io.Closer
}

func (o openedSheet) Close() error { return errors.Join(o.Reader.Close(), o.file.Close()) }

func (r *Room) openSheet(ctx context.Context, file media.File) (openedSheet, error) {
	body, err := r.Files.Open(ctx, file)
	if err != nil {
		return openedSheet{}, err
	}
	at, ok := body.(io.ReaderAt)
	if !ok {
		at = &seekingReaderAt{r: body}
	}
	in, err := sheet.Open(at, file.Size, file.Name)
	if err != nil {
		_ = body.Close()
		return openedSheet{}, sheetFault(err)
	}
	return openedSheet{Reader: in, file: body}, nil
}

// sheetFault gives a sheet's failure its words; those of the storage stay internal.
func sheetFault(err error) error {
	var e *sheet.Error
	if !errors.As(err, &e) {
		return err
	}
	if e.Code == sheet.CodeUnreadable {
		return fmt.Errorf("read sheet: %w", err)
	}
	f := fault.New(fault.Invalid, "sheet."+e.Code, "%s", e.Error()).On("file")
	if e.Row > 0 {
		f = fault.New(fault.Invalid, "sheet."+e.Code, "%s", e.Error()).On("file").With("row", e.Row)
	}
	return f.Because(e.Err)
}

// seekingReaderAt reads at offsets from a store that can only seek.
type seekingReaderAt struct {
	mu sync.Mutex
	r  io.ReadSeeker
}

// ReadAt reads len(p) bytes at an offset.
func (s *seekingReaderAt) ReadAt(p []byte, offset int64) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.r.Seek(offset, io.SeekStart); err != nil {
		return 0, err
	}
	n, err := io.ReadFull(s.r, p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return n, err
}

func indexOf(headers []string, header string) int {
	for i, h := range headers {
		if h == header {
			return i
		}
	}
	return -1
}

// errorsName names the file of errors after the sheet.
func errorsName(sheetName string) string {
	base := strings.TrimSuffix(sheetName, path.Ext(sheetName))
	if base == "" {
		base = "sheet"
	}
	return base + "-errors.csv"
}
