package conversation

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/event"
)

// Incoming is one message as an adapter read it, and the inbox it came to.
type Incoming struct {
	Workspace, Inbox db.ID
	Event            channel.Inbound
	MediaFile        db.ID // of its attachment, when it has one
}

// ReceiveResult says what became of a batch.
type ReceiveResult struct {
	New      int     // stored now
	Known    int     // seen before: the provider repeats itself
	Waiting  int     // changes of messages that did not come yet: they wait for them
	Nobody   int     // left out: the provider named no usable identity
	Messages []db.ID // per Incoming: the stored message, new or known; 0 when left out or waiting
}

// ReceiveIn stores what people wrote, in the order given, each provider event once per inbox however often it comes.
// Contacts and conversations are found or made. What asks for an answer opens the service window (24 h from the provider's
// time, whatsapp-cloud-api §7; never moved back), counts as unread and starts the wait. An echo, written by us on another device,
// is stored as outbound and opens nothing (channels/windows, rule 2). It tells message.received for each message. What its author
// changed or took back changes the message it speaks of and tells message.changed (change.go).
//
// It issues a number of statements that does not grow with the batch, apart from one insert or update per row.
func (r *Room) ReceiveIn(ctx context.Context, tx *db.Tx, batch []Incoming) (ReceiveResult, error) {
	return r.receiveIn(ctx, tx, newIntake(tx, batch))
}

func (r *Room) receiveIn(ctx context.Context, tx *db.Tx, in *intake) (ReceiveResult, error) {
	for _, step := range []func(context.Context, *db.Tx) error{
		in.lookup, r.resolveContacts(in), r.openThreads(in), in.insert, r.hear(in), in.touchThreads, r.tellReceived(in), r.hearConsent(in), r.applyChanges(in),
	} {
		if err := step(ctx, tx); err != nil {
			return ReceiveResult{}, fmt.Errorf("receive messages: %w", err)
		}
	}
	if in.then != nil {
		if err := in.then(ctx, tx); err != nil {
			return ReceiveResult{}, fmt.Errorf("go on after answers: %w", err)
		}
	}
	return in.result, in.settleEchoes(ctx, tx, r)
}

// external names a provider's message. Its id is unique at the provider, but we only rely on that within an inbox.
type external struct {
	inbox db.ID
	id    string
}

// arrival is one message on its way in.
type arrival struct {
	*Incoming
	place   int // in the batch
	id      db.ID
	at      int64
	contact db.ID
	thread  *thread
	replyTo db.ID
	content string
	taken   bool // an answer the listener took
}

// intake is the work of one ReceiveIn.
type intake struct {
	now      int64
	batch    []Incoming
	arrivals []*arrival // new ones only, after lookup
	changes  []int      // places of what changes another message
	alone    bool       // nothing changes another message: each is one of its own
	stored   map[external]db.ID
	channels map[db.ID]channel.Kind
	threads  threads
	result   ReceiveResult
	then     func(context.Context, *db.Tx) error // of the listener
}

func newIntake(tx *db.Tx, batch []Incoming) *intake {
	return &intake{now: tx.Now(), batch: batch, stored: map[external]db.ID{}, result: ReceiveResult{Messages: make([]db.ID, len(batch))}}
}

type storedMessage struct {
	ID       db.ID  `db:"id"`
	Inbox    db.ID  `db:"inbox_id"`
	External string `db:"external_id"`
}

const storedByExternal = "select id, inbox_id, external_id from messages where external_id in ({texts:$1})"

// lookup finds what is stored already: the messages themselves and those they answer.
func (in *intake) lookup(ctx context.Context, tx *db.Tx) error {
	wanted := make([]string, 0, len(in.batch))
	for i := range in.batch {
		for _, id := range []string{in.batch[i].Event.ExternalID, in.batch[i].Event.ReplyTo} {
			if id != "" {
				wanted = append(wanted, id)
			}
		}
	}
	found, err := db.All[storedMessage](ctx, tx, storedByExternal, db.Texts(wanted))
	if err != nil {
		return fmt.Errorf("known messages: %w", err)
	}
	for _, m := range found {
		in.stored[external{m.Inbox, m.External}] = m.ID
	}
	for i := range in.batch {
		m := &in.batch[i]
		if kept := in.stored[external{m.Inbox, m.Event.ExternalID}]; kept == 0 && !in.alone && m.changed() != (external{}) {
			in.changes = append(in.changes, i)
		} else {
			in.admit(tx, i)
		}
	}
	return nil
}

