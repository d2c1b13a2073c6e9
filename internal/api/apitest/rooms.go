package apitest

import (
	"context"
	"testing"
	"time"

	"recado/internal/account"
	"recado/internal/api"
	"recado/internal/auth"
	"recado/internal/bot"
	"recado/internal/campaign"
	"recado/internal/channel"
	"recado/internal/channel/whatsapp"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/desk"
	"recado/internal/event"
	"recado/internal/fleet"
	"recado/internal/inbox"
	"recado/internal/job"
	"recado/internal/media"
	"recado/internal/notice"
	"recado/internal/publicnet"
	"recado/internal/report"
	"recado/internal/routing"
	"recado/internal/survey"
	"recado/internal/template"
	"recado/internal/workflow"

	"github.com/alexedwards/argon2id"
)

// cheap makes password hashes that cost nothing.
var cheap = &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// rooms builds what the API asks, as the node does.
func rooms(t testing.TB, d *db.DB, log *event.Log, now func() time.Time) api.Rooms {
	t.Helper()
	var r api.Rooms
	var err error
	r.Carries = map[channel.Kind]channel.Capability{channel.WhatsApp: whatsapp.New(whatsapp.Config{}).Capability()}
	r.Account = account.New(d, log)
	r.Auth = auth.New(d, r.Account, auth.Config{Now: now, Cost: cheap})
	folder, err := media.OpenFolder(t.TempDir())
	must(t, err)
	t.Cleanup(func() { _ = folder.Close() })
	sealer, err := inbox.NewSealer("a secret for tests only")
	must(t, err)
	r.Media = media.New(d, folder)
	r.Inbox = inbox.New(d, log, sealer)
	r.Contact = contact.New(d, log)
	jobs, err := job.New(d)
	must(t, err)
	r.Imports = contact.NewImports(r.Contact, r.Media, jobs)
	r.Template = template.New(d, log)
	r.SubmitTemplate, r.DeleteTemplate = taking(d, &r)
	r.Conversation = conversation.New(d, log, r.Contact, r.Inbox)
	r.Routing = routing.New(d, log, r.Account, r.Inbox, r.Conversation)
	r.Bot = bot.New(d, r.Conversation, r.Inbox, bot.Outside{Log: log, Contacts: r.Contact, Templates: r.Template, Jobs: jobs, Sealer: sealer, Rules: publicnet.Rules{Private: true}})
	r.Fleet = fleet.New(d, r.Inbox, r.Routing, r.Bot)
	r.Campaign = campaign.New(d, log, campaign.Rooms{Inboxes: r.Inbox, Contacts: r.Contact, Templates: r.Template,
		Conversations: r.Conversation, Files: r.Media, Desk: campaignDesk{r.Routing}, Bots: r.Bot, Carries: r.Carries[channel.WhatsApp]})
	r.Notice = notice.New(d, log, r.Conversation)
	r.Push = notice.NewPushes(r.Notice, notice.Outside{Jobs: jobs, Sealer: sealer, Rules: publicnet.Rules{Private: true}, Lives: r.Auth.Lives,
		Person: func(ctx context.Context, workspace, user db.ID) (account.Actor, conversation.Reach, error) {
			actor, err := r.Account.ActorOf(ctx, workspace, user)
			if err != nil {
				return actor, conversation.Reach{}, err
			}
			reach, err := r.Routing.ReachOf(ctx, actor)
			return actor, reach, err
		},
		Visible: func(workspace, user db.ID) bool { return r.Hub.Visible(workspace, user) }})
	r.Survey = survey.New(d, r.Conversation, r.Inbox)
	r.Conversation.Listen(r.Survey)
	must(t, jobs.Migrate(t.Context()))
	r.Workflow = workflow.New(d, workflow.Rooms{Log: log, Conversations: r.Conversation, Inboxes: r.Inbox, Contacts: r.Contact, Templates: r.Template, Routing: r.Routing,
		Surveys: r.Survey, Notices: r.Notice, Jobs: jobs, Sealer: sealer})
	r.Desk = desk.New(d, r.Account, r.Contact, r.Inbox, r.Template, r.Conversation, r.Routing)
	r.Report = report.New(d, report.Rooms{Inboxes: r.Inbox, Contacts: r.Contact, Conversations: r.Conversation, Routing: r.Routing})
	r.Archives = report.NewArchives(r.Report, r.Account, r.Media, jobs, r.Notice)
	r.Hub = desk.NewHub(r.Desk, log)
	r.Availability = func(ctx context.Context, actor account.Actor) (api.Availability, error) {
		a, err := r.Routing.AvailabilityOf(ctx, actor.Workspace, actor.User)
		return api.Availability{State: string(a.State), Reason: a.Reason, Since: a.Since}, err
	}
	return r
}

