package simulator

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// journal is the file in which a simulator remembers: JSON lines, each a whole change, only ever appended. Whoever must not be
// forgotten calls flush, and concurrent callers share one write. A write survives the end of the process however it comes; it is not
// forced to the disk, so a power cut may lose about the last second. A nil journal remembers nothing. Safe for concurrent use.
type journal struct {
	folder string

	mu       sync.Mutex // guards lines and appended; never held during a write
	lines    []line
	appended uint64

	writing sync.Mutex // guards everything below: one writer at a time
	file    *os.File
	written uint64 // lines of appended that are in the file
	failed  error  // the first failure; nothing is written after it
	buffer  bytes.Buffer
}

// Names inside the folder.
const (
	journalName = "journal.jsonl"
	draftName   = "journal.new" // a compacted journal until it is whole
	mediaFolder = "media"
)

// flushEvery is how long a change that nobody waits for may stay unwritten, in real time.
const flushEvery = 20 * time.Millisecond

// openJournal opens or makes the journal of a folder and reads what it holds, line by line. A last line that was torn by a kill
// is cut off. It returns the size of what is left; it fails on files it cannot read and on damage before the last line.
func openJournal(folder string, read func(line) error) (*journal, int64, error) {
	if err := os.MkdirAll(filepath.Join(folder, mediaFolder), 0o700); err != nil {
		return nil, 0, fmt.Errorf("making the simulator's folder: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(folder, journalName), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, 0, fmt.Errorf("opening the simulator's journal: %w", err)
	}
	size, err := readLines(file, read)
	if err == nil {
		err = file.Truncate(size)
	}
	if err != nil {
		_ = file.Close() // the reading failed already
		return nil, 0, fmt.Errorf("reading the simulator's journal %s: %w", file.Name(), err)
	}
	return &journal{folder: folder, file: file}, size, nil
}

// readLines gives every line to read and returns where the last whole one ends.
func readLines(from io.Reader, read func(line) error) (size int64, err error) {
	r := bufio.NewReaderSize(from, 1<<20)
	for number := 1; ; number++ {
		text, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return size, nil // what is left has no end: a kill tore it
		}
		if err != nil {
			return size, err
		}
		var l line
		if err := json.Unmarshal(text, &l); err != nil {
			return size, fmt.Errorf("line %d is damaged: %w", number, err)
		}
		if err := read(l); err != nil {
			return size, fmt.Errorf("line %d: %w", number, err)
		}
		size += int64(len(text))
	}
}

// append takes a line; the next flush writes it. What it holds must not change afterwards.
func (j *journal) append(l line) {
	if j == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, l)
	j.appended++
}

// flush returns when every line appended before is in the file, or with the failure that keeps it out.
func (j *journal) flush() error {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	wanted := j.appended
	j.mu.Unlock()
	j.writing.Lock()
	defer j.writing.Unlock()
	if j.written < wanted {
		j.writeAppended()
	}
	return j.failed
}

// writeAppended writes all lines that wait, in one piece; the caller holds writing.
func (j *journal) writeAppended() {
	j.mu.Lock()
	lines := j.lines
	j.lines, j.written = nil, j.appended
	j.mu.Unlock()
	if j.failed != nil {
		return
	}
	j.buffer.Reset()
	for _, l := range lines {
		writeLine(&j.buffer, l)
	}
	if _, err := j.file.Write(j.buffer.Bytes()); err != nil {
		j.failed = fmt.Errorf("writing the simulator's journal: %w", err)
	}
	if j.buffer.Cap() > 4<<20 {
		j.buffer = bytes.Buffer{}
	}
}

func writeLine(b *bytes.Buffer, l line) {
	b.Write(encode(l))
	b.WriteByte('\n')
}

// fail makes every later flush fail; for what cannot be written beside the journal.
func (j *journal) fail(err error) {
	j.writing.Lock()
	defer j.writing.Unlock()
	if j.failed == nil {
		j.failed = err
	}
}

// empty forgets all lines, also those not written yet, and all media. The caller holds the simulator's lock.
func (j *journal) empty() {
	if j == nil {
		return
	}
	j.writing.Lock()
	defer j.writing.Unlock()
	j.mu.Lock()
	j.lines, j.written = nil, j.appended
	j.mu.Unlock()
	err := j.file.Truncate(0)
	if err == nil {
		err = clearMedia(j.folder, nil)
	}
	if err != nil && j.failed == nil {
		j.failed = fmt.Errorf("emptying the simulator's journal: %w", err)
	}
}

// run writes what nobody waits for until ctx ends.
func (j *journal) run(ctx context.Context) {
	if j == nil {
		return
	}
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			_ = j.flush() // a failure was told to whoever waited
			return
		case <-tick.C:
			_ = j.flush() // as above
		}
	}
}

// rewrite replaces the journal by other lines that say the same in less; until the new file is whole the old one counts.
func (j *journal) rewrite(each func(yield func(line) bool)) (err error) {
	j.writing.Lock()
	defer j.writing.Unlock()
	draft, err := os.OpenFile(filepath.Join(j.folder, draftName), os.O_CREATE|os.O_TRUNC|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("compacting the simulator's journal: %w", err)
	}
	if err = writeAll(draft, each); err == nil {
		err = os.Rename(draft.Name(), filepath.Join(j.folder, journalName))
	}
	if err != nil {
		_ = draft.Close() // the writing failed already
		return fmt.Errorf("compacting the simulator's journal: %w", err)
	}
	_ = j.file.Close() // it is replaced; nothing of it is needed any more
	j.file = draft
	return nil
}

// writeAll writes the lines and forces them to the disk, since the old journal is about to go.
func writeAll(file *os.File, each func(yield func(line) bool)) error {
	w := bufio.NewWriterSize(file, 1<<20)
	var size int64
	for l := range each {
		n, err := w.Write(append(encode(l), '\n'))
		if err != nil {
			return err
		}
		size += int64(n)
	}
	if _, err := w.Write(append(encode(line{Records: []journalRecord{{Size: size}}}), '\n')); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return file.Sync()
}