// admit makes an arrival of a message that is neither stored nor earlier in the batch.
func (in *intake) admit(tx *db.Tx, place int) {
	m := &in.batch[place]
	key := external{m.Inbox, m.Event.ExternalID}
	if id, known := in.stored[key]; known && key.id != "" {
		in.result.Known++
		in.result.Messages[place] = id
		return
	}
	a := &arrival{Incoming: m, place: place, id: tx.NewID(), at: m.Event.At}
	if a.at <= 0 {
		a.at = in.now
	}
	if m.Event.ReplyTo != "" {
		a.replyTo = in.stored[external{m.Inbox, m.Event.ReplyTo}]
	}
	if key.id != "" {
		in.stored[key] = a.id
	}
	in.arrivals = append(in.arrivals, a)
}

// resolveContacts gives every arrival its contact and leaves out those from nobody.
func (r *Room) resolveContacts(in *intake) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		kinds, err := in.findChannels(ctx, tx)
		if err != nil {
			return err
		}
		in.channels = kinds
		groups := map[place][]*arrival{}
		var order []place
		for _, a := range in.arrivals {
			g := place{a.Workspace, kinds[a.Inbox]}
			if groups[g] == nil {
				order = append(order, g)
			}
			groups[g] = append(groups[g], a)
		}
		for _, g := range order {
			if err := r.resolveGroup(ctx, tx, g, groups[g]); err != nil {
				return err
			}
		}
		in.arrivals = slices.DeleteFunc(in.arrivals, func(a *arrival) bool {
			if a.contact == 0 {
				in.result.Nobody++
				delete(in.stored, external{a.Inbox, a.Event.ExternalID})
			}
			return a.contact == 0
		})
		return nil
	}
}

// place is where identities are told apart.
type place struct {
	workspace db.ID
	kind      channel.Kind
}

func (r *Room) resolveGroup(ctx context.Context, tx *db.Tx, g place, arrivals []*arrival) error {
	people := make([]contact.Person, len(arrivals))
	for i, a := range arrivals {
		people[i] = contact.Person{Identities: a.Event.From, Name: a.Event.Name}
	}
	resolved, err := r.contacts.ResolveIn(ctx, tx, g.workspace, g.kind, people)
	if err != nil {
		return fmt.Errorf("contacts: %w", err)
	}
	for i, a := range arrivals {
		a.contact = resolved[i].Contact
	}
	return nil
}

type inboxChannel struct {
	ID      db.ID        `db:"id"`
	Channel channel.Kind `db:"channel"`
}

// findChannels gives the channel of every inbox of the batch.
func (in *intake) findChannels(ctx context.Context, tx *db.Tx) (map[db.ID]channel.Kind, error) {
	seen := map[db.ID]channel.Kind{}
	var ids []db.ID
	for _, a := range in.arrivals {
		if _, known := seen[a.Inbox]; !known {
			seen[a.Inbox] = ""
			ids = append(ids, a.Inbox)
		}
	}
	found, err := db.All[inboxChannel](ctx, tx, "select id, channel from inboxes where id in ({ids:$1})", db.IDs(ids))
	if err != nil {
		return nil, fmt.Errorf("inboxes: %w", err)
	}
	for _, i := range found {
		seen[i.ID] = i.Channel
	}
	for id, kind := range seen {
		if kind == "" {
			return nil, fmt.Errorf("there is no inbox %d", id)
		}
	}
	return seen, nil
}

func (r *Room) openThreads(in *intake) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		pairs := make([]pair, len(in.arrivals))
		for i, a := range in.arrivals {
			pairs[i] = pair{a.Workspace, a.Inbox, a.contact}
		}
		found, err := findThreads(ctx, tx, pairs)
		if err != nil {
			return err
		}
		in.threads = found
		for i, a := range in.arrivals {
			a.thread = found[pairs[i]]
		}
		return r.inheritBlocks(ctx, tx, found)
	}
}

