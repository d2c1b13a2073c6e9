package media

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/media/opus"
)

// Bounds of a recording (C07).
const (
	VoiceLimit = 5 * time.Minute
	// voiceSlack is for recorders that stop a little late.
	voiceSlack = 5 * time.Second
	// voiceBytes is what five minutes take at twenty times the rate the desk records at.
	voiceBytes = 10 << 20
)

// Recording is a recorded voice, kept.
type Recording struct {
	File
	Note     bool          // a voice note: mono Ogg Opus. False: kept as it came, to go as a file of sound
	Duration time.Duration // of a note; 0 when it is not known
}

// SaveVoice keeps what a browser recorded, repacked as a voice note. Sound that is not Opus (AAC of older Safaris) is kept as
// it is, when limits take it. Nothing is kept of a recording that is damaged, cut off or too long. Faults: voice.broken,
// voice.too_long (with minutes), and those of Save.
func (r *Room) SaveVoice(ctx context.Context, workspace db.ID, name string, body io.Reader, limits []Limit) (Recording, error) {
	select {
	case r.voice <- struct{}{}:
		defer func() { <-r.voice }()
	case <-ctx.Done():
		return Recording{}, ctx.Err()
	}
	recorded, err := io.ReadAll(&meter{r: body, left: voiceBytes})
	switch {
	case errors.Is(err, errTooLarge):
		return Recording{}, tooLarge(voiceBytes)
	case err != nil:
		return Recording{}, fmt.Errorf("read recording: %w", err)
	}
	note, err := opus.Repack(recorded)
	switch {
	case errors.Is(err, opus.ErrCodec) || errors.Is(err, opus.ErrFormat):
		f, err := r.saveSound(ctx, workspace, name, recorded, limits)
		return Recording{File: f}, err
	case err != nil:
		return Recording{}, fault.New(fault.Invalid, "voice.broken", "The recording is damaged or was cut off.").On("file").Because(err)
	case note.Duration > VoiceLimit+voiceSlack:
		return Recording{}, fault.New(fault.Invalid, "voice.too_long", "A voice note may last %d minutes.", int(VoiceLimit.Minutes())).On("file").
			With("minutes", int(VoiceLimit.Minutes()))
	}
	f := File{Workspace: workspace, ID: r.d.NewID(), Name: noteName(name), Mime: "audio/ogg", State: Ready, CreatedAt: r.d.Now()}
	f, err = r.insert(ctx, f, bytes.NewReader(note.Ogg), int64(len(note.Ogg)))
	return Recording{File: f, Note: true, Duration: note.Duration}, err
}

// saveSound keeps a recording as it came.
func (r *Room) saveSound(ctx context.Context, workspace db.ID, name string, recorded []byte, limits []Limit) (File, error) {
	_, mime, err := sniff(bytes.NewReader(recorded))
	if err != nil {
		return File{}, err
	}
	if mime == "video/mp4" { // recorders of sound write the same beginning as those of films
		mime = "audio/mp4"
	}
	limit, err := pick(slices.DeleteFunc(slices.Clone(limits), func(l Limit) bool { return l.Kind != "audio" }), mime)
	if err != nil {
		return File{}, err
	}
	f := File{Workspace: workspace, ID: r.d.NewID(), Name: cleanName(name), Mime: mime, State: Ready, CreatedAt: r.d.Now()}
	return r.insert(ctx, f, bytes.NewReader(recorded), limit.Bytes)
}

// noteName gives a recording's name the ending of what it has become.
func noteName(name string) string {
	name = cleanName(name)
	return strings.TrimSuffix(name, path.Ext(name)) + ".ogg"
}
