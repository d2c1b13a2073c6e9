package api

import (
	"context"
	"mime"
	"net/http"
	"time"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/desk"
)

func (s *Server) historyRoutes() {
	see := viewing(account.Desk)
	get(s, "/history", about{Name: "listHistory", Tag: "history", Says: "Tickets of the last months within reach, the last opened first"}, see, s.listHistory)
	get(s, "/history/{id}", about{Name: "readHistory", Tag: "history", Says: "One ticket with a part of what was said in it, oldest first"}, see, s.readHistory)
	raw(s, http.MethodGet, "/history/{id}/pdf", about{Name: "downloadHistory", Tag: "history", Says: "One ticket as a PDF; files are links"}, see.and(account.Export), s.downloadHistory)
	get(s, "/settings/history", about{Name: "readHistorySettings", Tag: "history", Says: "How far back the history goes"}, signedIn, s.readHistorySettings)
	put(s, "/settings/history", about{Name: "changeHistorySettings", Tag: "history", Says: "Change how far back the history goes"}, editing(account.Settings), s.changeHistorySettings)
}

// PastTicket is a ticket in the history.
type PastTicket struct {
	ID           string            `json:"id"`
	Number       int64             `json:"number"`
	Status       string            `json:"status" enum:"queued,assigned,in_service,closed"`
	Conversation FoundConversation `json:"conversation"`
	Agent        string            `json:"agent" doc:"name; empty for nobody"`
	Queue        string            `json:"queue" doc:"name; empty for none"`
	OpenedAt     int64             `json:"opened_at"`
	ClosedAt     *int64            `json:"closed_at"`
	Result       string            `json:"result"`
	ClosingNote  string            `json:"closing_note"`
}

func pastTicketOf(queues map[db.ID]string) func(conversation.PastTicket) PastTicket {
	return func(t conversation.PastTicket) PastTicket {
		return PastTicket{ID: t.ID.String(), Number: t.Number, Status: t.Status, Conversation: foundConversationOf(t.Conversation), Agent: t.AgentName,
			Queue: queues[t.Queue], OpenedAt: t.OpenedAt, ClosedAt: timeOrNull(t.ClosedAt), Result: t.Result, ClosingNote: t.ClosingNote}
	}
}

// HistoryQuestion is which tickets of the history are meant.
type HistoryQuestion struct {
	Search string `query:"q" maxLength:"100" doc:"words of the person or of what was said, or the ticket's number"`
	State  string `query:"state" enum:"all,open,closed" default:"all"`
	Result string `query:"result" maxLength:"60"`
	Inbox  PathID `query:"inbox_id"`
	Queue  PathID `query:"queue_id"`
	Agent  PathID `query:"agent_id"`
	Since  int64  `query:"since" minimum:"0" doc:"opened at or after; never further back than the setting"`
	Until  int64  `query:"until" minimum:"0" doc:"opened before"`
}

type historyInput struct {
	Paging
	HistoryQuestion
}

// historyFilter is the question as the rooms understand it, no further back than the setting.
func (s *Server) historyFilter(ctx context.Context, actor account.Actor, q HistoryQuestion) (conversation.HistoryFilter, error) {
	months, err := s.rooms.Account.HistoryMonths(ctx, actor.Workspace)
	oldest := time.Now().AddDate(0, -int(months), 0).UnixMilli()
	return conversation.HistoryFilter{Search: q.Search, Open: q.State == "open", Closed: q.State == "closed", Result: q.Result,
		Inbox: q.Inbox.ID, Queue: q.Queue.ID, Agent: q.Agent.ID, Since: max(q.Since, oldest), Until: q.Until}, err
}

func (s *Server) listHistory(ctx context.Context, actor account.Actor, in *historyInput) (Page[PastTicket], error) {
	none := Page[PastTicket]{}
	reach, err := s.rooms.Routing.ReachOf(ctx, actor)
	if err != nil {
		return none, err
	}
	filter, err := s.historyFilter(ctx, actor, in.HistoryQuestion)
	if err != nil {
		return none, err
	}
	page, err := s.rooms.Conversation.History(ctx, reach, filter, in.Cursor, in.Limit)
	if err != nil {
		return none, err
	}
	queues, err := s.rooms.Routing.Names(ctx, actor.Workspace)
	return pageOf(page.Items, page.Next, pastTicketOf(queues)), err
}

// TicketTranscript is a ticket with a part of what was said.
type TicketTranscript struct {
	Ticket   PastTicket     `json:"ticket"`
	Messages []desk.Message `json:"messages"`
	Next     string         `json:"next" doc:"after, for the following part; empty at the end"`
}

type transcriptInput struct {
	ByID
	After PathID `query:"after" doc:"the last message of the part before"`
}

// transcriptPart is how many messages one answer holds.
const transcriptPart = 100

func (s *Server) readHistory(ctx context.Context, actor account.Actor, in *transcriptInput) (TicketTranscript, error) {
	reach, err := s.rooms.Routing.ReachOf(ctx, actor)
	if err != nil {
		return TicketTranscript{}, err
	}
	past, err := s.rooms.Conversation.Past(ctx, reach, in.ID.ID)
	if err != nil {
		return TicketTranscript{}, err
	}
	queues, err := s.rooms.Routing.Names(ctx, actor.Workspace)
	if err != nil {
		return TicketTranscript{}, err
	}
	said, err := s.rooms.Conversation.Transcript(ctx, past.Ticket, in.After.ID, transcriptPart)
	if err != nil {
		return TicketTranscript{}, err
	}
	out := TicketTranscript{Ticket: pastTicketOf(queues)(past)}
	if len(said) == transcriptPart {
		out.Next = said[len(said)-1].ID.String()
	}
	out.Messages, err = s.rooms.Desk.Messages(ctx, actor.Workspace, said, actor)
	return out, err
}

func (s *Server) downloadHistory(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	id, err := db.ParseID(r.PathValue("id"))
	if err != nil {
		id = 0
	}
	transcript, err := s.rooms.Report.Transcript(ctx, actorIn(ctx), id, visitIn(ctx).base(), visitIn(ctx).locale)
	if err != nil {
		s.writeProblem(w, r, err)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "application/pdf")
	header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": transcript.Name()}))
	header.Set("Cache-Control", "private, no-store")
	if err := transcript.Write(ctx, w); err != nil {
		s.log.Error("a ticket's PDF broke off", "ticket", id, "error", err)
	}
}

// HistorySettings is how far back the history goes.
type HistorySettings struct {
	Months int64 `json:"months" minimum:"1" maximum:"120"`
}

func (s *Server) readHistorySettings(ctx context.Context, actor account.Actor, _ *noInput) (HistorySettings, error) {
	months, err := s.rooms.Account.HistoryMonths(ctx, actor.Workspace)
	return HistorySettings{months}, err
}

func (s *Server) changeHistorySettings(ctx context.Context, actor account.Actor, in *In[HistorySettings]) (HistorySettings, error) {
	return in.Body, s.rooms.Account.SetHistoryMonths(ctx, actor.Workspace, in.Body.Months)
}
