package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"strings"
	"testing"
	"time"

	"recado/internal/api"
	"recado/internal/api/apitest"
	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/inbox"
)

// putSheet uploads a file as a browser does.
func putSheet(t *testing.T, w *apitest.World, as, id, name, sheet string) apitest.Answer {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write([]byte(sheet))
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	return w.Call(t, as, "PUT", "/campaigns/"+id+"/file", body.String(), "Content-Type", form.FormDataContentType())
}

// campaignWorld has a number and a template; Run works on campaigns until the test ends.
func campaignWorld(t *testing.T, d *db.DB) (w *apitest.World, number, template db.ID) {
	t.Helper()
	w = apitest.New(t, d, api.Options{})
	box, err := w.Rooms.Inbox.Create(t.Context(), inbox.Draft{Workspace: w.Home.Workspace.ID, Channel: channel.WhatsApp, Label: "Ventas", Address: "5531955501001",
		ExternalID: "2090010010010011", Account: "109", Token: "token"})
	if err != nil {
		t.Fatal(err)
	}
	components := json.RawMessage(`[{"type":"BODY","text":"Hola {{1}}, gracias."},{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Vamos a conversar"}]}]`)
	_, err = w.Rooms.Template.Sync(t.Context(), w.Home.Workspace.ID, channel.WhatsApp, "109", []channel.TemplateInfo{{ExternalID: "1", Name: "saludo", Language: "es",
		Status: "APPROVED", Category: "UTILITY", ParameterFormat: "POSITIONAL", Components: components}})
	if err != nil {
		t.Fatal(err)
	}
	found, err := w.Rooms.Template.Find(t.Context(), w.Home.Workspace.ID, "109", "saludo", "es")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { w.Rooms.Campaign.Run(ctx); close(done) }()
	t.Cleanup(func() { stop(); <-done })
	return w, box.ID, found.ID
}

type shownCampaign struct {
	ID         string `json:"id"`
	State      string `json:"state"`
	StateWords string `json:"state_words"`
	Audience   struct {
		Headers []string `json:"headers"`
		Columns struct {
			Phone     string            `json:"phone"`
			Variables map[string]string `json:"variables"`
		} `json:"columns"`
	} `json:"audience"`
	Check struct {
		State   string `json:"state"`
		Ready   int    `json:"ready"`
		Errors  int    `json:"errors"`
		Reasons []struct {
			Words string `json:"words"`
		} `json:"reasons"`
	} `json:"check"`
	Counts struct {
		Recipients int `json:"recipients"`
		Queued     int `json:"queued"`
	} `json:"counts"`
}

