package api

import (
	"context"
	"net/http"

	"recado/internal/account"
	"recado/internal/campaign"
	"recado/internal/db"
)

func (s *Server) campaignRoutes() {
	see, edit := viewing(account.Campaigns), editing(account.Campaigns)
	send := edit.and(account.Broadcast)
	tag := func(name, says string) about { return about{Name: name, Tag: "campaigns", Says: says} }
	get(s, "/campaigns", tag("listCampaigns", "Campaigns of the workspace, newest first"), see, s.listCampaigns)
	post(s, "/campaigns", about{Name: "createCampaign", Tag: "campaigns", Says: "Begin a draft", Status: http.StatusCreated}, edit, s.createCampaign)
	get(s, "/campaigns/{id}", tag("readCampaign", "One campaign with its settings and last check"), see, s.readCampaign)
	patch(s, "/campaigns/{id}", tag("changeCampaign", "Change a campaign; what was checked before becomes a draft again"), edit, s.changeCampaign)
	remove(s, "/campaigns/{id}", tag("deleteCampaign", "Delete a campaign that never started"), edit, s.deleteCampaign)
	post(s, "/campaigns/{id}/check", about{Name: "checkCampaign", Tag: "campaigns", Says: "Read and judge the whole sheet", Status: http.StatusAccepted}, edit, s.checkCampaign)
	get(s, "/campaigns/{id}/rows", tag("listCampaignRows", "Rows of the sheet with what is wrong with them"), see, s.listCampaignRows)
	patch(s, "/campaigns/{id}/rows", tag("correctCampaignRow", "Correct a row of the sheet, take it out or put it back; it is judged at once, the file stays as it is"), edit, s.correctCampaignRow)
	get(s, "/campaigns/{id}/preview", tag("previewCampaign", "What the person in a row will read"), see, s.previewCampaign)
	post(s, "/campaigns/{id}/route-check", tag("checkCampaignRoute", "Whether replies can go there"), see, s.checkCampaignRoute)
	post(s, "/campaigns/{id}/test", about{Name: "testCampaign", Tag: "campaigns", Status: http.StatusAccepted,
		Says: "Send the message of a campaign once, with the values of a row, to a number to look at it; lists and reports leave it out"}, send, s.testCampaign)
	post(s, "/campaigns/{id}/send", tag("sendCampaign", "Send now, or at the time set"), send, s.sendCampaign)
	post(s, "/campaigns/{id}/pause", tag("pauseCampaign", "Stop sending at once"), send, s.steer((*campaign.Room).Pause))
	post(s, "/campaigns/{id}/resume", tag("resumeCampaign", "Go on where it was paused"), send, s.steer((*campaign.Room).Resume))
	post(s, "/campaigns/{id}/cancel", tag("cancelCampaign", "End it for good"), send, s.steer((*campaign.Room).Cancel))
	get(s, "/campaigns/{id}/progress", tag("readCampaignProgress", "How far it is, at most half a second old"), see, s.campaignProgress)
	get(s, "/campaigns/{id}/recipients", tag("listCampaignRecipients", "Recipients and what became of each"), see, s.listRecipients)
	get(s, "/campaigns/{id}/moves", tag("listCampaignMoves", "Who or what moved it from state to state, the latest first"), see, s.listCampaignMoves)
	get(s, "/campaign-policy", tag("readCampaignPolicy", "What the workspace wants of all its campaigns"), viewing(account.Settings), s.readCampaignPolicy)
	put(s, "/campaign-policy", tag("changeCampaignPolicy", "Change what the workspace wants of all its campaigns"), editing(account.Settings), s.changeCampaignPolicy)
	get(s, "/campaign-authors", tag("listCampaignAuthors", "Who made campaigns, by name"), see, s.listCampaignAuthors)
	s.campaignFileRoutes()
	s.campaignReportRoutes()
	s.campaignExportRoutes()
	s.campaignPriceRoutes()
}

type campaignList struct {
	Paging
	CampaignFilter
}

func (s *Server) listCampaigns(ctx context.Context, actor account.Actor, in *campaignList) (Page[CampaignRow], error) {
	which, err := in.filter()
	if err != nil {
		return Page[CampaignRow]{}, err
	}
	found, next, err := s.rooms.Campaign.List(ctx, actor, which, in.Cursor, in.Limit)
	if err != nil {
		return Page[CampaignRow]{}, err
	}
	settled, err := s.rooms.Campaign.Settled(ctx, found)
	if err != nil {
		return Page[CampaignRow]{}, err
	}
	page := Page[CampaignRow]{Items: make([]CampaignRow, len(found)), Next: next}
	for i, c := range found {
		if page.Items[i], err = s.campaignRow(ctx, actor, c, settled); err != nil {
			return page, err
		}
	}
	return page, nil
}

