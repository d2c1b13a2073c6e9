package desk

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/notice"
	"recado/internal/routing"
	"recado/internal/words"
)

// Push is one thing an open desk is told. Kind says which fields are set.
type Push struct {
	Kind         string       `json:"kind"` // message, status, conversation, gone, removed, campaign, progress, availability, notify, looking, reach, mentioned, mentions_seen, quick_replies, off_hours, attention
	Conversation *Row         `json:"conversation,omitempty"`
	Gone         []db.ID      `json:"conversation_ids,omitempty"` // gone: conversations that are not, or no longer, within reach
	Message      *Message     `json:"message,omitempty"`
	Items        []StatusPush `json:"items,omitempty"`
	Campaign     db.ID        `json:"campaign_id,omitempty"`
	State        string       `json:"state,omitempty"`
	User         db.ID        `json:"user_id,omitempty"`
	Online       *bool        `json:"online,omitempty"`
	About        db.ID        `json:"conversation_id,omitempty"`
	MessageID    db.ID        `json:"message_id,omitempty"`
	Text         string       `json:"text,omitempty"`
	Sound        bool         `json:"sound,omitempty"`  // notice: it is heard as well
	People       []Looking    `json:"people,omitempty"` // looking: who has the conversation open, the reader among them
	Reason       string       `json:"reason,omitempty"` // availability: of a pause
	Since        int64        `json:"since,omitempty"`  // availability
}

// offHoursChanged is the kind bot tells of: the two rooms stand on one floor.
const offHoursChanged = "off_hours.changed"

// StatusPush is where one message stands.
type StatusPush struct {
	Message      db.ID    `json:"message_id"`
	Conversation db.ID    `json:"conversation_id"`
	Status       string   `json:"status"`
	At           int64    `json:"at"`
	Error        *Problem `json:"error,omitempty"`
}

// told is what a batch of facts of one workspace means for screens, before it is known who looks.
type told struct {
	events        []fact
	conversations map[db.ID]conversation.Row
	rows          map[db.ID]Row
	messages      map[db.ID]conversation.Message
	cards         map[db.ID]json.RawMessage      // contents of template messages
	failed        map[db.ID]conversation.Message // of the status facts
}

// fact is an event with its data, read once for all desks: nil for the kinds that few speak of.
type fact struct {
	event.Event
	data any
}

// tell loads what the facts speak of, with a number of queries that does not grow with the batch.
func (r *Room) tell(ctx context.Context, workspace db.ID, events []event.Event) (*told, error) {
	t := &told{rows: map[db.ID]Row{}}
	var conversations, messages, failed []db.ID
	var err error
	if t.events, conversations, messages, failed, err = spokenOf(events); err != nil {
		return nil, err
	}
	if t.conversations, err = r.conversations.Rows(ctx, r.d, workspace, conversations); err != nil {
		return nil, err
	}
	if t.messages, err = r.conversations.MessagesByID(ctx, r.d, workspace, messages); err != nil {
		return nil, err
	}
	if t.failed, err = r.conversations.MessagesByID(ctx, r.d, workspace, failed); err != nil {
		return nil, err
	}
	if t.cards, err = r.cards(ctx, workspace, slices.Collect(maps.Values(t.messages))); err != nil {
		return nil, err
	}
	list := make([]conversation.Row, 0, len(t.conversations))
	for _, row := range t.conversations {
		list = append(list, row)
	}
	rows, err := r.Rows(ctx, workspace, list)
	for _, row := range rows {
		t.rows[row.ID] = row
	}
	return t, err
}

// spokenOf reads a batch and collects the ids it speaks of, each once. Messages of campaigns are left out until somebody answers:
// their conversations are in no list.
func spokenOf(events []event.Event) (facts []fact, conversations, messages, failed []db.ID, err error) {
	for _, e := range events {
		var data any
		if data, err = read(e); err != nil {
			return nil, nil, nil, nil, err
		}
		facts = append(facts, fact{e, data})
		switch f := data.(type) {
		case conversation.ReceivedFact:
			conversations, messages = append(conversations, f.Conversation), append(messages, f.Message)
		case conversation.PostedFact:
			for _, item := range f.Items {
				conversations, messages = append(conversations, item.Conversation), append(messages, item.Message)
			}
		case conversation.StatusFact:
			for _, item := range f.Items {
				conversations = append(conversations, item.Conversation)
				if item.Status == conversation.Failed {
					failed = append(failed, item.Message)
				}
			}
		case conversation.MentionedFact:
			conversations, messages = append(conversations, f.Conversation), append(messages, f.Message)
		case conversation.ChangedFact:
			conversations = append(conversations, f.Conversation)
		}
	}
	return facts, unique(conversations), unique(messages), unique(failed), nil
}

// read gives the data of the kinds that speak of conversations.
func read(e event.Event) (any, error) {
	switch e.Kind {
	case conversation.MessageReceived:
		return event.Decode[conversation.ReceivedFact](e)
	case conversation.MessagePosted, conversation.MessageChanged:
		return event.Decode[conversation.PostedFact](e)
	case conversation.StatusChanged:
		return event.Decode[conversation.StatusFact](e)
	case conversation.Mentioning:
		return event.Decode[conversation.MentionedFact](e)
	case conversation.TicketOpened, conversation.TicketAssigned, conversation.TicketClosed, conversation.TicketReopened,
		conversation.Changed, conversation.MessageRemoved, conversation.ScheduledChanged, routing.RouteNotified, notice.Told:
		return event.Decode[conversation.ChangedFact](e) // every one of them names its conversation
	}
	return nil, nil
}

