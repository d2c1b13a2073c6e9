package node

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"

	"recado/internal/account"
	"recado/internal/auth"
	"recado/internal/bot"
	"recado/internal/campaign"
	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/desk"
	"recado/internal/event"
	"recado/internal/fleet"
	"recado/internal/gateway"
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

	"github.com/prometheus/client_golang/prometheus"
)

// rooms is the whole house, made in order: each room is given those below it.
type rooms struct {
	d             *db.DB
	bell          *event.Bell
	log           *event.Log
	jobs          *job.Room
	files         *media.Room
	accounts      *account.Room
	auth          *auth.Room
	inboxes       *inbox.Room
	contacts      *contact.Room
	imports       *contact.Imports
	templates     *template.Room
	conversations *conversation.Room
	routing       *routing.Room
	notices       *notice.Room
	pushes        *notice.Pushes
	campaigns     *campaign.Room
	gateway       *gateway.Room
	bots          *bot.Room
	fleet         *fleet.Room
	surveys       *survey.Room
	workflows     *workflow.Room
	desk          *desk.Room
	reports       *report.Room
	archives      *report.Archives
	hub           *desk.Hub
	adapters      map[channel.Kind]channel.Adapter
	token         string // tells this run of the node from others
	close         func() error
}

// build opens the database, migrates it and makes the rooms. Nothing runs yet.
func build(ctx context.Context, config Config, adapters map[channel.Kind]channel.Adapter, metrics prometheus.Registerer) (*rooms, error) {
	r := &rooms{adapters: adapters, token: newToken()}
	if err := r.openData(ctx, config); err != nil {
		return nil, err
	}
	if err := r.make(config, metrics); err != nil {
		_ = r.close()
		return nil, err
	}
	return r, nil
}

func (r *rooms) openData(ctx context.Context, config Config) (err error) {
	if r.d, err = openDatabase(ctx, config); err != nil {
		return err
	}
	r.close = r.d.Close
	if _, err = migrate(ctx, r.d); err == nil {
		_, err = r.d.ClaimNode(ctx, r.token)
	}
	if err != nil {
		_ = r.close()
	}
	return err
}

func (r *rooms) make(config Config, metrics prometheus.Registerer) (err error) {
	r.bell = event.NewBell(r.d)
	r.log = event.NewLog(r.d, r.bell)
	if r.jobs, err = job.New(r.d); err != nil {
		return err
	}
	folder, err := media.OpenFolder(config.mediaPath())
	if err != nil {
		return fmt.Errorf("folder of the files: %w", err)
	}
	sealer, err := inbox.OpenSealer(config.SecretKey, config.Data)
	if err != nil {
		return err
	}
	r.files = media.New(r.d, folder)
	r.accounts = account.New(r.d, r.log)
	r.auth = auth.New(r.d, r.accounts, auth.Config{})
	r.inboxes = inbox.New(r.d, r.log, sealer)
	r.contacts = contact.New(r.d, r.log)
	r.imports = contact.NewImports(r.contacts, r.files, r.jobs)
	r.templates = template.New(r.d, r.log)
	r.conversations = conversation.New(r.d, r.log, r.contacts, r.inboxes)
	r.routing = routing.New(r.d, r.log, r.accounts, r.inboxes, r.conversations)
	r.bots = bot.New(r.d, r.conversations, r.inboxes, bot.Outside{Log: r.log, Contacts: r.contacts, Templates: r.templates, Jobs: r.jobs, Sealer: sealer, Rules: config.outside()})
	r.fleet = fleet.New(r.d, r.inboxes, r.routing, r.bots)
	r.campaigns = campaign.New(r.d, r.log, campaign.Rooms{Inboxes: r.inboxes, Contacts: r.contacts, Templates: r.templates,
		Conversations: r.conversations, Files: r.files, Desk: campaignDesk{r.routing}, Bots: r.bots, Carries: r.adapters[channel.WhatsApp].Capability()})
	r.gateway = gateway.New(r.d, gateway.Rooms{Log: r.log, Bell: r.bell, Inboxes: r.inboxes, Contacts: r.contacts, Templates: r.templates,
		Conversations: r.conversations, Media: r.files, Jobs: r.jobs}, r.adapters, gateway.Config{Settle: config.Settle, Metrics: metrics})
	r.surveys = survey.New(r.d, r.conversations, r.inboxes)
	r.conversations.Listen(r.surveys)
	r.notices = notice.New(r.d, r.log, r.conversations)
	r.workflows = workflow.New(r.d, workflow.Rooms{Log: r.log, Conversations: r.conversations, Inboxes: r.inboxes, Contacts: r.contacts, Templates: r.templates,
		Routing: r.routing, Surveys: r.surveys, Notices: r.notices, Jobs: r.jobs, Sealer: sealer, Rules: config.outside()})
	r.pushes = notice.NewPushes(r.notices, notice.Outside{Jobs: r.jobs, Sealer: sealer, Rules: publicnet.Rules{Private: config.local()},
		Person: r.viewer, Lives: r.auth.Lives, Visible: func(workspace, user db.ID) bool { return r.hub.Visible(workspace, user) }})
	r.desk = desk.New(r.d, r.accounts, r.contacts, r.inboxes, r.templates, r.conversations, r.routing)
	r.reports = report.New(r.d, report.Rooms{Inboxes: r.inboxes, Contacts: r.contacts, Conversations: r.conversations, Routing: r.routing})
	r.archives = report.NewArchives(r.reports, r.accounts, r.files, r.jobs, r.notices)
	r.hub = desk.NewHub(r.desk, r.log)
	return nil
}

// campaignDesk tells campaigns what only routing knows: the two stand on one floor.
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

func openDatabase(ctx context.Context, config Config) (*db.DB, error) {
	return db.Open(ctx, db.Config{URL: config.Database, Path: config.databasePath()})
}

// migrate brings the tables, ours and the job library's, to the newest version.
func migrate(ctx context.Context, d *db.DB) (int, error) {
	n, err := d.Migrate(ctx)
	if err != nil {
		return n, err
	}
	jobs, err := job.New(d)
	if err != nil {
		return n, err
	}
	return n, jobs.Migrate(ctx)
}

func newToken() string {
	bits := make([]byte, 16)
	_, _ = rand.Read(bits) // never fails since Go 1.24
	return hex.EncodeToString(bits)
}
