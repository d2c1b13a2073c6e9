package api

import (
	"context"
	"time"

	"recado/internal/account"
	"recado/internal/fleet"
	"recado/internal/hours"
	"recado/internal/inbox"
	"recado/internal/words"
)

func (s *Server) hoursRoutes() {
	get(s, "/inboxes/{id}/hours", about{Name: "readHours", Tag: "attention", Says: "When people answer on a number"}, viewing(account.Settings), s.readHours)
	put(s, "/inboxes/{id}/hours", about{Name: "changeHours", Tag: "attention", Says: "Change when people answer on a number"}, editing(account.Settings), s.changeHours)
}

// NumberHours is when people answer on a number, and how it stands now.
type NumberHours struct {
	Version     int64               `json:"version" doc:"to be named when it is changed; 0: nobody changed it yet"`
	TimeZone    string              `json:"time_zone" doc:"IANA name"`
	Always      bool                `json:"always" doc:"people answer at all times; days and holidays are kept and not used"`
	Days        [7][]hours.Interval `json:"days" doc:"Sunday to Saturday; at most three intervals each, from 00:00 to 24:00; one that ends at or before its start ends on the next day"`
	Holidays    []hours.Holiday     `json:"holidays" maxItems:"200" doc:"DD/MM for every year or DD/MM/YYYY; without intervals: closed"`
	Unavailable inbox.Unavailable   `json:"unavailable" doc:"what a person is told whose ticket opens outside the hours; an empty text: our words. {{next_opening}} stands for the next opening"`
	Open        bool                `json:"open" readOnly:"true" doc:"now"`
	Changes     int64               `json:"changes_at" readOnly:"true" doc:"Unix milliseconds of the next closing or opening; 0: never"`
	Default     string              `json:"unavailable_default" readOnly:"true" doc:"our words for an empty text, in the language of the workspace"`
}

func (s *Server) hoursNow(ctx context.Context, actor account.Actor, h inbox.Hours) (NumberHours, error) {
	out := NumberHours{Version: h.Version, TimeZone: h.TimeZone, Always: h.Always, Days: h.Days, Holidays: h.Holidays, Unavailable: h.Unavailable}
	clock, err := h.Clock()
	if err != nil {
		return out, err
	}
	now := time.Now()
	out.Open = clock.Open(now)
	change := clock.NextOpening
	if out.Open {
		change = clock.Closing
	}
	if at, found := change(now); found {
		out.Changes = at.UnixMilli()
	}
	workspace, err := s.rooms.Account.Workspace(ctx, actor.Workspace)
	out.Default = words.Say(workspace.Locale, "hours.unavailable_until", map[string]any{"opens": "{{next_opening}}"})
	return out, err
}

func (s *Server) readHours(ctx context.Context, actor account.Actor, in *ByID) (NumberHours, error) {
	h, err := s.rooms.Inbox.Hours(ctx, actor.Workspace, in.ID.ID)
	if err != nil {
		return NumberHours{}, err
	}
	return s.hoursNow(ctx, actor, h)
}

type hoursInput struct {
	ByID
	Body struct {
		Version     int64               `json:"version" minimum:"0" doc:"the one that was seen; when somebody made another meanwhile the change is refused with 409"`
		TimeZone    string              `json:"time_zone" maxLength:"100"`
		Always      bool                `json:"always"`
		Days        [7][]hours.Interval `json:"days"`
		Holidays    []hours.Holiday     `json:"holidays" maxItems:"200"`
		Unavailable inbox.Unavailable   `json:"unavailable"`
	}
}

func (s *Server) changeHours(ctx context.Context, actor account.Actor, in *hoursInput) (NumberHours, error) {
	b := in.Body
	settings := inbox.Hours{Schedule: hours.Schedule{Always: b.Always, Days: b.Days, Holidays: b.Holidays}, Unavailable: b.Unavailable}
	if err := s.rooms.Fleet.Set(ctx, actor, in.ID.ID, fleet.Hours, fleet.HoursOf(b.TimeZone, settings), b.Version); err != nil {
		return NumberHours{}, err
	}
	return s.readHours(ctx, actor, &in.ByID)
}
