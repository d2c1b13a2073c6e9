package campaign_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"recado/internal/campaign"
	"recado/internal/db"
	"recado/internal/db/dbtest"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

func TestCheck(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		aviso := w.template(accountOne, "aviso", "es")
		t.Run("every row is counted once and the campaign becomes ready", func(t *testing.T) {
			c := w.checked(`telefono,{{1}},{{2}}
+55 31 95550-0001,Ana,A-1
31955500002,Luis,A-2
abc,Eva,A-3
+55 31 95550-0001,Ana,A-1
+55 31 95550-0005,,A-5
`, w.toAll(aviso, w.ventas.ID))
			if c.State != campaign.Ready || c.Check.State != campaign.CheckDone {
				t.Fatalf("state %s, check %+v", c.State, c.Check)
			}
			k := c.Check
			if k.Rows != 5 || k.Ready != 2 || k.Errors != 2 || k.Duplicates != 1 || k.OptedOut != 0 {
				t.Errorf("counts %+v", k)
			}
			if len(k.Senders) != 1 || k.Senders[0].Count != 2 || len(k.Templates) != 1 || k.Templates[0].Count != 2 {
				t.Errorf("senders %+v templates %+v", k.Senders, k.Templates)
			}
			wantProblems(t, w.problems(c.ID), "4 row.phone_letters", "5 row.duplicate", "6 row.variable_missing")
		})
		t.Run("a number written differently is the same person", func(t *testing.T) {
			c := w.checked(`celular;1;2
+55 (31) 8555-0001;a;b
5531985550001;a;b
0031985550001;a;b
5.531985550002E+12;a;b
5,531985E+12;a;b
+5215555500033;a;b
+525555500033;a;b
+5491155500044;a;b
+54 11 15 5550-0044;a;b
`, w.toAll(aviso, w.ventas.ID))
			wantProblems(t, w.problems(c.ID), "3 row.duplicate", "4 row.duplicate", "6 row.phone_lossy", "8 row.duplicate", "10 row.duplicate")
		})
		t.Run("the same person may be written to from two numbers", func(t *testing.T) {
			c := w.checked("phone,sender,1,2\n+5531955500001,Ventas,a,b\n+5531955500001,+52 55 5550 1002,a,b\n", w.toAll(aviso, 0))
			if c.Check.Ready != 2 || len(c.Check.Senders) != 2 {
				t.Errorf("%+v", c.Check)
			}
		})
		t.Run("opted-out people are counted apart", func(t *testing.T) {
			w.optOut("5531985550099")
			c := w.checked("phone,1,2\n+55 31 8555-0099,a,b\n+5531955500001,a,b\n", w.toAll(aviso, w.ventas.ID))
			if c.Check.OptedOut != 1 || c.Check.Ready != 1 {
				t.Errorf("%+v", c.Check)
			}
			wantProblems(t, w.problems(c.ID), "2 row.opted_out")
		})
		t.Run("who is blocked is not ready, and the reason says so", func(t *testing.T) {
			w.block("5531985550098")
			c := w.checked("phone,1,2\n+55 31 98555-0098,a,b\n+5531955500001,a,b\n", w.toAll(aviso, w.ventas.ID))
			if c.Check.OptedOut != 1 || c.Check.Ready != 1 {
				t.Errorf("%+v", c.Check)
			}
			wantProblems(t, w.problems(c.ID), "2 row.blocked")
		})
		t.Run("templates are judged in the account of the row's sender", func(t *testing.T) {
			c := w.checked(`phone,sender,template,language,1,2
+5531955500001,Ventas,aviso,es,a,b
+5531955500002,Ventas,promo_primavra,es,,
+5531955500003,Vendas,promo_primavera,es,,
+5531955500004,Ventas,pausada,es,,
+5531955500005,Ventas,rechazada,es,,
+5531955500006,Ventas,saludo,,a,
+5531955500007,Ventas,saludo,fr,a,
+5531955500008,Ventas,saludo,en-US,a,
+5531955500009,Ventas,,,a,
+5531955500010,Ventas,aviso,,a,
+5531955500011,Ventas,saludo,es,a,b
`, campaign.Change{Route: &campaign.Route{Target: campaign.ToNone}})
			wantProblems(t, w.problems(c.ID), "3 row.template_unknown", "4 row.template_other_number", "5 row.template_paused", "6 row.template_not_approved",
				"7 row.language_missing", "8 row.language_unknown", "10 row.template_missing", "11 row.variable_missing", "12 row.variable_surplus")
			rows, _, err := w.room.Rows(t.Context(), w.owner, c.ID, "errors", 0, 1)
			if err != nil || rows[0].Problems[0].Fix != "promo_primavera" {
				t.Errorf("no fix proposed: %+v %v", rows, err)
			}
		})
		t.Run("senders that are unknown, not mine, disconnected or the recipient are named", func(t *testing.T) {
			box := w.inbox("Caído", "5531955501777", accountOne)
			w.must(w.inboxes.SetStatus(t.Context(), box.ID, "disconnected", 190))
			c := w.draft(`phone,sender,1,2
+5531955500001,Nadie,a,b
+5531955500002,Soporte,a,b
+5531955500003,caido,a,b
+5531955501001,Ventas,a,b
+5531955500004,,a,b
`, w.toAll(aviso, 0))
			w.must(w.inboxes.AddMember(t.Context(), w.workspace, box.ID, w.sender.User, "agent"))
			_, err := w.room.Check(t.Context(), w.sender, c.ID)
			w.must(err)
			w.run(c.ID, campaign.Checking)
			wantProblems(t, w.problems(c.ID), "2 row.sender_unknown", "3 row.sender_not_mine", "4 row.sender_disconnected", "5 row.sender_is_recipient", "6 row.sender_missing")
		})
		t.Run("agents and queues of rows are checked", func(t *testing.T) {
			c := w.checked(`phone,agent_email,queue,1,2
+5531955500001,ana@aurora.example,,a,b
+5531955500002,nadie@aurora.example,,a,b
+5531955500003,lila@aurora.example,,a,b
+5531955500004,,cobranzas,a,b
+5531955500005,,Nada,a,b
+5531955500006,,,a,b
+5531955500007,ana@aurora.example,Ventas,a,b
`, campaign.Change{DefaultSender: &w.ventas.ID, Message: &campaign.Message{Template: aviso}, Route: &campaign.Route{Target: campaign.ToColumn}})
			wantProblems(t, w.problems(c.ID), "3 row.agent_unknown", "4 row.agent_no_access", "6 row.queue_unknown", "7 row.route_missing", "8 row.agent_and_queue")
		})
		t.Run("values come from columns, contact fields and fixed text, with a fallback", func(t *testing.T) {
			w.contact("5531955500021", "Marta", map[string]string{"pedido": "P-9"})
			change := w.toAll(aviso, w.ventas.ID)
			change.Message.Values = map[string]campaign.Source{"body.1": {Column: "quien", Field: "name", Fallback: "cliente"}, "body.2": {Field: "pedido", Text: "sin número"}}
			c := w.checked("phone,quien\n+5531955500021,\n+5531955500022,\n+5531955500023,Eva\n", change)
			if c.Check.Ready != 3 {
				t.Fatalf("%+v %v", c.Check, w.problems(c.ID))
			}
			for row, want := range map[int64]string{2: "Hola Marta, tu pedido P-9 ya salió hoy.", 3: "Hola cliente, tu pedido sin número ya salió hoy.", 4: "Hola Eva, tu pedido sin número ya salió hoy."} {
				p, err := w.room.Preview(t.Context(), w.owner, c.ID, row)
				if err != nil || p.Rendered.Body != want {
					t.Errorf("row %d reads %q (%v), want %q", row, p.Rendered.Body, err, want)
				}
			}
		})
		t.Run("a value the provider would refuse is an error with the template's words", func(t *testing.T) {
			c := w.checked("phone,1,2\n+5531955500001,\"two\nlines\",b\n+5531955500002,a     b,c\n+5531955500003,"+strings.Repeat("x", 1100)+",c\n", w.toAll(aviso, w.ventas.ID))
			wantProblems(t, w.problems(c.ID), "2 row.variable_invalid", "3 row.variable_invalid", "4 row.variable_invalid")
		})
		t.Run("without template and sender the numbers are still checked and what is missing is named", func(t *testing.T) {
			c := w.checked("phone\n+5531955500001\n31955500002\n", campaign.Change{})
			if c.State != campaign.Draft || c.Check.State != campaign.CheckDone || c.Check.Ready != 1 || c.Check.Errors != 1 {
				t.Fatalf("%s %+v", c.State, c.Check)
			}
			var codes []string
			for _, p := range c.Check.Missing {
				codes = append(codes, p.Code)
			}
			wantProblems(t, codes, "missing.sender", "missing.template", "missing.route")
			_, err := w.room.Send(t.Context(), w.owner, c.ID, 0)
			wantFault(t, err, "campaign.missing.sender")
		})
		t.Run("the file of errors has the same columns and a reason in the author's language", func(t *testing.T) {
			c := w.checked("telefono,{{1}},{{2}}\nabc,Ana,=1+1\n", w.toAll(aviso, w.ventas.ID))
			body, name, err := w.room.ErrorsFile(t.Context(), w.owner, c.ID)
			w.must(err)
			defer body.Close()
			text, err := io.ReadAll(body)
			w.must(err)
			want := "\ufeff\"telefono\",\"{{1}}\",\"{{2}}\",\"reason\"\r\n\"abc\",\"Ana\",\"'=1+1\",\"“abc” has letters in it. Write only the number, with its country code.\"\r\n"
			if string(text) != want || name != "clientes-errors.csv" {
				t.Errorf("%s: %q, want %q", name, text, want)
			}
		})
		t.Run("a campaign left in checking by a dead process is checked again", func(t *testing.T) {
			c := w.draft(people(10), w.toAll(aviso, w.ventas.ID))
			_, err := w.room.Check(t.Context(), w.owner, c.ID)
			w.must(err)
			w.must(w.d.Write(t.Context(), exec("update campaigns set run_id = 5, run_node = $1, run_until = $2 where id = $3", d.Node(), d.Now()+60_000, c.ID)))
			if c = w.run(c.ID, campaign.Checking); c.State != campaign.Ready || c.Check.Ready != 10 {
				t.Errorf("%s %+v", c.State, c.Check)
			}
		})
	})
}

