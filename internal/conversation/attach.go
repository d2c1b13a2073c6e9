package conversation

import (
	"context"
	"fmt"
	"strings"

	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/fault"
)

type attached struct {
	Name string `db:"name"`
	Mime string `db:"mime"`
}

const attachedFile = "select name, mime from files where id = $1 and workspace_id = $2"

// attach checks the draft's file and notes in its content what the message says of it. A file goes as what its bytes are:
// pictures as images, recordings as audio, anything as a document.
func (d *Draft) attach(ctx context.Context, tx *db.Tx, workspace db.ID) error {
	if d.File == 0 {
		return nil
	}
	file, err := db.One[attached](ctx, tx, attachedFile, d.File, workspace)
	if db.None(err) {
		return fault.New(fault.Invalid, "message.file", "There is no such file.").On("file_id")
	}
	if err != nil {
		return fmt.Errorf("attached file: %w", err)
	}
	media := channel.Media{Mime: file.Mime}
	switch d.Kind {
	case channel.Image, channel.Video, channel.Audio:
		if !strings.HasPrefix(file.Mime, d.Kind+"/") {
			return fault.New(fault.Invalid, "message.file_kind", "The file is no %s but %s.", d.Kind, file.Mime).On("kind").With("mime", file.Mime)
		}
		media.Voice = d.Kind == channel.Audio && d.Content.Media != nil && d.Content.Media.Voice
	case channel.Document:
		media.Name = file.Name
	default: // a template carries its file in its header
		return nil
	}
	d.Content.Media = &media
	return nil
}
