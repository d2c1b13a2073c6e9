package api

import (
	"context"

	"recado/internal/account"
	"recado/internal/campaign"
)

func (s *Server) campaignPriceRoutes() {
	tag := func(name, says string) about { return about{Name: name, Tag: "campaigns", Says: says} }
	get(s, "/campaigns/{id}/dry-run", tag("dryRunCampaign", "When it would end, who rests at first, whom replies go to and what it costs, if it were sent as it stands; nothing is sent"),
		viewing(account.Campaigns), s.dryRunCampaign)
	get(s, "/campaigns/{id}/cost", tag("readCampaignCost", "What it cost by country and category, by the prices as they were when its messages left, beside what was said when it was sent"),
		viewing(account.Campaigns), s.readCampaignCost)
	get(s, "/campaign-prices", tag("readCampaignPrices", "What the workspace pays for a message, by country and category, as it wrote it down"), viewing(account.Settings), s.readCampaignPrices)
	put(s, "/campaign-prices", tag("changeCampaignPrices", "Put these prices in the place of all there were"), editing(account.Settings), s.changeCampaignPrices)
	post(s, "/campaign-prices/read", tag("readCampaignPriceList", "Read a list of prices as CSV (country;category;price); keeps nothing"), editing(account.Settings), s.readCampaignPriceList)
}

func (s *Server) dryRunCampaign(ctx context.Context, actor account.Actor, in *ByID) (campaign.DryRun, error) {
	return s.rooms.Campaign.DryRun(ctx, actor, in.ID.ID)
}

func (s *Server) readCampaignCost(ctx context.Context, actor account.Actor, in *ByID) (campaign.CostReport, error) {
	return s.rooms.Campaign.Cost(ctx, actor, in.ID.ID)
}

func (s *Server) readCampaignPrices(ctx context.Context, actor account.Actor, _ *noInput) (campaign.Prices, error) {
	return s.rooms.Campaign.Prices(ctx, actor)
}

func (s *Server) changeCampaignPrices(ctx context.Context, actor account.Actor, in *In[campaign.Prices]) (campaign.Prices, error) {
	if err := s.rooms.Campaign.SetPrices(ctx, actor, in.Body); err != nil {
		return campaign.Prices{}, err
	}
	return s.rooms.Campaign.Prices(ctx, actor)
}

type priceListBody struct {
	Text string `json:"text" doc:"the file's words, at most 1 MB"`
}

// PriceList are the prices found in a file.
type PriceList struct {
	Items []campaign.Price `json:"items"`
}

func (s *Server) readCampaignPriceList(_ context.Context, _ account.Actor, in *In[priceListBody]) (PriceList, error) {
	items, err := campaign.ReadPrices(in.Body.Text)
	return PriceList{Items: items}, err
}
