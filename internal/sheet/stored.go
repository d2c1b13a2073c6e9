package sheet

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"recado/internal/fault"
)

// MaxFile bounds a sheet in bytes: a million rows with a dozen columns fit twice.
const MaxFile = 256 << 20

// Mimes are what a sheet, and what people take for one, looks like from its first bytes. What is no sheet is refused by
// Open, in clearer words than "this kind of file".
var Mimes = []string{
	"text/csv", "text/plain", "text/tab-separated-values", "application/octet-stream", "application/zip", "text/html", "text/xml", "application/pdf",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/vnd.ms-excel", "application/x-ole-storage",
	"application/vnd.oasis.opendocument.spreadsheet", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"application/json", "image/png", "image/jpeg", "text/vtt", "application/x-ndjson", "text/rtf", "application/gzip",
}

// Stored is a Reader with the file behind it; Close closes both.
type Stored struct {
	*Reader
	file io.Closer
}

// Close closes the reader and its file.
func (s Stored) Close() error { return errors.Join(s.Reader.Close(), s.file.Close()) }

// OpenStored is Open for a file out of a store, which it closes when it fails. Its error is a fault with words (see Fault).
func OpenStored(file io.ReadSeekCloser, size int64, name string) (Stored, error) {
	at, ok := file.(io.ReaderAt)
	if !ok {
		at = &seekingReaderAt{r: file}
	}
	in, err := Open(at, size, name)
	if err != nil {
		_ = file.Close()
		return Stored{}, Fault(err)
	}
	return Stored{Reader: in, file: file}, nil
}

// Fault gives a failure of this package its words, as fault "sheet.<code>" on the field file; those of the storage, and
// errors that are not ours, stay internal.
func Fault(err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	if e.Code == CodeUnreadable {
		return fmt.Errorf("read sheet: %w", err)
	}
	f := fault.New(fault.Invalid, "sheet."+e.Code, "%s", e.Error()).On("file")
	if e.Row > 0 {
		f = f.With("row", e.Row)
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
