package gateway

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/inbox"
	"recado/internal/job"
	"recado/internal/template"
)

const (
	// submitTimeout bounds all calls of one submission; the room of templates counts on it (listLag).
	submitTimeout = time.Minute
	// lookAgain is when the provider is asked what became of a template that we handed over: an answer that was lost is known then.
	lookAgain = 90 * time.Second
)

// SubmitTemplate hands a draft to the provider: a new template of the account of a number, or the change of one (id). It gives the
// template as it stands then, mostly in review.
//
// What the provider would refuse must have been said before (Draft.Check). It fails as Templates.BeginIn does, with Invalid
// "template.refused" and the provider's words in "reason" for its no, and with Unavailable "template.unreached" or "template.unsure"
// when it was not reached or did not answer; a draft of a new one is then kept.
func (g *Room) SubmitTemplate(ctx context.Context, actor account.Actor, of, id db.ID, draft template.Draft) (template.Template, error) {
	m, err := g.maker(ctx, actor.Workspace, of)
	if err != nil {
		return template.Template{}, err
	}
	if file := draft.Sample(); file != 0 {
		if err := g.checkSample(ctx, actor.Workspace, m.adapter, draft); err != nil {
			return template.Template{}, err
		}
	}
	var s template.Submission
	err = g.d.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if s, err = g.rooms.Templates.BeginIn(ctx, tx, actor.Workspace, m.box.Channel, m.box.Account, id, draft); err != nil {
			return err
		}
		return g.lookAgainIn(ctx, tx, m.box.ID)
	})
	if err != nil {
		return template.Template{}, err
	}
	// From here the outcome is recorded even when the asker has gone.
	ctx = context.WithoutCancel(ctx)
	calls, cancel := context.WithTimeout(ctx, submitTimeout)
	defer cancel()
	info, err := m.submit(calls, g, s)
	if err == nil {
		return g.rooms.Templates.Accept(ctx, s, info)
	}
	said := saidOf(err)
	if !fault.Is(said, "template.unsure") {
		if err := g.rooms.Templates.Refuse(ctx, s); err != nil {
			return template.Template{}, err
		}
	}
	return template.Template{}, said
}

// DeleteTemplate deletes a template at the provider and here: one language, or all of its name. It fails as Templates.Going and
// SubmitTemplate do.
func (g *Room) DeleteTemplate(ctx context.Context, actor account.Actor, id db.ID, all bool) error {
	going, err := g.rooms.Templates.Going(ctx, actor.Workspace, id, all)
	if err != nil {
		return err
	}
	ours := func(t template.Template) bool { return t.Status == template.Unsent }
	if !slices.ContainsFunc(going, func(t template.Template) bool { return !ours(t) }) {
		return g.rooms.Templates.Gone(ctx, going)
	}
	box, err := g.boxOfAccount(ctx, actor.Workspace, going[0].Channel, going[0].Account)
	if err != nil {
		return err
	}
	m, err := g.maker(ctx, actor.Workspace, box.ID)
	if err != nil {
		return err
	}
	if err := g.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return g.lookAgainIn(ctx, tx, box.ID) }); err != nil {
		return err
	}
	external := ""
	if !all {
		external = going[0].ExternalID
	}
	ctx = context.WithoutCancel(ctx)
	if err := m.DeleteTemplate(ctx, m.credentials, going[0].Name, external); err != nil {
		return saidOf(err)
	}
	return g.rooms.Templates.Gone(ctx, going)
}

// boxOfAccount gives a number of an account, one that is connected if there is one.
func (g *Room) boxOfAccount(ctx context.Context, workspace db.ID, kind channel.Kind, name string) (inbox.Inbox, error) {
	boxes, err := g.rooms.Inboxes.OfAccount(ctx, kind, name)
	if err != nil {
		return inbox.Inbox{}, err
	}
	boxes = slices.DeleteFunc(boxes, func(b inbox.Inbox) bool { return b.Workspace != workspace })
	if len(boxes) == 0 {
		return inbox.Inbox{}, fault.New(fault.Conflict, "template.no_number", "No number of this template's account is connected here any more.")
	}
	at := slices.IndexFunc(boxes, func(b inbox.Inbox) bool { return b.Status == inbox.Connected })
	return boxes[max(at, 0)], nil
}

// maker is a provider that takes templates, asked for one number.
type maker struct {
	channel.TemplateMaker
	adapter     channel.Adapter
	box         inbox.Inbox
	credentials channel.Credentials
}

