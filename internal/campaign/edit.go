package campaign

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/fault"
)

// Bounds of what authors enter.
const (
	maxName            = 120 // characters
	maxOnePhone        = 60  // characters
	maxOneName         = 200 // characters, as a contact's
	maxFallbackMinutes = 24 * 60
	maxSliceMinutes    = 7 * 24 * 60
	maxValueText       = 1024 // characters, the longest body there is
	scheduleAhead      = 365 * 24 * 60 * 60 * 1000
)

// Create makes a draft. Origin is wizard, broadcast, desk or api. It fails with Conflict "campaign.no_number" while no number is connected
// (A07).
func (r *Room) Create(ctx context.Context, actor account.Actor, name, origin string) (Campaign, error) {
	if err := actor.Can(account.Campaigns, account.Edit); err != nil {
		return Campaign{}, err
	}
	name, err := cleanName(name)
	if err != nil {
		return Campaign{}, err
	}
	if err := r.canWriteFirst(ctx, actor.Workspace); err != nil {
		return Campaign{}, err
	}
	var id db.ID
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		id = tx.NewID()
		_, err := tx.Exec(ctx, `insert into campaigns (workspace_id, id, name, name_fold, state, origin, route_json, created_by, created_at, updated_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)`, actor.Workspace, id, name, db.Fold(name), string(Draft), origin, encode(Route{}), int64(actor.User), tx.Now())
		return err
	})
	if err != nil {
		return Campaign{}, fmt.Errorf("create campaign: %w", err)
	}
	return r.get(ctx, actor.Workspace, id)
}

func cleanName(name string) (string, error) {
	name = strings.TrimSpace(strings.ToValidUTF8(name, ""))
	if utf8.RuneCountInString(name) > maxName {
		return "", fault.New(fault.Invalid, "campaign.name_long", "A campaign's name has at most %d characters.", maxName).On("name").With("max", maxName)
	}
	return name, nil
}

// Get gives a campaign; NotFound also for those of other workspaces.
func (r *Room) Get(ctx context.Context, actor account.Actor, id db.ID) (Campaign, error) {
	if err := actor.Can(account.Campaigns, account.View); err != nil {
		return Campaign{}, err
	}
	return r.get(ctx, actor.Workspace, id)
}

func (r *Room) get(ctx context.Context, workspace, id db.ID) (Campaign, error) {
	c, err := load(ctx, r.d, workspace, id)
	if err != nil {
		return Campaign{}, err
	}
	return c.campaign()
}

// Change says what of a campaign becomes another; nil leaves as it is.
type Change struct {
	Seen          int64 // the version the author saw; 0: whatever it is
	Name          *string
	Columns       *Columns
	DefaultSender *db.ID
	One           *OnePerson // the audience is this person, instead of whoever it was
	Segment       *db.ID     // the audience is this segment, instead of whoever it was
	Message       *Message
	Route         *Route
	Pace          *Pace
	ScheduledAt   *int64             // Unix milliseconds; 0: at once
	Schedule      *conversation.When // the same as people name it; At empty: at once
}

// touchesCheck tells whether what was checked no longer holds.
func (ch Change) touchesCheck() bool {
	return ch.One != nil || ch.Segment != nil || ch.Columns != nil || ch.DefaultSender != nil || ch.Message != nil || ch.Route != nil
}

// Update changes a campaign. What is said, to whom and where replies go can change until it starts, and makes the
// campaign a draft again; name and pace can change until it ends, the time until it starts.
func (r *Room) Update(ctx context.Context, actor account.Actor, id db.ID, change Change) (Campaign, error) {
	if err := actor.Can(account.Campaigns, account.Edit); err != nil {
		return Campaign{}, err
	}
	segment, err := r.chosenSegment(ctx, actor, change.Segment)
	if err != nil {
		return Campaign{}, err
	}
	if err := r.checkChosenFile(ctx, actor, id, change.Message); err != nil {
		return Campaign{}, err
	}
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, err := lockIn(ctx, tx, actor.Workspace, id)
		if err != nil {
			return err
		}
		if err := c.stale(change.Seen, actor, tx.Now()); err != nil {
			return err
		}
		now, err := c.campaign()
		if err != nil {
			return err
		}
		if segment != nil {
			segment.DefaultSender = now.Audience.DefaultSender
			now.Audience = *segment
			keepKnownSources(now.Message.Values, now.Audience.Headers)
		}
		if err := change.apply(&now, actor, tx.Now()); err != nil {
			return err
		}
		return r.storeIn(ctx, tx, actor, c, now, change)
	})
	if err != nil {
		return Campaign{}, err
	}
	return r.get(ctx, actor.Workspace, id)
}

