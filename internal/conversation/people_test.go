package conversation_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"recado/internal/account"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
)

// openTicket gives a conversation an open ticket for an agent.
func (h *house) openTicket(id db.ID, agent account.Actor) {
	h.t.Helper()
	h.write(func(ctx context.Context, tx *db.Tx) error {
		_, _, err := h.room.OpenTicketIn(ctx, tx, agent, conversation.Opening{Conversation: id, Holder: conversation.HolderAgent, Assignee: agent.User})
		return err
	})
}

func (h *house) people(reach conversation.Reach, f conversation.PeopleFilter, limit int) (all []conversation.PersonRow) {
	h.t.Helper()
	cursor := ""
	for {
		page, err := h.room.People(context.Background(), reach, f, cursor, limit)
		must(h.t, err)
		all = append(all, page.Items...)
		if cursor = page.Next; cursor == "" {
			return all
		}
	}
}

func contactsIn(rows []conversation.PersonRow) []db.ID {
	out := make([]db.ID, len(rows))
	for i, row := range rows {
		out[i] = row.Contact
	}
	return out
}

func TestPeople(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		editor := h.ana
		editor.Permissions.Areas = map[account.Area]account.Level{account.Contacts: account.Edit, account.Desk: account.Edit}
		var talked []conversation.Row
		for i := range 6 {
			row := h.talk([]db.ID{h.ventas, h.soporte}[i%2], fmt.Sprintf("553195555%04d", i))
			h.openTicket(row.ID, h.luis)
			talked = append(talked, row)
		}
		again := h.talk(h.soporte, "5531955550000") // the first person writes to the other number last
		h.openTicket(again.ID, h.luis)
		silent, err := h.contacts.Create(t.Context(), editor, contact.NewPerson{Name: "Nadia Prado", Phone: "+55 31 95555-0100", Attributes: map[string]string{
			contact.FieldCity: "São Paulo", contact.FieldEmail: "nadia@ejemplo.test", contact.FieldDocument: "12.345.678-9", contact.FieldExternalID: "C-77"}})
		must(t, err)
		want := []db.ID{talked[0].Contact, talked[5].Contact, talked[4].Contact, talked[3].Contact, talked[2].Contact, talked[1].Contact, silent.ID}

		for _, limit := range []int{1, 2, 3, 50} {
			t.Run(fmt.Sprintf("the last contact first, each person once, in parts of %d", limit), func(t *testing.T) {
				if got := contactsIn(h.people(h.everything(), conversation.PeopleFilter{}, limit)); !slices.Equal(got, want) {
					t.Errorf("got %v, want %v", got, want)
				}
			})
		}
		t.Run("an agent sees the people of their numbers, and those of no number yet", func(t *testing.T) {
			reach := conversation.Reach{Workspace: h.workspace, User: h.ana.User, Inboxes: []db.ID{h.ventas}}
			got := contactsIn(h.people(reach, conversation.PeopleFilter{}, 2))
			if want := []db.ID{talked[4].Contact, talked[2].Contact, talked[0].Contact, silent.ID}; !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
			for id, sees := range map[db.ID]bool{talked[0].Contact: true, talked[1].Contact: false, silent.ID: true} {
				if got, err := h.room.SeesContact(t.Context(), reach, id); err != nil || got != sees {
					t.Errorf("sees %d: %v %v, want %v", id, got, err, sees)
				}
			}
		})
		t.Run("one number shows its people only, by their last contact there", func(t *testing.T) {
			got := contactsIn(h.people(h.everything(), conversation.PeopleFilter{Inbox: h.ventas}, 50))
			if want := []db.ID{talked[4].Contact, talked[2].Contact, talked[0].Contact}; !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
		t.Run("a period holds those whose last contact lies in it", func(t *testing.T) {
			from, until := h.row(talked[2].ID).LastMessage, h.row(talked[4].ID).LastMessage
			got := contactsIn(h.people(h.everything(), conversation.PeopleFilter{From: from, Until: until}, 50))
			for _, id := range []db.ID{talked[5].Contact, silent.ID, talked[1].Contact} {
				if slices.Contains(got, id) && until != from {
					t.Errorf("%d is outside of the period", id)
				}
			}
			if from < until && !slices.Contains(got, talked[2].Contact) {
				t.Errorf("the first of the period is missing in %v", got)
			}
		})
		for name, w := range map[string]contact.Wanted{
			"name": {Name: "prado nad"}, "e-mail": {Email: "NADIA@"}, "phone without country code": {Phone: "31 95555-0100"}, "phone in full": {Phone: "+55 (31) 95555 0100"},
			"city without accents": {City: "sao paulo"}, "document without points": {Document: "123456789"}, "document": {Document: "12.345"},
			"the customer's id": {ID: "c-77"}, "our id": {ID: silent.ID.String()}, "all of them": {Name: "nadia", City: "são", Email: "nadia@ejemplo.test"},
		} {
			t.Run("found by "+name, func(t *testing.T) {
				h.indexWords()
				if got := contactsIn(h.people(h.everything(), conversation.PeopleFilter{Wanted: w}, 50)); !slices.Equal(got, []db.ID{silent.ID}) {
					t.Errorf("got %v, want %v", got, silent.ID)
				}
			})
		}
		t.Run("one field that differs finds nobody", func(t *testing.T) {
			if got := h.people(h.everything(), conversation.PeopleFilter{Wanted: contact.Wanted{Name: "nadia", City: "Lima"}}, 50); len(got) != 0 {
				t.Errorf("got %v", got)
			}
		})
		t.Run("a number somebody has is refused by name", func(t *testing.T) {
			_, err := h.contacts.Create(t.Context(), editor, contact.NewPerson{Name: "Otra", Phone: "(031) 95555-0100", Country: "BR"})
			if err == nil || !strings.Contains(err.Error(), "Nadia Prado") {
				t.Errorf("got %v", err)
			}
		})
	})
}

