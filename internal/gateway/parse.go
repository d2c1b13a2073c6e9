package gateway

import (
	"context"
	"encoding/json"
	"fmt"

	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/inbox"
)

// parsed is an event of the journal, read by its adapter.
type parsed struct {
	raw
	events     []placed
	unreadable error  // the body as a whole says nothing we can read
	remark     string // kept with the event although it is done: a number nobody has set up
}

// placed is one thing an event tells, with the inbox it belongs to (zero for account news).
type placed struct {
	channel.Event
	box inbox.Inbox
}

// parse reads a batch and finds the inboxes it speaks of. An error means that the database did not answer.
func (g *Room) parse(ctx context.Context, rows []raw) ([]parsed, error) {
	batch := make([]parsed, len(rows))
	wanted := map[channel.Kind]map[string]bool{}
	events := make([][]channel.Event, len(rows))
	for i, row := range rows {
		batch[i].raw = row
		events[i], batch[i].unreadable = g.read(row)
		for _, e := range events[i] {
			if e.InboxExternalID == "" {
				continue
			}
			if wanted[row.Channel] == nil {
				wanted[row.Channel] = map[string]bool{}
			}
			wanted[row.Channel][e.InboxExternalID] = true
		}
	}
	boxes := map[channel.Kind]map[string]inbox.Inbox{}
	for kind, ids := range wanted {
		found, err := g.rooms.Inboxes.ByExternal(ctx, kind, keys(ids))
		if err != nil {
			return nil, err
		}
		boxes[kind] = found
	}
	for i := range batch {
		batch[i].place(events[i], boxes[batch[i].Channel])
	}
	return batch, nil
}

// read gives what the adapter understands. A panic in it concerns this event alone.
func (g *Room) read(row raw) (events []channel.Event, err error) {
	defer func() {
		if p := recover(); p != nil {
			events, err = nil, fmt.Errorf("reading the event panicked: %v", p)
		}
	}()
	adapter, err := g.adapter(row.Channel)
	if err != nil {
		return nil, err
	}
	return adapter.Parse(row.Body)
}

// place gives every event its inbox. One for a number that is no inbox here is left out with a remark: another system
// may share the provider's application.
func (p *parsed) place(events []channel.Event, boxes map[string]inbox.Inbox) {
	for _, e := range events {
		if e.InboxExternalID == "" {
			p.events = append(p.events, placed{Event: e})
			continue
		}
		box, known := boxes[e.InboxExternalID]
		if !known {
			p.remark = "unknown number " + e.InboxExternalID
			continue
		}
		p.events = append(p.events, placed{Event: e, box: box})
	}
}

func keys[K comparable, V any](m map[K]V) []K {
	out := make([]K, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	return out
}

// reference reads our message id from what the provider echoes; 0 when it is not ours.
func reference(text string) db.ID {
	id, err := db.ParseID(text)
	if err != nil {
		return 0
	}
	return id
}

// sourceOf is what is kept to fetch an inbound file by.
type sourceOf struct {
	Inbox    db.ID         `json:"inbox_id"`
	External string        `json:"message_external_id"`
	Media    channel.Media `json:"media"`
}

func (s sourceOf) name() string {
	if s.Media.Name != "" {
		return s.Media.Name
	}
	return s.Media.ProviderID
}

func readSource(text string) (sourceOf, error) {
	var s sourceOf
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return s, fmt.Errorf("source of a file: %w", err)
	}
	return s, nil
}