// stale refuses an edit of somebody who did not see the last one.
func (c *row) stale(seen int64, actor account.Actor, now int64) error {
	if seen == 0 || seen == c.Version {
		return nil
	}
	code, message := "campaign.edited", "%s changed this campaign meanwhile."
	if c.EditedBy == actor.User && actor.User != 0 {
		code, message = "campaign.edited_self", "%s, you changed this campaign in another window."
	}
	return fault.New(fault.Conflict, code, message, c.EditedName).With("name", c.EditedName).With("count", max(1, (now-c.EditedAt)/60_000)).With("version", c.Version)
}

func (r *Room) storeIn(ctx context.Context, tx *db.Tx, actor account.Actor, c *row, now Campaign, change Change) error {
	if change.touchesCheck() && c.State != Draft {
		if err := r.moveIn(ctx, tx, c, Draft, Reason{}); err != nil {
			return err
		}
	}
	if change.touchesCheck() {
		c.CheckText = "{}"
	}
	if now.Audience.Corrected == 0 { // also of a sheet that was replaced
		if _, err := tx.Exec(ctx, forgetCorrections, c.ID); err != nil {
			return err
		}
	}
	if change.reschedules() {
		switch {
		case c.StartedAt != 0 || c.State == Sending || c.State == Paused:
			return mayMove(c.State, Scheduled)
		case c.State == Scheduled && now.ScheduledAt == 0:
			if err := r.moveIn(ctx, tx, c, Ready, Reason{}); err != nil {
				return err
			}
		}
	}
	_, err := tx.Exec(ctx, `update campaigns set name = $1, audience_json = $2, message_json = $3, route_json = $4, pace_json = $5, check_json = $6,
		scheduled_at = $7, schedule_at = $8, schedule_zone = $9, version = version + 1, edited_by = $10, edited_name = $11, edited_at = $12, name_fold = $13 where id = $14`, now.Name, encode(now.Audience), encode(now.Message), encode(now.Route), encode(now.Pace), c.CheckText,
		orNull(now.ScheduledAt), now.Schedule.At, now.Schedule.Zone, int64(actor.User), actor.Name, tx.Now(), db.Fold(now.Name), c.ID)
	if err == nil && change.Pace != nil {
		_, err = tx.Exec(ctx, "update campaigns set wait_until = 0 where id = $1", c.ID) // what it waits for is judged anew
	}
	r.wake(tx)
	if err != nil || !change.touchesCheck() {
		return err
	}
	if err := forgetUsesIn(ctx, tx, c.ID); err != nil {
		return err
	}
	return useIn(ctx, tx, actor.Workspace, c.ID, uses{inboxes: []db.ID{now.Audience.DefaultSender}, templates: []db.ID{now.Message.Template}, segments: []db.ID{now.Audience.Segment}})
}

// apply brings a change into a campaign and refuses what makes no sense whatever the rest is.
func (ch Change) apply(c *Campaign, actor account.Actor, now int64) (err error) {
	if ch.Name != nil {
		if c.Name, err = cleanName(*ch.Name); err != nil {
			return err
		}
	}
	if ch.One != nil {
		if c.Audience, err = ch.One.audience(c.Audience.DefaultSender); err != nil {
			return err
		}
		keepKnownSources(c.Message.Values, c.Audience.Headers)
	}
	if ch.Columns != nil {
		if err := ch.Columns.check(c.Audience.Headers); err != nil {
			return err
		}
		c.Audience.Columns = *ch.Columns
	}
	if ch.DefaultSender != nil {
		c.Audience.DefaultSender = *ch.DefaultSender
	}
	if ch.Message != nil {
		if err := ch.Message.check(c.Audience.Headers); err != nil {
			return err
		}
		c.Message = *ch.Message
	}
	if ch.Route != nil {
		if err := ch.Route.check(actor); err != nil {
			return err
		}
		c.Route = *ch.Route
	}
	if ch.Pace != nil {
		if err := ch.Pace.check(); err != nil {
			return err
		}
		c.Pace = *ch.Pace
	}
	return ch.applySchedule(c, now)
}

// audience makes a person the audience. Whether the number can be written to is judged by the check, as in a sheet.
func (one OnePerson) audience(sender db.ID) (Audience, error) {
	one.Phone, one.Name = strings.TrimSpace(cleanText(one.Phone)), strings.TrimSpace(cleanText(one.Name))
	if one.Phone == "" {
		return Audience{}, fault.New(fault.Invalid, "campaign.one_missing", "Choose a person or write a phone number.").On("audience.one.phone")
	}
	if utf8.RuneCountInString(one.Phone) > maxOnePhone || utf8.RuneCountInString(one.Name) > maxOneName {
		return Audience{}, fault.New(fault.Invalid, "campaign.one_long", "A number has at most %d characters, a name %d.", maxOnePhone, maxOneName).
			On("audience.one.phone").With("phone", maxOnePhone).With("name", maxOneName)
	}
	a := withoutSheet(ByHand, sender)
	a.One = one
	return a, nil
}

