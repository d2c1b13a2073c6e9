package api

import (
	"bytes"
	"encoding/json"

	"recado/internal/campaign"
	"recado/internal/conversation"
	"recado/internal/db"

	"github.com/danielgtaylor/huma/v2"
)

// CampaignChange says what of a campaign becomes another; what is left out stays.
type CampaignChange struct {
	Version     int64                   `json:"version,omitempty" minimum:"0" doc:"the one that was seen; when somebody made another meanwhile the change is refused with 409"`
	Name        *string                 `json:"name,omitempty" maxLength:"200"`
	Audience    *CampaignAudienceChange `json:"audience,omitempty"`
	Message     *CampaignMessageChange  `json:"message,omitempty" doc:"replaces the whole"`
	Route       *CampaignRouteChange    `json:"route,omitempty" doc:"replaces the whole"`
	Pace        *CampaignPaceChange     `json:"pace,omitempty" doc:"replaces the whole"`
	ScheduledAt clearable               `json:"scheduled_at,omitempty" doc:"Unix milliseconds; null: at once. People who name a time say schedule instead"`
	Schedule    *CampaignScheduleChange `json:"schedule,omitempty" doc:"the time as people name it"`
}

// CampaignScheduleChange is a time as people name it.
type CampaignScheduleChange struct {
	At   string `json:"at,omitempty" maxLength:"16" doc:"as a clock of the zone shows it: 2026-11-30T09:00; none: at once"`
	Zone string `json:"zone,omitempty" maxLength:"64" doc:"like America/Bogota"`
}

// CampaignAudienceChange changes how a sheet is read. What only the server knows (file, headers) may be sent back and is
// passed over.
type CampaignAudienceChange struct {
	_             struct{}               `json:"-" additionalProperties:"true"`
	One           *CampaignOneChange     `json:"one,omitempty" doc:"a single person, instead of the sheet or whoever it was"`
	Segment       *db.ID                 `json:"segment_id,omitempty" doc:"a saved segment, instead of the sheet or whoever it was"`
	Columns       *CampaignColumnsChange `json:"columns,omitempty" doc:"replaces the whole"`
	DefaultSender *db.ID                 `json:"default_sender_id,omitempty"`
}

// CampaignOneChange is an audience of a single person.
type CampaignOneChange struct {
	Phone string `json:"phone" maxLength:"60" doc:"in any form people write it; one without country code is from where the sender is"`
	Name  string `json:"name,omitempty" maxLength:"200"`
}

// CampaignColumnsChange says which header holds what.
type CampaignColumnsChange struct {
	Phone      string            `json:"phone,omitempty"`
	Sender     string            `json:"sender,omitempty"`
	Template   string            `json:"template,omitempty"`
	Language   string            `json:"language,omitempty"`
	AgentEmail string            `json:"agent_email,omitempty"`
	Queue      string            `json:"queue,omitempty"`
	Name       string            `json:"name,omitempty"`
	Variables  map[string]string `json:"variables,omitempty"`
	ByPosition bool              `json:"by_position,omitempty"`
}

// CampaignMessageChange says what is said.
type CampaignMessageChange struct {
	Template db.ID                      `json:"template_id,omitempty" doc:"none: the one each row names"`
	Language string                     `json:"language,omitempty"`
	Values   map[string]campaign.Source `json:"values,omitempty" doc:"by variable: body.1, header.1, button.0 …; text and fallback of header.media are an address, or file: and the id of an uploaded file"`
}

