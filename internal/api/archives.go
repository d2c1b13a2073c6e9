package api

import (
	"context"
	"net/http"
	"time"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/report"
	"recado/internal/words"

	"github.com/danielgtaylor/huma/v2"
)

func (s *Server) archiveRoutes() {
	may := viewing(account.Desk).and(account.Export)
	get(s, "/archives", about{Name: "listArchives", Tag: "history", Says: "The ZIPs of tickets the person who asks asked for, the newest first; each is kept seven days"}, may, s.listArchives)
	post(s, "/archives", about{Name: "makeArchive", Tag: "history", Status: http.StatusAccepted,
		Says: "Make a ZIP with a PDF of each of some tickets, or of all that a filter of the history shows, in the background; a notice tells when it is ready"}, may, s.makeArchive)
	remove(s, "/archives/{id}", about{Name: "removeArchive", Tag: "history", Says: "Stop the making of a ZIP, or remove it"}, may, s.removeArchive)
	raw(s, http.MethodGet, "/archives/{id}/zip", about{Name: "downloadArchive", Tag: "history",
		Says: "A ZIP that is ready, for the person who asked for it, while that person sees all that is in it. Ranges are answered"}, may, s.downloadArchive)
	s.api.OpenAPI().Paths[prefix+"/archives/{id}/zip"].Get.Parameters = []*huma.Param{{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}}}
}

// Archive is a ZIP with a PDF of each of some tickets.
type Archive struct {
	ID        db.ID  `json:"id"`
	Name      string `json:"name"`
	State     string `json:"state" enum:"running,ready,failed"`
	Total     int64  `json:"total" doc:"tickets asked for"`
	Done      int64  `json:"done" doc:"of them dealt with"`
	LeftOut   int64  `json:"left_out" doc:"of them no longer within reach when their turn came"`
	Size      int64  `json:"size" doc:"bytes, when it is ready"`
	Problem   string `json:"problem" doc:"why it failed, in words"`
	CreatedAt int64  `json:"created_at"`
	ExpiresAt *int64 `json:"expires_at" doc:"when it is removed; null while it is made"`
}

func archiveOf(ctx context.Context, a report.Archive) Archive {
	out := Archive{ID: a.ID, Name: a.Name(), State: string(a.State), Total: a.Total, Done: a.Done, LeftOut: a.LeftOut, Size: a.Size,
		CreatedAt: a.CreatedAt, ExpiresAt: timeOrNull(a.ExpiresAt)}
	if a.Problem != "" {
		out.Problem = words.Say(visitIn(ctx).locale, a.Problem, nil)
	}
	return out
}

func (s *Server) listArchives(ctx context.Context, actor account.Actor, _ *noInput) (Items[Archive], error) {
	all, err := s.rooms.Archives.List(ctx, actor)
	return listOf(all, func(a report.Archive) Archive { return archiveOf(ctx, a) }), err
}

type makeArchiveInput struct {
	Body struct {
		Tickets []db.ID         `json:"ticket_ids,omitempty" doc:"at most 500"`
		Filter  *archivedFilter `json:"filter,omitempty" doc:"all that it shows, at most 500"`
	}
}

type archivedFilter struct {
	Search string `json:"q,omitempty" maxLength:"100"`
	State  string `json:"state,omitempty" enum:"all,open,closed" default:"all"`
	Result string `json:"result,omitempty" maxLength:"60"`
	Inbox  db.ID  `json:"inbox_id,omitempty"`
	Queue  db.ID  `json:"queue_id,omitempty"`
	Agent  db.ID  `json:"agent_id,omitempty"`
	Since  int64  `json:"since,omitempty" minimum:"0"`
	Until  int64  `json:"until,omitempty" minimum:"0"`
}

func (s *Server) makeArchive(ctx context.Context, actor account.Actor, in *makeArchiveInput) (Archive, error) {
	visit, wanted := visitIn(ctx), in.Body
	if (wanted.Filter == nil) == (len(wanted.Tickets) == 0) {
		return Archive{}, fault.New(fault.Invalid, "archive.one_way", "Name the tickets, or all that a filter shows.").On("ticket_ids")
	}
	if wanted.Filter == nil {
		a, err := s.rooms.Archives.Ask(ctx, actor, wanted.Tickets, visit.base(), visit.locale)
		return archiveOf(ctx, a), err
	}
	f := wanted.Filter
	filter, err := s.historyFilter(ctx, actor, HistoryQuestion{Search: f.Search, State: f.State, Result: f.Result, Inbox: PathID{f.Inbox}, Queue: PathID{f.Queue},
		Agent: PathID{f.Agent}, Since: f.Since, Until: f.Until})
	if err != nil {
		return Archive{}, err
	}
	a, err := s.rooms.Archives.AskFiltered(ctx, actor, filter, visit.base(), visit.locale)
	return archiveOf(ctx, a), err
}

func (s *Server) removeArchive(ctx context.Context, actor account.Actor, in *ByID) (nothing, error) {
	return nothing{}, s.rooms.Archives.Remove(ctx, actor, in.ID.ID)
}

func (s *Server) downloadArchive(w http.ResponseWriter, r *http.Request) {
	id, err := db.ParseID(r.PathValue("id"))
	if err != nil {
		id = 0
	}
	archive, body, err := s.rooms.Archives.Open(r.Context(), actorIn(r.Context()), id)
	if err != nil {
		s.writeProblem(w, r, err)
		return
	}
	defer body.Close()
	download(w, "application/zip", archive.Name())
	w.Header().Set("Cache-Control", "private, no-store")
	http.ServeContent(w, r, "", time.UnixMilli(archive.FinishedAt), body)
}