func unique(ids []db.ID) []db.ID {
	slices.Sort(ids)
	return slices.Compact(ids)
}

// forReader gives what one desk is told of the batch. What changed out of reach is told by its ids alone, together: most of what
// happens is out of most people's reach.
func (t *told) forReader(to reader) ([]Push, error) {
	var out []Push
	gone := map[db.ID]bool{}
	for _, e := range t.events {
		if f, ok := e.data.(conversation.ChangedFact); ok && changes(e.Kind) && !t.sees(to, f.Conversation) {
			gone[f.Conversation] = true
			continue
		}
		pushes, err := t.pushes(to, e)
		if err != nil {
			return nil, err
		}
		out = append(out, pushes...)
	}
	if len(gone) > 0 {
		out = append(out, Push{Kind: "gone", Gone: slices.Sorted(maps.Keys(gone))})
	}
	return out, nil
}

// changes tells whether facts of a kind say that the row of a conversation is another now.
func changes(kind string) bool {
	switch kind {
	case conversation.TicketOpened, conversation.TicketAssigned, conversation.TicketClosed, conversation.TicketReopened, conversation.Changed:
		return true
	}
	return false
}

func (t *told) pushes(to reader, e fact) ([]Push, error) {
	switch f := e.data.(type) {
	case conversation.ReceivedFact:
		return t.message(to, f.Conversation, f.Message), nil
	case conversation.PostedFact:
		var out []Push
		for _, item := range f.Items {
			out = append(out, t.message(to, item.Conversation, item.Message)...)
		}
		return out, nil
	case conversation.StatusFact:
		return t.statuses(to, f), nil
	case conversation.ChangedFact:
		if changes(e.Kind) {
			row := t.rows[f.Conversation]
			return []Push{{Kind: "conversation", Conversation: &row}}, nil
		}
	}
	return t.rare(to, e.Event)
}

// rare gives what few facts mean.
func (t *told) rare(to reader, e event.Event) ([]Push, error) {
	switch e.Kind {
	case conversation.MessageRemoved:
		f, err := event.Decode[conversation.RemovedFact](e)
		if !t.sees(to, f.Conversation) {
			return nil, err
		}
		return []Push{{Kind: "removed", About: f.Conversation, MessageID: f.Message}}, err
	case conversation.Mentioning:
		return t.mentioned(to, e)
	case conversation.MentionsSeen:
		return mentionsSeen(to, e)
	case conversation.ScheduledChanged:
		f, err := event.Decode[conversation.ScheduledFact](e)
		if !t.sees(to, f.Conversation) {
			return nil, err
		}
		return []Push{{Kind: "scheduled", About: f.Conversation}}, err
	case notice.Told:
		return t.noticed(to, e)
	case notice.Read:
		return noticesRead(to, e)
	case routing.RouteNotified:
		return t.notified(to, e)
	case conversation.QuickRepliesChanged:
		return []Push{{Kind: "quick_replies"}}, nil
	case routing.AttentionChanged:
		return []Push{{Kind: "attention"}}, nil
	case offHoursChanged:
		return []Push{{Kind: "off_hours"}}, nil
	case routing.AvailabilityChanged:
		f, err := event.Decode[routing.AvailabilityFact](e)
		return []Push{{Kind: "availability", User: f.User, State: string(f.State), Online: &f.Online, Reason: f.Reason, Since: f.Since}}, err
	}
	return campaignPush(to, e)
}

func (t *told) sees(to reader, id db.ID) bool {
	row, known := t.conversations[id]
	return known && to.reach.Sees(row)
}

func (t *told) message(to reader, conversationID, messageID db.ID) []Push {
	m, known := t.messages[messageID]
	if !known || !t.sees(to, conversationID) {
		return nil
	}
	row, shown := t.rows[conversationID], MessageOf(m, to.actor)
	if card, ok := t.cards[messageID]; ok && m.RevokedAt == 0 {
		shown.Content = card
	}
	return []Push{{Kind: "message", Conversation: &row, Message: &shown}}
}

func (t *told) statuses(to reader, f conversation.StatusFact) []Push {
	var items []StatusPush
	for _, item := range f.Items {
		if !t.sees(to, item.Conversation) {
			continue
		}
		push := StatusPush{Message: item.Message, Conversation: item.Conversation, Status: item.Status.String(), At: item.At}
		if m, known := t.failed[item.Message]; known {
			push.Error = ProblemOf(m.Error, to.actor.Locale)
		}
		items = append(items, push)
	}
	if len(items) == 0 {
		return nil
	}
	return []Push{{Kind: "status", Items: items}}
}

func (t *told) notified(to reader, e event.Event) ([]Push, error) {
	f, err := event.Decode[routing.NotifiedFact](e)
	if err != nil || !t.sees(to, f.Conversation) {
		return nil, err
	}
	text := words.Say(to.actor.Locale, "desk.route_notified", map[string]any{
		"name": t.rows[f.Conversation].Contact.label(), "campaign": f.CampaignName})
	return []Push{{Kind: "notify", About: f.Conversation, Text: text}}, nil
}

// label is what a person is called when something is said of them.
func (p Person) label() string {
	if p.Name != "" {
		return p.Name
	}
	return p.Address
}
