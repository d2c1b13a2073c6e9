package campaign_test

import (
	"encoding/json"
	"strings"
	"testing"

	"recado/internal/account"
	"recado/internal/campaign"
	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/media"
)

// picture keeps a picture of the workspace and gives how a header names it.
func (w *world) picture(body string) (db.ID, string) {
	w.t.Helper()
	f, err := w.room.Files.Save(w.t.Context(), w.workspace, "oferta", strings.NewReader(body),
		[]media.Limit{{Kind: channel.Image, Mimes: []string{"image/png"}, Bytes: 4 << 20}, {Kind: channel.Document, Mimes: []string{"text/plain"}, Bytes: 4 << 20}})
	w.must(err)
	return f.ID, "file:" + f.ID.String()
}

const png = "\x89PNG\r\n\x1a\n"

func TestHeaderFile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.workspaceRow()
		ctx := t.Context()
		w.sync(accountOne, channel.TemplateInfo{ExternalID: "t-oferta", Name: "oferta", Language: "es", Status: "APPROVED", Category: "UTILITY", Quality: "GREEN",
			Components: json.RawMessage(`[{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"Llegó la oferta."}]`)})
		offer := w.template(accountOne, "oferta", "es")
		file, ours := w.picture(png)
		_, words := w.picture("harina 10")
		_, heavy := w.picture(png + strings.Repeat("x", 2<<20))
		with := func(source campaign.Source) campaign.Change {
			change := w.toAll(offer, w.ventas.ID)
			change.Message.Values = map[string]campaign.Source{"header.media": source}
			return change
		}
		carried := func(id db.ID) (ours, links int64) {
			return w.count("select count(*) from messages where campaign_id = $1 and media_id = $2", id, file),
				w.count("select count(*) from messages where campaign_id = $1 and media_id is null and content_json like '%https://x.example/%'", id)
		}

		t.Run("X12 every recipient's message carries the one file", func(t *testing.T) {
			c := w.checked("telefono\n+5531985553401\n+5531985553402\n", with(campaign.Source{Text: ours}))
			if c.State != campaign.Ready || c.Check.Ready != 2 {
				t.Fatalf("%+v, %v", c.Check, w.problems(c.ID))
			}
			_, err := w.room.Send(ctx, w.owner, c.ID, 0)
			w.must(err)
			w.sendAll(c.ID)
			if files, _ := carried(c.ID); files != 2 {
				t.Errorf("%d messages carry the file", files)
			}
			if n := w.count("select count(*) from messages where campaign_id = $1 and body = 'Llegó la oferta.'", c.ID); n != 2 {
				t.Errorf("%d messages say it, and nothing of the file's id", n)
			}
		})
		t.Run("X12 a row's own address comes first, the file stands in for rows without one; a cell names no file of ours", func(t *testing.T) {
			c := w.checked("telefono,foto\n+5531985553411,https://x.example/a.png\n+5531985553412,\n+5531985553413,"+words+"\n",
				with(campaign.Source{Column: "foto", Fallback: ours}))
			wantProblems(t, w.problems(c.ID), "4 row.variable_invalid")
			_, err := w.room.Send(ctx, w.owner, c.ID, 0)
			w.must(err)
			w.sendAll(c.ID)
			if files, links := carried(c.ID); files != 1 || links != 1 {
				t.Errorf("%d with the file, %d with the address", files, links)
			}
		})
		t.Run("a file the header does not take is refused in words and changes nothing", func(t *testing.T) {
			c := w.draft("telefono\n+5531985553421\n", with(campaign.Source{Text: ours}))
			for code, text := range map[string]string{"template.file_kind": words, "template.file_large": heavy, "template.file_gone": "file:1"} {
				_, err := w.room.Update(ctx, w.owner, c.ID, with(campaign.Source{Text: text}))
				wantFault(t, err, code)
			}
			if got := w.get(c.ID).Message.Values["header.media"].Text; got != ours {
				t.Errorf("the draft has %q", got)
			}
		})
		t.Run("a file of other people's conversations cannot be put in, and may stay in", func(t *testing.T) {
			c := w.draft("telefono\n+5531985553431\n", with(campaign.Source{Text: ours}))
			_, err := w.room.Update(ctx, w.sender, c.ID, with(campaign.Source{Text: ours}))
			w.must(err)
			other := w.draft("telefono\n+5531985553432\n", w.toAll(offer, w.ventas.ID))
			_, err = w.room.Update(ctx, account.Actor{Kind: account.KindUser, Workspace: w.workspace, User: 9, Permissions: w.sender.Permissions}, other.ID, with(campaign.Source{Text: ours}))
			wantFault(t, err, "template.file_gone")
		})
		t.Run("X12 a few people, and a test of a campaign", func(t *testing.T) {
			m := campaign.Active{Inbox: w.ventas.ID, Template: offer, Route: campaign.Route{Target: campaign.ToNone}, People: toPhones("+5531985553441"),
				Values: map[string]campaign.Source{"header.media": {Text: ours}}}
			sent, err := w.room.SendActive(ctx, w.owner, m)
			w.must(err)
			w.sendAll(sent.Campaign)
			if files, _ := carried(sent.Campaign); files != 1 {
				t.Errorf("%d messages carry the file", files)
			}
			m.Values["header.media"] = campaign.Source{Text: words}
			_, err = w.room.SendActive(ctx, w.owner, m)
			wantFault(t, err, "template.file_kind")
			c := w.checked("telefono\n+5531985553442\n", with(campaign.Source{Text: ours}))
			tried, err := w.room.SendTest(ctx, w.owner, campaign.Try{Campaign: c.ID, Phone: "+5531985553443"})
			w.must(err)
			w.sendAll(tried.Campaign)
			if files, _ := carried(tried.Campaign); files != 1 {
				t.Errorf("%d tests carry the file", files)
			}
		})
	})
}
