package campaign

import (
	"context"
	"slices"
	"sync"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/media"
	"recado/internal/template"
)

// fileBook remembers the files that headers name, so that a million rows with one picture ask for it once (X12).
type fileBook struct {
	room      *Room
	workspace db.ID
	mu        sync.Mutex
	known     map[db.ID]fileAnswer
}

type fileAnswer struct {
	file media.File
	gone bool
}

func newFileBook(r *Room, workspace db.ID) *fileBook {
	return &fileBook{room: r, workspace: workspace, known: map[db.ID]fileAnswer{}}
}

func (b *fileBook) find(ctx context.Context, id db.ID) (fileAnswer, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if a, ok := b.known[id]; ok {
		return a, nil
	}
	file, err := b.room.Files.Get(ctx, b.workspace, id)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return fileAnswer{}, err
	}
	b.known[id] = fileAnswer{file: file, gone: err != nil}
	return b.known[id], nil
}

// refuses tells why a file cannot be the header of a template; nil when it can.
func (b *fileBook) refuses(ctx context.Context, shape template.Shape, id db.ID) (*template.Problem, error) {
	a, err := b.find(ctx, id)
	switch {
	case err != nil:
		return nil, err
	case a.gone:
		return template.FileGone(), nil
	}
	return shape.Takes(a.file, b.room.Carries.Media), nil
}

// files are the files of ours that a message names for everybody: the one it sends, and the one for rows without an address.
func (m Message) files() []db.ID {
	var ids []db.ID
	for _, text := range []string{m.Values[template.KeyMedia].Text, m.Values[template.KeyMedia].Fallback} {
		if id, ok := template.FileOf(text); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// refusedFile tells what is wrong with the files of a message: one its author may not see, or one that the header of the chosen
// template does not take (which template a row has is judged with the row); nil when nothing is. What the message had before stays as
// it is: whoever may change it may leave it in.
func (r *Room) refusedFile(ctx context.Context, actor account.Actor, m, before Message) (*template.Problem, error) {
	files := m.files()
	if len(files) == 0 {
		return nil, nil
	}
	if unseen, err := r.unseen(ctx, actor, files, before.files()); err != nil || unseen {
		return template.FileGone(), err
	}
	t, err := r.Templates.Get(ctx, actor.Workspace, m.Template)
	if fault.KindOf(err) == fault.NotFound { // none for everybody, or one that is gone: the check says so
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	book := newFileBook(r, actor.Workspace)
	for _, id := range files {
		if p, err := book.refuses(ctx, t.Shape(), id); err != nil || p != nil {
			return p, err
		}
	}
	return nil, nil
}

// unseen tells whether a person puts in a file that only conversations of others carry.
func (r *Room) unseen(ctx context.Context, actor account.Actor, files, before []db.ID) (bool, error) {
	if actor.User == 0 {
		return false, nil
	}
	reach, err := r.Desk.ReachOf(ctx, actor)
	if err != nil {
		return false, err
	}
	for _, id := range files {
		if slices.Contains(before, id) {
			continue
		}
		if used, seen, err := r.Conversations.File(ctx, reach, id); err != nil || used && !seen {
			return true, err
		}
	}
	return false, nil
}

// checkChosenFile refuses the files of a change that cannot be sent.
func (r *Room) checkChosenFile(ctx context.Context, actor account.Actor, id db.ID, m *Message) error {
	if m == nil || len(m.files()) == 0 {
		return nil
	}
	c, err := r.get(ctx, actor.Workspace, id)
	if err != nil {
		return err
	}
	p, err := r.refusedFile(ctx, actor, *m, c.Message)
	if err != nil || p == nil {
		return err
	}
	return problem("message.values."+template.KeyMedia, p.Code).because(*p).fault()
}

// checkFile finds what is wrong with the file of a row's header. A file of ours is the author's to choose: cells and contacts name
// addresses.
func (j *judge) checkFile(ctx context.Context, v *verdict) (*Problem, error) {
	id := template.HeaderFile(v.values)
	if id == 0 {
		return nil, nil
	}
	if !slices.Contains(j.c.Message.files(), id) {
		return valueProblem(v.wording, template.Problem{Code: template.CodeLink, Field: template.KeyMedia}), nil
	}
	p, err := j.files.refuses(ctx, v.wording.shape, id)
	if err != nil || p == nil {
		return nil, err
	}
	return valueProblem(v.wording, *p), nil
}
