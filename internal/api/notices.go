package api

import (
	"context"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/notice"
)

func (s *Server) noticeRoutes() {
	see := viewing(account.Desk)
	get(s, "/notices", about{Name: "listNotices", Tag: "notices", Says: "What concerns the person who asks, the newest first"}, see, s.listNotices)
	post(s, "/notices/read", about{Name: "readNotices", Tag: "notices", Says: "Say that notices were read: of one conversation, or all"}, see, s.readNotices)
	get(s, "/notices/settings", about{Name: "readNoticeSettings", Tag: "notices", Says: "How the person who asks wants to be told"}, see, s.readNoticeSettings)
	put(s, "/notices/settings", about{Name: "changeNoticeSettings", Tag: "notices", Says: "Change how one wants to be told"}, see, s.changeNoticeSettings)
}

// Notice is one thing a person is told.
type Notice struct {
	ID           db.ID  `json:"id"`
	Kind         string `json:"kind" enum:"assigned,mentioned,answered,dropped,archive,archive_failed,workflow_paused"`
	Conversation db.ID  `json:"conversation_id" doc:"empty: it is of none"`
	Contact      string `json:"contact" doc:"name"`
	By           string `json:"by" doc:"name of the user who did it; empty: nobody"`
	Text         string `json:"text"`
	Times        int64  `json:"times" doc:"how often it happened since it was read"`
	At           int64  `json:"at" doc:"of the last time, Unix milliseconds"`
	Unread       bool   `json:"unread"`
}

func (s *Server) listNotices(ctx context.Context, actor account.Actor, _ *noInput) (Items[Notice], error) {
	reach, err := s.rooms.Routing.ReachOf(ctx, actor)
	if err != nil {
		return Items[Notice]{}, err
	}
	found, err := s.rooms.Notice.List(ctx, reach)
	out := Items[Notice]{Items: make([]Notice, len(found))}
	for i, n := range found {
		out.Items[i] = Notice{ID: n.ID, Kind: n.Kind, Conversation: n.Conversation, Contact: n.Row.ContactName, By: n.By, Text: n.Text, Times: n.Times,
			At: n.CreatedAt, Unread: n.ReadAt == 0}
	}
	return out, err
}

type readNoticesInput struct {
	Body struct {
		Conversation db.ID `json:"conversation_id,omitempty" doc:"only those of this conversation"`
		Others       bool  `json:"others,omitempty" doc:"only those of no conversation"`
	}
}

func (s *Server) readNotices(ctx context.Context, actor account.Actor, in *readNoticesInput) (nothing, error) {
	if in.Body.Others {
		return nothing{}, s.rooms.Notice.MarkOthersRead(ctx, actor)
	}
	return nothing{}, s.rooms.Notice.MarkRead(ctx, actor, in.Body.Conversation)
}

// OwnNotices are how a person wants to be told, and what of it they may choose.
type OwnNotices struct {
	notice.Settings
	SoundOwn bool `json:"sound_own" doc:"one may choose what is heard; the choice counts on numbers that let one choose"`
}

func (s *Server) readNoticeSettings(ctx context.Context, actor account.Actor, _ *noInput) (out OwnNotices, err error) {
	if out.Settings, err = s.rooms.Notice.SettingsOf(ctx, actor); err != nil {
		return out, err
	}
	out.SoundOwn, err = s.rooms.Notice.SoundOwn(ctx, actor.Workspace)
	return out, err
}

type noticeSettingsInput struct{ Body notice.Settings }

func (s *Server) changeNoticeSettings(ctx context.Context, actor account.Actor, in *noticeSettingsInput) (OwnNotices, error) {
	if err := s.rooms.Notice.Set(ctx, actor, in.Body); err != nil {
		return OwnNotices{}, err
	}
	return s.readNoticeSettings(ctx, actor, nil)
}