func waitFor(t *testing.T, w *apitest.World, id string, when func(shownCampaign) bool) shownCampaign {
	t.Helper()
	for range 1000 {
		var c shownCampaign
		w.Call(t, "manager", "GET", "/campaigns/"+id, "").JSON(t, &c)
		if when(c) {
			return c
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("it did not happen within ten seconds")
	return shownCampaign{}
}

func TestCampaigns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, number, template := campaignWorld(t, d)
		var c shownCampaign
		answer := w.Call(t, "manager", "POST", "/campaigns", `{"name":"Noviembre"}`)
		answer.JSON(t, &c)
		if answer.Status != 201 || c.State != "draft" {
			t.Fatalf("%d %s", answer.Status, answer.Body)
		}
		path := "/campaigns/" + c.ID
		t.Run("a sheet is uploaded, mapped and refused in the reader's words when it is none", func(t *testing.T) {
			refused := putSheet(t, w, "manager", c.ID, "x.pdf", "%PDF-1.7 something")
			if refused.Status != 422 || refused.Code() != "sheet.pdf" || !strings.Contains(string(refused.Body), "Guarda la planilla") {
				t.Errorf("%d %s", refused.Status, refused.Body)
			}
			putSheet(t, w, "manager", c.ID, "clientes.csv", "Teléfono;{{1}}\n+55 31 96550-0001;Ana\nabc;Luis\n").JSON(t, &c)
			if c.Audience.Columns.Phone != "Teléfono" || c.Audience.Columns.Variables["1"] != "{{1}}" {
				t.Errorf("%+v", c.Audience)
			}
		})
		t.Run("settings change in parts and what the server knows may come back with them", func(t *testing.T) {
			body := fmt.Sprintf(`{"audience":{"file_name":"clientes.csv","rows":0,"default_sender_id":%q},"message":{"template_id":%q},"route":{"target":"notify"},"scheduled_at":null}`, number, template)
			if a := w.Call(t, "manager", "PATCH", path, body); a.Status != 200 {
				t.Fatalf("%d %s", a.Status, a.Body)
			}
		})
		t.Run("the check counts and says what is wrong in the reader's language", func(t *testing.T) {
			if a := w.Call(t, "manager", "POST", path+"/check", ""); a.Status != 202 {
				t.Fatalf("%d %s", a.Status, a.Body)
			}
			c = waitFor(t, w, c.ID, func(c shownCampaign) bool { return c.State != "checking" })
			if c.State != "ready" || c.Check.Ready != 1 || c.Check.Errors != 1 || len(c.Check.Reasons) != 1 || !strings.HasPrefix(c.Check.Reasons[0].Words, "«abc» tiene letras") {
				t.Errorf("%+v", c)
			}
			errors := w.Call(t, "manager", "GET", path+"/errors.csv", "")
			if !strings.Contains(string(errors.Body), `"abc","Luis","«abc» tiene letras`) || !strings.Contains(errors.Header.Get("Content-Disposition"), "clientes-errors.csv") {
				t.Errorf("%s %v", errors.Body, errors.Header)
			}
			rows := w.Call(t, "manager", "GET", path+"/rows?only=errors", "")
			if !strings.Contains(string(rows.Body), `"row":3`) || !strings.Contains(string(rows.Body), `"field":"phone"`) {
				t.Errorf("%s", rows.Body)
			}
		})
		t.Run("the preview shows the words and buttons of a row", func(t *testing.T) {
			a := w.Call(t, "manager", "GET", path+"/preview?row=2", "")
			if !strings.Contains(string(a.Body), "Hola Ana, gracias.") || !strings.Contains(string(a.Body), "Vamos a conversar") {
				t.Errorf("%s", a.Body)
			}
			if a := w.Call(t, "manager", "GET", path+"/preview?row=99", ""); a.Status != 404 {
				t.Errorf("%d %s", a.Status, a.Body)
			}
		})
		t.Run("a route to somebody who is no agent is refused while choosing", func(t *testing.T) {
			a := w.Call(t, "manager", "POST", path+"/route-check", `{"target":"agent","email":"nadie@ejemplo.test"}`)
			if !strings.Contains(string(a.Body), `"ok":false`) || !strings.Contains(string(a.Body), "no es agente") {
				t.Errorf("%d %s", a.Status, a.Body)
			}
		})
		t.Run("who may not send is refused, other workspaces see nothing", func(t *testing.T) {
			if a := w.Call(t, "agent", "POST", path+"/send", ""); a.Status != 403 {
				t.Errorf("agent: %d %s", a.Status, a.Body)
			}
			for _, step := range []string{"GET ", "POST /send", "POST /check", "POST /pause", "GET /progress", "GET /recipients", "GET /rows", "GET /preview", "GET /errors.csv", "DELETE "} {
				method, rest, _ := strings.Cut(step, " ")
				if a := w.Call(t, "rival", method, path+rest, ""); a.Status != 404 {
					t.Errorf("rival %s: %d %s", step, a.Status, a.Body)
				}
			}
			if a := putSheet(t, w, "rival", c.ID, "x.csv", "phone\n1\n"); a.Status != 404 {
				t.Errorf("rival PUT: %d %s", a.Status, a.Body)
			}
		})
		t.Run("it is sent, paused, resumed and cancelled", func(t *testing.T) {
			if a := w.Call(t, "manager", "POST", path+"/send", `{}`); a.Status != 200 {
				t.Fatalf("%d %s", a.Status, a.Body)
			}
			waitFor(t, w, c.ID, func(c shownCampaign) bool { return c.Counts.Queued == 1 })
			for _, verb := range []string{"pause", "resume", "cancel"} {
				if a := w.Call(t, "manager", "POST", path+"/"+verb, ""); a.Status != 200 {
					t.Fatalf("%s: %d %s", verb, a.Status, a.Body)
				}
			}
			if a := w.Call(t, "manager", "POST", path+"/resume", ""); a.Status != 409 || a.Code() != "campaign.move" {
				t.Errorf("%d %s", a.Status, a.Body)
			}
			a := w.Call(t, "manager", "GET", path+"/progress", "")
			if !strings.Contains(string(a.Body), `"class":"cancelled"`) || !strings.Contains(string(a.Body), `"state":"cancelled"`) {
				t.Errorf("%s", a.Body)
			}
			a = w.Call(t, "manager", "GET", path+"/recipients?state=failed", "")
			if !strings.Contains(string(a.Body), `"row":2`) || !strings.Contains(string(a.Body), "+55 31 96550-0001") {
				t.Errorf("%s", a.Body)
			}
		})
		t.Run("X07: what became of each is exported by those who may", func(t *testing.T) {
			a := w.Call(t, "owner", "GET", path+"/recipients.csv?state=failed", "")
			if a.Status != 200 || strings.Count(string(a.Body), "\r\n") != 2 || !strings.Contains(string(a.Body), "+55 31 96550-0001") {
				t.Errorf("%d %s", a.Status, a.Body)
			}
			if all := w.Call(t, "owner", "GET", path+"/recipients.csv", ""); strings.Count(string(all.Body), "\r\n") != 2 {
				t.Errorf("%s", all.Body)
			}
			if a := w.Call(t, "owner", "GET", path+"/recipients.csv?state=x", ""); a.Status != 422 {
				t.Errorf("an unknown state: %d %s", a.Status, a.Body)
			}
			if a := w.Call(t, "agent", "GET", path+"/recipients.csv", ""); a.Status != 403 {
				t.Errorf("without the ability: %d %s", a.Status, a.Body)
			}
		})
		t.Run("the list shows it and the model can be downloaded", func(t *testing.T) {
			if a := w.Call(t, "manager", "GET", "/campaigns?state=cancelled", ""); !strings.Contains(string(a.Body), "Noviembre") {
				t.Errorf("%s", a.Body)
			}
			for _, format := range []string{"csv", "xlsx"} {
				a := w.Call(t, "manager", "GET", "/campaign-model."+format, "")
				if a.Status != 200 || len(a.Body) < 100 {
					t.Errorf("%s: %d, %d bytes", format, a.Status, len(a.Body))
				}
			}
		})
	})
}

