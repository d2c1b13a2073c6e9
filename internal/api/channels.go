package api

import (
	"context"
	"maps"
	"slices"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/media"
)

func (s *Server) channelRoutes() {
	get(s, "/channels", about{Name: "listChannels", Tag: "lookups", Says: "What each channel can carry: lengths of texts, files by kind, voice notes"}, signedIn, s.listChannels)
}

// Channel is what a channel can carry.
type Channel struct {
	Channel      string         `json:"channel"`
	TextLimit    int            `json:"text_limit" doc:"characters"`
	CaptionLimit int            `json:"caption_limit" doc:"characters"`
	Media        []ChannelMedia `json:"media" doc:"what is taken as what kind of message"`
	Documents    *ChannelMedia  `json:"documents" doc:"what can be sent as a document when it is not taken otherwise (uploadFile, as=document); null for nothing"`
	Voice        *ChannelVoice  `json:"voice" doc:"null: the channel has no voice notes; a recording goes as a file"`
}

// ChannelMedia bounds one kind of file.
type ChannelMedia struct {
	Kind  string   `json:"kind" enum:"image,audio,video,sticker,document"`
	Mimes []string `json:"mimes"`
	Bytes int64    `json:"bytes" doc:"of one file"`
}

// ChannelVoice bounds voice notes.
type ChannelVoice struct {
	Seconds int `json:"seconds" doc:"of one recording"`
}

func (s *Server) listChannels(context.Context, account.Actor, *noInput) (Items[Channel], error) {
	return listOf(slices.Sorted(maps.Keys(s.rooms.Carries)), func(kind channel.Kind) Channel {
		can := s.rooms.Carries[kind]
		out := Channel{Channel: string(kind), TextLimit: can.TextLimit, CaptionLimit: can.CaptionLimit, Media: listOf(can.Media, mediaOf).Items}
		if documents, ok := can.Documents(); ok {
			all := mediaOf(documents)
			out.Documents = &all
		}
		if can.Voice != nil {
			out.Voice = &ChannelVoice{Seconds: int(media.VoiceLimit.Seconds())}
		}
		return out
	}), nil
}

func mediaOf(l channel.MediaLimit) ChannelMedia {
	return ChannelMedia{Kind: l.Kind, Mimes: l.Mimes, Bytes: l.Bytes}
}
