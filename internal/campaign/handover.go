package campaign

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/inbox"
	"recado/internal/template"
)

// outcome is what a step decided about a recipient.
type outcome struct {
	state   int
	reason  string
	message db.ID
	contact db.ID
	priced  string // "" when nothing was said
}

// handOverIn turns recipients into queued messages. Consent is asked once more, at this moment: who may no longer be
// written to, or has been as often as the workspace allows, is left out with the reason. It gives how many messages were queued.
func (p *dispatching) handOverIn(ctx context.Context, tx *db.Tx, batch []recipient, now moment) (int, error) {
	if now.cap.On { // before any contact is touched: who counts waits for nobody
		if err := holdCapIn(ctx, tx, p.due.Workspace); err != nil {
			return 0, err
		}
	}
	people := make([]contact.Person, len(batch))
	for i, one := range batch {
		people[i] = contact.Person{Identities: []channel.Identity{{Kind: channel.Phone, Value: one.Address}}, Name: one.Name}
	}
	resolved, err := p.room.Contacts.ResolveIn(ctx, tx, p.due.Workspace, channel.WhatsApp, people)
	if err != nil {
		return 0, fmt.Errorf("resolve contacts: %w", err)
	}
	ids := make([]db.ID, len(resolved))
	for i, one := range resolved {
		ids[i] = one.Contact
	}
	barred, err := p.room.Contacts.BarredAmong(ctx, tx, p.due.Workspace, ids)
	if err != nil {
		return 0, err
	}
	if now.cap.On {
		if now.written, err = p.room.writtenTo(ctx, tx, p.due.Workspace, now.cap, ids); err != nil {
			return 0, err
		}
	}
	outcomes := make([]outcome, len(batch))
	messages := make([]conversation.CampaignMessage, 0, len(batch))
	places := make([]int, 0, len(batch))
	for i, one := range batch {
		outcomes[i] = outcome{contact: resolved[i].Contact}
		m, left := p.message(one, resolved[i].Contact, barred[resolved[i].Contact], now)
		if left.state != 0 {
			outcomes[i].state, outcomes[i].reason = left.state, left.reason
			continue
		}
		outcomes[i].state, outcomes[i].priced = handed, p.prices.priceOf(one.Address, now.templates[one.Template].Category)
		messages, places = append(messages, m), append(places, i)
	}
	queued, err := p.room.Conversations.QueueCampaignIn(ctx, tx, p.due.Workspace, messages)
	if err != nil {
		return 0, err
	}
	for n, id := range queued {
		outcomes[places[n]].message = id
	}
	if err := p.keepExtrasIn(ctx, tx, batch, outcomes); err != nil {
		return 0, err
	}
	return len(queued), settleIn(ctx, tx, batch, outcomes)
}

// keepExtrasIn keeps what the sheet says besides on the contacts who are written to (B61).
func (p *dispatching) keepExtrasIn(ctx context.Context, tx *db.Tx, batch []recipient, outcomes []outcome) error {
	more := map[db.ID]map[string]string{}
	for i, one := range batch {
		if one.Extras == "" || outcomes[i].message == 0 {
			continue
		}
		extras := map[string]string{}
		if err := decode(one.Extras, &extras); err != nil {
			return fmt.Errorf("extras of recipient %d: %w", one.ID, err)
		}
		more[outcomes[i].contact] = extras
	}
	return p.room.Contacts.AddAttributesIn(ctx, tx, p.due.Workspace, more)
}

// moment is what is true of numbers and templates while a batch is handed over.
type moment struct {
	inboxes   map[db.ID]inbox.Inbox
	templates map[db.ID]*wording
	cap       Cap
	written   written // when the cap is on
}

func (p *dispatching) momentIn(ctx context.Context, tx *db.Tx, batch []recipient) (m moment, err error) {
	if m.inboxes, err = p.room.Inboxes.GetIn(ctx, tx, p.due.Workspace, p.inboxes...); err != nil {
		return m, err
	}
	m.templates, err = p.templatesIn(ctx, tx, batch)
	return m, err
}

// halts tells why the campaign has to pause before this batch: a number or template that is down for a while. The
// subscriber pauses for the same reasons; whoever is first keeps the recipients waiting.
func (m moment) halts(batch []recipient) Reason {
	for _, one := range batch {
		if box, known := m.inboxes[one.Inbox]; known && box.Status != inbox.Connected {
			return Reason{Code: PausedByInbox, Params: map[string]string{"sender": box.Label, "status": string(box.Status)}}
		}
		if w := m.templates[one.Template]; w != nil && !w.Sendable() && !goneForGood(w.Status) {
			return Reason{Code: PausedByTemplate, Params: map[string]string{"template": w.Name, "status": w.Status}}
		}
	}
	return Reason{}
}