func (c Columns) check(headers []string) error {
	known := func(name, header string) error {
		if header == "" || slices.Contains(headers, header) {
			return nil
		}
		return fault.New(fault.Invalid, "campaign.column_unknown", "The sheet has no column “%s”.", short(header)).On("audience.columns."+name).With("column", short(header))
	}
	for _, f := range fields {
		if err := known(string(f), c.of(f)); err != nil {
			return err
		}
	}
	for key, header := range c.Variables {
		if err := known("variables."+key, header); err != nil {
			return err
		}
	}
	return nil
}

func (m Message) check(headers []string) error {
	for key, source := range m.Values {
		at := "message.values." + key
		if source.Column != "" && !slices.Contains(headers, source.Column) {
			return fault.New(fault.Invalid, "campaign.column_unknown", "The sheet has no column “%s”.", short(source.Column)).On(at).With("column", short(source.Column))
		}
		if utf8.RuneCountInString(source.Text) > maxValueText || utf8.RuneCountInString(source.Fallback) > maxValueText {
			return fault.New(fault.Invalid, "campaign.value_long", "A value has at most %d characters.", maxValueText).On(at).With("max", maxValueText)
		}
	}
	return nil
}

var targets = []string{"", ToAgent, ToQueue, ToBot, ToNotify, ToNone, ToColumn}

func (t Route) check(actor account.Actor) error {
	if !slices.Contains(targets, t.Target) {
		return fault.New(fault.Invalid, "campaign.route_target", "Replies cannot go to “%s”.", short(t.Target)).On("route.target").With("target", short(t.Target))
	}
	if !slices.Contains(targets, t.OtherTarget) || t.OtherTarget == ToColumn {
		return fault.New(fault.Invalid, "campaign.route_target", "Replies cannot go to “%s”.", short(t.OtherTarget)).On("route.other_target").With("target", short(t.OtherTarget))
	}
	if (t.TargetBlock != "" || t.TargetChild != 0) && (t.Target != ToBot || t.TargetID == 0) {
		return fault.New(fault.Invalid, "campaign.route_block", "A block is one of a flow: choose the flow, too.").On("route.target_block")
	}
	if t.Target == ToColumn {
		if err := actor.Has(account.RoutePerRow); err != nil {
			return err
		}
	}
	if t.FallbackMinutes < 0 || t.FallbackMinutes > maxFallbackMinutes || (t.FallbackMinutes > 0) != (t.FallbackQueue != 0) {
		return fault.New(fault.Invalid, "campaign.route_fallback", "A fallback needs a queue and 1 to %d minutes.", maxFallbackMinutes).
			On("route.fallback_minutes").With("max", maxFallbackMinutes)
	}
	return nil
}

func (p Pace) check() error {
	if err := p.checkLoad(); err != nil {
		return err
	}
	if p.PerSlice == 0 && p.EveryMinutes == 0 || p.PerSlice > 0 && p.EveryMinutes > 0 && p.EveryMinutes <= maxSliceMinutes {
		return nil
	}
	return fault.New(fault.Invalid, "campaign.pace", "Gradual sending needs messages per slice and 1 to %d minutes between slices.", maxSliceMinutes).
		On("pace").With("max", maxSliceMinutes)
}

// Delete takes away a campaign that never started.
func (r *Room) Delete(ctx context.Context, actor account.Actor, id db.ID) error {
	if err := actor.Can(account.Campaigns, account.Edit); err != nil {
		return err
	}
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, err := lockIn(ctx, tx, actor.Workspace, id)
		if err != nil {
			return err
		}
		if c.State == Sending || c.State == Paused || c.State == Scheduled || c.StartedAt != 0 {
			return fault.New(fault.Conflict, "campaign.delete_started", "A campaign that was sent or is going to be sent stays, so that its results can be seen.")
		}
		for _, text := range []string{"delete from campaign_problems where campaign_id = $1", "delete from recipients where campaign_id = $1", "delete from campaign_moves where campaign_id = $1", "delete from campaign_uses where campaign_id = $1", "delete from campaign_people where campaign_id = $1", forgetCorrections, "delete from campaigns where id = $1"} {
			if _, err := tx.Exec(ctx, text, id); err != nil {
				return fmt.Errorf("delete campaign: %w", err)
			}
		}
		return nil
	})
}