// CampaignRouteChange says where replies go.
type CampaignRouteChange struct {
	Target          string `json:"target,omitempty" enum:",agent,queue,bot,notify,none,column"`
	TargetID        db.ID  `json:"target_id,omitempty"`
	TargetChild     db.ID  `json:"target_child_id,omitempty" doc:"when target_id is a router: the child, one with the router context on"`
	TargetBlock     string `json:"target_block,omitempty" maxLength:"20" doc:"of the flow that target_id names with target bot, or its child: where it begins. people: its first block of human service; empty: its beginning"`
	Email           string `json:"email,omitempty" maxLength:"200" doc:"of the agent"`
	QueueID         db.ID  `json:"queue_id,omitempty" doc:"another way to write target_id for a queue"`
	Button          string `json:"button,omitempty" maxLength:"256" doc:"caption or payload of the button the target belongs to"`
	OtherTarget     string `json:"other_target,omitempty" enum:",agent,queue,bot,notify,none"`
	OtherTargetID   db.ID  `json:"other_target_id,omitempty"`
	FallbackQueue   db.ID  `json:"fallback_queue_id,omitempty"`
	FallbackMinutes int64  `json:"fallback_minutes,omitempty"`
}

// CampaignPaceChange is gradual sending; nothing set: all at once.
type CampaignPaceChange struct {
	PerSlice     int64 `json:"per_slice,omitempty" minimum:"0" maximum:"1000000"`
	EveryMinutes int64 `json:"every_minutes,omitempty" minimum:"0"`
	SlowAbove    int64 `json:"slow_above,omitempty" minimum:"0" maximum:"100000" doc:"slower while more tickets than this wait in a queue that replies go to: half a slice, or 20 messages a minute; 0: never"`
	StopAbove    int64 `json:"stop_above,omitempty" minimum:"0" maximum:"100000" doc:"nothing goes out while more tickets than this wait there; 0: never"`
	PerAgent     bool  `json:"per_agent,omitempty" doc:"both count for each agent of the queue who is on line"`
}

func (r CampaignRouteChange) route() campaign.Route {
	id := r.TargetID
	if id == 0 {
		id = r.QueueID
	}
	return campaign.Route{Target: r.Target, TargetID: id, TargetChild: r.TargetChild, TargetBlock: r.TargetBlock, Email: r.Email, Button: r.Button, OtherTarget: r.OtherTarget, OtherTargetID: r.OtherTargetID,
		FallbackQueue: r.FallbackQueue, FallbackMinutes: r.FallbackMinutes}
}

func (c CampaignChange) change() campaign.Change {
	out := campaign.Change{Seen: c.Version, Name: c.Name}
	if c.Audience != nil {
		out.DefaultSender = c.Audience.DefaultSender
		out.Segment = c.Audience.Segment
		if one := c.Audience.One; one != nil {
			out.One = &campaign.OnePerson{Phone: one.Phone, Name: one.Name}
		}
		if cols := c.Audience.Columns; cols != nil {
			out.Columns = &campaign.Columns{Phone: cols.Phone, Sender: cols.Sender, Template: cols.Template, Language: cols.Language,
				AgentEmail: cols.AgentEmail, Queue: cols.Queue, Name: cols.Name, Variables: cols.Variables, ByPosition: cols.ByPosition}
		}
	}
	if c.Message != nil {
		out.Message = &campaign.Message{Template: c.Message.Template, Language: c.Message.Language, Values: c.Message.Values}
	}
	if c.Route != nil {
		route := c.Route.route()
		out.Route = &route
	}
	if c.Pace != nil {
		out.Pace = &campaign.Pace{PerSlice: c.Pace.PerSlice, EveryMinutes: c.Pace.EveryMinutes, SlowAbove: c.Pace.SlowAbove, StopAbove: c.Pace.StopAbove, PerAgent: c.Pace.PerAgent}
	}
	if c.Schedule != nil {
		out.Schedule = &conversation.When{At: c.Schedule.At, Zone: c.Schedule.Zone}
	}
	if c.ScheduledAt.given {
		out.ScheduledAt = &c.ScheduledAt.value
	}
	return out
}

// clearable is a time that a change leaves alone (absent), takes away (null) or sets.
type clearable struct {
	given bool
	value int64
}

// UnmarshalJSON notes that the time was given; null is 0.
func (c *clearable) UnmarshalJSON(text []byte) error {
	c.given = true
	if bytes.Equal(text, []byte("null")) {
		c.value = 0
		return nil
	}
	return json.Unmarshal(text, &c.value)
}

// Schema describes it as a whole number or null.
func (clearable) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeInteger, Format: "int64", Nullable: true}
}