type createCampaignBody struct {
	Name   string `json:"name,omitempty" maxLength:"200"`
	Origin string `json:"origin,omitempty" enum:"wizard,broadcast,desk,api" doc:"where it was made; wizard when left out"`
}

func (s *Server) createCampaign(ctx context.Context, actor account.Actor, in *In[createCampaignBody]) (Campaign, error) {
	origin := in.Body.Origin
	switch {
	case origin != "":
	case actor.Kind == account.KindKey:
		origin = "api"
	default:
		origin = "wizard"
	}
	return s.shownCampaign(ctx, actor)(s.rooms.Campaign.Create(ctx, actor, in.Body.Name, origin))
}

func (s *Server) readCampaign(ctx context.Context, actor account.Actor, in *ByID) (Campaign, error) {
	return s.shownCampaign(ctx, actor)(s.rooms.Campaign.Get(ctx, actor, in.ID.ID))
}

type changeCampaignInput struct {
	ByID
	Body CampaignChange
}

func (s *Server) changeCampaign(ctx context.Context, actor account.Actor, in *changeCampaignInput) (Campaign, error) {
	return s.shownCampaign(ctx, actor)(s.rooms.Campaign.Update(ctx, actor, in.ID.ID, in.Body.change()))
}

func (s *Server) deleteCampaign(ctx context.Context, actor account.Actor, in *ByID) (nothing, error) {
	return nothing{}, s.rooms.Campaign.Delete(ctx, actor, in.ID.ID)
}

func (s *Server) checkCampaign(ctx context.Context, actor account.Actor, in *ByID) (Campaign, error) {
	return s.shownCampaign(ctx, actor)(s.rooms.Campaign.Check(ctx, actor, in.ID.ID))
}

