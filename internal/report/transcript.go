package report

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/inbox"
	"recado/internal/report/paper"
	"recado/internal/routing"
	"recado/internal/words"
)

// Rooms are those a report reads.
type Rooms struct {
	Inboxes       *inbox.Room
	Contacts      *contact.Room
	Conversations *conversation.Room
	Routing       *routing.Room
}

// Room makes reports. It is safe for many goroutines.
type Room struct {
	d *db.DB
	Rooms
}

// New makes the room.
func New(d *db.DB, rooms Rooms) *Room { return &Room{d: d, Rooms: rooms} }

// Transcript is a ticket to be written.
type Transcript struct {
	room   *Room
	past   conversation.PastTicket
	queue  string
	zone   *time.Location
	locale string
	base   string // address files are linked below
	by     string
	all    bool // whoever reads it sees also what authors took back
}

// transcriptPage is how many messages are read at once.
const transcriptPage = 200

// Transcript gives a ticket within the actor's reach, to be written as a PDF in the actor's language. base is our public address
// ("https://desk.example"): files are links below it, and who follows one has to sign in. It fails with Forbidden without the
// ability to export, and with NotFound.
func (r *Room) Transcript(ctx context.Context, actor account.Actor, ticket db.ID, base, locale string) (*Transcript, error) {
	if err := actor.Has(account.Export); err != nil {
		return nil, err
	}
	reach, err := r.Routing.ReachOf(ctx, actor)
	if err != nil {
		return nil, err
	}
	t := &Transcript{room: r, locale: locale, base: base, by: actor.Name, zone: time.UTC, all: actor.Has(account.SeeAll) == nil}
	if t.past, err = r.Conversations.Past(ctx, reach, ticket); err != nil {
		return nil, err
	}
	queues, err := r.Routing.Names(ctx, actor.Workspace)
	if err != nil {
		return nil, err
	}
	t.queue = queues[t.past.Queue]
	box, err := r.Inboxes.Get(ctx, actor.Workspace, t.past.Inbox)
	if err != nil {
		return nil, err
	}
	if zone, err := time.LoadLocation(box.TimeZone); err == nil {
		t.zone = zone
	}
	return t, nil
}

// Name is what the file is called.
func (t *Transcript) Name() string { return fmt.Sprintf("recado-%d.pdf", t.past.Number) }

func (t *Transcript) say(id string, params map[string]any) string {
	return words.Say(t.locale, "transcript."+id, params)
}

func (t *Transcript) when(at int64) string {
	return time.UnixMilli(at).In(t.zone).Format("2006-01-02 15:04")
}

// Write draws the whole ticket.
func (t *Transcript) Write(ctx context.Context, w io.Writer) error {
	title := t.say("title", map[string]any{"number": t.past.Number})
	d := paper.New(title, title)
	d.Write(title, paper.Style{Size: 18})
	t.facts(d)
	d.Rule()
	for after := db.ID(0); ; {
		page, err := t.room.Conversations.Transcript(ctx, t.past.Ticket, after, transcriptPage)
		if err != nil {
			return err
		}
		for _, m := range page {
			t.message(d, m)
			after = m.ID
		}
		if len(page) < transcriptPage {
			break
		}
	}
	d.Rule()
	d.Write(t.say("made", map[string]any{"at": t.when(t.room.d.Now()), "by": t.by}), paper.Style{Size: 8, Grey: true})
	return d.End(w)
}

func (t *Transcript) facts(d *paper.Document) {
	orNobody := func(name string) string {
		if name == "" {
			return t.say("nobody", nil)
		}
		return name
	}
	closed, result := t.say("open", nil), ""
	if t.past.ClosedAt > 0 {
		closed = t.when(t.past.ClosedAt)
		result = words.SayOr(t.locale, "transcript.result."+t.past.Result, t.past.Result, nil)
	}
	for _, fact := range [][2]string{
		{"contact", orNobody(t.past.Conversation.ContactName)}, {"number", t.past.Conversation.InboxLabel}, {"agent", orNobody(t.past.AgentName)}, {"queue", t.queue},
		{"opened", t.when(t.past.OpenedAt)}, {"closed", closed}, {"result", result}, {"note", t.past.ClosingNote},
	} {
		if fact[1] != "" {
			d.Write(t.say(fact[0], nil)+": "+fact[1], paper.Style{Size: 10})
		}
	}
}

