package fleet

import (
	"context"
	"encoding/json"
	"slices"

	"recado/internal/account"
	"recado/internal/bot"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/inbox"
	"recado/internal/routing"
)

// MaxNumbers bounds the numbers of one change.
const MaxNumbers = 500

// Room steers the numbers of all workspaces. It is safe for many goroutines.
type Room struct {
	d       *db.DB
	inboxes *inbox.Room
	routing *routing.Room
	bots    *bot.Room
}

// New makes the room.
func New(d *db.DB, inboxes *inbox.Room, routings *routing.Room, bots *bot.Room) *Room {
	return &Room{d: d, inboxes: inboxes, routing: routings, bots: bots}
}

// Document is one part of a number's settings.
type Document struct {
	Version    int64           // another one with every change; 0: never changed
	Settings   json.RawMessage // always written the same way, so that two that say the same are equal
	EditedName string          // "" when it is not known
	UpdatedAt  int64           // Unix milliseconds; 0: never
}

// Want is a change of settings: either documents copied from a number, or what is to be different.
type Want struct {
	Source  db.ID                    // the number whose documents are copied; 0: none
	Parts   []Part                   // those that are copied
	Changes map[Part]json.RawMessage // what is to be different: merge patches (RFC 7396)
	Whole   bool                     // Changes are whole documents
	Model   db.ID                    // the number whose settings Changes began with; only told
}

// Target is a number that is to be changed. Versions are those its author saw, by part; where one is missing, whatever it is.
type Target struct {
	Inbox    db.ID
	Versions map[Part]int64
}

// What became of a number.
const (
	Changed = "changed"
	Same    = "same"   // there was nothing to change
	Failed  = "failed" // nothing was changed; Err tells why
)

// Result is what became, or would become, of a number.
type Result struct {
	Inbox       db.ID
	State       string
	Err         error
	Differences []Difference
	Versions    map[Part]int64 // before a preview, after an application
}

// Reaches tells, by number, which numbers' settings an actor may see and change, as far as the areas allow: every one of the workspace
// with the ability see_all and for API keys and our own parts, else those the user owns, manages or answers on.
func (r *Room) Reaches(ctx context.Context, actor account.Actor) (map[db.ID]bool, error) {
	var ids []db.ID
	var err error
	if actor.User == 0 || actor.Has(account.SeeAll) == nil {
		all, e := r.inboxes.List(ctx, actor.Workspace)
		for _, box := range all {
			ids = append(ids, box.ID)
		}
		err = e
	} else {
		ids, err = r.inboxes.OfUser(ctx, actor.Workspace, actor.User)
	}
	reached := make(map[db.ID]bool, len(ids))
	for _, id := range ids {
		reached[id] = true
	}
	return reached, err
}

func noNumber() error {
	return fault.New(fault.NotFound, "inbox.not_found", "There is no such number.")
}

// Read gives documents of numbers by number and part. It needs view in the area of each part, and fails with NotFound for a number
// the actor does not reach.
func (r *Room) Read(ctx context.Context, actor account.Actor, parts []Part, ids ...db.ID) (map[db.ID]map[Part]Document, error) {
	reached, err := r.Reaches(ctx, actor)
	if err != nil {
		return nil, err
	}
	out := make(map[db.ID]map[Part]Document, len(ids))
	for _, id := range ids {
		if !reached[id] {
			return nil, noNumber()
		}
		out[id] = map[Part]Document{}
	}
	for _, part := range parts {
		k, err := r.keeper(part)
		if err != nil {
			return nil, err
		}
		if err := actor.Can(k.area, account.View); err != nil {
			return nil, err
		}
		found, err := k.read(ctx, r.d, actor.Workspace, ids...)
		if err != nil {
			return nil, err
		}
		for id, doc := range found {
			out[id][part] = doc
		}
	}
	return out, nil
}

// change is a Want that is ready to be made on numbers.
type change struct {
	id      db.ID
	how     string
	model   db.ID
	undoes  db.ID
	patches map[Part]json.RawMessage
	whole   bool
}

// ready looks up what is copied, and refuses what nobody could make.
func (r *Room) ready(ctx context.Context, actor account.Actor, w Want, targets []Target) (change, error) {
	c := change{id: r.d.NewID(), how: HowEdit, model: w.Model, patches: w.Changes, whole: w.Whole}
	if n := len(targets); n == 0 || n > MaxNumbers {
		return c, fault.New(fault.Invalid, "template.choices", "Name 1 to %d numbers.", MaxNumbers).On("numbers").With("limit", MaxNumbers)
	}
	if w.Source != 0 {
		source, err := r.Read(ctx, actor, w.Parts, w.Source)
		if err != nil {
			return c, err
		}
		c = change{id: c.id, how: HowCopy, model: w.Source, patches: map[Part]json.RawMessage{}, whole: true}
		for part, doc := range source[w.Source] {
			c.patches[part] = doc.Settings
		}
	}
	if len(c.patches) == 0 {
		return c, fault.New(fault.Invalid, "fleet.nothing", "Choose what is to be changed.").On("parts")
	}
	for part := range c.patches {
		if _, err := r.keeper(part); err != nil {
			return c, err
		}
	}
	return c, nil
}

