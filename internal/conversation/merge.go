package conversation

import (
	"context"
	"fmt"
	"slices"

	"recado/internal/account"
	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/event"
)

// Codes of the markers that tell of a person in each of their threads.
const (
	MarkMerged    = "contact.merged" // params name and other: what the two were called
	MarkBlocked   = "contact.blocked"
	MarkUnblocked = "contact.unblocked"
)

// MergeContacts makes two people one (contact.MergeIn says how) and leaves a marker in every thread of both, in one transaction.
// Conversations stay what they are: one per address and number, each with its own window (channels/windows, rule 3), also
// when both people wrote to the same number.
func (r *Room) MergeContacts(ctx context.Context, actor account.Actor, m contact.Merge) (contact.Contact, error) {
	if err := actor.Can(account.Contacts, account.Edit); err != nil {
		return contact.Contact{}, err
	}
	var merged contact.Contact
	err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		before, err := r.contacts.WholeMany(ctx, tx, actor.Workspace, []db.ID{m.Into, m.From})
		if err != nil {
			return err
		}
		if merged, err = r.contacts.MergeIn(ctx, tx, actor.Workspace, m); err != nil {
			return err
		}
		return r.markPerson(ctx, tx, actor, merged, Marker{Code: MarkMerged, Params: map[string]string{
			"by": authorOf(actor).Name, "name": called(before[m.Into]), "other": called(before[m.From])}})
	})
	return merged, err
}

func called(c contact.Contact) string {
	if c.Name != "" {
		return c.Name
	}
	return c.AddressDisplay()
}

const blockThreads = "update conversations set blocked = $1 where contact_id in ({ids:$2}) and workspace_id = $3"

// Block keeps a person out, or lets them in again, on all our numbers. What a blocked person writes is still stored in the thread, but
// it counts as nothing unread, opens no ticket, and no bot answers it. The provider is not told: its own list would drop what
// they write, and takes only who wrote in the last day (whatsapp-cloud-api §10).
func (r *Room) Block(ctx context.Context, actor account.Actor, id db.ID, blocked bool) (contact.Contact, error) {
	if err := actor.Can(account.Contacts, account.Edit); err != nil {
		return contact.Contact{}, err
	}
	var c contact.Contact
	err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		before, err := r.contacts.WholeMany(ctx, tx, actor.Workspace, []db.ID{id})
		if err != nil {
			return err
		}
		if c, err = r.contacts.BlockIn(ctx, tx, actor.Workspace, id, actor.User, blocked); err != nil || (before[id].BlockedAt != 0) == blocked {
			return err
		}
		value, code := 0, MarkUnblocked
		if blocked {
			value, code = 1, MarkBlocked
		}
		if _, err := tx.Exec(ctx, blockThreads, value, db.IDs(append([]db.ID{c.ID}, c.Merged...)), actor.Workspace); err != nil {
			return fmt.Errorf("block contact %d: %w", c.ID, err)
		}
		return r.markPerson(ctx, tx, actor, c, Marker{Code: code, Params: map[string]string{"by": authorOf(actor).Name}})
	})
	return c, err
}

// markPerson leaves a marker in every thread of a person and tells that their conversations changed.
func (r *Room) markPerson(ctx context.Context, tx *db.Tx, actor account.Actor, c contact.Contact, m Marker) error {
	rows, err := db.All[thread](ctx, tx, threadsOfContacts+" order by id", db.IDs(append([]db.ID{c.ID}, c.Merged...)))
	if err != nil {
		return fmt.Errorf("threads of contact %d: %w", c.ID, err)
	}
	marks, facts := make([]mark, len(rows)), make([]event.Fact, len(rows))
	for i, t := range rows {
		marks[i] = mark{Marker: m, ticket: Ticket{Workspace: t.Workspace, ID: t.Ticket, Conversation: t.ID, Inbox: t.Inbox, Contact: t.Contact}, by: authorOf(actor)}
		facts[i] = event.Fact{Workspace: t.Workspace, Kind: Changed, Subject: t.ID, Data: ChangedFact{Conversation: t.ID}}
	}
	items, err := markIn(ctx, tx, marks)
	if err != nil || len(items) == 0 {
		return err
	}
	return r.log.Append(ctx, tx, append(facts, event.Fact{Workspace: actor.Workspace, Kind: MessagePosted, Data: PostedFact{items}})...)
}

// inheritBlocks blocks conversations made just now whose contact was blocked on another number. Threads that were there say so
// themselves, so this asks nothing when no thread is new.
func (r *Room) inheritBlocks(ctx context.Context, tx *db.Tx, found threads) error {
	fresh := map[db.ID][]db.ID{} // by workspace
	for p, t := range found {
		if t.fresh {
			fresh[p.workspace] = append(fresh[p.workspace], p.contact)
		}
	}
	for workspace, contacts := range fresh {
		blocked, err := r.contacts.BlockedAmong(ctx, tx, workspace, contacts)
		if err != nil || len(blocked) == 0 {
			return err
		}
		for p, t := range found {
			if slices.Contains(blocked, p.contact) {
				t.Blocked = 1
			}
		}
		if _, err := tx.Exec(ctx, blockThreads, 1, db.IDs(blocked), workspace); err != nil {
			return fmt.Errorf("block new conversations: %w", err)
		}
	}
	return nil
}
