package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
	"recado/internal/job"
	"recado/internal/media"

	"golang.org/x/sync/singleflight"
)

// uploadKeeps is how long an uploaded file is sent by the provider's id: they live 30 days (whatsapp-cloud-api §3).
const uploadKeeps = 25 * 24 * time.Hour

// uploads remembers the provider's ids of files, so that a campaign uploads its document once per number. Another run of
// the process uploads again.
type uploads struct {
	mu    sync.Mutex
	known map[uploadKey]upload
	once  singleflight.Group
}

type uploadKey struct {
	file  db.ID
	inbox string
}

type upload struct {
	id    string
	until time.Time
}

func newUploads() *uploads { return &uploads{known: map[uploadKey]upload{}} }

func (u *uploads) get(key uploadKey) (string, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	up, ok := u.known[key]
	return up.id, ok && time.Now().Before(up.until)
}

func (u *uploads) keep(key uploadKey, id string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.known[key] = upload{id: id, until: time.Now().Add(uploadKeeps)}
}

// attach gives the content of a message with its file as the provider knows it, uploaded now unless it was lately.
func (g *Room) attach(ctx context.Context, a channel.Adapter, c channel.Credentials, m conversation.Outgoing) (channel.Content, error) {
	file, err := g.rooms.Media.Get(ctx, m.Workspace, m.File)
	if err != nil {
		return m.Content, unsendable(err)
	}
	key := uploadKey{m.File, c.InboxExternalID}
	found, err, _ := g.files.once.Do(strconv.FormatInt(int64(m.File), 10)+" "+c.InboxExternalID, func() (any, error) {
		if id, known := g.files.get(key); known {
			return id, nil
		}
		id, err := g.upload(ctx, a, c, file)
		if err == nil {
			g.files.keep(key, id)
		}
		return id, err
	})
	if err != nil {
		return m.Content, err
	}
	return withFile(m.Content, file, found.(string), a.Capability()), nil
}

func (g *Room) upload(ctx context.Context, a channel.Adapter, c channel.Credentials, file media.File) (string, error) {
	body, err := g.rooms.Media.Open(ctx, file)
	if err != nil {
		return "", unsendable(err)
	}
	defer body.Close()
	id, err := a.Upload(ctx, c, file.Name, file.Mime, body)
	if err != nil {
		f := *failureOf(err)
		if f.Class == channel.Unknown {
			f.Class = channel.Transient // an upload nobody refers to does no harm
		}
		return "", &f
	}
	return id, nil
}

// unsendable is the failure of a message whose file we do not have.
func unsendable(err error) *channel.Failure {
	class := channel.Transient
	if kind := fault.KindOf(err); kind == fault.NotFound || kind == fault.Conflict {
		class = channel.BadRequest
	}
	return &channel.Failure{Class: class, Title: "the file could not be read", Err: err}
}

// withFile puts the provider's id where the kind of message wants it: a template's header, or the message itself.
// Where the channel has no voice notes of its type, a recording is a file like any other.
func withFile(content channel.Content, file media.File, id string, can channel.Capability) channel.Content {
	ref := channel.Media{ProviderID: id, Mime: file.Mime, Name: file.Name}
	if content.Template == nil {
		if content.Media != nil {
			ref.Voice = content.Media.Voice && can.Speaks(file.Mime)
		}
		content.Media = &ref
		return content
	}
	filled := *content.Template
	header := channel.Value{Kind: media.KindOf(file.Mime, headerKinds)}
	if filled.Header != nil {
		header = *filled.Header
	}
	header.Media = &ref
	filled.Header = &header
	content.Template = &filled
	return content
}

// headerKinds are the files a template header shows; everything else is a document.
var headerKinds = []media.Limit{
	{Kind: channel.Image, Mimes: []string{"image/jpeg", "image/png"}},
	{Kind: channel.Video, Mimes: []string{"video/mp4", "video/3gpp"}},
}

// Jobs of this room.
const (
	fetchKind  = "gateway.fetch_file"
	syncKind   = "gateway.sync_templates"
	numberKind = "gateway.read_number"
	lookKind   = "gateway.look_again"
)

type fetchArgs struct {
	File db.ID `json:"file_id"`
}

// fetchMost bounds inbound files: larger ones do not reach us (whatsapp-cloud-api §3).
const fetchMost = 100 << 20

// fetch gets an inbound file from the provider. After the last try the file is marked as lost.
func (g *Room) fetch(ctx context.Context, args json.RawMessage) error {
	a, err := job.Decode[fetchArgs](args)
	if err != nil {
		return err
	}
	file, wanted, err := g.rooms.Media.Waiting(ctx, a.File)
	if err != nil || !wanted {
		return err
	}
	source, err := readSource(file.Source)
	if err != nil {
		return job.Abandon(err)
	}
	cause := g.fetchFrom(ctx, file, source)
	if cause == nil {
		return g.tellChanged(ctx, source)
	}
	var f *channel.Failure
	final := errors.As(cause, &f) && f.Final() || fault.KindOf(cause) == fault.TooLarge
	if !final && !job.TryOf(ctx).Last {
		return cause
	}
	if err := g.rooms.Media.Fail(ctx, file.ID, excerpt(cause.Error())); err != nil {
		return err
	}
	if err := g.tellChanged(ctx, source); err != nil {
		return err
	}
	return job.Abandon(cause)
}

func (g *Room) fetchFrom(ctx context.Context, file media.File, source sourceOf) error {
	box, err := g.rooms.Inboxes.ByID(ctx, source.Inbox)
	if err != nil {
		return err
	}
	adapter, err := g.adapter(box.Channel)
	if err != nil {
		return err
	}
	credentials, err := g.rooms.Inboxes.Credentials(ctx, box.ID)
	if err != nil {
		return err
	}
	body, err := adapter.Download(ctx, credentials, source.Media)
	if err != nil {
		return fmt.Errorf("download: %w", err)
	}
	defer body.Close()
	_, err = g.rooms.Media.Fill(ctx, file, body, fetchMost)
	return err
}

const messageOfSource = "select id, workspace_id, conversation_id from messages where inbox_id = $1 and external_id = $2"

// tellChanged tells that the message of a file looks different now.
func (g *Room) tellChanged(ctx context.Context, source sourceOf) error {
	type found struct {
		ID           db.ID `db:"id"`
		Workspace    db.ID `db:"workspace_id"`
		Conversation db.ID `db:"conversation_id"`
	}
	m, err := db.One[found](ctx, g.d, messageOfSource, source.Inbox, source.External)
	if db.None(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("message of a file: %w", err)
	}
	return g.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return g.rooms.Log.Append(ctx, tx, event.Fact{Workspace: m.Workspace, Kind: conversation.MessageChanged, Subject: m.ID, Data: conversation.PostedFact{
			Items: []conversation.PostedItem{{Message: m.ID, Conversation: m.Conversation, Author: conversation.AuthorContact}}}})
	})
}
