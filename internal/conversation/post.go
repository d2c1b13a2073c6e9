package conversation

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/fault"
)

// Bounds of what people write on WhatsApp, in characters (whatsapp-cloud-api §2.2).
const (
	maxText    = 4096
	maxCaption = 1024
	maxNote    = 10_000
)

// Draft is something to say.
type Draft struct {
	Conversation db.ID
	Kind         string // a channel kind, or KindNote
	Text         string // words, caption, rendered template, note
	Content      channel.Content
	File         db.ID         // attachment of ours
	ReplyTo      db.ID         // the message it quotes or reacts to
	SeenThrough  db.ID         // the newest message its author saw when they began to write; 0: not asked
	ClientID     string        // made by the author's client; the same one is stored once per conversation
	Route        *RouteRequest // where replies go; for active messages
	Campaign     db.ID
	Lane         Lane     // 0: by the author's kind
	Mentions     []Naming // members named in a note; that they see the conversation is for the caller to ask (routing.Nameable)
}

// Post says something in a conversation and gives the stored message; posting the same ClientID again gives the first one.
// Whether the actor reaches the conversation is asked with Get.
//
// What the service window does not allow is refused ("window.closed"). An agent who answers holds the ticket from then on: an
// unassigned open ticket is assigned to its author (C17), and without an open ticket one is opened (E17, E18). A note goes to
// colleagues only, at any time, and changes no ticket; neither does a reaction (Content.Emoji, empty to take it back). With
// SeenThrough, a reply that another agent was faster with is refused ("message.answered"), so that its author can look first.
func (r *Room) Post(ctx context.Context, actor account.Actor, draft Draft) (m Message, err error) {
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		m, err = r.PostIn(ctx, tx, actor, draft)
		return err
	})
	return m, err
}

// PostIn is Post inside a transaction.
func (r *Room) PostIn(ctx context.Context, tx *db.Tx, actor account.Actor, draft Draft) (Message, error) {
	if err := actor.Has(account.Reply); err != nil {
		return Message{}, err
	}
	if err := draft.check(); err != nil {
		return Message{}, err
	}
	t, state, err := r.lockIn(ctx, tx, actor.Workspace, draft.Conversation)
	if err != nil {
		return Message{}, err
	}
	if first, found, err := r.posted(ctx, tx, draft); err != nil || found {
		return first, err
	}
	if err := notAnswered(ctx, tx, actor, draft); err != nil {
		return Message{}, err
	}
	w, err := windowAt(ctx, tx, t.Workspace, t.ID, authorOf(actor).Kind, tx.Now())
	if err != nil {
		return Message{}, err
	}
	if err := draft.settle(ctx, tx, t, w); err != nil {
		return Message{}, err
	}
	if draft.Kind != KindNote && draft.Kind != channel.Reaction && actor.Kind == account.KindUser {
		if t.Ticket, err = r.holdBy(ctx, tx, actor, t, state); err != nil {
			return Message{}, err
		}
	}
	return r.say(ctx, tx, actor, t, draft)
}

func (d Draft) check() error {
	limit := maxCaption
	switch d.Kind {
	case channel.Text:
		limit = maxText
	case channel.Template:
		limit = 0 // its own rules were checked when it was filled
	case KindNote:
		limit = maxNote
	case channel.Reaction:
		return d.checkReaction()
	case KindMarker, channel.System, channel.Unsupported, channel.Edit, channel.Revoke, "":
		return fault.New(fault.Invalid, "message.kind", "A message of this kind can not be written.").On("kind")
	}
	if limit > 0 && utf8.RuneCountInString(d.Text) > limit {
		return fault.New(fault.Invalid, "message.too_long", "The text has more than %d characters.", limit).On("text").With("limit", limit)
	}
	if len(d.Mentions) > 0 && d.Kind != KindNote {
		return fault.New(fault.Invalid, "mention.note", "Only a note can name colleagues.").On("mentions")
	}
	empty := strings.TrimSpace(d.Text) == ""
	switch d.Kind {
	case channel.Text, KindNote, channel.Interactive:
		if empty {
			return fault.New(fault.Invalid, "message.empty", "Write something first.").On("text")
		}
	case channel.Image, channel.Document, channel.Audio, channel.Video, channel.Sticker:
		if d.File == 0 && d.Content.Media == nil {
			return fault.New(fault.Invalid, "message.no_file", "Attach the file first.").On("file_id")
		}
	case channel.Template:
		if d.Content.Template == nil {
			return fault.New(fault.Invalid, "message.no_template", "Choose a template first.").On("template")
		}
	}
	return nil
}