func TestCampaignReport(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, number, template := campaignWorld(t, d)
		var c shownCampaign
		w.Call(t, "sender", "POST", "/campaigns", `{"name":"Cobrança","origin":"broadcast"}`).JSON(t, &c)
		putSheet(t, w, "sender", c.ID, "clientes.csv", "Teléfono;{{1}}\n+55 31 96550-0001;Ana\nabc;Luis\n")
		w.Call(t, "sender", "PATCH", "/campaigns/"+c.ID, fmt.Sprintf(`{"audience":{"default_sender_id":%q},"message":{"template_id":%q,"values":{"body.1":{"column":"{{1}}"}}},"route":{"target":"none"}}`, number, template))
		if err := w.Rooms.Inbox.AddMember(t.Context(), w.Home.Workspace.ID, number, w.Home.Actors["sender"].User, inbox.Manager); err != nil {
			t.Fatal(err)
		}
		w.Call(t, "sender", "POST", "/campaigns/"+c.ID+"/check", "")
		waitFor(t, w, c.ID, func(c shownCampaign) bool { return c.State != "checking" })
		if a := w.Call(t, "sender", "POST", "/campaigns/"+c.ID+"/send", `{"confirm":1}`); a.Status != 200 {
			t.Fatalf("%d %s", a.Status, a.Body)
		}
		var report struct {
			Campaigns int `json:"campaigns"`
			Total     struct {
				Made int `json:"made"`
			} `json:"total"`
			Numbers []struct {
				Name string `json:"name"`
				Made int    `json:"made"`
			} `json:"numbers"`
		}
		t.Run("figures come within seconds, and the file says the same", func(t *testing.T) {
			for range 1000 {
				w.Call(t, "sender", "GET", "/campaign-report?origin=broadcast&template_id="+template.String(), "").JSON(t, &report)
				if report.Total.Made == 1 {
					break
				}
				time.Sleep(10 * time.Millisecond)
			}
			if report.Campaigns != 1 || report.Total.Made != 1 || len(report.Numbers) != 1 || report.Numbers[0].Name != "Ventas" {
				t.Fatalf("%+v", report)
			}
			file := w.Call(t, "manager", "GET", "/campaign-report.csv?inbox_id="+number.String(), "")
			if !strings.Contains(string(file.Body), `"Número","Ventas","1"`) || !strings.HasPrefix(file.Header.Get("Content-Type"), "text/csv") {
				t.Errorf("%d %s %v", file.Status, file.Body, file.Header)
			}
		})
		t.Run("the list takes the same filters and names the authors", func(t *testing.T) {
			for query, n := range map[string]int{"origin=broadcast": 1, "origin=wizard": 0, "text=cobranca": 1, "inbox_id=" + number.String(): 1, "from=1&until=2": 0, "state=draft": 0} {
				var page struct {
					Items []shownCampaign `json:"items"`
				}
				if w.Call(t, "sender", "GET", "/campaigns?"+query, "").JSON(t, &page); len(page.Items) != n {
					t.Errorf("%s: %d, want %d", query, len(page.Items), n)
				}
			}
			if a := w.Call(t, "sender", "GET", "/campaign-authors", ""); strings.Count(string(a.Body), `"name"`) != 1 {
				t.Errorf("%s", a.Body)
			}
		})
		t.Run("a bad period, id or ability is refused in words", func(t *testing.T) {
			for path, code := range map[string]string{"/campaign-report?from=5&until=4": "campaign.period", "/campaigns?inbox_id=x": "invalid.id",
				"/campaign-report.csv?from=x": "invalid.value", "/campaign-report?from=1": "campaign.report_long"} {
				if a := w.Call(t, "manager", "GET", path, ""); a.Status != 422 || a.Code() != code {
					t.Errorf("%s: %d %s", path, a.Status, a.Body)
				}
			}
			if a := w.Call(t, "sender", "GET", "/campaign-report.csv", ""); a.Status != 403 {
				t.Errorf("a file for somebody who may not export: %d", a.Status)
			}
			if a := w.Call(t, "agent", "GET", "/campaign-report", ""); a.Status != 403 {
				t.Errorf("an agent reads it: %d", a.Status)
			}
		})
	})
}
