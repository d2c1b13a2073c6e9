package db_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"recado/internal/db"
	"recado/internal/db/dbtest"
)

func TestWords(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		words := db.Words{Table: "message_words", Tail: 6}
		texts := []string{
			"¿Cuándo llega mi pedido A-1043? Mañana reunión en São Paulo",
			"Mi número es +55 (31) 95550-0001, ana.perez@ejemplo.test",
			"o'brien & \"citas\" ' OR 1=1 -- \\ (NOT) * \u0000 :*",
			"ação e coração; ÑANDÚ; ＡＮＡ; straße",
			"明日の会議 مرحبا بالعالم 👋🏽",
		}
		ids := make([]db.ID, len(texts))
		put := func(workspace db.ID, text string) db.ID {
			id := d.NewID()
			write(t, d, func(ctx context.Context, tx *db.Tx) error {
				return words.Put(ctx, tx, []db.Worded{{Workspace: workspace, ID: id, Text: text}})
			})
			return id
		}
		for i, text := range texts {
			ids[i] = put(7, text)
		}
		put(8, texts[0])
		find := func(workspace db.ID, search string, before db.ID, limit int) []db.ID {
			t.Helper()
			found, err := words.Find(ctx, d, workspace, search, before, limit)
			if err != nil {
				t.Fatalf("find %q: %v", search, err)
			}
			return found
		}
		for search, want := range map[string]int{
			"cuando": 0, "MAÑANA REUNION": 0, "pedi": 0, "sao paulo": 0, "pedido a-1043": 0, "1043": 0,
			"955500001": 1, "+55 31 95550-0001": 1, "5531955500001": 1, "ana.perez@ejemplo.test": 1, "95550": 1, "ejemplo": 1,
			"o'brien": 2, "citas": 2, "coracao": 3, "nandu": 3, "会議": 4, "مرحبا": 4,
		} {
			if found := find(7, search, 0, 9); !slices.Equal(found, []db.ID{ids[want]}) {
				t.Errorf("%q found %v, want text %d", search, found, want)
			}
		}
		for _, search := range []string{"", "  ", "👋", "' \" \\ *", "pedidos ya", "pedido pedidos", "ana -- zz"} {
			if found := find(7, search, 0, 9); len(found) != 0 {
				t.Errorf("%q found %v, want nothing", search, found)
			}
		}

		t.Run("only the last word may be a beginning", func(t *testing.T) {
			if found := find(7, "reun sao", 0, 9); len(found) != 0 {
				t.Errorf("found %v", found)
			}
			if found := find(7, "pedido m", 0, 9); len(found) != 0 {
				t.Errorf("a single letter is no beginning: %v", found)
			}
		})
		t.Run("every word may be a beginning", func(t *testing.T) {
			starts := db.Words{Table: "contact_words", Starts: true, Tail: 3}
			write(t, d, func(ctx context.Context, tx *db.Tx) error {
				return starts.Put(ctx, tx, []db.Worded{{Workspace: 7, ID: 1, Text: "Ñandú Villavicencio +55 31 95550-0001"}, {Workspace: 7, ID: 2, Text: "Nadia Villar"}})
			})
			for search, want := range map[string][]db.ID{"n v": {2, 1}, "ñan": {1}, "villavic": {1}, "villavicen": {1}, "na villa": {2, 1}, "villavicencios": nil,
				"5531": {1}, "0001": {1}, "vill 955500001": {1}, "illa": nil} {
				if found, err := starts.Find(ctx, d, 7, search, 0, 9); err != nil || !slices.Equal(found, want) {
					t.Errorf("%q found %v, want %v; %v", search, found, want, err)
				}
			}
		})
		t.Run("a text put again has only its new words", func(t *testing.T) {
			id := put(7, "palabra vieja")
			write(t, d, func(ctx context.Context, tx *db.Tx) error {
				return words.Put(ctx, tx, []db.Worded{{Workspace: 7, ID: id, Text: "palabra nueva"}})
			})
			if old, fresh := find(7, "vieja", 0, 9), find(7, "nueva", 0, 9); len(old) != 0 || !slices.Equal(fresh, []db.ID{id}) {
				t.Errorf("old words %v, new words %v", old, fresh)
			}
			write(t, d, func(ctx context.Context, tx *db.Tx) error { return words.Drop(ctx, tx, []db.ID{id}) })
			if found := find(7, "palabra", 0, 9); len(found) != 0 {
				t.Errorf("after the drop %v", found)
			}
		})
	})
}

