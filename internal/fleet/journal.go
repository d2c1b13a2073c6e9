package fleet

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
)

// How a change came about.
const (
	HowEdit = "edit"
	HowCopy = "copy" // from the model
	HowUndo = "undo" // of an earlier change
)

// Change is one entry of the journal: what somebody changed on numbers in one go.
type Change struct {
	ID      db.ID
	At      int64 // Unix milliseconds
	User    db.ID // 0: an API key, or the house itself
	Name    string
	How     string
	Model   db.ID   // the number it was copied from, or began with; 0: none
	Undoes  db.ID   // the change it takes back
	Undone  bool    // a later one took it back, on some numbers at least
	Numbers []db.ID // ascending
	Parts   []Part
}

type changeRow struct {
	Change db.ID  `db:"change_id"`
	Inbox  db.ID  `db:"inbox_id"`
	Part   Part   `db:"part"`
	At     int64  `db:"at"`
	User   db.ID  `db:"user_id"`
	Name   string `db:"user_name"`
	How    string `db:"how"`
	Model  db.ID  `db:"model_inbox_id"`
	Undoes db.ID  `db:"undoes_id"`
	Before string `db:"before_json"`
	After  string `db:"after_json"`
}

const note = `insert into setting_changes (workspace_id, id, change_id, inbox_id, part, at, user_id, user_name, how, model_inbox_id, undoes_id, before_json, after_json)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`

// noteIn writes one document of a change into the journal.
func noteIn(ctx context.Context, tx *db.Tx, actor account.Actor, c change, number db.ID, part Part, before, after json.RawMessage) error {
	_, err := tx.Exec(ctx, note, actor.Workspace, tx.NewID(), c.id, number, string(part), tx.Now(), actor.User, actor.Name, c.how, c.model, c.undoes, string(before), string(after))
	if err != nil {
		return fmt.Errorf("journal of settings: %w", err)
	}
	return nil
}

const (
	recent = `select change_id from setting_changes where workspace_id = $1 and inbox_id in ({ids:$2}) and part in ({texts:$3}) and change_id < $4
		group by change_id order by change_id desc limit $5`
	linesOf = `select change_id, inbox_id, part, at, user_id, user_name, how, model_inbox_id, undoes_id, '' as before_json, '' as after_json
		from setting_changes where workspace_id = $1 and change_id in ({ids:$2}) order by change_id desc, inbox_id, id`
	undoneOf = "select distinct undoes_id from setting_changes where workspace_id = $1 and undoes_id in ({ids:$2})"
	changeOf = `select change_id, inbox_id, part, at, user_id, user_name, how, model_inbox_id, undoes_id, before_json, after_json
		from setting_changes where workspace_id = $1 and change_id = $2 order by inbox_id, id`
)

// Changes lists the journal of the numbers an actor reaches, or of one of them, the newest first, before a change (0: the newest),
// at most limit. It shows parts whose area the actor may see. It fails with NotFound for a number the actor does not reach.
func (r *Room) Changes(ctx context.Context, actor account.Actor, number, before db.ID, limit int) ([]Change, error) {
	reached, err := r.Reaches(ctx, actor)
	if err != nil {
		return nil, err
	}
	if number != 0 && !reached[number] {
		return nil, noNumber()
	}
	numbers := []db.ID{}
	for id := range reached {
		if number == 0 || id == number {
			numbers = append(numbers, id)
		}
	}
	if before == 0 {
		before = math.MaxInt64
	}
	parts := r.seen(actor)
	ids, err := db.All[db.ID](ctx, r.d, recent, actor.Workspace, db.IDs(numbers), db.Texts(parts), before, limit)
	if err != nil {
		return nil, fmt.Errorf("journal of settings: %w", err)
	}
	rows, err := db.All[changeRow](ctx, r.d, linesOf, actor.Workspace, db.IDs(ids))
	if err != nil {
		return nil, fmt.Errorf("journal of settings: %w", err)
	}
	undone, err := db.All[db.ID](ctx, r.d, undoneOf, actor.Workspace, db.IDs(ids))
	if err != nil {
		return nil, fmt.Errorf("journal of settings: %w", err)
	}
	out := []Change{}
	for _, row := range rows {
		if !reached[row.Inbox] || !slices.Contains(parts, string(row.Part)) {
			continue
		}
		if len(out) == 0 || out[len(out)-1].ID != row.Change {
			out = append(out, Change{ID: row.Change, At: row.At, User: row.User, Name: row.Name, How: row.How, Model: row.Model, Undoes: row.Undoes,
				Undone: slices.Contains(undone, row.Change)})
		}
		c := &out[len(out)-1]
		if !slices.Contains(c.Numbers, row.Inbox) {
			c.Numbers = append(c.Numbers, row.Inbox)
		}
		if !slices.Contains(c.Parts, row.Part) {
			c.Parts = append(c.Parts, row.Part)
		}
	}
	return out, nil
}

