package seed

import (
	"context"
	"fmt"

	"recado/internal/account"
	"recado/internal/auth"
	"recado/internal/bot"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/inbox"
	"recado/internal/routing"
)

// Password is what every demo user signs in with, unless another one is given. It exists only in demo workspaces.
const Password = "recado-demo"

// WorkspaceName is the demo workspace's.
const WorkspaceName = "Tienda Aurora"

// Rooms are those a demo is made with.
type Rooms struct {
	Accounts      *account.Room
	Auth          *auth.Room
	Inboxes       *inbox.Room
	Conversations *conversation.Room
	Routing       *routing.Room
	Bots          *bot.Room
	Connector     Connector
}

// Options of a demo.
type Options struct {
	Password string // of all users; "" means Password
	Token    string // of the provider
}

// User is one of the demo's people.
type User struct {
	Email, Name, Locale string
	Profile             account.Standard
	Queues              []string
	Numbers             []string // labels
}

// Users are the demo's people. Lila has neither number nor queue: she shows what is refused.
var Users = []User{
	{Email: "owner@aurora.example", Name: "Olga Prado", Locale: "es", Profile: account.Owner},
	{Email: "manager@aurora.example", Name: "Marcos Luna", Locale: "es", Profile: account.Manager},
	{Email: "ana@aurora.example", Name: "Ana Sosa", Locale: "es", Profile: account.Agent, Queues: []string{"Ventas", routing.DefaultQueueName}, Numbers: []string{"Ventas"}},
	{Email: "luis@aurora.example", Name: "Luis Rey", Locale: "es", Profile: account.Agent, Queues: []string{"Soporte", "Cobranzas"}, Numbers: []string{"Soporte"}},
	{Email: "bia@aurora.example", Name: "Bia Costa", Locale: "pt-BR", Profile: account.Agent, Queues: []string{"Vendas"}, Numbers: []string{"Vendas"}},
	{Email: "lila@aurora.example", Name: "Lila Núñez", Locale: "es", Profile: account.Agent},
}

// number is one of the demo's numbers; the provider's simulator has the same.
type number struct {
	external, label, zone, queue string
	bot                          bool
}

var accounts = map[string][]number{
	"1090010010010010": {
		{external: "2090010010010011", label: "Ventas", zone: "America/Sao_Paulo", queue: "Ventas"},
		{external: "2090010010010012", label: "Soporte", zone: "America/Mexico_City", queue: "Soporte", bot: true},
		{external: "2090010010010013", label: "Cobranzas", zone: "America/Argentina/Buenos_Aires", queue: "Cobranzas"},
	},
	"1090010010010020": {
		{external: "2090010010010021", label: "Vendas", zone: "America/Sao_Paulo", queue: "Vendas"},
	},
}

var accountOrder = []string{"1090010010010010", "1090010010010020"}

var queueNames = []string{"Ventas", "Soporte", "Cobranzas", "Vendas", routing.DefaultQueueName}

// Demo makes the demo workspace and gives it; when it exists already, it is given as it is.
func Demo(ctx context.Context, rooms Rooms, options Options) (account.Workspace, error) {
	if options.Password == "" {
		options.Password = Password
	}
	all, err := rooms.Accounts.Workspaces(ctx)
	if err != nil {
		return account.Workspace{}, err
	}
	for _, w := range all {
		if w.Name == WorkspaceName {
			return w, nil
		}
	}
	w, err := rooms.Accounts.CreateWorkspace(ctx, WorkspaceName, "es")
	if err != nil {
		return w, err
	}
	d := demo{Rooms: rooms, workspace: w, actor: account.System(w.ID), password: options.Password, queues: map[string]db.ID{}, numbers: map[string]db.ID{}}
	for _, step := range []func(context.Context) error{d.makeQueues, func(ctx context.Context) error { return d.connect(ctx, options.Token) }, d.makeUsers, d.setAttention, d.makeQuickReplies} {
		if err := step(ctx); err != nil {
			return w, fmt.Errorf("demo workspace: %w", err)
		}
	}
	return w, nil
}