func TestWordsOverManyBlocks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		words := db.Words{Table: "message_words", Tail: 6, Block: 100}
		const each, batches = 30, 50
		var all []db.ID
		for b := range batches {
			texts := make([]db.Worded, each)
			for i := range texts {
				texts[i] = db.Worded{Workspace: 7, ID: d.NewID(), Text: fmt.Sprintf("hola lote%d 20260%03d %s", b, b*each+i, []string{"0800123", "0800124 +55 31 95550-0001"}[i%2])}
				all = append(all, texts[i].ID)
			}
			write(t, d, func(ctx context.Context, tx *db.Tx) error { return words.Put(ctx, tx, texts) })
		}
		slices.Reverse(all)
		n, err := db.One[int](ctx, d, "select count(*) from word_blocks where name = 'message_words'")
		if err != nil || n < 10 {
			t.Fatalf("%d blocks, %v", n, err)
		}
		var paged []db.ID
		for before := db.ID(0); ; {
			page, err := words.Find(ctx, d, 7, "hola", before, 170)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			paged, before = append(paged, page...), page[len(page)-1]
		}
		if !slices.Equal(paged, all) {
			t.Errorf("pages give %d texts of %d, or in another order", len(paged), len(all))
		}
		if page, err := words.Find(ctx, d, 7, "lote49", 0, 1000); err != nil || !slices.Equal(page, all[:each]) {
			t.Errorf("the newest ones: %v, %v", page, err)
		}
		for _, search := range []string{"lote0", "hola lote0", "lote0 hola"} {
			if rare, err := words.Find(ctx, d, 7, search, 0, 5); err != nil || !slices.Equal(rare, all[len(all)-each:][:5]) {
				t.Errorf("%s, the oldest ones: %v, %v", search, rare, err)
			}
		}
		for search, want := range map[string][]db.ID{"20260007": all[len(all)-8:][:1], "hola 2026000": all[len(all)-10:], "lote0 20260031": nil, "20260007 hola": all[len(all)-8:][:1],
			"0800124": every(all, 2, 0), "0800123 ho": every(all, 2, 1), "080012": all, "0800123 hola 20260008": all[len(all)-9:][:1], "0800124 hola 20260008": nil, "955500001 lote0": every(all[len(all)-each:], 2, 0)} {
			if found, err := words.Find(ctx, d, 7, search, 0, 10_000); err != nil || !slices.Equal(found, want) {
				t.Errorf("%q: %d found, want %d; %v", search, len(found), len(want), err)
			}
		}
		if page, err := words.Find(ctx, d, 7, "hola 20260", all[len(all)-20], 5); err != nil || !slices.Equal(page, all[len(all)-19:][:5]) {
			t.Errorf("five before an old one: %v, %v", page, err)
		}
		if none, err := words.Find(ctx, d, 8, "20260007", 0, 5); err != nil || len(none) != 0 {
			t.Errorf("of another workspace: %v, %v", none, err)
		}
		if none, err := words.Find(ctx, d, 7, "hol lote0", 0, 5); err != nil || len(none) != 0 {
			t.Errorf("the beginning of a word that is not the last: %v, %v", none, err)
		}
		if page, err := words.Find(ctx, d, 7, "hola lote7", all[len(all)-8*each], 1000); err != nil || len(page) != each-1 {
			t.Errorf("%d before the newest of them, %v", len(page), err)
		}
	})
}

// every gives each nth id from one on.
func every(ids []db.ID, n, from int) []db.ID {
	var out []db.ID
	for i := from; i < len(ids); i += n {
		out = append(out, ids[i])
	}
	return out
}