// Preview tells what a change would make different on each number, and why it could not be made there. Nothing is kept: it is made
// in a transaction that is taken back. It fails as Apply does.
func (r *Room) Preview(ctx context.Context, actor account.Actor, w Want, targets []Target) ([]Result, error) {
	c, err := r.ready(ctx, actor, w, targets)
	if err != nil {
		return nil, err
	}
	reached, err := r.Reaches(ctx, actor)
	if err != nil {
		return nil, err
	}
	out := make([]Result, 0, len(targets))
	takeBack := fault.New(fault.Conflict, "fleet.preview", "Only a preview.")
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		out = out[:0]
		for _, t := range sorted(targets) {
			t.Versions = nil // seen now
			result := Result{Inbox: t.Inbox, State: Failed, Err: noNumber()}
			if reached[t.Inbox] {
				if result, err = r.makeIn(ctx, tx, actor, c, t, true); err != nil && fault.KindOf(err) == fault.Internal {
					return err
				}
			}
			out = append(out, result)
		}
		return takeBack
	})
	if !fault.Is(err, "fleet.preview") {
		return nil, err
	}
	return out, nil
}

// Apply makes a change on numbers, each in a transaction of its own: a number takes all of it or nothing. Made again it changes
// nothing more. It gives the id of the change in the journal and what became of each number. It needs edit in the area of each part
// and fails with NotFound for a source the actor does not reach, or Invalid for a change of nothing.
func (r *Room) Apply(ctx context.Context, actor account.Actor, w Want, targets []Target) (db.ID, []Result, error) {
	c, err := r.ready(ctx, actor, w, targets)
	if err != nil {
		return 0, nil, err
	}
	out, err := r.each(ctx, actor, sorted(targets), func(ctx context.Context, tx *db.Tx, t Target) (Result, error) {
		return r.makeIn(ctx, tx, actor, c, t, false)
	})
	return c.id, out, err
}

// each does something to numbers the actor reaches, each in a transaction of its own.
func (r *Room) each(ctx context.Context, actor account.Actor, targets []Target, do func(context.Context, *db.Tx, Target) (Result, error)) ([]Result, error) {
	reached, err := r.Reaches(ctx, actor)
	if err != nil {
		return nil, err
	}
	out := make([]Result, len(targets))
	for i, t := range targets {
		if !reached[t.Inbox] {
			out[i] = Result{Inbox: t.Inbox, State: Failed, Err: noNumber()}
			continue
		}
		err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			out[i], err = do(ctx, tx, t)
			return err
		})
		if err != nil {
			out[i] = Result{Inbox: t.Inbox, State: Failed, Err: err}
		}
	}
	return out, nil
}

// sorted gives targets by number, each once, so that two changes hold numbers in the same order.
func sorted(targets []Target) []Target {
	all := slices.SortedFunc(slices.Values(targets), func(a, b Target) int { return int(min(1, max(-1, int64(a.Inbox)-int64(b.Inbox)))) })
	return slices.CompactFunc(all, func(a, b Target) bool { return a.Inbox == b.Inbox })
}

// Set makes one document of one number what it is to be. seen is the version its author saw; -1: whatever it is. It fails as the
// room does that owns the settings.
func (r *Room) Set(ctx context.Context, actor account.Actor, number db.ID, part Part, settings any, seen int64) error {
	text, err := json.Marshal(settings)
	if err != nil {
		return err
	}
	t := Target{Inbox: number}
	if seen >= 0 {
		t.Versions = map[Part]int64{part: seen}
	}
	_, results, err := r.Apply(ctx, actor, Want{Changes: map[Part]json.RawMessage{part: text}, Whole: true}, []Target{t})
	if err != nil {
		return err
	}
	return results[0].Err
}

// makeIn makes a change on one number and notes it in the journal. Where it fails, what was written of it is to be taken back.
func (r *Room) makeIn(ctx context.Context, tx *db.Tx, actor account.Actor, c change, t Target, preview bool) (Result, error) {
	out := Result{Inbox: t.Inbox, State: Same, Versions: map[Part]int64{}}
	for _, part := range Parts {
		patch, wanted := c.patches[part]
		if !wanted {
			continue
		}
		seen := int64(-1)
		if v, named := t.Versions[part]; named {
			seen = v
		}
		before, after, err := r.partIn(ctx, tx, actor, t.Inbox, part, patch, c.whole, seen)
		if err != nil {
			return Result{Inbox: t.Inbox, State: Failed, Err: err}, err
		}
		out.Versions[part] = after.Version
		if preview {
			out.Versions[part] = before.Version
		}
		if string(before.Settings) == string(after.Settings) {
			continue
		}
		out.State = Changed
		out.Differences = append(out.Differences, differences(part, before.Settings, after.Settings)...)
		if !preview {
			if err := noteIn(ctx, tx, actor, c, t.Inbox, part, before.Settings, after.Settings); err != nil {
				return out, err
			}
		}
	}
	return out, nil
}

// partIn makes one document what it is to be, and gives it before and after. What says the same already is not written, whoever saw it.
func (r *Room) partIn(ctx context.Context, tx *db.Tx, actor account.Actor, number db.ID, part Part, patch json.RawMessage, whole bool, seen int64) (before, after Document, err error) {
	k, err := r.keeper(part)
	if err != nil {
		return before, after, err
	}
	if err := k.may(ctx, actor, number); err != nil {
		return before, after, err
	}
	found, err := k.read(ctx, tx, actor.Workspace, number)
	if err != nil {
		return before, after, err
	}
	before, known := found[number]
	if !known {
		return before, after, noNumber()
	}
	next := patch
	if !whole {
		if next, err = merged(before.Settings, patch); err != nil {
			return before, after, err
		}
	}
	if next, err = k.tidy(before.Settings, next); err != nil {
		return before, after, err
	}
	if string(next) == string(before.Settings) {
		return before, before, nil
	}
	after, err = k.write(ctx, tx, actor, number, next, seen)
	return before, after, err
}