type campaignRowsInput struct {
	ByID
	Only  string `query:"only" enum:"all,errors,corrected,ready" default:"all"`
	After int64  `query:"after" minimum:"0" doc:"rows behind this row number"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// CampaignRows is a part of the sheet.
type CampaignRows struct {
	Items []SheetRow `json:"items"`
	Next  int64      `json:"next" doc:"the row number to ask behind for more; 0 when there are none"`
}

func (s *Server) listCampaignRows(ctx context.Context, actor account.Actor, in *campaignRowsInput) (CampaignRows, error) {
	only := in.Only
	if only == "all" {
		only = ""
	}
	rows, more, err := s.rooms.Campaign.Rows(ctx, actor, in.ID.ID, only, in.After, in.Limit)
	out := CampaignRows{Items: make([]SheetRow, len(rows))}
	for i, row := range rows {
		out.Items[i] = sheetRow(row, visitIn(ctx).locale)
	}
	if more {
		out.Next = rows[len(rows)-1].Number
	}
	return out, err
}

type correctRowInput struct {
	ByID
	Body struct {
		Version  int64             `json:"version,omitempty" minimum:"0" doc:"the one that was seen; when somebody made another meanwhile the correction is refused with 409"`
		Row      int64             `json:"row" minimum:"1" doc:"number of the row as the spreadsheet program shows it"`
		Cells    map[string]string `json:"cells,omitempty" doc:"new texts by header, at most 2,000 characters each; the others stay"`
		TakenOut *bool             `json:"taken_out,omitempty" doc:"true: the row counts for nothing; false: it counts again"`
		Restore  bool              `json:"restore,omitempty" doc:"first make the row as the file has it"`
	}
}

// CorrectedRow is a row as it counts now, and the campaign with it.
type CorrectedRow struct {
	Row      SheetRow `json:"row" doc:"judged by itself; whether another row holds the same person the next check tells"`
	Campaign Campaign `json:"campaign"`
}

func (s *Server) correctCampaignRow(ctx context.Context, actor account.Actor, in *correctRowInput) (CorrectedRow, error) {
	c, row, err := s.rooms.Campaign.Correct(ctx, actor, in.ID.ID, campaign.Correction{Seen: in.Body.Version, Row: in.Body.Row, Cells: in.Body.Cells,
		TakenOut: in.Body.TakenOut, Restore: in.Body.Restore})
	if err != nil {
		return CorrectedRow{}, err
	}
	shown, err := s.shownCampaign(ctx, actor)(c, nil)
	return CorrectedRow{Row: sheetRow(row, visitIn(ctx).locale), Campaign: shown}, err
}

type previewInput struct {
	ByID
	Row int64 `query:"row" minimum:"0" doc:"row number of the sheet; 0: the first"`
}

func (s *Server) previewCampaign(ctx context.Context, actor account.Actor, in *previewInput) (CampaignPreview, error) {
	p, err := s.rooms.Campaign.Preview(ctx, actor, in.ID.ID, in.Row)
	return previewOf(p, visitIn(ctx).locale), err
}

type routeCheckInput struct {
	ByID
	Body CampaignRouteChange
}

func (s *Server) checkCampaignRoute(ctx context.Context, actor account.Actor, in *routeCheckInput) (CampaignRouteCheck, error) {
	check, err := s.rooms.Campaign.CheckRoute(ctx, actor.Workspace, in.ID.ID, in.Body.route())
	return routeCheckOf(check, visitIn(ctx).locale), err
}

type sendCampaignInput struct {
	ByID
	Body *struct {
		Confirm int64 `json:"confirm,omitempty" doc:"number of recipients; needed from 1,000"`
	}
}

func (s *Server) sendCampaign(ctx context.Context, actor account.Actor, in *sendCampaignInput) (Campaign, error) {
	confirm := int64(0)
	if in.Body != nil {
		confirm = in.Body.Confirm
	}
	return s.shownCampaign(ctx, actor)(s.rooms.Campaign.Send(ctx, actor, in.ID.ID, confirm))
}

type testCampaignInput struct {
	ByID
	Key  string `header:"Idempotency-Key" maxLength:"200" doc:"made by the caller; remembered for 30 days"`
	Body struct {
		Phone string `json:"phone" maxLength:"40"`
		Row   int64  `json:"row,omitempty" minimum:"0" doc:"the first ready row from this one on; left out: the first"`
	}
}

func (s *Server) testCampaign(ctx context.Context, actor account.Actor, in *testCampaignInput) (ActiveSent, error) {
	sent, err := s.rooms.Campaign.SendTest(ctx, actor, campaign.Try{Campaign: in.ID.ID, Phone: in.Body.Phone, Row: in.Body.Row, Key: in.Key})
	if err != nil {
		return ActiveSent{}, err
	}
	return activeSentOf(ctx, sent), nil
}

// steer makes the handler of a verb that takes nothing but the campaign.
func (s *Server) steer(verb func(*campaign.Room, context.Context, account.Actor, db.ID) (campaign.Campaign, error)) handler[ByID, Campaign] {
	return func(ctx context.Context, actor account.Actor, in *ByID) (Campaign, error) {
		return s.shownCampaign(ctx, actor)(verb(s.rooms.Campaign, ctx, actor, in.ID.ID))
	}
}

func (s *Server) campaignProgress(ctx context.Context, actor account.Actor, in *ByID) (CampaignProgress, error) {
	p, err := s.rooms.Campaign.Progress(ctx, actor, in.ID.ID)
	return progressOf(p, visitIn(ctx).locale), err
}

type recipientList struct {
	ByID
	Paging
	State string `query:"state" maxLength:"20" doc:"waiting, left_out, replied or the status of the message; empty: all"`
}

func (s *Server) listRecipients(ctx context.Context, actor account.Actor, in *recipientList) (Page[CampaignRecipient], error) {
	found, next, err := s.rooms.Campaign.Recipients(ctx, actor, in.ID.ID, in.State, in.Cursor, in.Limit)
	return pageOf(found, next, func(one campaign.Recipient) CampaignRecipient { return recipientOf(one, visitIn(ctx).locale) }), err
}

// CampaignMove is a step of a campaign from one state to another.
type CampaignMove struct {
	State string `json:"state"`
	Words string `json:"words" doc:"why, when nobody asked for it"`
	By    Author `json:"by" doc:"who asked for it; without a name nobody did"`
	At    int64  `json:"at" doc:"Unix milliseconds"`
}

func (s *Server) listCampaignMoves(ctx context.Context, actor account.Actor, in *ByID) (Items[CampaignMove], error) {
	moves, err := s.rooms.Campaign.Moves(ctx, actor, in.ID.ID)
	return listOf(moves, func(m campaign.Move) CampaignMove {
		return CampaignMove{State: string(m.State), Words: m.Reason.Words(visitIn(ctx).locale), By: Author{ID: m.By, Name: m.ByName}, At: m.At}
	}), err
}

func (s *Server) readCampaignPolicy(ctx context.Context, actor account.Actor, _ *struct{}) (campaign.Policy, error) {
	return s.rooms.Campaign.Policy(ctx, actor)
}

func (s *Server) changeCampaignPolicy(ctx context.Context, actor account.Actor, in *In[campaign.Policy]) (campaign.Policy, error) {
	return s.rooms.Campaign.SetPolicy(ctx, actor, in.Body)
}