func write(t *testing.T, d *db.DB, f func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

func TestBuildingAnIndexOfWords(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		words := db.Words{Table: "message_words", Block: 50}
		source := db.WordSource{Table: "word_builds_test", Read: func(ctx context.Context, q db.Querier, after db.ID, limit int) ([]db.Worded, db.ID, error) {
			ids, err := db.All[db.ID](ctx, q, "select id from word_builds_test where id > $1 order by id limit $2", int64(after), limit)
			texts := make([]db.Worded, len(ids))
			for i, id := range ids {
				texts[i] = db.Worded{Workspace: 7, ID: id, Text: "antes"}
				after = id
			}
			return texts, after, err
		}}
		var ids []db.ID
		write(t, d, func(ctx context.Context, tx *db.Tx) error {
			if _, err := tx.Exec(ctx, "create table word_builds_test (id bigint primary key)"); err != nil {
				return err
			}
			for range 2_300 {
				id := tx.NewID()
				ids = append(ids, id)
				if _, err := tx.Exec(ctx, "insert into word_builds_test (id) values ($1)", int64(id)); err != nil {
					return err
				}
			}
			return nil
		})
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(words.Prepare(ctx, d, source))
		late := db.Worded{Workspace: 7, ID: d.NewID(), Text: "antes y despues"}
		write(t, d, func(ctx context.Context, tx *db.Tx) error { return words.Put(ctx, tx, []db.Worded{late}) })
		must(words.Build(ctx, d, source))
		slices.Reverse(ids)
		want := append([]db.ID{late.ID}, ids...)
		found, err := words.Find(ctx, d, 7, "antes", 0, 10_000)
		if err != nil || !slices.Equal(found, want) {
			t.Errorf("found %d of %d, or in another order; %v", len(found), len(want), err)
		}
		blocks, err := db.One[int](ctx, d, "select count(*) from word_blocks where name = 'message_words'")
		if err != nil || blocks < 40 {
			t.Errorf("%d blocks, %v: what comes while building must not make one of all", blocks, err)
		}

		must(words.Forget(ctx, d))
		if found, err := words.Find(ctx, d, 7, "antes", 0, 10); err != nil || len(found) > 0 {
			t.Errorf("after it was forgotten: %v, %v", found, err)
		}
		must(words.Prepare(ctx, d, source))
		must(words.Build(ctx, d, source))
		if found, err := words.Find(ctx, d, 7, "antes", 0, 10_000); err != nil || !slices.Equal(found, ids) {
			t.Errorf("built again: %d of %d, %v", len(found), len(ids), err)
		}
	})
}

func TestExcerpt(t *testing.T) {
	long := strings.Repeat("palabra ", 40)
	for _, c := range []struct{ text, search, want string }{
		{"Hola, ¿cuándo llega?", "CUANDO", "Hola, ¿cuándo llega?"},
		{"una\n\nlínea  y otra", "otr", "una línea y otra"},
		{"", "x", ""},
	} {
		if got := db.Excerpt(c.text, c.search); got != c.want {
			t.Errorf("Excerpt(%q, %q) = %q, want %q", c.text, c.search, got, c.want)
		}
	}
	got := db.Excerpt(long+"Ñandú al final", "nandu")
	if !strings.HasPrefix(got, "…palabra") || !strings.HasSuffix(got, "Ñandú al final") || len(got) > 100 {
		t.Errorf("%q", got)
	}
}

// FuzzWords: whatever is said and searched, the engines take it.
func FuzzWords(f *testing.F) {
	for _, text := range []string{"hola \"mundo\" OR 1", "a\x00b' \\ :* & | ! ( )", "\xff\xfe", "会議 مرحبا 👩‍👩‍👧", strings.Repeat("9", 500), "İıſK"} {
		f.Add(text, text)
	}
	d := dbtest.SQLite(f)
	words := db.Words{Table: "message_words", Tail: 6}
	f.Fuzz(func(t *testing.T, text, search string) {
		ctx := context.Background()
		err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			return words.Put(ctx, tx, []db.Worded{{Workspace: 7, ID: 1000, Text: text}})
		})
		if err != nil {
			t.Fatalf("put %q: %v", text, err)
		}
		if _, err := words.Find(ctx, d, 7, search, 0, 10); err != nil {
			t.Fatalf("find %q: %v", search, err)
		}
		db.Excerpt(text, search)
	})
}
