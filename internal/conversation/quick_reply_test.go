package conversation_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"recado/internal/account"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/fault"
)

// desks are the house's people as they reach its numbers: Ana has Ventas, Luis has Soporte, Marta both, Olga sees all.
type desks struct {
	*house
	anaAt, luisAt, martaAt, olgaAt conversation.Reach
}

func openDesks(t tester, d *db.DB) desks {
	h := open(t, d)
	at := func(user db.ID, boxes ...db.ID) conversation.Reach {
		return conversation.Reach{Workspace: h.workspace, User: user, Inboxes: boxes}
	}
	olga := h.everything()
	olga.User = d.NewID()
	return desks{h, at(h.ana.User, h.ventas), at(h.luis.User, h.soporte), at(d.NewID(), h.ventas, h.soporte), olga}
}

func (h desks) as(reach conversation.Reach) account.Actor {
	return account.Actor{Kind: account.KindUser, Workspace: h.workspace, User: reach.User, Name: "Ana Sosa"}
}

func (h desks) category(reach conversation.Reach, name string) conversation.ReplyCategory {
	h.t.Helper()
	c, err := h.room.CreateReplyCategory(context.Background(), h.as(reach), reach, name)
	must(h.t, err)
	return c
}

func (h desks) reply(reach conversation.Reach, category db.ID, title, body string) conversation.QuickReply {
	h.t.Helper()
	q, err := h.room.CreateReply(context.Background(), h.as(reach), reach, conversation.ReplyDraft{Category: category, Title: title, Body: body})
	must(h.t, err)
	return q
}

func (h desks) titles(reach conversation.Reach, search string) string {
	h.t.Helper()
	page, err := h.room.QuickReplies(context.Background(), reach, 0, search, "", 0)
	must(h.t, err)
	return titlesOf(page.Items)
}

func titlesOf(items []conversation.QuickReply) string {
	var out []string
	for _, q := range items {
		out = append(out, q.Title)
	}
	return strings.Join(out, ", ")
}