// indexWords puts all contacts into the index of words, as the subscriber does after a moment.
func (h *house) indexWords() {
	h.t.Helper()
	ctx := context.Background()
	must(h.t, h.contacts.ForgetWords(ctx))
	must(h.t, h.contacts.PrepareWords(ctx))
	must(h.t, h.contacts.BuildWords(ctx))
}

func TestMergeContacts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.ana.Permissions.Areas[account.Contacts] = account.Edit
		merge := func(into, from db.ID, name string) error {
			_, err := h.room.MergeContacts(context.Background(), h.ana, contact.Merge{Into: into, From: from, Name: name, Attributes: map[string]string{"city": "Lima"}})
			return err
		}
		t.Run("addresses keep their threads and windows, on the same number too", func(t *testing.T) {
			a, b := h.talk(h.ventas, "5531955550001"), h.talk(h.ventas, "5531955550002")
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := h.contacts.OptOutIn(ctx, tx, h.workspace, []db.ID{b.Contact}, contact.Consent{Source: contact.ByMessage, At: 1000})
				return err
			})
			must(t, merge(a.Contact, b.Contact, "Una persona"))
			whole, err := h.contacts.Whole(t.Context(), h.workspace, b.Contact)
			must(t, err)
			if whole.ID != a.Contact || len(whole.Identities) != 2 || whole.Name != "Una persona" || whole.Attributes["city"] != "Lima" {
				t.Errorf("whole: %+v", whole)
			}
			if whole.OptedOutAt != 1000 || whole.OptedOutSource != contact.ByMessage {
				t.Errorf("opt-out %d by %q, want the one of the other", whole.OptedOutAt, whole.OptedOutSource)
			}
			after := h.talk(h.ventas, "5531955550002")
			if after.ID != b.ID || h.row(a.ID).WindowUntil != a.WindowUntil {
				t.Errorf("a new message went to %d, want %d; the other window is %d, want %d", after.ID, b.ID, h.row(a.ID).WindowUntil, a.WindowUntil)
			}
			if h.row(b.ID).ContactName != "Una persona" {
				t.Errorf("the other thread says %q", h.row(b.ID).ContactName)
			}
			if last := h.thread(a.ID)[len(h.thread(a.ID))-1]; last.Kind != conversation.KindMarker || !strings.Contains(string(last.Content), conversation.MarkMerged) {
				t.Errorf("no marker at the end of the thread: %+v", last)
			}
		})
		t.Run("the same person, and one of two blocked, are refused", func(t *testing.T) {
			a, b := h.talk(h.ventas, "5531955550011"), h.talk(h.ventas, "5531955550012")
			if err := merge(a.Contact, a.Contact, ""); err == nil {
				t.Error("merged with itself")
			}
			_, err := h.room.Block(t.Context(), h.ana, b.Contact, true)
			must(t, err)
			if err := merge(a.Contact, b.Contact, ""); err == nil {
				t.Error("merged with a blocked one")
			}
		})
	})
}

