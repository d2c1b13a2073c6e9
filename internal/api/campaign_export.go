package api

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"recado/internal/account"
	"recado/internal/campaign"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/words"
)

func (s *Server) campaignExportRoutes() {
	raw(s, http.MethodGet, "/campaigns/{id}/recipients.csv", about{Name: "exportRecipients", Tag: "campaigns",
		Says: "What became of each recipient, as CSV; with the ability export"}, viewing(account.Campaigns).and(account.Export), s.exportRecipients)
	text := &huma.Schema{Type: huma.TypeString}
	s.api.OpenAPI().Paths[prefix+"/campaigns/{id}/recipients.csv"].Get.Parameters = []*huma.Param{
		{Name: "id", In: "path", Required: true, Schema: text}, {Name: "state", In: "query", Description: "as in the list of recipients", Schema: text}}
}

// exportRecipients writes the recipients in a state, all without one (X07), row by row as they are read.
func (s *Server) exportRecipients(w http.ResponseWriter, r *http.Request) {
	ctx, actor, locale := r.Context(), actorIn(r.Context()), visitIn(r.Context()).locale
	id, err := db.ParseID(r.PathValue("id"))
	if err != nil {
		s.writeProblem(w, r, fault.New(fault.NotFound, "campaign.not_found", "There is no such campaign."))
		return
	}
	boxes, err := s.rooms.Inbox.List(ctx, actor.Workspace)
	if err != nil {
		s.writeProblem(w, r, err)
		return
	}
	labels := map[db.ID]string{}
	for _, box := range boxes {
		labels[box.ID] = box.Label
	}
	var headers []string
	for _, name := range []string{"row", "phone", "name", "sender", "state", "reason", "accepted_at", "replied_at", "cost", "currency"} {
		headers = append(headers, words.Say(locale, "campaign.export."+name, nil))
	}
	s.streamCSV(w, r, fmt.Sprintf("recado-%d.csv", id), func(out io.Writer) error {
		return s.rooms.Campaign.ExportRecipients(ctx, actor, id, r.URL.Query().Get("state"), out, headers,
			func(one campaign.Recipient) []string { return exported(one, labels[one.Inbox], locale) })
	})
}

func exported(one campaign.Recipient, sender, locale string) []string {
	shown := recipientOf(one, locale)
	return []string{strconv.FormatInt(one.Row, 10), one.Phone, one.Name, sender, words.SayOr(locale, "campaign.recipient."+one.State, one.State, nil),
		shown.Words, exportedTime(one.At), exportedTime(one.RepliedAt), one.Cost.Amount, one.Cost.Currency}
}

// exportedTime is a time as spreadsheet programs read it, in UTC; empty for none.
func exportedTime(at int64) string {
	if at == 0 {
		return ""
	}
	return time.UnixMilli(at).UTC().Format("2006-01-02 15:04:05")
}