func TestQuickReplies(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		refused := func(t *testing.T, err error, code, field string) *fault.Error {
			t.Helper()
			f, ok := err.(*fault.Error)
			if !ok || f.Code != code || f.Field != field {
				t.Fatalf("refused with %v, want %s on %q", err, code, field)
			}
			return f
		}

		t.Run("B52 B53 a category comes first, then replies with title and text", func(t *testing.T) {
			h := openDesks(t, d)
			_, err := h.room.CreateReply(ctx, h.ana, h.anaAt, conversation.ReplyDraft{Category: 1, Title: "Hola", Body: "Hola"})
			refused(t, err, "quick_reply.no_category", "category_id")
			saludos := h.category(h.anaAt, "  Saludos \n y despedidas ")
			same(t, "name", saludos.Name, "Saludos y despedidas")
			h.category(h.anaAt, "Envíos")
			q := h.reply(h.anaAt, saludos.ID, "Bienvenida", "Hola, soy Ana.\n¿En qué te ayudo?  \n")
			same(t, "body", q.Body, "Hola, soy Ana.\n¿En qué te ayudo?")
			same(t, "category", q.CategoryName, "Saludos y despedidas")
			all, err := h.room.ReplyCategories(ctx, h.anaAt)
			must(t, err)
			same(t, "categories", fmt.Sprint(all[0].Name, all[0].Replies, all[1].Name, all[1].Replies), "Saludos y despedidas1Envíos0")
		})

		t.Run("B57 B58 limits are characters, not bytes, and B59 the text has none", func(t *testing.T) {
			h := openDesks(t, d)
			c := h.category(h.anaAt, strings.Repeat("ñ", 60))
			_, err := h.room.CreateReplyCategory(ctx, h.ana, h.anaAt, strings.Repeat("n", 61))
			same(t, "limit", refused(t, err, "quick_reply.name", "name").Params["limit"], any(60))
			h.reply(h.anaAt, c.ID, strings.Repeat("é", 30), "x")
			_, err = h.room.CreateReply(ctx, h.ana, h.anaAt, conversation.ReplyDraft{Category: c.ID, Title: strings.Repeat("e", 31), Body: "x"})
			same(t, "limit", refused(t, err, "quick_reply.title", "title").Params["limit"], any(30))
			_, err = h.room.CreateReply(ctx, h.ana, h.anaAt, conversation.ReplyDraft{Category: c.ID, Title: " \x00\t ", Body: "x"})
			refused(t, err, "quick_reply.title", "title")
			_, err = h.room.CreateReply(ctx, h.ana, h.anaAt, conversation.ReplyDraft{Category: c.ID, Title: "Vacía", Body: " \n "})
			refused(t, err, "quick_reply.body", "body")
			million := strings.Repeat("café 😀 ", 1_000_000/7) + "fin del texto"
			q := h.reply(h.anaAt, c.ID, "Un millón", million)
			whole, err := h.room.QuickReply(ctx, h.anaAt, q.ID)
			must(t, err)
			same(t, "whole text", whole.Body == million, true)
			same(t, "size", whole.Size, int64(utf8.RuneCountInString(million)))
			same(t, "found by its last words", h.titles(h.anaAt, "TEXTO fin"), "Un millón")
			page, err := h.room.QuickReplies(ctx, h.anaAt, 0, "millon", "", 0)
			must(t, err)
			same(t, "in lists its beginning", utf8.RuneCountInString(page.Items[0].Body), 600)
			same(t, "and that there is more", page.Items[0].Whole(), false)
		})

		t.Run("B54 X02 a category is on the numbers of who wrote in it, and on no others", func(t *testing.T) {
			h := openDesks(t, d)
			ventas := h.category(h.anaAt, "Ventas")
			precio := h.reply(h.anaAt, ventas.ID, "Precio", "Cuesta 10.")
			same(t, "Luis, on another number", h.titles(h.luisAt, ""), "")
			_, err := h.room.QuickReply(ctx, h.luisAt, precio.ID)
			refused(t, err, "quick_reply.not_found", "")
			_, err = h.room.ChangeReply(ctx, h.luis, h.luisAt, precio.ID, conversation.ReplyDraft{Category: ventas.ID, Title: "Mío", Body: "x"})
			refused(t, err, "quick_reply.not_found", "")
			refused(t, h.room.DeleteReply(ctx, h.luisAt, precio.ID), "quick_reply.not_found", "")
			refused(t, h.room.DeleteReplyCategory(ctx, h.luisAt, ventas.ID), "quick_reply.no_category", "category_id")
			same(t, "Marta, on both", h.titles(h.martaAt, ""), "Precio")
			same(t, "Olga, who sees all", h.titles(h.olgaAt, ""), "Precio")

			_, err = h.room.ChangeReply(ctx, h.as(h.martaAt), h.martaAt, precio.ID, conversation.ReplyDraft{Category: ventas.ID, Title: "Precio", Body: "Cuesta 12."})
			must(t, err)
			same(t, "after Marta's edit it is on Luis's number", h.titles(h.luisAt, "cuesta 12"), "Precio")
			far := conversation.Reach{Workspace: h.workspace, User: d.NewID(), Inboxes: []db.ID{d.NewID()}}
			same(t, "a third number", h.titles(far, ""), "")
			_, err = h.room.RenameReplyCategory(ctx, h.olgaAt, ventas.ID, "Ventas y precios")
			must(t, err)
			same(t, "after the edit of who sees all it is everywhere", h.titles(far, ""), "Precio")
			same(t, "facts", len(h.facts(conversation.QuickRepliesChanged)), 4)
		})

		t.Run("titles and names are unique among those one sees, and the fault says where", func(t *testing.T) {
			h := openDesks(t, d)
			saludos, envios := h.category(h.anaAt, "Saludos"), h.category(h.anaAt, "Envíos")
			_, err := h.room.CreateReplyCategory(ctx, h.ana, h.anaAt, "SALUDOS")
			refused(t, err, "quick_reply.name_taken", "name")
			_, err = h.room.RenameReplyCategory(ctx, h.anaAt, envios.ID, "salúdos")
			refused(t, err, "quick_reply.name_taken", "name")
			hola := h.reply(h.anaAt, saludos.ID, "Hola", "Hola")
			_, err = h.room.CreateReply(ctx, h.ana, h.anaAt, conversation.ReplyDraft{Category: envios.ID, Title: "hóla", Body: "x"})
			same(t, "where", refused(t, err, "quick_reply.title_taken", "title").Params["category"], any("Saludos"))
			_, err = h.room.ChangeReply(ctx, h.ana, h.anaAt, hola.ID, conversation.ReplyDraft{Category: envios.ID, Title: "Hola", Body: "Hola, moved"})
			must(t, err) // its own title is no conflict
			h.category(h.luisAt, "Saludos")
			same(t, "hidden ones are no conflict", h.titles(h.luisAt, ""), "")
		})

		t.Run("what was deleted is gone at once and can be taken back", func(t *testing.T) {
			h := openDesks(t, d)
			c := h.category(h.anaAt, "Saludos")
			hola := h.reply(h.anaAt, c.ID, "Hola", "Hola")
			must(t, h.room.DeleteReply(ctx, h.anaAt, hola.ID))
			same(t, "gone", h.titles(h.anaAt, ""), "")
			refused(t, h.room.DeleteReply(ctx, h.anaAt, hola.ID), "quick_reply.not_found", "")
			_, err := h.room.RestoreReply(ctx, h.luisAt, hola.ID)
			refused(t, err, "quick_reply.not_found", "")
			_, err = h.room.RestoreReply(ctx, h.anaAt, hola.ID)
			must(t, err)
			same(t, "back", h.titles(h.anaAt, ""), "Hola")
			must(t, h.room.DeleteReply(ctx, h.anaAt, hola.ID))
			h.reply(h.anaAt, c.ID, "HOLA", "another")
			_, err = h.room.RestoreReply(ctx, h.anaAt, hola.ID)
			refused(t, err, "quick_reply.title_taken", "title")

			must(t, h.room.DeleteReplyCategory(ctx, h.anaAt, c.ID))
			same(t, "gone with its replies", h.titles(h.anaAt, ""), "")
			_, err = h.room.RestoreReplyCategory(ctx, h.luisAt, c.ID)
			refused(t, err, "quick_reply.no_category", "category_id")
			back, err := h.room.RestoreReplyCategory(ctx, h.anaAt, c.ID)
			must(t, err)
			same(t, "back with them", back.Replies, int64(1))

			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, "update quick_replies set deleted_at = 1 where id = $1", hola.ID)
				return err
			})
			_, err = h.room.RestoreReply(ctx, h.anaAt, hola.ID)
			refused(t, err, "quick_reply.not_found", "")
			must(t, h.room.DeleteReplyCategory(ctx, h.anaAt, c.ID))
			left, err := db.One[int](ctx, d, "select count(*) from quick_replies where id = $1", hola.ID)
			must(t, err)
			same(t, "after a day it is let go for good", left, 0)
		})

		t.Run("categories keep the order they are given", func(t *testing.T) {
			h := openDesks(t, d)
			a, b, c := h.category(h.anaAt, "A"), h.category(h.anaAt, "B"), h.category(h.anaAt, "C")
			must(t, h.room.OrderReplyCategories(ctx, h.anaAt, []db.ID{c.ID, a.ID, b.ID}))
			all, err := h.room.ReplyCategories(ctx, h.anaAt)
			must(t, err)
			same(t, "order", all[0].Name+all[1].Name+all[2].Name, "CAB")
			refused(t, h.room.OrderReplyCategories(ctx, h.anaAt, []db.ID{c.ID, c.ID}), "quick_reply.no_category", "category_id")
			refused(t, h.room.OrderReplyCategories(ctx, h.luisAt, []db.ID{c.ID}), "quick_reply.no_category", "category_id")
		})

		t.Run("a category and its first replies are made together or not at all", func(t *testing.T) {
			h := openDesks(t, d)
			drafts := []conversation.ReplyDraft{{Title: "Uno", Body: "1"}, {Title: "uno", Body: "2"}}
			_, err := h.room.CreateReplyCategory(ctx, h.ana, h.anaAt, "Juntas", drafts...)
			refused(t, err, "quick_reply.title_taken", "title")
			all, err := h.room.ReplyCategories(ctx, h.anaAt)
			must(t, err)
			same(t, "categories", len(all), 0)
			drafts[1].Title = "Dos"
			made, err := h.room.CreateReplyCategory(ctx, h.ana, h.anaAt, "Juntas", drafts...)
			must(t, err)
			same(t, "replies", made.Replies, int64(2))
			key := conversation.Reach{Workspace: h.workspace}
			_, err = h.room.CreateReplyCategory(ctx, account.Actor{Kind: account.KindKey, Workspace: h.workspace}, key, "Nowhere")
			refused(t, err, "quick_reply.no_category", "category_id")
		})

		t.Run("pages follow each other by title, whatever accents", func(t *testing.T) {
			h := openDesks(t, d)
			c := h.category(h.anaAt, "Letras")
			for _, title := range []string{"Zeta", "ábaco", "Eme", "árbol", "Beta"} {
				h.reply(h.anaAt, c.ID, title, "x")
			}
			var seen []conversation.QuickReply
			cursor := ""
			for range 3 {
				page, err := h.room.QuickReplies(ctx, h.anaAt, c.ID, "", cursor, 2)
				must(t, err)
				seen, cursor = append(seen, page.Items...), page.Next
			}
			same(t, "titles", titlesOf(seen), "ábaco, árbol, Beta, Eme, Zeta")
			same(t, "next", cursor, "")
			_, err := h.room.QuickReplies(ctx, h.anaAt, 0, "", "not ours", 2)
			refused(t, err, "cursor", "cursor")
		})
	})
}