// TestMergesLoseNothing merges people at random and counts what there is before and after.
func TestMergesLoseNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.ana.Permissions.Areas[account.Contacts] = account.Edit
		random := rand.New(rand.NewPCG(3, 9))
		var contacts []db.ID
		for i := range 12 {
			row := h.talk([]db.ID{h.ventas, h.soporte}[random.IntN(2)], fmt.Sprintf("553195556%04d", i))
			h.openTicket(row.ID, h.luis)
			_, err := h.contacts.AddNote(t.Context(), h.ana, row.Contact, fmt.Sprintf("nota %d", i))
			must(t, err)
			contacts = append(contacts, row.Contact)
		}
		before := h.everythingOf(contacts)
		for range 30 {
			into, from := contacts[random.IntN(len(contacts))], contacts[random.IntN(len(contacts))]
			_, err := h.room.MergeContacts(t.Context(), h.ana, contact.Merge{Into: into, From: from, Name: "Alguien"})
			if err != nil && !strings.Contains(err.Error(), "one person already") {
				t.Fatal(err)
			}
			if after := h.everythingOf(contacts); !slices.Equal(before, after) {
				t.Fatalf("after merging %d into %d:\n%v\nbefore:\n%v", from, into, after, before)
			}
		}
	})
}

// everythingOf lists identities, messages (markers apart), tickets and notes of the people that contacts have become.
func (h *house) everythingOf(contacts []db.ID) (all []string) {
	h.t.Helper()
	ctx := context.Background()
	whole, err := h.contacts.WholeMany(ctx, h.d, h.workspace, contacts)
	must(h.t, err)
	seen := map[db.ID]bool{}
	for _, c := range whole {
		if seen[c.ID] {
			continue
		}
		seen[c.ID] = true
		for _, i := range c.Identities {
			all = append(all, "identity "+i.Key)
		}
		notes, err := h.contacts.Notes(ctx, h.workspace, c.ID)
		must(h.t, err)
		for _, n := range notes {
			all = append(all, "note "+n.ID.String())
		}
		history, err := h.room.HistoryOf(ctx, h.everything(), append([]db.ID{c.ID}, c.Merged...))
		must(h.t, err)
		for _, ticket := range history.Tickets {
			all = append(all, "ticket "+ticket.ID.String())
		}
		messages, err := h.room.MessagesOf(ctx, h.everything(), append([]db.ID{c.ID}, c.Merged...), 0, 200)
		must(h.t, err)
		for _, m := range messages {
			if m.Kind != conversation.KindMarker {
				all = append(all, "message "+m.ID.String()+" of "+m.Conversation.String())
			}
		}
	}
	slices.Sort(all)
	return all
}

func TestBlock(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.ana.Permissions.Areas[account.Contacts] = account.Edit
		row := h.talk(h.ventas, "5531955550021")
		_, err := h.room.Block(t.Context(), h.ana, row.Contact, true)
		must(t, err)
		unread := h.row(row.ID).Unread
		t.Run("what a blocked person writes is kept, and counts as nothing", func(t *testing.T) {
			h.talk(h.ventas, "5531955550021")
			if after := h.row(row.ID); after.Unread != unread || after.LastMessage != h.row(row.ID).LastMessage {
				t.Errorf("unread %d, want %d", after.Unread, unread)
			}
			if n := len(h.thread(row.ID)); n != 3 { // two messages and the marker
				t.Errorf("%d messages in the thread, want 3", n)
			}
		})
		t.Run("also on a number they never wrote to", func(t *testing.T) {
			if other := h.talk(h.soporte, "5531955550021"); other.Unread != 0 {
				t.Errorf("unread %d on the other number", other.Unread)
			}
		})
		t.Run("the fact calls nobody", func(t *testing.T) {
			if (conversation.ReceivedFact{Kind: "text", Blocked: true}).AsksForAnswer() {
				t.Error("a blocked person asks for an answer")
			}
		})
		t.Run("unblocked they are heard again", func(t *testing.T) {
			_, err := h.room.Block(t.Context(), h.ana, row.Contact, false)
			must(t, err)
			h.talk(h.ventas, "5531955550021")
			if after := h.row(row.ID); after.Unread != unread+1 {
				t.Errorf("unread %d, want %d", after.Unread, unread+1)
			}
		})
	})
}
