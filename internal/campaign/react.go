package campaign

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/inbox"
	"recado/internal/template"
)

// Reasons of pauses nobody asked for (X33).
const (
	PausedByInbox    = "pause.inbox"       // a number was disconnected or blocked
	PausedByTemplate = "pause.template"    // the provider paused or disabled a template
	PausedByQuality  = "pause.quality"     // people complained: the provider rates a number worse
	PausedByWording  = "pause.wording"     // the provider rates a template worse
	PausedByLimit    = "pause.limit"       // nobody else may be written to first for now
	PausedByRefusals = "pause.bad_request" // the provider refused many messages in a row for the same reason
)

// refusalsMax is the length of a run of identical refusals that stops a campaign: every further message would be refused
// as well, and a number that only earns refusals loses quality.
const refusalsMax = 20

// Subscriber is what this room does about facts: it pauses campaigns whose number or template went down, or whose
// messages are all refused, and notes who replied.
func (r *Room) Subscriber() event.Subscriber {
	return event.Subscriber{Name: "campaign", React: r.react,
		Kinds: []string{inbox.Changed, template.Changed, conversation.MessageReceived, conversation.StatusChanged}}
}

func (r *Room) react(ctx context.Context, tx *db.Tx, facts []event.Event) error {
	var replies []conversation.ReceivedFact
	var statuses []conversation.StatusItem
	touched := map[db.ID]db.ID{} // campaigns to be counted again, with their workspace
	for _, f := range facts {
		switch f.Kind {
		case inbox.Changed:
			if err := r.inboxChanged(ctx, tx, f); err != nil {
				return err
			}
		case template.Changed:
			if err := r.templatesChanged(ctx, tx, f); err != nil {
				return err
			}
		case conversation.MessageReceived:
			one, err := event.Decode[conversation.ReceivedFact](f)
			if err != nil {
				return err
			}
			replies = append(replies, one)
		case conversation.StatusChanged:
			some, err := event.Decode[conversation.StatusFact](f)
			if err != nil {
				return err
			}
			statuses = append(statuses, some.Items...)
			for _, item := range some.Items {
				touched[item.Campaign] = f.Workspace
			}
		}
	}
	if err := r.noteReplies(ctx, tx, replies, touched); err != nil {
		return err
	}
	if err := r.watchRefusals(ctx, tx, statuses); err != nil {
		return err
	}
	return noteTouchedIn(ctx, tx, touched)
}

// noteTouchedIn notes the news of campaigns, after all that locks them.
func noteTouchedIn(ctx context.Context, tx *db.Tx, touched map[db.ID]db.ID) error {
	delete(touched, 0)
	of := map[db.ID][]db.ID{}
	for campaign, workspace := range touched {
		of[workspace] = append(of[workspace], campaign)
	}
	for _, workspace := range slices.Sorted(maps.Keys(of)) {
		if err := noteNewsIn(ctx, tx, workspace, of[workspace]...); err != nil {
			return err
		}
	}
	return nil
}

const sendingOfInbox = `select ` + rowColumns + ` from campaigns c where c.workspace_id = $1 and c.state = 'sending' and
	(exists (select 1 from recipients r where r.campaign_id = c.id and r.state = 0 and r.inbox_id = $2)
	or exists (select 1 from messages m where m.campaign_id = c.id and m.status = 10 and m.inbox_id = $2)) order by c.id`

// inboxChanged pauses the campaigns that still have something to send from a number that cannot, or that people complain about.
func (r *Room) inboxChanged(ctx context.Context, tx *db.Tx, f event.Event) error {
	news, err := event.Decode[inbox.ChangedFact](f)
	if err != nil || news.Status == inbox.Connected && !news.Fell() {
		return err
	}
	boxes, err := r.Inboxes.GetIn(ctx, tx, f.Workspace, news.Inbox)
	if err != nil {
		return err
	}
	box, known := boxes[news.Inbox]
	if !known {
		return nil
	}
	why := Reason{Code: PausedByInbox, Params: map[string]string{"sender": box.Label, "status": string(box.Status)}}
	if box.Status == inbox.Connected { // it is well again, or never was down
		if why.Code, err = r.stopsIn(ctx, tx, f.Workspace, news.Fell(), box.Quality, PausedByQuality); err != nil || why.Code == "" {
			return err
		}
		why.Params = map[string]string{"sender": box.Label, "quality": box.Quality}
	}
	return r.pauseAll(ctx, tx, sendingOfInbox, f.Workspace, news.Inbox, why)
}

// stopsIn gives code when a quality that fell stops campaigns: low does, medium only where the workspace wants it. A fall that was
// made good meanwhile stops nothing.
func (r *Room) stopsIn(ctx context.Context, tx *db.Tx, workspace db.ID, fell bool, quality, code string) (string, error) {
	switch {
	case !fell:
		return "", nil
	case quality == channel.QualityRed:
		return code, nil
	case quality != channel.QualityYellow:
		return "", nil
	}
	s, err := r.policyIn(ctx, tx, workspace)
	if err != nil || !s.PauseOnYellow {
		return "", err
	}
	return code, nil
}