// posted gives the message with this client id, if there is one.
func (r *Room) posted(ctx context.Context, tx *db.Tx, draft Draft) (Message, bool, error) {
	if draft.ClientID == "" {
		return Message{}, false, nil
	}
	found, err := messagesBy(ctx, tx, "where m.conversation_id = $1 and m.client_id = $2", draft.Conversation, draft.ClientID)
	if err != nil || len(found) == 0 {
		return Message{}, false, err
	}
	return found[0], true, nil
}

// fits asks that what is quoted and attached belongs here.
func fits(ctx context.Context, tx *db.Tx, t thread, draft Draft) error {
	if draft.Kind == channel.Reaction {
		if err := reactable(ctx, tx, t, draft.ReplyTo); err != nil {
			return err
		}
	} else if draft.ReplyTo != 0 {
		n, err := db.One[int](ctx, tx, "select count(*) from messages where id = $1 and conversation_id = $2", draft.ReplyTo, t.ID)
		if err != nil || n == 0 {
			return orFault(err, fault.New(fault.Invalid, "message.reply_to", "The message you quote is not in this conversation.").On("reply_to_id"))
		}
	}
	return belongs(ctx, tx, t, draft)
}

// permitted asks the window. A note goes to colleagues at any time.
func (d Draft) permitted(w WindowState) error {
	if d.Kind == KindNote {
		return nil
	}
	category := ""
	if filled := d.Content.Template; filled != nil {
		category = filled.Category
	}
	if w.Allows(needs(d.Kind, category)) {
		return nil
	}
	return w.refusal(d.Kind)
}

// belongs asks that what is attached is a file of the workspace.
func belongs(ctx context.Context, tx *db.Tx, t thread, draft Draft) error {
	if draft.File == 0 {
		return nil
	}
	n, err := db.One[int](ctx, tx, "select count(*) from files where id = $1 and workspace_id = $2", draft.File, t.Workspace)
	if err != nil || n == 0 {
		return orFault(err, fault.New(fault.Invalid, "message.file", "There is no such file.").On("file_id"))
	}
	return nil
}

func orFault(err error, f *fault.Error) error {
	if err != nil {
		return err
	}
	return f
}

// holdBy makes the author hold the ticket, when nobody does, and gives the ticket.
func (r *Room) holdBy(ctx context.Context, tx *db.Tx, actor account.Actor, t thread, state State) (db.ID, error) {
	if state != Open {
		ticket, _, err := r.OpenTicketIn(ctx, tx, actor, Opening{Conversation: t.ID, Holder: HolderAgent, Assignee: actor.User})
		if err != nil {
			return 0, err
		}
		return ticket.ID, r.answeredIn(ctx, tx, ticket, actor)
	}
	ticket, err := r.Ticket(ctx, tx, t.Workspace, t.Ticket)
	if err != nil {
		return 0, err
	}
	if ticket.Assignee == 0 {
		if ticket, err = r.assign(ctx, tx, actor, ticket, Assignment{User: actor.User}); err != nil {
			return 0, err
		}
	}
	return ticket.ID, r.answeredIn(ctx, tx, ticket, actor)
}

