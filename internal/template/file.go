package template

import (
	"slices"
	"strings"

	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/media"

	"github.com/gabriel-vasile/mimetype"
)

// ours begins a header's value that is a file of ours instead of an address; its id follows.
const ours = "file:"

// FileOf gives the file of ours that a header's value names; ok is false for anything else.
func FileOf(value string) (id db.ID, ok bool) {
	text, is := strings.CutPrefix(strings.TrimSpace(value), ours)
	if !is {
		return 0, false
	}
	id, err := db.ParseID(text)
	return id, err == nil && id > 0
}

// HeaderFile gives the file of ours among the values of a template; 0 for none. The message has to carry it: what Fill gives has a
// place for it and no way to it.
func HeaderFile(values map[string]string) db.ID {
	id, _ := FileOf(values[KeyMedia])
	return id
}

// Takes tells why a file cannot be the header of a template on a channel with these limits; nil when it can.
func (s Shape) Takes(file media.File, limits []channel.MediaLimit) *Problem {
	if !s.Header.IsMedia() {
		return &Problem{Code: CodeSurplus, Field: KeyMedia, Params: map[string]any{"field": KeyMedia}}
	}
	p := &Problem{Code: CodeFileKind, Field: KeyMedia, Params: map[string]any{"file": file.Name, "types": ""}}
	for _, limit := range limits {
		if limit.Kind != strings.ToLower(s.Header.Format) {
			continue
		}
		p.Params["types"] = typesOf(limit.Mimes)
		switch {
		case !slices.Contains(limit.Mimes, file.Mime):
		case file.Size > limit.Bytes:
			return &Problem{Code: CodeFileLarge, Field: KeyMedia, Params: map[string]any{"file": file.Name, "limit": limit.Bytes >> 20}}
		default:
			return nil
		}
	}
	return p
}

// FileGone says that the file of a header is not there.
func FileGone() *Problem {
	return &Problem{Code: CodeFileGone, Field: KeyMedia, Params: map[string]any{}}
}

// typesOf names kinds of files as people know them: jpg, png.
func typesOf(mimes []string) string {
	names := make([]string, 0, len(mimes))
	for _, one := range mimes {
		if known := mimetype.Lookup(one); known != nil {
			names = append(names, strings.TrimPrefix(known.Extension(), "."))
		}
	}
	return strings.Join(names, ", ")
}