// goneForGood tells whether a template will not be sendable again by itself: resuming then goes on without its recipients.
func goneForGood(status string) bool {
	return status == template.Disabled || status == template.Deleted || status == "REJECTED"
}

const templatesByID = `select workspace_id, id, channel, account_external_id, external_id, name, language, category, status, quality, parameter_format,
	components_json, synced_at, status_reason from templates where id in ({ids:$1}) and workspace_id = $2`

// templatesIn gives the templates of a batch as they are at this moment; an unchanged one is not taken apart again.
func (p *dispatching) templatesIn(ctx context.Context, tx *db.Tx, batch []recipient) (map[db.ID]*wording, error) {
	wanted := map[db.ID]bool{}
	for _, one := range batch {
		wanted[one.Template] = true
	}
	found, err := db.All[template.Template](ctx, tx, templatesByID, db.IDs(slices.Collect(maps.Keys(wanted))), p.due.Workspace)
	if err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	out := make(map[db.ID]*wording, len(found))
	for _, t := range found {
		w := p.wordings[t.ID]
		if w == nil || w.Components != t.Components {
			w = newWording(t)
			p.wordings[t.ID] = w
		}
		w.Template = t
		out[t.ID] = w
	}
	return out, nil
}

// message makes the message of a recipient, or says why there is none.
func (p *dispatching) message(one recipient, who db.ID, bar contact.Bar, m moment) (conversation.CampaignMessage, outcome) {
	w := m.templates[one.Template]
	_, known := m.inboxes[one.Inbox]
	switch {
	case who == 0:
		return conversation.CampaignMessage{}, outcome{state: broken, reason: RowPhone + contact.PhoneInvalid}
	case bar == contact.BarBlocked:
		return conversation.CampaignMessage{}, outcome{state: leftOut, reason: RowBlocked}
	case bar != contact.NoBar:
		return conversation.CampaignMessage{}, outcome{state: leftOut, reason: LeftOptedOut}
	case !known:
		return conversation.CampaignMessage{}, outcome{state: leftOut, reason: LeftInboxDown}
	case w == nil || !w.Sendable():
		return conversation.CampaignMessage{}, outcome{state: leftOut, reason: LeftTemplateDown}
	}
	values := map[string]string{}
	if err := decode(one.Values, &values); err != nil {
		return conversation.CampaignMessage{}, outcome{state: broken, reason: LeftUnreadable}
	}
	filled, rendered, problems := w.shape.Fill(values)
	if len(problems) > 0 { // the template was edited after the audience was frozen
		return conversation.CampaignMessage{}, outcome{state: broken, reason: LeftTemplateChanged}
	}
	if m.cap.holds(w.Category) && !m.written.another(m.cap, who) {
		return conversation.CampaignMessage{}, outcome{state: leftOut, reason: RowCapped}
	}
	filled.Name, filled.Language, filled.Category = w.Name, w.Language, w.Category
	return conversation.CampaignMessage{Inbox: one.Inbox, Contact: who, Campaign: p.due.ID, Template: filled, Text: rendered.Text(), File: template.HeaderFile(values),
		Route: p.route(one)}, outcome{}
}

// route gives where replies to one recipient go: where the row says, else where the campaign says.
func (p *dispatching) route(one recipient) *conversation.RouteRequest {
	t := p.campaign.Route
	ask := &conversation.RouteRequest{Target: t.Target, TargetID: t.TargetID, TargetChild: t.TargetChild, TargetBlock: t.TargetBlock, Button: t.Button, OtherTarget: t.OtherTarget, OtherTargetID: t.OtherTargetID,
		FallbackQueue: t.FallbackQueue, FallbackMinutes: t.FallbackMinutes, Campaign: p.campaign.Name}
	if one.Target != "" {
		ask.Target, ask.TargetID, ask.TargetChild, ask.TargetBlock = one.Target, one.TargetID, 0, ""
	}
	return ask
}

const settleRecipient = "update recipients set state = $1, reason = $2, message_id = $3, contact_id = $4, priced = $5 where id = $6 and state = 0"

func settleIn(ctx context.Context, tx *db.Tx, batch []recipient, outcomes []outcome) error {
	rows := make([][]any, len(batch))
	for i, one := range batch {
		o := outcomes[i]
		rows[i] = []any{o.state, o.reason, orNull(int64(o.message)), orNull(int64(o.contact)), o.priced, int64(one.ID)}
	}
	touched, err := tx.ExecEach(ctx, settleRecipient, rows)
	if err != nil {
		return fmt.Errorf("settle recipients: %w", err)
	}
	for i, n := range touched {
		if n != 1 {
			return fmt.Errorf("recipient %d was handed over by somebody else", batch[i].ID)
		}
	}
	return nil
}
