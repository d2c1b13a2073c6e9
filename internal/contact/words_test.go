package contact_test

import (
	"context"
	"testing"

	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/event"
)

// learnWords lets the subscriber react to all facts told so far.
func learnWords(t *testing.T, d *db.DB, r *contact.Room) {
	t.Helper()
	s := r.WordsSubscriber()
	ctx := context.Background()
	facts, err := db.All[event.Event](ctx, d, `select seq, 0 as tx, workspace_id, kind, subject_id, data_json, created_at from events
		where kind in ({texts:$1}) order by seq`, db.Texts(s.Kinds))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.React(ctx, tx, facts) }); err != nil {
		t.Fatal(err)
	}
}

func TestFind(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		r := newRoom(d)
		made := resolve(t, d, r, person("María José Núñez", phone("5531955500001"), userID("BR.zzz9")), person("João D'Ávila", phone("525555501002")),
			person("", handle("ana_perez.mx")))
		maria, joao, ana := made[0].Contact, made[1].Contact, made[2].Contact
		if _, err := r.Update(ctx, shop, joao, contact.Change{Attributes: map[string]string{"correo": "joao.davila@ejemplo.test", "CPF": "123.456.789-09"}}); err != nil {
			t.Fatal(err)
		}
		learnWords(t, d, r)
		late := resolve(t, d, r, person("Mariana Recién", phone("5531955500009")))[0].Contact

		for text, want := range map[string][]db.ID{
			"maria": {late, maria}, "MAR NUÑ": {maria}, "nunez mar": {maria}, "jose": {maria}, "joao": {joao}, "avila": {joao},
			"joao.davila@ejemplo.test": {joao}, "12345678909": {joao}, "ana_perez": {ana}, "@ana_perez.mx": {ana}, "recien": {late},
			"955500001": {maria}, "+55 31 95550-0001": {maria}, "0001": {maria}, "5215555501002": {joao}, "55501002": {joao},
			"zzz9": nil, "mariaX": nil, "nobody": nil,
		} {
			ids, err := r.Find(ctx, shop, text, 0, 10)
			if err != nil {
				t.Fatal(err)
			}
			if text == "maria" {
				if len(ids) != 2 || ids[0] != late || ids[1] != maria {
					t.Errorf("%q found %v, want the newest first: %v", text, ids, want)
				}
				continue
			}
			if len(ids) != len(want) || len(ids) == 1 && ids[0] != want[0] {
				t.Errorf("%q found %v, want %v", text, ids, want)
			}
		}
		if page, err := r.Search(ctx, shop, "maria", "", 1); err != nil || len(page.Items) != 1 || page.Items[0].ID != late || page.Next == "" {
			t.Errorf("first page %+v, %v", page, err)
		} else if page, err = r.Search(ctx, shop, "maria", page.Next, 1); err != nil || len(page.Items) != 1 || page.Items[0].ID != maria {
			t.Errorf("second page %+v, %v", page, err)
		}
		if page, err := r.Search(ctx, shop+1, "maria", "", 10); err != nil || len(page.Items) != 0 {
			t.Errorf("another workspace finds %+v, %v", page, err)
		}
		if err := r.ForgetWords(ctx); err != nil {
			t.Fatal(err)
		}
		if err := r.PrepareWords(ctx); err != nil {
			t.Fatal(err)
		}
		if err := r.BuildWords(ctx); err != nil {
			t.Fatal(err)
		}
		if ids, err := r.Find(ctx, shop, "nun", 0, 10); err != nil || len(ids) != 1 || ids[0] != maria {
			t.Errorf("built again: %v, %v", ids, err)
		}
	})
}