const indent = 12

func (t *Transcript) message(d *paper.Document, m conversation.Message) {
	if m.Direction == conversation.Marked {
		d.Write(t.when(m.CreatedAt)+" · "+t.marker(m), paper.Style{Size: 8, Grey: true, Above: 6})
		return
	}
	head := t.when(m.CreatedAt) + " · " + t.author(m)
	if m.Direction == conversation.Note {
		head += " · " + t.say("internal", nil)
	}
	if m.Status == conversation.Failed {
		head += " · " + t.say("failed", nil)
	}
	if m.RevokedAt != 0 {
		head += " · " + t.say("revoked", nil)
	}
	d.Write(head, paper.Style{Size: 8, Grey: true, Above: 6, Together: 30})
	if m.RevokedAt != 0 && !t.all {
		return
	}
	body := paper.Style{Size: 10, Indent: indent, Shaded: m.Direction == conversation.Note}
	if m.Answer != nil {
		d.Write(m.Answer.Survey+" · "+m.Answer.Question, paper.Style{Size: 8, Grey: true, Indent: indent})
	}
	if said := t.said(m); said != "" {
		d.Write(said, body)
	}
	if m.File != nil {
		link := body
		link.Link = t.base + "/api/v1/files/" + m.File.ID.String()
		d.Write(t.say("file", map[string]any{"name": m.File.Name}), link)
	}
	if m.Text == "" && m.File == nil {
		d.Write(t.wordless(m), body)
	}
}

// said gives the words of a message; those of an answer to a survey say what it means.
func (t *Transcript) said(m conversation.Message) string {
	switch a := m.Answer; {
	case a == nil:
		return m.Text
	case a.Skipped:
		return t.say("skipped", nil)
	case a.Kind == "scale":
		return t.say("out_of", map[string]any{"value": a.Value, "to": a.To})
	default:
		return a.Text
	}
}

// wordless is what stands for a message without words and file.
func (t *Transcript) wordless(m conversation.Message) string {
	var c channel.Content
	_ = json.Unmarshal(m.Content, &c) // ours; a kind is named when there is nothing else
	switch {
	case c.Title != "":
		return c.Title
	case c.Emoji != "":
		return c.Emoji
	case c.Location != nil:
		place := fmt.Sprintf("%s %.5f, %.5f", c.Location.Name, c.Location.Latitude, c.Location.Longitude)
		return t.say("location", map[string]any{"place": place})
	}
	return t.say("other", map[string]any{"kind": m.Kind})
}

func (t *Transcript) author(m conversation.Message) string {
	switch m.Author.Kind {
	case conversation.AuthorContact:
		return t.past.Conversation.ContactName
	case conversation.AuthorBot:
		return t.say("bot", nil)
	case conversation.AuthorCampaign:
		return t.say("campaign", nil)
	}
	if m.Author.Name != "" {
		return m.Author.Name
	}
	return t.say("system", nil)
}

func (t *Transcript) marker(m conversation.Message) string {
	var mark conversation.Marker
	_ = json.Unmarshal(m.Content, &mark) // ours; an unknown one is named in general
	params := map[string]any{"number": t.past.Number, "by": t.say("system", nil), "user": t.queue}
	for name, value := range mark.Params {
		params[name] = value
	}
	id := "transcript.marker." + mark.Code
	if !words.Has(id) {
		id = "transcript.marker.other"
	}
	return words.Say(t.locale, id, params)
}