const receivedInto = `messages (workspace_id, id, conversation_id, inbox_id, contact_id, ticket_id, direction, kind, body, content_json,
	media_id, author, status, external_id, reply_to_id, created_at, provider_at)`

// insert stores the arrivals. Where another node stored one first (PostgreSQL), ours is dropped.
func (in *intake) insert(ctx context.Context, tx *db.Tx) error {
	rows := make([][]any, len(in.arrivals))
	for i, a := range in.arrivals {
		var err error
		if a.content, err = contentText(a.Event.Content); err != nil {
			return err
		}
		rows[i] = a.row(in.now)
	}
	n, err := tx.Insert(ctx, receivedInto, "on conflict (external_id, inbox_id) where external_id is not null do nothing", rows)
	if err != nil || n == int64(len(rows)) {
		in.result.New = len(in.arrivals)
		in.note()
		return err
	}
	return in.yield(ctx, tx)
}

func (a *arrival) row(now int64) []any {
	direction, author, status := In, AuthorContact, Received
	if a.Event.Echo {
		direction, author, status = Out, AuthorAgent, Accepted
	}
	return []any{int64(a.Workspace), int64(a.id), int64(a.thread.ID), int64(a.Inbox), int64(a.contact), orNull(a.thread.Ticket),
		int64(direction), a.Event.Kind, clean(a.Event.Text), a.content, orNull(a.MediaFile), author, int64(status),
		textOrNull(a.Event.ExternalID), orNull(a.replyTo), now, a.at}
}

// yield drops the arrivals that another node was faster with.
func (in *intake) yield(ctx context.Context, tx *db.Tx) error {
	texts := make([]string, 0, len(in.arrivals))
	for _, a := range in.arrivals {
		texts = append(texts, a.Event.ExternalID)
	}
	found, err := db.All[storedMessage](ctx, tx, storedByExternal, db.Texts(texts))
	if err != nil {
		return err
	}
	for _, m := range found {
		in.stored[external{m.Inbox, m.External}] = m.ID
	}
	in.arrivals = slices.DeleteFunc(in.arrivals, func(a *arrival) bool {
		id := in.stored[external{a.Inbox, a.Event.ExternalID}]
		lost := a.Event.ExternalID != "" && id != a.id
		if lost {
			in.result.Known++
			in.result.Messages[a.place] = id
		}
		return lost
	})
	in.result.New = len(in.arrivals)
	in.note()
	return nil
}

func (in *intake) note() {
	for _, a := range in.arrivals {
		in.result.Messages[a.place] = a.id
	}
}

// change is what a batch does to one conversation.
type change struct {
	thread      *thread
	kind        channel.Kind
	policy      channel.Policy
	unread      int64
	windowUntil int64
	lastInbound int64
	waitingFrom int64
	freeUntil   int64 // the offer of an ad or page click …
	freeBy      int64 // … and when it must be answered
	answered    bool  // by an echo, after all that was asked
	last        *arrival
}

// What is newer stays: batches of one contact may be stored out of order, and agents write at the same time.
const touchThread = `update conversations set unread = unread + $2,
	window_until = case when $3 > window_until then $3 else window_until end,
	last_inbound_at = case when $4 > last_inbound_at then $4 else last_inbound_at end,
	waiting_since = case when cast($5 as bigint) = 1 then null else coalesce(waiting_since, nullif(cast($6 as bigint), 0)) end,
	snoozed_until = case when cast($6 as bigint) > 0 then null else snoozed_until end,
	last_message_id = $7, last_message_at = $8, preview = $9, preview_direction = $10, preview_kind = $11,
	free_by = case when $12 > free_until then $13 else free_by end, free_until = case when $12 > free_until then $12 else free_until end where id = $1`