func (g *Room) maker(ctx context.Context, workspace, of db.ID) (maker, error) {
	box, err := g.rooms.Inboxes.Get(ctx, workspace, of)
	if err != nil {
		return maker{}, err
	}
	adapter, err := g.adapter(box.Channel)
	if err != nil {
		return maker{}, err
	}
	makes, ok := adapter.(channel.TemplateMaker)
	if !ok {
		return maker{}, fault.New(fault.Invalid, "template.channel", "The channel of this number has no templates.").On("inbox_id")
	}
	credentials, err := g.rooms.Inboxes.Credentials(ctx, of)
	return maker{makes, adapter, box, credentials}, err
}

// checkSample asks that the file of a header is of the header's kind.
func (g *Room) checkSample(ctx context.Context, workspace db.ID, adapter channel.Adapter, draft template.Draft) error {
	file, err := g.rooms.Media.Get(ctx, workspace, draft.Sample())
	if err != nil {
		return err
	}
	kind := strings.ToLower(draft.Header.Format)
	for _, limit := range adapter.Capability().Media {
		if limit.Kind == kind && slices.Contains(limit.Mimes, file.Mime) && file.Size <= limit.Bytes {
			return nil
		}
	}
	return fault.New(fault.Invalid, "template_draft.file", "The provider does not take this file as a sample of such a header.").On("header.file_id")
}

// submit calls the provider.
func (m maker) submit(ctx context.Context, g *Room, s template.Submission) (channel.TemplateInfo, error) {
	handle := ""
	if id := s.Draft.Sample(); id != 0 {
		file, err := g.rooms.Media.Get(ctx, m.box.Workspace, id)
		if err != nil {
			return channel.TemplateInfo{}, unsent(err)
		}
		body, err := g.rooms.Media.Open(ctx, file)
		if err != nil {
			return channel.TemplateInfo{}, unsent(err)
		}
		defer body.Close()
		if handle, err = m.UploadSample(ctx, m.credentials, file.Name, file.Mime, file.Size, body); err != nil {
			return channel.TemplateInfo{}, err
		}
	}
	d := channel.TemplateDraft{Name: s.Draft.Name, Language: s.Draft.Language, Category: s.Draft.Category, ParameterFormat: s.Draft.Format(),
		Components: s.Draft.Components(handle)}
	if s.New {
		return m.CreateTemplate(ctx, m.credentials, d)
	}
	if s.Template.Status == template.Approved {
		d.Category = ""
	}
	return channel.TemplateInfo{Components: d.Components}, m.EditTemplate(ctx, m.credentials, s.Template.ExternalID, d)
}

// unsent is a failure of ours before anything left.
func unsent(err error) error {
	return &channel.Failure{Class: channel.Transient, Title: "the sample cannot be read", Err: err}
}

// lookAgainIn books a reading of all templates, which settles what an interrupted call left open.
func (g *Room) lookAgainIn(ctx context.Context, tx *db.Tx, box db.ID) error {
	return g.rooms.Jobs.Enqueue(ctx, tx, lookKind, syncArgs{box}, job.Options{At: time.UnixMilli(tx.Now()).Add(lookAgain)})
}

// saidOf turns the provider's no about a template into words for people.
func saidOf(err error) error {
	var f *channel.Failure
	if !errors.As(err, &f) {
		return err
	}
	reason := f.Title
	if f.Detail != "" {
		reason = strings.TrimSuffix(f.Title, ".") + ". " + f.Detail
	}
	switch f.Class {
	case channel.Unknown:
		return fault.New(fault.Unavailable, "template.unsure", "The provider gave no answer. In two minutes we look whether it has the template.").Because(err)
	case channel.Transient:
		return fault.New(fault.Unavailable, "template.unreached", "The provider could not be reached. The draft is kept; try again.").Because(err)
	case channel.CallThrottle, channel.NumberThrottle:
		return fault.New(fault.TooMany, "template.throttled", "The provider takes no more templates for now. Try again in an hour.").Because(err)
	}
	code, field := "template.refused", ""
	if known, ok := refusals[f.Sub]; ok && f.Code == 100 {
		code, field = fmt.Sprintf("template.refused_%d", f.Sub), known
	}
	return fault.New(fault.Invalid, code, "The provider refused it: %s", reason).On(field).With("reason", reason).Because(err)
}

// refusals are the provider's codes with words of our own, and the field each speaks of (whatsapp-errors, Templates).
var refusals = map[int]string{2388019: "", 2388023: "name", 2388024: "name", 2388039: "", 2388040: "", 2388047: "header.text", 2388072: "body",
	2388073: "footer", 2388293: "body", 2388299: "body", 2388318: "", 2388330: ""}