// seen are the parts whose area an actor may see.
func (r *Room) seen(actor account.Actor) []string {
	parts := []string{}
	for _, part := range Parts {
		if k, err := r.keeper(part); err == nil && actor.Can(k.area, account.View) == nil {
			parts = append(parts, string(part))
		}
	}
	return parts
}

// rowsOf gives what one change did on numbers the actor reaches. It fails with NotFound when there is nothing of it.
func (r *Room) rowsOf(ctx context.Context, actor account.Actor, id db.ID) ([]changeRow, error) {
	reached, err := r.Reaches(ctx, actor)
	if err != nil {
		return nil, err
	}
	rows, err := db.All[changeRow](ctx, r.d, changeOf, actor.Workspace, id)
	if err != nil {
		return nil, fmt.Errorf("change of settings: %w", err)
	}
	parts := r.seen(actor)
	rows = slices.DeleteFunc(rows, func(row changeRow) bool { return !reached[row.Inbox] || !slices.Contains(parts, string(row.Part)) })
	if len(rows) == 0 {
		return nil, fault.New(fault.NotFound, "fleet.no_change", "There is no such change.")
	}
	return rows, nil
}

// Differences tells what a change made different on each number. It fails with NotFound.
func (r *Room) Differences(ctx context.Context, actor account.Actor, id db.ID) ([]Result, error) {
	rows, err := r.rowsOf(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	out := []Result{}
	for _, row := range rows {
		if len(out) == 0 || out[len(out)-1].Inbox != row.Inbox {
			out = append(out, Result{Inbox: row.Inbox, State: Changed})
		}
		last := &out[len(out)-1]
		last.Differences = append(last.Differences, differences(row.Part, json.RawMessage(row.Before), json.RawMessage(row.After))...)
	}
	return out, nil
}

// Undo puts back what was before a change, on each number where what it made still stands; a number takes all of it back or nothing.
// The others fail with Conflict "fleet.changed_since". It needs edit in the area of each part and fails with NotFound. It is a change
// of its own, and can be undone.
func (r *Room) Undo(ctx context.Context, actor account.Actor, id db.ID) (db.ID, []Result, error) {
	rows, err := r.rowsOf(ctx, actor, id)
	if err != nil {
		return 0, nil, err
	}
	c := change{id: r.d.NewID(), how: HowUndo, undoes: id, whole: true}
	byNumber := map[db.ID][]changeRow{}
	targets := []Target{}
	for _, row := range rows {
		if len(byNumber[row.Inbox]) == 0 {
			targets = append(targets, Target{Inbox: row.Inbox})
		}
		byNumber[row.Inbox] = append(byNumber[row.Inbox], row)
	}
	out, err := r.each(ctx, actor, targets, func(ctx context.Context, tx *db.Tx, t Target) (Result, error) {
		mine := c
		mine.patches = map[Part]json.RawMessage{}
		for _, row := range byNumber[t.Inbox] {
			if err := r.stands(ctx, tx, actor, row); err != nil {
				return Result{}, err
			}
			mine.patches[row.Part] = json.RawMessage(row.Before)
		}
		return r.makeIn(ctx, tx, actor, mine, t, false)
	})
	return c.id, out, err
}

// stands refuses to take back what is not as the change made it, nor as it was before.
func (r *Room) stands(ctx context.Context, tx *db.Tx, actor account.Actor, row changeRow) error {
	k, err := r.keeper(row.Part)
	if err != nil {
		return err
	}
	found, err := k.read(ctx, tx, actor.Workspace, row.Inbox)
	if err != nil {
		return err
	}
	now := found[row.Inbox]
	for _, text := range []string{row.After, row.Before} {
		if len(differences(row.Part, now.Settings, json.RawMessage(text))) == 0 {
			return nil
		}
	}
	return fault.New(fault.Conflict, "fleet.changed_since", "This was changed again since.")
}
