package contact

import (
	"context"
	"fmt"

	"recado/internal/db"
	"recado/internal/event"
)

// Consented is one entry of the ledger of consent: it is never changed and never taken away (X37).
type Consented struct {
	Given   bool   `db:"-"` // wants active messages again; false: wants none
	Kept    bool   `db:"-"` // asked for and not done: the person or a colleague had said otherwise
	Scope   string `db:"scope"`
	Source  string `db:"source"`
	By      db.ID  `db:"by_id"`
	ByName  string `db:"by_name"`
	Wording string `db:"wording"`
	Inbox   db.ID  `db:"inbox_id"`
	At      int64  `db:"at"` // Unix milliseconds
}

// shownConsents bounds what is read of a ledger.
const shownConsents = 200

// Ledger gives every change of a person's consent, the one written last first, of all the contacts they are. Their times do not order
// them: those of messages are the provider's, whose clock may be ahead of ours.
func (r *Room) Ledger(ctx context.Context, workspace db.ID, c Contact) ([]Consented, error) {
	rows, err := db.All[struct {
		Consented
		GivenText int `db:"given"`
		KeptText  int `db:"kept"`
	}](ctx, r.d, `select given, kept, scope, source, by_id, by_name, wording, inbox_id, at from consents
		where contact_id in ({ids:$1}) and workspace_id = $2
		group by given, kept, scope, source, by_id, by_name, wording, inbox_id, at order by max(id) desc limit $3`, db.IDs(append([]db.ID{c.ID}, c.Merged...)), workspace, shownConsents)
	if err != nil {
		return nil, fmt.Errorf("ledger of contact %d: %w", c.ID, err)
	}
	out := make([]Consented, len(rows))
	for i, one := range rows {
		one.Consented.Given, one.Consented.Kept = one.GivenText == 1, one.KeptText == 1
		out[i] = one.Consented
	}
	return out, nil
}

// noted is what the ledger keeps of a change besides Consent, as numbers of the database.
type noted struct{ given, kept int }

// consentsIn writes changes into the ledger and tells them; kind may be empty for what changed nothing.
func (r *Room) consentsIn(ctx context.Context, tx *db.Tx, workspace db.ID, kind string, ids []db.ID, c Consent, n noted) error {
	if len(ids) == 0 {
		return nil
	}
	rows, facts := make([][]any, len(ids)), []event.Fact{}
	for i, id := range ids {
		rows[i] = []any{int64(workspace), int64(tx.NewID()), int64(id), n.given, n.kept, c.Scope, c.Source, int64(c.By.User), c.By.Name, c.Wording, int64(c.Inbox), c.At}
		if kind != "" {
			facts = append(facts, event.Fact{Workspace: workspace, Kind: kind, Subject: id, Data: ChangedFact{id}})
		}
	}
	_, err := tx.Insert(ctx, "consents (workspace_id, id, contact_id, given, kept, scope, source, by_id, by_name, wording, inbox_id, at)", "", rows)
	if err != nil {
		return fmt.Errorf("ledger of consent: %w", err)
	}
	return r.log.Append(ctx, tx, facts...)
}