// demo is a workspace being made.
type demo struct {
	Rooms
	workspace account.Workspace
	actor     account.Actor
	password  string
	queues    map[string]db.ID
	numbers   map[string]db.ID
}

func (d *demo) makeQueues(ctx context.Context) error {
	for _, name := range queueNames {
		distribution := routing.Push
		if name == "Cobranzas" {
			distribution = routing.Pull
		}
		q, err := d.Routing.CreateQueue(ctx, d.actor, name, distribution, 0)
		if err != nil {
			return err
		}
		d.queues[name] = q.ID
	}
	return nil
}

func (d *demo) connect(ctx context.Context, token string) error {
	for _, id := range accountOrder {
		known := map[string]number{}
		for _, n := range accounts[id] {
			known[n.external] = n
		}
		made, err := d.Connector.Connect(ctx, d.workspace.ID, id, token, func(draft *inbox.Draft) {
			n := known[draft.ExternalID]
			draft.Label, draft.TimeZone, draft.DefaultQueue, draft.FirstResponder = n.label, n.zone, d.queues[n.queue], inbox.FirstQueue
			if n.bot {
				draft.FirstResponder = inbox.FirstBot
			}
		})
		if err != nil {
			return err
		}
		for _, box := range made {
			d.numbers[box.Label] = box.ID
			if err := d.setBot(ctx, box, known[box.ExternalID].bot); err != nil {
				return err
			}
		}
	}
	return nil
}

// setBot gives every number a bot that can be named as the target of replies; only some meet new tickets with it.
func (d *demo) setBot(ctx context.Context, box inbox.Inbox, meets bool) error {
	one := bot.Defaults("es")
	one.Greeting.First, one.Service.Before = "Hola, gracias por responder.", "En un momento te atiende una persona del equipo."
	if box.Label == "Vendas" {
		one = bot.Defaults("pt-BR")
		one.Greeting.First, one.Service.Before = "Oi, obrigado por responder.", "Em instantes alguém da equipe fala com você."
	}
	if meets {
		one.Greeting.First = "Hola, soy el asistente de Tienda Aurora."
		one.Service.Before = "Te comunico con el equipo. Mientras tanto, cuéntanos qué necesitas."
		one.Queues = bot.Centre{On: true, Text: "¿Con quién quieres hablar?", Options: []bot.Option{{Queue: d.queues["Cobranzas"], Title: "Pagos"}, {Queue: d.queues["Ventas"], Title: "Ventas"}}}
	}
	one.Greeting.Return, one.Service.After = one.Greeting.First, ""
	one.Enabled, one.Meets, one.DefaultQueue = true, meets, box.DefaultQueue
	_, err := d.Bots.Save(ctx, d.actor, box.ID, one, -1)
	return err
}

func (d *demo) makeUsers(ctx context.Context) error {
	for _, u := range Users {
		if err := d.makeUser(ctx, u); err != nil {
			return fmt.Errorf("%s: %w", u.Email, err)
		}
	}
	return nil
}

func (d *demo) makeUser(ctx context.Context, u User) error {
	user, err := d.Accounts.CreateUser(ctx, account.NewUser{Email: u.Email, Name: u.Name, Locale: u.Locale})
	if err != nil {
		return err
	}
	profile, err := d.Accounts.StandardProfile(ctx, d.workspace, u.Profile)
	if err != nil {
		return err
	}
	if _, err := d.Accounts.AddMember(ctx, d.actor, user.ID, profile.ID); err != nil {
		return err
	}
	if err := d.Auth.SetPassword(ctx, user.ID, d.password); err != nil {
		return err
	}
	for _, queue := range u.Queues {
		if err := d.Routing.AddToQueue(ctx, d.actor, d.queues[queue], user.ID); err != nil {
			return err
		}
	}
	for _, label := range u.Numbers {
		if err := d.Inboxes.AddMember(ctx, d.workspace.ID, d.numbers[label], user.ID, inbox.Agent); err != nil {
			return err
		}
	}
	return nil
}
