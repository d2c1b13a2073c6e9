package campaign_test

import (
	"strings"
	"testing"

	"recado/internal/account"
	"recado/internal/campaign"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/fault"
)

func TestSendTest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.workspaceRow()
		ctx := t.Context()
		aviso := w.template(accountOne, "aviso", "es")
		c := w.checked("phone,sender,1,2\nabc,Ventas,x,y\n+5531985552091,Ventas,Ana,A-1\n+5531985552092,Ventas,Luis,A-2\n", w.toAll(aviso, 0))
		var first campaign.Sent

		t.Run("one message with the values of the first ready row, named a test, and the campaign stays as it is", func(t *testing.T) {
			var err error
			first, err = w.room.SendTest(ctx, w.owner, campaign.Try{Campaign: c.ID, Phone: "+55 31 98555-2093", Key: "k"})
			w.must(err)
			made := w.sendAll(first.Campaign)
			if made.Origin != campaign.OriginTest || !strings.HasSuffix(made.Name, c.Name) || made.Name == c.Name || made.Recipients != 1 {
				t.Fatalf("%+v", made)
			}
			messages, _, err := w.conversations.Messages(ctx, w.workspace, first.People[0].Conversation, 0, 10)
			w.must(err)
			if len(messages) != 1 || !strings.Contains(messages[0].Text, "Ana") {
				t.Fatalf("%+v", messages)
			}
			if now := w.get(c.ID); now.State != c.State || now.Recipients != c.Recipients {
				t.Errorf("the campaign is %+v", now)
			}
		})
		t.Run("another row's values, and the same key once", func(t *testing.T) {
			again, err := w.room.SendTest(ctx, w.owner, campaign.Try{Campaign: c.ID, Phone: "+55 31 98555-2093", Key: "k"})
			if err != nil || again.Campaign != first.Campaign {
				t.Errorf("again: %+v, %v", again, err)
			}
			other, err := w.room.SendTest(ctx, w.owner, campaign.Try{Campaign: c.ID, Phone: "+55 31 98555-2094", Row: 4})
			w.must(err)
			w.sendAll(other.Campaign)
			messages, _, err := w.conversations.Messages(ctx, w.workspace, other.People[0].Conversation, 0, 10)
			w.must(err)
			if len(messages) != 1 || !strings.Contains(messages[0].Text, "Luis") {
				t.Errorf("%+v", messages)
			}
		})
		t.Run("lists and reports leave tests out unless they are asked for", func(t *testing.T) {
			w.counted()
			if got := w.list(campaign.Filter{}); got != c.Name {
				t.Errorf("listed %q", got)
			}
			if got := w.list(campaign.Filter{Origin: campaign.OriginTest}); strings.Count(got, ",") != 1 {
				t.Errorf("tests: %q", got)
			}
			if r, err := w.room.Report(ctx, w.owner, campaign.Filter{}); err != nil || r.Campaigns != 0 || r.Total.Made != 0 {
				t.Errorf("reported %+v, %v", r, err)
			}
		})
		t.Run("who opted out, no phone, no ready row and who may not send are refused", func(t *testing.T) {
			w.optOut("+5531985552095")
			draft := w.draft("phone,sender\nabc,Ventas\n", w.toAll(aviso, 0))
			w.optOut("+5531985552095")
			agent := account.Actor{Kind: account.KindUser, Workspace: w.workspace, User: 3, Permissions: account.Permissions{
				Areas: map[account.Area]account.Level{account.Campaigns: account.Edit}}}
			for code, try := range map[string]struct {
				actor account.Actor
				try   campaign.Try
			}{
				"campaign.row.opted_out":       {w.owner, campaign.Try{Campaign: c.ID, Phone: "+5531985552095"}},
				"campaign.row.phone_too_short": {w.owner, campaign.Try{Campaign: c.ID, Phone: "12"}},
				"campaign.test_row":            {w.owner, campaign.Try{Campaign: draft.ID, Phone: "+5531985552096"}},
				"forbidden.ability":            {agent, campaign.Try{Campaign: c.ID, Phone: "+5531985552096"}},
			} {
				if _, err := w.room.SendTest(ctx, try.actor, try.try); !fault.Is(err, code) {
					t.Errorf("%s: %v", code, err)
				}
			}
		})
	})
}
