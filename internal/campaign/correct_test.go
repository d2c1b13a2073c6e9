package campaign_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"recado/internal/campaign"
	"recado/internal/db"
	"recado/internal/db/dbtest"
)

func TestCorrect(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		aviso := w.template(accountOne, "aviso", "es")
		sheet := "telefono,{{1}},{{2}}\n+55 31 98555-3301,Ana,A-1\nabc,Eva,A-2\n+55 31 98555-3303,,A-3\n+55 31 98555-3304,Luis,A-4,más\n"
		correct := func(c campaign.Campaign, ch campaign.Correction) (campaign.Campaign, campaign.Row) {
			t.Helper()
			c, row, err := w.room.Correct(t.Context(), w.owner, c.ID, ch)
			w.must(err)
			return c, row
		}
		again := func(c campaign.Campaign) campaign.Campaign {
			t.Helper()
			_, err := w.room.Check(t.Context(), w.owner, c.ID)
			w.must(err)
			return w.run(c.ID, campaign.Checking)
		}
		t.Run("a corrected row is judged at once, counted by the next check and sent", func(t *testing.T) {
			c := w.checked(sheet, w.toAll(aviso, w.ventas.ID))
			wantProblems(t, w.problems(c.ID), "3 row.phone_letters", "4 row.variable_missing", "5 row.too_many_cells")
			c, row := correct(c, campaign.Correction{Seen: c.Version, Row: 3, Cells: map[string]string{"telefono": "+55 31 98555-3302"}})
			if len(row.Problems) != 0 || row.Was["telefono"] != "abc" || c.State != campaign.Draft || c.Audience.Corrected != 1 || c.Check.Corrected != 1 {
				t.Errorf("row %+v, campaign %+v", row, c)
			}
			c, row = correct(c, campaign.Correction{Seen: c.Version, Row: 4, Cells: map[string]string{"telefono": "12"}})
			if len(row.Problems) != 1 || !strings.HasPrefix(row.Problems[0].Code, "row.phone") {
				t.Errorf("another mistake is not told: %+v", row)
			}
			c, _ = correct(c, campaign.Correction{Seen: c.Version, Row: 4, Cells: map[string]string{"telefono": "+55 31 98555-3303", "{{1}}": "Inés"}})
			c, row = correct(c, campaign.Correction{Seen: c.Version, Row: 5, Cells: map[string]string{"{{1}}": "Luis"}})
			if len(row.Problems) != 0 {
				t.Errorf("the cells behind the last column stayed: %+v", row)
			}
			wantProblems(t, w.problems(c.ID))
			if c = again(c); c.State != campaign.Ready || c.Check.Ready != 4 || c.Check.Corrected != 0 || c.Audience.Corrected != 3 {
				t.Fatalf("check %+v", c.Check)
			}
			w.send(c.ID, 0)
			w.sendAll(c.ID)
			if n := w.count("select count(*) from messages m join recipients r on r.message_id = m.id where r.campaign_id = $1 and m.content_json like '%Inés%'", c.ID); n != 1 {
				t.Errorf("%d messages with the corrected value", n)
			}
		})
		t.Run("a row taken out counts for nothing until it is put back", func(t *testing.T) {
			c := w.checked(sheet, w.toAll(aviso, w.ventas.ID))
			out, in := true, false
			c, row := correct(c, campaign.Correction{Row: 3, TakenOut: &out})
			if !row.TakenOut || len(row.Problems) != 0 {
				t.Errorf("%+v", row)
			}
			if c = again(c); c.Check.TakenOut != 1 || c.Check.Errors != 2 || c.Check.Rows != 4 || c.Check.Ready != 1 {
				t.Errorf("check %+v", c.Check)
			}
			wantProblems(t, w.problems(c.ID), "4 row.variable_missing", "5 row.too_many_cells")
			rows, more, err := w.room.Rows(t.Context(), w.owner, c.ID, "corrected", 0, 10)
			if err != nil || more || len(rows) != 1 || !rows[0].TakenOut || rows[0].Cells[0] != "abc" {
				t.Errorf("rows taken out: %+v %v %v", rows, more, err)
			}
			c, row = correct(c, campaign.Correction{Row: 3, TakenOut: &in})
			if row.TakenOut || len(row.Problems) != 1 || c.Audience.Corrected != 0 {
				t.Errorf("put back: %+v, %+v", row, c.Audience)
			}
			if c = again(c); c.Check.TakenOut != 0 || c.Check.Errors != 3 {
				t.Errorf("check %+v", c.Check)
			}
			c, row = correct(c, campaign.Correction{Row: 4, Cells: map[string]string{"telefono": " ", "{{1}}": "", "{{2}}": ""}})
			if !row.TakenOut {
				t.Errorf("an emptied row still counts: %+v", row)
			}
			if c, row = correct(c, campaign.Correction{Row: 4, Restore: true}); c.Audience.Corrected != 0 || row.Cells[2] != "A-3" {
				t.Errorf("not as the file has it: %+v %+v", row, c.Audience)
			}
		})
		t.Run("a correction that comes late, has no place or is too long is refused", func(t *testing.T) {
			c := w.checked(sheet, w.toAll(aviso, w.ventas.ID))
			seen := c.Version
			c, _ = correct(c, campaign.Correction{Seen: seen, Row: 3, Cells: map[string]string{"{{1}}": "Eva María"}})
			refused := func(code string, ch campaign.Correction) {
				t.Helper()
				_, _, err := w.room.Correct(t.Context(), w.owner, c.ID, ch)
				wantFault(t, err, code)
			}
			refused("campaign.edited_self", campaign.Correction{Seen: seen, Row: 3, Cells: map[string]string{"telefono": "1"}})
			refused("campaign.row_unknown", campaign.Correction{Row: 99, Cells: map[string]string{"telefono": "1"}})
			refused("campaign.column_unknown", campaign.Correction{Row: 3, Cells: map[string]string{"nada": "1"}})
			refused("campaign.cell_long", campaign.Correction{Row: 3, Cells: map[string]string{"telefono": strings.Repeat("1", 2001)}})
			if _, err := w.room.PutFile(t.Context(), w.owner, c.ID, 0, "otra.csv", strings.NewReader(sheet)); err != nil {
				t.Fatal(err)
			}
			if n := w.count("select count(*) from campaign_corrections where campaign_id = $1", c.ID); n != 0 || w.get(c.ID).Audience.Corrected != 0 {
				t.Errorf("%d corrections of a sheet that was replaced", n)
			}
			one, err := w.room.Update(t.Context(), w.owner, c.ID, campaign.Change{One: &campaign.OnePerson{Phone: "+5531985553301"}})
			w.must(err)
			refused("campaign.no_sheet", campaign.Correction{Seen: one.Version, Row: 1, Cells: map[string]string{"phone": "1"}})
		})
	})
}

