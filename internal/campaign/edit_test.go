package campaign_test

import (
	"errors"
	"strings"
	"testing"

	"recado/internal/account"
	"recado/internal/campaign"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/fault"
)

func TestTwoAuthors(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ana := account.Actor{Kind: account.KindUser, Workspace: w.workspace, User: 71, Name: "Ana Sosa", Locale: "es", Permissions: account.All()}
		name := func(text string) *string { return &text }
		c := w.draft(people(2), campaign.Change{})
		t.Run("an edit of who did not see the last one is refused in words and changes nothing", func(t *testing.T) {
			theirs, err := w.room.Update(t.Context(), ana, c.ID, campaign.Change{Seen: c.Version, Name: name("De Ana")})
			w.must(err)
			if theirs.Version != c.Version+1 {
				t.Errorf("version %d after %d", theirs.Version, c.Version)
			}
			_, err = w.room.Update(t.Context(), w.owner, c.ID, campaign.Change{Seen: c.Version, Name: name("De Olga")})
			wantFault(t, err, "campaign.edited")
			if f := (*fault.Error)(nil); !errors.As(err, &f) || f.Kind != fault.Conflict || f.Params["name"] != "Ana Sosa" || f.Params["count"] != int64(1) {
				t.Errorf("%+v", f)
			}
			_, err = w.room.Update(t.Context(), ana, c.ID, campaign.Change{Seen: c.Version, Name: name("Otra")})
			wantFault(t, err, "campaign.edited_self")
			if got := w.get(c.ID); got.Name != "De Ana" || got.Version != theirs.Version {
				t.Errorf("%q, version %d", got.Name, got.Version)
			}
			mine, err := w.room.Update(t.Context(), w.owner, c.ID, campaign.Change{Seen: theirs.Version, Name: name("De Olga")})
			if err != nil || mine.Name != "De Olga" {
				t.Errorf("%+v %v", mine, err)
			}
			if _, err := w.room.Update(t.Context(), ana, c.ID, campaign.Change{Name: name("Sin versión")}); err != nil {
				t.Errorf("an edit that names no version: %v", err)
			}
		})
		t.Run("a sheet of who did not see the last edit is refused, too", func(t *testing.T) {
			_, err := w.room.PutFile(t.Context(), w.owner, c.ID, c.Version, "otra.csv", strings.NewReader(people(3)))
			wantFault(t, err, "campaign.edited")
			if got := w.get(c.ID); got.Audience.FileName != "clientes.csv" {
				t.Errorf("the file is %q", got.Audience.FileName)
			}
		})
		t.Run("a check is no edit", func(t *testing.T) {
			before := w.get(c.ID).Version
			_, err := w.room.Check(t.Context(), w.owner, c.ID)
			w.must(err)
			if after := w.run(c.ID, campaign.Checking); after.Version != before {
				t.Errorf("version %d, %d before the check", after.Version, before)
			}
		})
	})
}

func TestSheetOfTheSameHeadersKeepsHowItIsRead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		sheet := "contacto,otro numero,dato\n+5531955500001,+5531955500002,x\n"
		columns := campaign.Columns{Phone: "otro numero", Name: "dato", Variables: map[string]string{"1": "contacto"}}
		c := w.draft(sheet, campaign.Change{Columns: &columns})
		put := func(sheet string) campaign.Campaign {
			got, err := w.room.PutFile(t.Context(), w.owner, c.ID, 0, "nueva.csv", strings.NewReader(sheet))
			w.must(err)
			return got
		}
		for _, again := range []string{sheet, "dato,contacto,otro numero\nx,+5531955500001,+5531955500002\n"} {
			if got := put(again).Audience.Columns; got.Phone != "otro numero" || got.Name != "dato" || got.Variables["1"] != "contacto" {
				t.Errorf("%q is read as %+v", again, got)
			}
		}
		if got := put("telefono,nombre\n+5531955500001,Ana\n").Audience.Columns; got.Phone != "telefono" || got.Name != "nombre" {
			t.Errorf("another sheet is read as %+v", got)
		}
	})
}

func TestSheetOfOtherHeadersKeepsWhatWasChosenByHand(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		columns := campaign.Columns{Phone: "otro numero", Queue: "", Variables: map[string]string{"1": "nombre", "2": "dato"}}
		c := w.draft("contacto,otro numero,dato,nombre,cola\n+5531955500001,+5531955500002,x,Ana,Ventas\n", campaign.Change{Columns: &columns})
		put := func(sheet string) campaign.Columns {
			t.Helper()
			got, err := w.room.PutFile(t.Context(), w.owner, c.ID, 0, "nueva.csv", strings.NewReader(sheet))
			w.must(err)
			return got.Audience.Columns
		}
		got := put("contacto,otro numero,dato,nombre,cola,idioma\n+5531955500001,+5531955500002,x,Ana,Ventas,es\n")
		if got.Phone != "otro numero" || got.Variables["1"] != "nombre" || got.Variables["2"] != "dato" || got.Queue != "" || got.Language != "idioma" {
			t.Errorf("with a column more it is read as %+v", got)
		}
		if got := put("telefono,dato\n+5531955500001,x\n"); got.Phone != "telefono" || got.Variables["1"] != "dato" {
			t.Errorf("without the column it is read as %+v", got)
		}
	})
}
