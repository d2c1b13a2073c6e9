package campaign_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"recado/internal/campaign"
	"recado/internal/db"
	"recado/internal/db/dbtest"
)

// filled lets the room work until a list has all its people.
func (w *world) filled(segment db.ID) int64 {
	w.t.Helper()
	ctx, stop := context.WithTimeout(w.t.Context(), 10*time.Minute)
	defer stop()
	done := make(chan struct{})
	go func() { w.room.Run(ctx); close(done) }()
	defer func() { stop(); <-done }()
	for ctx.Err() == nil {
		s, err := w.contacts.Segment(ctx, w.workspace, segment)
		w.must(err)
		if !s.Filling {
			return s.Size
		}
		time.Sleep(5 * time.Millisecond)
	}
	w.t.Fatal("still being filled")
	return 0
}

func TestSaveSegment(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		aviso := w.template(accountOne, "aviso", "es")
		sheet := "telefono,{{1}},{{2}},nombre,ciudad\n+55 31 98555-3311,Ana,1,Ana Paz,Minas\nabc,Eva,2,Eva,Minas\n+55 31 98555-3312,Luis,3,Luis Paz,Ouro\n+55 31 98555-3311,Ana,1,Ana Paz,Minas\n"
		t.Run("the ready people of a sheet become a list that gets a campaign", func(t *testing.T) {
			old := w.contact("5531985553311", "Ana de antes", map[string]string{"pedido": "P-1"})
			c := w.checked(sheet, w.toAll(aviso, w.ventas.ID))
			s, err := w.room.SaveSegment(t.Context(), w.owner, c.ID, "Compradores")
			w.must(err)
			if !s.Filling || s.Origin != "clientes.csv" || s.Kind != "list" {
				t.Errorf("%+v", s)
			}
			_, err = w.room.Update(t.Context(), w.owner, c.ID, campaign.Change{Segment: &s.ID})
			wantFault(t, err, "contact.segment_filling")
			// what becomes of the campaign does not matter any more
			_, err = w.room.PutFile(t.Context(), w.owner, c.ID, 0, "otra.csv", strings.NewReader(sheet))
			w.must(err)
			if n := w.filled(s.ID); n != 2 {
				t.Fatalf("%d people, want 2", n)
			}
			ana, err := w.contacts.Whole(t.Context(), w.workspace, old)
			w.must(err)
			if ana.Name != "Ana de antes" || ana.Attributes["ciudad"] != "Minas" || ana.Attributes["pedido"] != "P-1" {
				t.Errorf("a known person after it: %+v", ana)
			}
			change := w.toAll(aviso, w.ventas.ID)
			change.Message.Values = map[string]campaign.Source{"body.1": {Field: "name"}, "body.2": {Field: "ciudad"}}
			to := w.toSegment(s, change)
			if to.Check.Ready != 2 {
				t.Errorf("check of a campaign to the list: %+v", to.Check)
			}
		})
		t.Run("corrections count as they were", func(t *testing.T) {
			c := w.checked(sheet, w.toAll(aviso, w.ventas.ID))
			c, _, err := w.room.Correct(t.Context(), w.owner, c.ID, campaign.Correction{Row: 3, Cells: map[string]string{"telefono": "+55 31 98555-3313"}})
			w.must(err)
			_, err = w.room.SaveSegment(t.Context(), w.owner, c.ID, "Sin comprobar")
			wantFault(t, err, "campaign.segment_unchecked")
			_, err = w.room.Check(t.Context(), w.owner, c.ID)
			w.must(err)
			w.run(c.ID, campaign.Checking)
			s, err := w.room.SaveSegment(t.Context(), w.owner, c.ID, "Corregidos")
			w.must(err)
			if n := w.filled(s.ID); n != 3 {
				t.Errorf("%d people, want 3", n)
			}
			if n := w.count("select count(*) from campaign_corrections where campaign_id = $1", s.ID); n != 0 {
				t.Errorf("%d corrections kept for a list that is filled", n)
			}
			_, err = w.room.SaveSegment(t.Context(), w.owner, c.ID, "corregidos")
			wantFault(t, err, "contact.segment_taken")
		})
		t.Run("a list that is deleted while it is filled leaves nothing behind", func(t *testing.T) {
			c := w.checked(people(2000), w.toAll(aviso, w.ventas.ID))
			s, err := w.room.SaveSegment(t.Context(), w.owner, c.ID, "Fugaz")
			w.must(err)
			w.must(w.room.DeleteSegment(t.Context(), w.owner, s.ID))
			ctx, stop := context.WithTimeout(t.Context(), time.Minute)
			defer stop()
			done := make(chan struct{})
			go func() { w.room.Run(ctx); close(done) }()
			for w.count("select count(*) from campaign_fills where segment_id = $1", s.ID) > 0 && ctx.Err() == nil {
				time.Sleep(5 * time.Millisecond)
			}
			stop()
			<-done
			if n := w.count("select count(*) from segment_people where segment_id = $1", s.ID); n != 0 || errors.Is(ctx.Err(), context.DeadlineExceeded) {
				t.Errorf("%d people in it, %v", n, ctx.Err())
			}
		})
		t.Run("a process that dies while filling goes on, and nobody is in it twice", func(t *testing.T) {
			c := w.checked(people(3000), w.toAll(aviso, w.ventas.ID))
			s, err := w.room.SaveSegment(t.Context(), w.owner, c.ID, "A trozos")
			w.must(err)
			for life := 100 * time.Millisecond; ; life *= 2 { // on a busy machine the first ones get nothing done
				ctx, die := context.WithTimeout(t.Context(), life)
				w.room.Run(ctx)
				die()
				if found, err := w.contacts.Segment(t.Context(), w.workspace, s.ID); err != nil || !found.Filling {
					w.must(err)
					break
				}
			}
			if n := w.count("select count(*) from segment_people where segment_id = $1", s.ID); n != 3000 || w.filled(s.ID) != 3000 {
				t.Errorf("%d people, want 3000", n)
			}
		})
		if os.Getenv("RECADO_MEASURE") != "" {
			t.Run("measured", func(t *testing.T) {
				c := w.checked(people(100_000), w.toAll(aviso, w.ventas.ID))
				s, err := w.room.SaveSegment(t.Context(), w.owner, c.ID, "Cien mil")
				w.must(err)
				began := time.Now()
				t.Log(w.filled(s.ID), "people in", time.Since(began))
			})
		}
	})
}