// TestCorrectingIsLikeUploading corrects random rows of random sheets one by one and compares what comes of them with the same sheet
// corrected before it was uploaded, and with the corrected file downloaded and uploaded again.
func TestCorrectingIsLikeUploading(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.optOut("5531985553399")
		change := campaign.Change{DefaultSender: &w.ventas.ID, Message: &campaign.Message{}, Route: &campaign.Route{Target: campaign.ToNone}}
		header := []string{"telefono", "plantilla", "idioma", "{{1}}", "{{2}}", "nota"}
		pool := [][]string{
			{"+55 31 98555-3301", "31985553302", "abc", "", "+5531985553399", "5.5E+12", "+55 31 98555-3303"},
			{"aviso", "saludo", "nada", "pausada", ""},
			{"es", "en-US", "fr", ""},
			{"Ana", "", "a\nb", "=1+1", "José"},
			{"A-1", "", "-5 %"},
			{"", "x", "\"y\"", "@z"},
		}
		for seed := range uint64(8) {
			rnd := rand.New(rand.NewPCG(seed, 11))
			some := func(column int) string { return pool[column][rnd.IntN(len(pool[column]))] }
			rows := make([][]string, 12+rnd.IntN(12))
			for i := range rows {
				for column := range header {
					rows[i] = append(rows[i], some(column))
				}
				rows[i][5] = "siempre" // never a blank row, which a sheet does not have
			}
			c := w.checked(asCSV(header, rows), change)
			kept, out := slices.Clone(rows), make([]bool, len(rows))
			for range 25 {
				at := rnd.IntN(len(rows))
				ch := campaign.Correction{Seen: c.Version, Row: int64(at) + 2}
				switch rnd.IntN(6) {
				case 0:
					out[at] = !out[at]
					ch.TakenOut = &out[at]
				case 1:
					ch.Restore, kept[at], out[at] = true, rows[at], false
				default:
					column := rnd.IntN(5)
					text := some(column)
					kept[at] = slices.Clone(kept[at])
					kept[at][column], ch.Cells = text, map[string]string{header[column]: text}
				}
				var err error
				if c, _, err = w.room.Correct(t.Context(), w.owner, c.ID, ch); err != nil {
					t.Fatal(seed, ch, err)
				}
				if rnd.IntN(10) == 0 { // checks in between change nothing
					_, err := w.room.Check(t.Context(), w.owner, c.ID)
					w.must(err)
					c = w.run(c.ID, campaign.Checking)
				}
			}
			_, err := w.room.Check(t.Context(), w.owner, c.ID)
			w.must(err)
			c = w.run(c.ID, campaign.Checking)
			var left [][]string
			for i := range kept {
				if !out[i] {
					left = append(left, kept[i])
				}
			}
			want := w.checked(asCSV(header, left), change)
			var file bytes.Buffer
			w.must(w.room.WriteCorrected(t.Context(), w.owner, c.ID, &file))
			again := w.checked(file.String(), change)
			for name, other := range map[string]campaign.Campaign{"uploaded corrected": want, "downloaded and uploaded again": again} {
				if a, b := outcome(c), outcome(other); a != b {
					t.Fatalf("seed %d: corrected in place %s\n%s %s", seed, a, name, b)
				}
			}
		}
	})
}

// outcome is what a check came to without the numbers of rows.
func outcome(c campaign.Campaign) string {
	k := c.Check
	text := fmt.Sprint(c.State, " ready ", k.Ready, " errors ", k.Errors, " twice ", k.Duplicates, " out ", k.OptedOut, " ", k.Rows-k.TakenOut)
	reasons := []string{}
	for _, reason := range k.Reasons {
		reasons = append(reasons, fmt.Sprint(reason.Code, " ", reason.Count))
	}
	slices.Sort(reasons)
	for _, one := range k.Templates {
		reasons = append(reasons, fmt.Sprint(one.Name, one.Language, one.Count))
	}
	return text + "\n" + strings.Join(reasons, "\n")
}

func asCSV(header []string, rows [][]string) string {
	var b strings.Builder
	out := csv.NewWriter(&b)
	_ = out.Write(header)  // a strings.Builder takes everything
	_ = out.WriteAll(rows) // flushes
	return b.String()
}
