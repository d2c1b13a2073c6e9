package api

import (
	"context"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/notice"
)

func (s *Server) pushRoutes() {
	see := viewing(account.Desk)
	get(s, "/push", about{Name: "readPush", Tag: "notices", Says: "The key that browsers subscribe to, and one's own browsers that take pushes"}, see, s.readPush)
	post(s, "/push/subscriptions", about{Name: "subscribePush", Tag: "notices",
		Says: "Let the browser that asks take pushes, in place of what it took before"}, see, s.subscribePush)
	remove(s, "/push/subscriptions/{id}", about{Name: "unsubscribePush", Tag: "notices", Says: "End the pushes to one of one's own browsers"}, see, s.unsubscribePush)
	post(s, "/push/test", about{Name: "testPush", Tag: "notices", Says: "Push a greeting to the browser that asks, now"}, see, s.testPush)
}

// Push is what a person's pushes are about.
type Push struct {
	PublicKey     string             `json:"public_key" doc:"applicationServerKey of pushManager.subscribe, base64url"`
	Subscriptions []PushSubscription `json:"subscriptions"`
}

// PushSubscription is a browser that takes pushes.
type PushSubscription struct {
	ID        db.ID  `json:"id"`
	Device    string `json:"device" doc:"browser and system"`
	Current   bool   `json:"current" doc:"the one that asks"`
	CreatedAt int64  `json:"created_at"`
	SentAt    int64  `json:"sent_at" doc:"when its push service last took one, Unix milliseconds; 0: never"`
}

func (s *Server) readPush(ctx context.Context, actor account.Actor, _ *noInput) (Push, error) {
	all, err := s.rooms.Push.Subscriptions(ctx, actor)
	if err != nil {
		return Push{}, err
	}
	out := Push{Subscriptions: make([]PushSubscription, len(all))}
	for i, one := range all {
		out.Subscriptions[i] = PushSubscription{ID: one.ID, Device: one.Device, Current: one.Session == visitIn(ctx).session.ID, CreatedAt: one.CreatedAt, SentAt: one.SentAt}
	}
	out.PublicKey, err = s.rooms.Push.PublicKey(ctx)
	return out, err
}

type subscribePushInput struct {
	UserAgent string `header:"User-Agent"`
	Origin    string `header:"Origin"`
	Body      struct {
		Endpoint string   `json:"endpoint" minLength:"1" maxLength:"1000" doc:"https address at the push service of the browser's maker"`
		Keys     PushKeys `json:"keys"`
	}
}

// PushKeys are what pushes are encrypted with for a browser.
type PushKeys struct {
	P256dh string `json:"p256dh" maxLength:"100" doc:"base64url of 65 bytes"`
	Auth   string `json:"auth" maxLength:"40" doc:"base64url of 16 bytes"`
}

func (s *Server) subscribePush(ctx context.Context, actor account.Actor, in *subscribePushInput) (Push, error) {
	err := s.rooms.Push.Subscribe(ctx, actor, notice.Browser{Endpoint: in.Body.Endpoint, P256dh: in.Body.Keys.P256dh, Auth: in.Body.Keys.Auth,
		Origin: in.Origin, Device: deviceOf(in.UserAgent), Session: visitIn(ctx).session.ID})
	if err != nil {
		return Push{}, err
	}
	return s.readPush(ctx, actor, nil)
}

func (s *Server) unsubscribePush(ctx context.Context, actor account.Actor, in *ByID) (nothing, error) {
	return nothing{}, s.rooms.Push.Unsubscribe(ctx, actor, in.ID.ID)
}

func (s *Server) testPush(ctx context.Context, actor account.Actor, _ *noInput) (nothing, error) {
	return nothing{}, s.rooms.Push.Test(ctx, actor, visitIn(ctx).session.ID)
}