func (in *intake) touchThreads(ctx context.Context, tx *db.Tx) error {
	changes := map[db.ID]*change{}
	for _, a := range in.arrivals {
		c := changes[a.thread.ID]
		if c == nil {
			c = &change{thread: a.thread, policy: channel.PolicyOf(in.channels[a.Inbox]), kind: in.channels[a.Inbox]}
			changes[a.thread.ID] = c
		}
		c.add(a)
	}
	rows := make([][]any, 0, len(changes))
	for _, c := range changes {
		if c.last != nil {
			rows = append(rows, c.row(in.now))
		}
	}
	slices.SortFunc(rows, func(a, b []any) int { return cmp.Compare(a[0].(int64), b[0].(int64)) })
	if _, err := tx.ExecEach(ctx, touchThread, rows); err != nil {
		return fmt.Errorf("conversations: %w", err)
	}
	return nil
}

func (c *change) add(a *arrival) {
	switch {
	case a.Event.Echo:
		c.answered, c.waitingFrom = true, 0
	case !c.policy.Opens(a.Event.Kind), a.thread.Blocked == 1:
		return
	default:
		if !a.taken {
			c.unread++
			if c.waitingFrom == 0 {
				c.waitingFrom = a.at
			}
		}
		entry := channel.EntryOf(a.Event)
		c.windowUntil = max(c.windowUntil, UntilOf(c.kind, entry, a.at))
		if entry == channel.EntryAd && c.policy.FreeEntry > 0 {
			c.freeUntil, c.freeBy = a.at+c.policy.FreeEntry.Milliseconds(), a.at+c.policy.Length(entry).Milliseconds()
		}
		c.lastInbound = max(c.lastInbound, a.at)
	}
	c.last = a
}

func (c *change) row(now int64) []any {
	answered := int64(0)
	if c.answered && c.waitingFrom == 0 {
		answered = 1
	}
	return []any{int64(c.thread.ID), c.unread, c.windowUntil, c.lastInbound, answered, c.waitingFrom, int64(c.last.id), now,
		previewOf(c.last.Event.Text, c.last.Event.Content), directionOf(c.last.Event.Echo).String(), previewKind(c.last.Event.Kind, c.last.Event.Content),
		c.freeUntil, c.freeBy}
}

func (r *Room) tellReceived(in *intake) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		facts := make([]event.Fact, 0, len(in.arrivals))
		var echoes byWorkspace[PostedItem]
		for _, a := range in.arrivals {
			if a.Event.Echo {
				echoes.add(a.Workspace, PostedItem{Message: a.id, Conversation: a.thread.ID, Author: AuthorAgent})
				continue
			}
			facts = append(facts, event.Fact{Workspace: a.Workspace, Kind: MessageReceived, Subject: a.id, Data: ReceivedFact{
				Message: a.id, Conversation: a.thread.ID, Contact: a.contact, Inbox: a.Inbox, Ticket: a.thread.Ticket, Kind: a.Event.Kind, Blocked: a.thread.Blocked == 1, Taken: a.taken,
				Text: excerpt(a.Event.Text, 1000), Payload: a.Event.Content.Payload, Title: a.Event.Content.Title, ReplyTo: a.replyTo, At: a.at}})
		}
		return r.log.Append(ctx, tx, append(facts, echoes.facts(MessagePosted, posted)...)...)
	}
}

// settleEchoes applies the statuses that came before their echo.
func (in *intake) settleEchoes(ctx context.Context, tx *db.Tx, r *Room) error {
	var echoes []external
	for _, a := range in.arrivals {
		if a.Event.Echo {
			echoes = append(echoes, external{a.Inbox, a.Event.ExternalID})
		}
	}
	if len(echoes) == 0 {
		return nil
	}
	early, err := takeEarly(ctx, tx, echoes)
	if err != nil || len(early) == 0 {
		return err
	}
	_, err = r.ApplyStatusesIn(ctx, tx, early)
	return err
}

// contentText is the stored form of what a message says besides its words; "" when there is nothing.
func contentText(c channel.Content) (string, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("content: %w", err)
	}
	if len(text) == len("{}") {
		return "", nil
	}
	return strings.ReplaceAll(string(text), `\u0000`, ""), nil
}