const firstReply = "update tickets set status = 'in_service', first_reply_at = coalesce(first_reply_at, $2), fallback_at = null where id = $1"

// answeredIn notes an agent's answer on the ticket.
func (r *Room) answeredIn(ctx context.Context, tx *db.Tx, t Ticket, actor account.Actor) error {
	if t.Status == TicketInService {
		return nil
	}
	if _, err := tx.Exec(ctx, firstReply, t.ID, tx.Now()); err != nil {
		return fmt.Errorf("first reply: %w", err)
	}
	return nil
}

const (
	saidInto = `messages (workspace_id, id, conversation_id, inbox_id, contact_id, ticket_id, campaign_id, direction, kind, body, content_json, media_id,
		author, author_id, status, lane, client_id, reply_to_id, route_json, created_at)`
	// An answer ends the wait and means that what came before was read.
	touchAnswered = `update conversations set last_message_id = $2, last_message_at = $3, preview = $4, preview_direction = $5, preview_kind = $6,
		waiting_since = null, unread = 0, free_by = case when free_by >= $3 then 0 else free_by end where id = $1`
	// Bots and notes only move the conversation up; a note answers nobody.
	touchSaid    = "update conversations set last_message_id = $2, last_message_at = $3, free_by = case when free_by >= $3 then 0 else free_by end where id = $1"
	touchNoted   = "update conversations set last_message_id = $2, last_message_at = $3 where id = $1"
	touchNothing = ""
)

// say writes the message and what it means for the conversation.
func (r *Room) say(ctx context.Context, tx *db.Tx, actor account.Actor, t thread, draft Draft) (Message, error) {
	ids, err := r.sayAll(ctx, tx, authorOf(actor), []placed{{t, draft}})
	if err != nil {
		return Message{}, err
	}
	if err := r.mentionIn(ctx, tx, actor, t, ids[0], draft.Mentions); err != nil {
		return Message{}, err
	}
	found, err := messagesBy(ctx, tx, "where m.id = $1", ids[0])
	if err != nil {
		return Message{}, err
	}
	return found[0], nil
}

// touch gives the statement by which a message moves its conversation, and its arguments. A reaction is an answer to nobody: lists do
// not move.
func (d Draft) touch(author Author, conversation, message db.ID, now int64) (text string, args []any) {
	args = []any{int64(conversation), int64(message), now}
	switch {
	case d.Kind == channel.Reaction:
		return touchNothing, nil
	case d.Kind == KindNote:
		return touchNoted, args
	case author.Kind == AuthorAgent || author.Kind == AuthorKey:
		return touchAnswered, append(args, previewOf(d.Text, d.Content), Out.String(), previewKind(d.Kind, d.Content))
	}
	return touchSaid, args
}

func (d Draft) row(tx *db.Tx, id db.ID, t thread, author Author) ([]any, error) {
	direction, status, lane := Out, Queued, d.laneOf(author)
	if d.Kind == KindNote {
		direction, status, lane = Note, Received, 0
	}
	content, err := d.contentText()
	if err != nil {
		return nil, err
	}
	var route any
	if d.Route != nil {
		text, err := json.Marshal(d.Route)
		if err != nil {
			return nil, fmt.Errorf("reply route: %w", err)
		}
		route = clean(string(text))
	}
	return []any{int64(t.Workspace), int64(id), int64(t.ID), int64(t.Inbox), int64(t.Contact), orNull(t.Ticket), orNull(d.Campaign), int64(direction), d.Kind,
		clean(d.Text), content, orNull(d.File), author.Kind, orNull(author.ID), int64(status), int64(lane), textOrNull(d.ClientID), orNull(d.ReplyTo), route, tx.Now()}, nil
}

func (d Draft) laneOf(author Author) Lane {
	switch {
	case d.Lane != 0:
		return d.Lane
	case author.Kind == AuthorBot || author.Kind == AuthorSystem:
		return LaneBots
	}
	return LaneAgents
}