func TestSuggestReplies(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		h := openDesks(t, d)
		c := h.talk(h.ventas, "5531955550501")
		name := "Camila Ríos"
		_, err := h.contacts.Update(ctx, h.workspace, c.Contact, contact.Change{Name: &name, Attributes: map[string]string{"city": "Belo Horizonte"}})
		must(t, err)
		c = h.row(c.ID)
		envios := h.category(h.anaAt, "Envíos")
		h.reply(h.anaAt, envios.ID, "Demora", "Lamentamos la demora, {{contact.first_name}}.")
		reprogramar := h.reply(h.anaAt, envios.ID, "Reprogramar envío", "Soy {{agent.first_name}}: el pedido {{order number}} va a {{contact.city}}. Ticket {{ticket.number}}, {{number.name}}.")
		saludos := h.category(h.anaAt, "Saludos")
		h.reply(h.anaAt, saludos.ID, "Hola", "Hola, ¿ya llegó el envío? <b>100%_!</b>")
		suggest := func(row conversation.Row, search string) []conversation.QuickReply {
			items, err := h.room.SuggestReplies(ctx, h.ana, row, search, 10)
			must(t, err)
			return items
		}

		t.Run("C13 finds by title, category and text, the title first", func(t *testing.T) {
			same(t, "env", titlesOf(suggest(c, "env")), "Reprogramar envío, Demora, Hola")
			same(t, "ENVÍO repro", titlesOf(suggest(c, "ENVÍO repro")), "Reprogramar envío")
			same(t, "signs are letters", titlesOf(suggest(c, "100%_!")), "Hola")
			same(t, "nothing", titlesOf(suggest(c, "zzz")), "")
		})
		t.Run("variables are filled, what has no value stays a slot", func(t *testing.T) {
			same(t, "text", suggest(c, "reprogramar")[0].Body, "Soy Ana: el pedido {{order number}} va a Belo Horizonte. Ticket {{ticket.number}}, Ventas.")
			h.opens(c.ID, 0)
			with := suggest(h.row(c.ID), "reprogramar")[0].Body
			if strings.Contains(with, "ticket.number") {
				t.Error(with)
			}
		})
		t.Run("X02 only those on the conversation's number, and one's own", func(t *testing.T) {
			other := h.talk(h.soporte, "525555550502")
			same(t, "Ana's own follow her", titlesOf(suggest(other, "hola")), "Hola")
			items, err := h.room.SuggestReplies(ctx, h.luis, other, "", 10)
			must(t, err)
			same(t, "Luis on Soporte", titlesOf(items), "")
			items, err = h.room.SuggestReplies(ctx, h.luis, c, "hola", 10)
			must(t, err)
			same(t, "Luis in a conversation of Ventas", titlesOf(items), "Hola")
			_, err = h.room.UseReply(ctx, h.luis, other, reprogramar.ID)
			if !fault.Is(err, "quick_reply.not_found") {
				t.Error(err)
			}
		})
		t.Run("using counts, and the often used come first", func(t *testing.T) {
			used, err := h.room.UseReply(ctx, h.ana, c, reprogramar.ID)
			must(t, err)
			same(t, "uses", used.Uses, int64(1))
			same(t, "first", suggest(c, "")[0].Title, "Reprogramar envío")
		})
	})
}