// pauseAll pauses the campaigns that a query finds for what stopped.
func (r *Room) pauseAll(ctx context.Context, tx *db.Tx, which string, workspace, what db.ID, why Reason) error {
	campaigns, err := db.All[row](ctx, tx, which, workspace, what)
	if err != nil {
		return fmt.Errorf("campaigns to pause: %w", err)
	}
	for i := range campaigns {
		if err := r.pauseOnce(ctx, tx, &campaigns[i], why); err != nil {
			return err
		}
	}
	return nil
}

// pauseOnce pauses a campaign that is still sending now that its row is held.
func (r *Room) pauseOnce(ctx context.Context, tx *db.Tx, c *row, why Reason) error {
	held, err := lockIn(ctx, tx, c.Workspace, c.ID)
	if err != nil || held.State != Sending {
		return err
	}
	return r.pauseIn(ctx, tx, held, why)
}

const downTemplatesInUse = `select t.id, t.name, t.status, t.quality from templates t where t.workspace_id = $1 and t.status not in ('APPROVED', 'FLAGGED')`

const sendingWithTemplate = `select ` + rowColumns + ` from campaigns c where c.workspace_id = $1 and c.state = 'sending'
	and exists (select 1 from recipients r where r.campaign_id = c.id and r.state = 0 and r.template_id = $2) order by c.id`

const templatesNow = "select id, name, status, quality from templates where workspace_id = $1 and id in ({ids:$2})"

type templateNow struct {
	ID      db.ID  `db:"id"`
	Name    string `db:"name"`
	Status  string `db:"status"`
	Quality string `db:"quality"`
}

// templatesChanged pauses the campaigns that still have something to send with a template the provider stopped, or that people
// complain about.
func (r *Room) templatesChanged(ctx context.Context, tx *db.Tx, f event.Event) error {
	news, err := event.Decode[template.ChangedFact](f)
	if err != nil {
		return err
	}
	sending, err := db.One[int64](ctx, tx, "select count(*) from campaigns where workspace_id = $1 and state = 'sending'", f.Workspace)
	if err != nil || sending == 0 {
		return err
	}
	down, err := db.All[templateNow](ctx, tx, downTemplatesInUse, f.Workspace)
	if err != nil {
		return fmt.Errorf("templates that are down: %w", err)
	}
	for _, t := range down {
		why := Reason{Code: PausedByTemplate, Params: map[string]string{"template": t.Name, "status": t.Status}}
		if err := r.pauseAll(ctx, tx, sendingWithTemplate, f.Workspace, t.ID, why); err != nil {
			return err
		}
	}
	return r.templatesFell(ctx, tx, f.Workspace, news.Falls)
}

func (r *Room) templatesFell(ctx context.Context, tx *db.Tx, workspace db.ID, falls []template.Fall) error {
	ids := make([]db.ID, len(falls))
	for i, fall := range falls {
		ids[i] = fall.Template
	}
	fallen, err := db.All[templateNow](ctx, tx, templatesNow, workspace, db.IDs(ids))
	if err != nil {
		return fmt.Errorf("templates that fell: %w", err)
	}
	for _, t := range fallen {
		code, err := r.stopsIn(ctx, tx, workspace, true, t.Quality, PausedByWording)
		if err != nil {
			return err
		}
		if code == "" {
			continue
		}
		why := Reason{Code: code, Params: map[string]string{"template": t.Name, "quality": t.Quality}}
		if err := r.pauseAll(ctx, tx, sendingWithTemplate, workspace, t.ID, why); err != nil {
			return err
		}
	}
	return nil
}

// noteReplies marks the recipients whose message was answered; the first answer counts.
func (r *Room) noteReplies(ctx context.Context, tx *db.Tx, replies []conversation.ReceivedFact, touched map[db.ID]db.ID) error {
	if len(replies) == 0 {
		return nil
	}
	answered, err := r.Conversations.AnsweredIn(ctx, tx, replies)
	if err != nil {
		return err
	}
	rows, messages := make([][]any, len(answered)), make([]db.ID, len(answered))
	for i, a := range answered {
		rows[i], messages[i] = []any{a.At, int64(a.Message)}, a.Message
	}
	if len(rows) == 0 {
		return nil
	}
	if _, err = tx.ExecEach(ctx, "update recipients set replied_at = $1 where message_id = $2 and replied_at is null", rows); err != nil {
		return err
	}
	campaigns, err := db.All[answeredCampaign](ctx, tx, "select distinct workspace_id, campaign_id from recipients where message_id in ({ids:$1})", db.IDs(messages))
	for _, c := range campaigns {
		touched[c.ID] = c.Workspace
	}
	return err
}

// answeredCampaign is a campaign somebody answered.
type answeredCampaign struct {
	Workspace db.ID `db:"workspace_id"`
	ID        db.ID `db:"campaign_id"`
}

