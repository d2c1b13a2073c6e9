package campaign

import (
	"time"

	"recado/internal/conversation"
	"recado/internal/fault"
)

// Schedule is when a campaign starts as its author named it; zero: at once.
type Schedule struct {
	At    string `json:"at"`    // what the clocks of the zone show: 2026-11-30T09:00
	Zone  string `json:"zone"`  // IANA name; UTC when an exact moment was given
	Twice bool   `json:"twice"` // that hour comes twice because clocks go back; the first counts
}

func (c *row) schedule() Schedule {
	switch {
	case c.ScheduledAt == 0:
		return Schedule{}
	case c.ScheduleWall == "":
		return Schedule{At: time.UnixMilli(c.ScheduledAt).UTC().Format("2006-01-02T15:04"), Zone: "UTC"}
	}
	when := conversation.When{At: c.ScheduleWall, Zone: c.ScheduleZone}
	return Schedule{At: when.At, Zone: when.Zone, Twice: when.ComesTwice()}
}

// applySchedule brings a time into a campaign: named in a zone, or as an exact moment.
func (ch Change) applySchedule(c *Campaign, now int64) (err error) {
	switch {
	case ch.ScheduledAt != nil && ch.Schedule != nil:
		return fault.New(fault.Invalid, "campaign.schedule_both", "Say the time once: as a moment, or as date, time and zone.").On("schedule")
	case ch.ScheduledAt != nil:
		if at := *ch.ScheduledAt; at != 0 && (at <= now || at > now+scheduleAhead) {
			return fault.New(fault.Invalid, "campaign.schedule", "Choose a time that is still to come, within a year.").On("scheduled_at")
		}
		c.ScheduledAt, c.Schedule = *ch.ScheduledAt, Schedule{}
	case ch.Schedule != nil && ch.Schedule.At == "":
		c.ScheduledAt, c.Schedule = 0, Schedule{}
	case ch.Schedule != nil:
		if c.ScheduledAt, _, err = ch.Schedule.Moment(now); err != nil {
			return within("schedule", err)
		}
		c.Schedule = Schedule{At: ch.Schedule.At, Zone: ch.Schedule.Zone}
	}
	return nil
}

// reschedules tells whether the change says when to start.
func (ch Change) reschedules() bool { return ch.ScheduledAt != nil || ch.Schedule != nil }