func TestSheetsPeopleUpload(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		c, err := w.room.Create(t.Context(), w.owner, "", "wizard")
		w.must(err)
		put := func(name, body string) error {
			_, err := w.room.PutFile(t.Context(), w.owner, c.ID, 0, name, strings.NewReader(body))
			return err
		}
		for code, body := range map[string]string{
			"file.empty": "", "sheet.header_only": "phone,name\n", "sheet.pdf": "%PDF-1.7\n%âãÏÓ\n1 0 obj\n", "sheet.web_page": "<html><body><table></table></body></html>",
			"sheet.unclosed_quote":     "phone,name\n+5531955500001,\"Ana\n+5531955500002,Eva\n",
			"sheet.password_protected": "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 1000) + "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00" + strings.Repeat("\x00", 1000),
			"sheet.damaged":            string(saved(t, "book.xlsx")[:3000]), "sheet.ods": string(saved(t, "book.ods")), "sheet.old_xls": string(saved(t, "book.xls")),
			"sheet.too_many_columns": strings.Repeat("c,", 300) + "\n1,2\n",
		} {
			t.Run("refused in words and nothing changes: "+code, func(t *testing.T) {
				wantFault(t, put("clientes.csv", body), code)
				if got := w.get(c.ID); got.Audience.File != 0 {
					t.Errorf("the file was kept: %+v", got.Audience)
				}
			})
		}
		latin, err := charmap.Windows1252.NewEncoder().String("teléfono;Nombre;Dirección\n+55 31 95550-0001;José;Año\n")
		w.must(err)
		wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("Teléfono\tNombre\n+55 31 95550-0001\tJosé\n")
		w.must(err)
		for says, body := range map[string]string{
			"Windows-1252 with semicolons": latin, "UTF-16 with tabs": wide, "UTF-8 with a byte order mark": "\ufeffTeléfono,Nombre\n+5531955500001,José\n",
		} {
			t.Run(says+" is read and mapped", func(t *testing.T) {
				w.must(put("clientes.csv", body))
				got := w.get(c.ID).Audience
				if !strings.EqualFold(got.Columns.Phone, "teléfono") || got.Columns.Name != "Nombre" {
					t.Errorf("%+v", got)
				}
				rows, _, err := w.room.Rows(t.Context(), w.owner, c.ID, "", 0, 10)
				if err != nil || len(rows) != 1 || rows[0].Cells[1] != "José" {
					t.Errorf("%+v %v", rows, err)
				}
			})
		}
		t.Run("a quoted line break stays in its cell and rows keep the numbers of the spreadsheet", func(t *testing.T) {
			w.must(put("clientes.csv", "phone,note\n+5531955500001,\"one\ntwo\"\n\n+5531955500002,x\n"))
			rows, _, err := w.room.Rows(t.Context(), w.owner, c.ID, "", 0, 10)
			if err != nil || len(rows) != 2 || rows[0].Cells[1] != "one\ntwo" || rows[1].Number != 4 {
				t.Errorf("%+v %v", rows, err)
			}
		})
		for _, name := range []string{"book.xlsx", "utf-16-tab.csv", "utf-8-comma.csv", "windows-1252-semicolon.csv"} {
			t.Run("saved by LibreOffice: "+name, func(t *testing.T) {
				w.must(put(name, string(saved(t, name))))
				rows, _, err := w.room.Rows(t.Context(), w.owner, c.ID, "", 0, 10)
				if err != nil || len(rows) == 0 {
					t.Errorf("%+v %v", rows, err)
				}
			})
		}
		t.Run("two hundred columns are read", func(t *testing.T) {
			w.must(put("clientes.csv", "phone"+strings.Repeat(",c", 199)+"\n+5531955500001"+strings.Repeat(",v", 199)+"\n"))
			if got := w.get(c.ID).Audience.Headers; len(got) != 200 || got[199] != "c (199)" {
				t.Errorf("%d headers, the last %q", len(got), got[len(got)-1])
			}
		})
		t.Run("a row more than a million is refused while checking, in words, and the author can replace the file", func(t *testing.T) {
			if d.Dialect() == db.Postgres {
				t.Skip("the reading does not touch the database: proved on SQLite")
			}
			w.must(put("clientes.csv", "phone\n"+strings.Repeat("x\n", 1_000_001)))
			_, err := w.room.Check(t.Context(), w.owner, c.ID)
			w.must(err)
			got := w.run(c.ID, campaign.Checking)
			if got.State != campaign.Draft || got.Check.State != campaign.CheckFailed || got.Check.Problem.Code != "sheet.too_many_rows" {
				t.Errorf("%s %+v", got.State, got.Check)
			}
			if text := got.Check.Problem.Words("es"); !strings.Contains(text, "demasiadas filas") {
				t.Errorf("%q", text)
			}
		})
		t.Run("without a phone column the check is refused", func(t *testing.T) {
			w.must(put("clientes.csv", "a,b\n1,2\n"))
			_, err := w.room.Check(t.Context(), w.owner, c.ID)
			wantFault(t, err, "campaign.phone_column_missing")
		})
	})
}

// saved gives a file as LibreOffice saved it.
func saved(t *testing.T, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("..", "sheet", "testdata", "libreoffice", name))
	if err != nil {
		t.Fatal(err)
	}
	return body
}