// refusal is how a message of a campaign failed.
type refusal struct {
	ID        db.ID  `db:"id"`
	Workspace db.ID  `db:"workspace_id"`
	Campaign  db.ID  `db:"campaign_id"`
	Inbox     db.ID  `db:"inbox_id"`
	Class     string `db:"error_class"`
	Code      int64  `db:"error_code"`
	Attempts  int    `db:"attempts"`
}

const refusalsAmong = `select id, workspace_id, campaign_id, inbox_id, error_class, error_code, attempts from messages where id in ({ids:$1})
	and campaign_id is not null and status = 55 order by id`

// watchRefusals follows the run of identical refusals of each campaign through the news, in their order.
func (r *Room) watchRefusals(ctx context.Context, tx *db.Tx, items []conversation.StatusItem) error {
	var failed []db.ID
	campaigns := map[db.ID]bool{}
	for _, item := range items {
		if item.Campaign == 0 {
			continue
		}
		if item.Status == conversation.Failed {
			failed = append(failed, item.Message)
		}
		campaigns[item.Campaign] = true
	}
	if len(campaigns) == 0 {
		return nil
	}
	rows, err := db.All[refusal](ctx, tx, refusalsAmong, db.IDs(failed))
	if err != nil {
		return fmt.Errorf("refusals: %w", err)
	}
	of := map[db.ID]refusal{}
	for _, one := range rows {
		of[one.ID] = one
	}
	for _, one := range rows {
		if err := r.stopForClass(ctx, tx, one); err != nil {
			return err
		}
	}
	if err := r.sendLater(ctx, tx, rows); err != nil {
		return err
	}
	for id := range campaigns {
		if err := r.watchOne(ctx, tx, id, items, of); err != nil {
			return err
		}
	}
	return nil
}

const aboutMessage = `select c.workspace_id, i.label as sender, i.status as status, t.name as template from recipients r join campaigns c on c.id = r.campaign_id
	join inboxes i on i.id = r.inbox_id join templates t on t.id = r.template_id where r.message_id = $1 and c.state = 'sending'`

// stopForClass pauses a campaign at the first refusal that every other message would get too.
func (r *Room) stopForClass(ctx context.Context, tx *db.Tx, failed refusal) error {
	class := channel.Class(failed.Class)
	if class != channel.TemplateDown && class != channel.AccountBlocked {
		return nil
	}
	about, err := db.One[struct {
		Workspace db.ID  `db:"workspace_id"`
		Sender    string `db:"sender"`
		Status    string `db:"status"`
		Template  string `db:"template"`
	}](ctx, tx, aboutMessage, failed.ID)
	if db.None(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("campaign of a refused message: %w", err)
	}
	why := Reason{Code: PausedByTemplate, Params: map[string]string{"template": about.Template, "code": fmt.Sprint(failed.Code)}}
	if class == channel.AccountBlocked {
		why = Reason{Code: PausedByInbox, Params: map[string]string{"sender": about.Sender, "status": about.Status, "code": fmt.Sprint(failed.Code)}}
	}
	return r.pauseOnce(ctx, tx, &row{Workspace: about.Workspace, ID: failed.Campaign}, why)
}

// refusalRun is how often in a row the provider refused for the same reason.
type refusalRun struct {
	Workspace db.ID `db:"workspace_id"`
	State     State `db:"state"`
	Code      int64 `db:"bad_code"`
	Length    int64 `db:"bad_run"`
}

func (r *Room) watchOne(ctx context.Context, tx *db.Tx, id db.ID, items []conversation.StatusItem, of map[db.ID]refusal) error {
	before, err := db.One[refusalRun](ctx, tx, "select workspace_id, state, bad_code, bad_run from campaigns where id = $1", id)
	if db.None(err) {
		return nil
	}
	if err != nil {
		return err
	}
	now := before
	for _, item := range items {
		if item.Campaign == id {
			now.follow(item, of[item.Message])
		}
	}
	if now == before {
		return nil
	}
	if _, err := tx.Exec(ctx, "update campaigns set bad_code = $1, bad_run = $2 where id = $3", now.Code, now.Length, id); err != nil {
		return err
	}
	if now.Length < refusalsMax || now.State != Sending {
		return nil
	}
	why := Reason{Code: PausedByRefusals, Params: map[string]string{"code": fmt.Sprint(now.Code), "count": fmt.Sprint(now.Length)}}
	return r.pauseOnce(ctx, tx, &row{Workspace: before.Workspace, ID: id}, why)
}

// follow brings one piece of news into the run: a refusal for the same reason makes it longer, anything the provider
// took ends it. Failures that belong to the person written to say nothing about the campaign.
func (run *refusalRun) follow(item conversation.StatusItem, failure refusal) {
	switch {
	case item.Status == conversation.Failed && failure.Class == string(channel.BadRequest):
		if failure.Code != run.Code {
			run.Code, run.Length = failure.Code, 0
		}
		run.Length++
	case item.Status == conversation.Accepted: // later news speaks of messages accepted earlier
		run.Code, run.Length = 0, 0
	}
}
