package node

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
)

const (
	keepNodeEvery  = 20 * time.Second
	fallbackEvery  = 5 * time.Second
	wakeEvery      = 5 * time.Second
	reopenedEvery  = 3 * time.Second
	scheduledEvery = time.Second
	goOnEvery      = 2 * time.Second
	lookEvery      = 10 * time.Second
	resumeEvery    = 15 * time.Second
	forgetEvery    = time.Hour
	factsKept      = 7 * 24 * time.Hour
	lostNodeReason = "another process took this node's number; stopping so that no id is made twice"
)

// work starts what runs in the background and returns a function that waits for its end after ctx is over.
func (r *rooms) work(ctx context.Context, stop func(reason string)) (wait func()) {
	var all sync.WaitGroup
	run := func(name string, f func(context.Context) error) {
		all.Go(func() {
			if err := f(ctx); err != nil && ctx.Err() == nil {
				stop(name + ": " + err.Error())
			}
		})
	}
	all.Go(func() { r.bell.Run(ctx) })
	r.learnWords(ctx, &all)
	for _, s := range r.subscriptions() {
		all.Go(func() { r.log.Follow(ctx, s) })
	}
	run("gateway", r.gateway.Run)
	run("live push", r.hub.Run)
	run("jobs", r.jobs.Run)
	all.Go(func() { r.campaigns.Run(ctx) })
	all.Go(func() { r.workflows.Run(ctx) })
	r.every(ctx, &all, keepNodeEvery, "keep this node's number", func(ctx context.Context) error {
		kept, err := r.d.KeepNode(ctx, r.token)
		if err == nil && !kept {
			stop(lostNodeReason)
		}
		return err
	})
	r.every(ctx, &all, fallbackEvery, "move tickets nobody answered", func(ctx context.Context) error {
		_, err := r.routing.Fallback(ctx)
		return err
	})
	r.every(ctx, &all, fallbackEvery, "break silences", func(ctx context.Context) error {
		_, err := r.routing.BreakSilences(ctx)
		return err
	})
	r.every(ctx, &all, wakeEvery, "wake snoozed tickets", func(ctx context.Context) error {
		_, err := r.conversations.Wake(ctx)
		return err
	})
	r.every(ctx, &all, wakeEvery, "say farewell after a service", func(ctx context.Context) error {
		_, err := r.bots.SayFarewells(ctx)
		return err
	})
	r.every(ctx, &all, goOnEvery, "go on with flows that waited", func(ctx context.Context) error {
		_, err := r.bots.GoOn(ctx)
		return err
	})
	r.every(ctx, &all, wakeEvery, "send surveys after a service", func(ctx context.Context) error {
		_, err := r.surveys.SendDue(ctx)
		return err
	})
	r.every(ctx, &all, lookEvery, "begin workflows whose time has come", func(ctx context.Context) error {
		_, err := r.workflows.Look(ctx)
		return err
	})
	r.every(ctx, &all, reopenedEvery, "tell people that somebody answers again", func(ctx context.Context) error {
		_, err := r.bots.TellReopened(ctx)
		return err
	})
	r.every(ctx, &all, scheduledEvery, "post scheduled messages", func(ctx context.Context) error {
		_, err := r.conversations.PostDue(ctx, r.speaker)
		return err
	})
	r.every(ctx, &all, resumeEvery, "take up imports that stopped", r.imports.Resume)
	r.every(ctx, &all, resumeEvery, "take up archives that stopped", r.archives.Resume)
	r.every(ctx, &all, forgetEvery, "forget old facts and sign-in attempts", func(ctx context.Context) error {
		if err := r.auth.Sweep(ctx); err != nil {
			return err
		}
		if err := r.routing.ForgetDesks(ctx, false); err != nil {
			return err
		}
		if err := r.notices.Forget(ctx); err != nil {
			return err
		}
		if err := r.bots.ForgetLines(ctx); err != nil {
			return err
		}
		if err := r.bots.ForgetOffHours(ctx); err != nil {
			return err
		}
		if err := r.workflows.Forget(ctx); err != nil {
			return err
		}
		if err := r.archives.Forget(ctx); err != nil {
			return err
		}
		return r.log.Forget(ctx, r.d.Now()-factsKept.Milliseconds())
	})
	return all.Wait
}

// learnWords makes the indexes of words of what was there before them: nothing, unless this version is the first to have them or
// they were forgotten.
func (r *rooms) learnWords(ctx context.Context, all *sync.WaitGroup) {
	for name, room := range map[string]interface {
		PrepareWords(context.Context) error
		BuildWords(context.Context) error
	}{"contacts": r.contacts, "messages": r.conversations} {
		err := room.PrepareWords(ctx)
		all.Go(func() {
			if err == nil {
				err = room.BuildWords(ctx)
			}
			if err != nil && ctx.Err() == nil {
				slog.Warn("older entries are missing in searches until the next start", "of", name, "error", err)
			}
		})
	}
}

// speaker gives a user as they may act now, for what was asked earlier and is said in their name.
func (r *rooms) speaker(ctx context.Context, workspace, user db.ID) (account.Actor, conversation.Reach, error) {
	return r.able(ctx, workspace, user, account.Edit)
}

// viewer gives a user as they may look on now.
func (r *rooms) viewer(ctx context.Context, workspace, user db.ID) (account.Actor, conversation.Reach, error) {
	return r.able(ctx, workspace, user, account.View)
}

func (r *rooms) able(ctx context.Context, workspace, user db.ID, level account.Level) (account.Actor, conversation.Reach, error) {
	actor, err := r.accounts.ActorOf(ctx, workspace, user)
	if err == nil {
		err = actor.Can(account.Desk, level)
	}
	if err != nil {
		return actor, conversation.Reach{}, err
	}
	reach, err := r.routing.ReachOf(ctx, actor)
	return actor, reach, err
}

// every does something now and then until ctx ends; what fails is tried again next time.
func (r *rooms) every(ctx context.Context, all *sync.WaitGroup, interval time.Duration, what string, f func(context.Context) error) {
	all.Go(func() {
		tick := time.NewTicker(interval)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				if err := f(ctx); err != nil && ctx.Err() == nil {
					slog.Warn("background work failed and will be tried again", "work", what, "error", err)
				}
			case <-ctx.Done():
				return
			}
		}
	})
}