// taking are the calls of a provider that takes every template: what it really says is tested with the gateway.
func taking(d *db.DB, r *api.Rooms) (func(context.Context, account.Actor, db.ID, db.ID, template.Draft) (template.Template, error),
	func(context.Context, account.Actor, db.ID, bool) error) {
	submit := func(ctx context.Context, actor account.Actor, of, id db.ID, draft template.Draft) (template.Template, error) {
		box, err := r.Inbox.Get(ctx, actor.Workspace, of)
		if err != nil {
			return template.Template{}, err
		}
		var s template.Submission
		err = d.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			s, err = r.Template.BeginIn(ctx, tx, actor.Workspace, box.Channel, box.Account, id, draft)
			return err
		})
		if err != nil {
			return template.Template{}, err
		}
		return r.Template.Accept(ctx, s, channel.TemplateInfo{ExternalID: "9" + draft.Name, Components: draft.Components("")})
	}
	remove := func(ctx context.Context, actor account.Actor, id db.ID, all bool) error {
		going, err := r.Template.Going(ctx, actor.Workspace, id, all)
		if err != nil {
			return err
		}
		return r.Template.Gone(ctx, going)
	}
	return submit, remove
}

// campaignDesk tells campaigns what only routing knows, as the node's does.
type campaignDesk struct{ routing *routing.Room }

// CheckAgent is routing's.
func (c campaignDesk) CheckAgent(ctx context.Context, workspace db.ID, email string, box db.ID) (campaign.Agent, error) {
	a, err := c.routing.CheckAgent(ctx, workspace, email, box)
	return campaign.Agent{User: a.User, Name: a.Name, Email: a.Email, Availability: string(a.Availability), Online: a.Online}, err
}

// ReachOf is routing's.
func (c campaignDesk) ReachOf(ctx context.Context, actor account.Actor) (conversation.Reach, error) {
	return c.routing.ReachOf(ctx, actor)
}

// Queues is routing's.
func (c campaignDesk) Queues(ctx context.Context, workspace db.ID) ([]campaign.Queue, error) {
	all, err := c.routing.Names(ctx, workspace)
	queues := make([]campaign.Queue, 0, len(all))
	for id, name := range all {
		queues = append(queues, campaign.Queue{ID: id, Name: name})
	}
	return queues, err
}

// Unserved is routing's.
func (c campaignDesk) Unserved(ctx context.Context, workspace db.ID, queues, inboxes []db.ID) (noQueues, noInboxes []db.ID, err error) {
	return c.routing.Unserved(ctx, workspace, queues, inboxes)
}

// Loads is routing's.
func (c campaignDesk) Loads(ctx context.Context, workspace db.ID, queues []db.ID) ([]campaign.QueueLoad, error) {
	all, err := c.routing.Loads(ctx, workspace, queues)
	out := make([]campaign.QueueLoad, len(all))
	for i, q := range all {
		out[i] = campaign.QueueLoad{Queue: q.Queue, Name: q.Name, Waiting: q.Waiting, Online: q.Online}
	}
	return out, err
}