// BenchmarkSuggestReplies is one keystroke of the menu among 5,000 replies in 50 categories.
func BenchmarkSuggestReplies(b *testing.B) {
	for name, d := range map[string]*db.DB{"sqlite": dbtest.SQLite(b), "postgres": dbtest.Postgres(b)} {
		b.Run(name, func(b *testing.B) {
			h := openDesks(b, d)
			c := h.talk(h.ventas, "5531955550601")
			for i := range 50 {
				drafts := make([]conversation.ReplyDraft, 100)
				for j := range drafts {
					drafts[j] = conversation.ReplyDraft{Title: fmt.Sprintf("Respuesta %d", i*100+j),
						Body: strings.Repeat(fmt.Sprintf("Lamentamos la demora del pedido %d, {{contact.first_name}}. ", i*j), 5)}
				}
				_, err := h.room.CreateReplyCategory(b.Context(), h.ana, h.anaAt, fmt.Sprintf("Categoría %d", i), drafts...)
				must(b, err)
			}
			for _, search := range []string{"", "l", "demora pedido 99", "zzz"} {
				b.Run("search="+search, func(b *testing.B) {
					for b.Loop() {
						_, err := h.room.SuggestReplies(b.Context(), h.ana, c, search, 30)
						must(b, err)
					}
				})
			}
		})
	}
}
