package contact

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/job"
	"recado/internal/sheet"
)

const (
	importBatch = 500 // rows of one transaction
	importLease = 30 * time.Second
	maxRuns     = 20 // an import that ended without a word so often will not come to an end
)

// importArgs name a run: only the newest of an import counts.
type importArgs struct {
	Import db.ID `json:"import_id"`
	Run    int64 `json:"run"`
}

// errOvertaken ends a run that does not count any more: somebody stopped the import, or another run took its place.
var errOvertaken = errors.New("the import goes on without this run")

// Resume takes up imports whose process ended without a word; call it now and then.
func (im *Imports) Resume(ctx context.Context) error {
	return im.room.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		lost, err := db.All[struct {
			ID  db.ID `db:"id"`
			Run int64 `db:"run"`
		}](ctx, tx, "update contact_imports set run = run + 1, lease_until = $1 where state = 'running' and lease_until < $2 returning id, run",
			tx.Now()+importLease.Milliseconds(), tx.Now())
		if err != nil {
			return fmt.Errorf("take up imports: %w", err)
		}
		for _, l := range lost {
			if err := im.jobs.Enqueue(ctx, tx, importJob, importArgs{l.ID, l.Run}, job.Options{}); err != nil {
				return err
			}
		}
		return nil
	})
}

// work reads a sheet from the row behind the last one dealt with. Rows, counts and that place are written in one transaction, so
// that no row counts twice however often a process ends.
func (im *Imports) work(ctx context.Context, args json.RawMessage) error {
	a, err := job.Decode[importArgs](args)
	if err != nil {
		return err
	}
	row, err := db.One[importRow](ctx, im.room.d, "select "+importColumns+" from contact_imports where id = $1 and run = $2 and state = 'running'", a.Import, a.Run)
	if errors.Is(err, db.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	now, err := row.shown()
	if err != nil {
		return job.Abandon(err)
	}
	run := &importRun{imports: im, row: row, now: now}
	err = run.read(ctx)
	if errors.Is(err, errOvertaken) {
		return nil
	}
	if p := importProblem(err); p != nil && fault.KindOf(err) == fault.Invalid {
		return overtakenIsFine(run.finish(ctx, ImportFailed, p))
	}
	if err != nil {
		if a.Run < maxRuns {
			return err
		}
		return overtakenIsFine(errors.Join(run.finish(ctx, ImportFailed, &ImportProblem{Code: "contact.import_broken"}), job.Abandon(err)))
	}
	return overtakenIsFine(run.finish(ctx, ImportDone, nil))
}

func overtakenIsFine(err error) error {
	if errors.Is(err, errOvertaken) {
		return nil
	}
	return err
}

// importRun is one reading of a sheet.
type importRun struct {
	imports *Imports
	row     importRow
	now     Import
	batch   []imported
	bad     [][]any // rows of contact_import_problems of this batch
	unsaved int64   // rows of this batch
}

func (run *importRun) read(ctx context.Context) error {
	file, err := run.imports.files.Get(ctx, run.row.Workspace, run.row.File)
	if err != nil {
		return err
	}
	in, err := run.imports.open(ctx, file)
	if err != nil {
		return err
	}
	defer in.Close()
	for {
		row, err := in.Next()
		if err == io.EOF {
			return run.store(ctx, 1)
		}
		if err != nil {
			if err := run.store(ctx, in.Progress()); err != nil {
				return err
			}
			return sheet.Fault(err)
		}
		if int64(row.Number) <= run.row.DoneRow {
			continue
		}
		run.take(row)
		if run.unsaved == importBatch {
			if err := run.store(ctx, in.Progress()); err != nil {
				return err
			}
		}
	}
}

// take notes what a row tells, or why it is left out.
func (run *importRun) take(row sheet.Row) {
	run.unsaved++
	run.row.DoneRow = int64(row.Number)
	p, err := run.now.Rules.read(run.now.Headers, row)
	if err != nil {
		run.leaveOut(row.Number, row.Cells, err)
		return
	}
	run.batch = append(run.batch, p)
}

func (run *importRun) leaveOut(row int, cells []string, err error) {
	run.bad = append(run.bad, []any{run.row.ID, int64(row), encode(cells), encode(importProblem(err))})
}

// store writes a batch with all it came to.
func (run *importRun) store(ctx context.Context, part float64) error {
	counts, bad := run.now.Counts, run.bad
	err := run.imports.room.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		counts, bad = run.now.Counts, run.bad // as before: a transaction may be tried again
		came, err := run.imports.room.importIn(ctx, tx, run.row.Workspace, run.batch, run.now.Rules.Existing)
		if err != nil {
			return err
		}
		for _, left := range came.left {
			bad = append(bad[:len(bad):len(bad)], []any{run.row.ID, int64(left.row), encode(left.cells(run.now)), encode(importProblem(tooManyAttributes()))})
		}
		counts.Read, counts.Bad = counts.Read+run.unsaved, counts.Bad+int64(len(bad))
		counts.Made, counts.Changed, counts.Same = counts.Made+came.made, counts.Changed+came.changed, counts.Same+came.same
		if _, err := tx.Insert(ctx, "contact_import_problems (import_id, row_number, cells_json, problem_json)", "", bad); err != nil {
			return err
		}
		return run.holdIn(ctx, tx, "counts_json = $3, part_permille = $4, done_row = $5, lease_until = $6",
			encode(counts), int64(part*1000), run.row.DoneRow, tx.Now()+importLease.Milliseconds())
	})
	if err != nil {
		return err
	}
	run.now.Counts, run.batch, run.bad, run.unsaved = counts, nil, nil, 0
	run.imports.stored()
	return nil
}

func (run *importRun) finish(ctx context.Context, state ImportState, why *ImportProblem) error {
	return run.imports.room.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var problem any
		if why != nil {
			problem = encode(why)
		}
		return run.holdIn(ctx, tx, "state = $3, problem_json = $4, finished_at = $5", string(state), problem, tx.Now())
	})
}

// holdIn changes the import if this run still counts.
func (run *importRun) holdIn(ctx context.Context, tx *db.Tx, set string, args ...any) error {
	n, err := tx.Exec(ctx, "update contact_imports set "+set+" where id = $1 and run = $2 and state = 'running'", append([]any{run.row.ID, run.row.Run}, args...)...)
	if err != nil {
		return err
	}
	if n == 0 {
		return errOvertaken
	}
	return nil
}

// cells gives the row back, for the file of rows left out.
func (p imported) cells(i Import) []string {
	out := make([]string, len(i.Headers))
	for at, column := range i.Rules.Columns {
		switch column {
		case ColumnPhone:
			out[at] = p.phone.E164
		case ColumnName:
			out[at] = p.name
		case ColumnAttribute:
			out[at] = p.attributes[i.Headers[at]]
		default:
			out[at] = p.attributes[column]
		}
	}
	return out
}

// cameTo is what a batch came to.
type cameTo struct {
	made, changed, same int64
	left                []imported // whose person would get too many attributes
}

// importIn finds or makes the people of a batch, by their number in all its variants, and writes what the rows tell of them.
func (r *Room) importIn(ctx context.Context, tx *db.Tx, workspace db.ID, batch []imported, existing string) (came cameTo, err error) {
	if len(batch) == 0 {
		return came, nil
	}
	numbers := make([]channel.Identity, len(batch))
	for i, p := range batch {
		numbers[i] = channel.Identity{Kind: channel.Phone, Value: p.phone.E164}
	}
	known, err := r.ByIdentities(ctx, tx, workspace, channel.WhatsApp, numbers)
	if err != nil {
		return came, err
	}
	people := make([]Person, len(batch))
	for i, p := range batch {
		people[i] = Person{Identities: numbers[i : i+1]}
		if _, there := known[numbers[i]]; !there {
			people[i].Name = p.name
		}
	}
	resolved, err := r.ResolveIn(ctx, tx, workspace, channel.WhatsApp, people)
	if err != nil {
		return came, err
	}
	ids, fresh := make([]db.ID, len(resolved)), map[db.ID]bool{}
	for i, to := range resolved {
		ids[i], fresh[to.Contact] = to.Contact, to.New
	}
	whole, err := r.lockMany(ctx, tx, workspace, ids)
	if err != nil {
		return came, err
	}
	changed, made := map[db.ID]Contact{}, map[db.ID]Contact{}
	now := map[db.ID]Contact{}
	for i, p := range batch {
		before, seen := now[whole[ids[i]].ID]
		if !seen {
			before = whole[ids[i]]
		}
		isNew, rule := fresh[ids[i]] && !seen, existing
		if isNew {
			rule = Overwrite
		}
		copied := before
		copied.Attributes = maps.Clone(before.Attributes)
		after := p.onto(copied, rule)
		same := after.Name == before.Name && maps.Equal(after.Attributes, before.Attributes)
		switch {
		case len(after.Attributes) > maxAttributes:
			came.left = append(came.left, p)
			continue
		case isNew:
			came.made++
		case same:
			came.same++
		default:
			came.changed++
		}
		now[after.ID] = after
		if into := changed; !same {
			if fresh[ids[i]] {
				into = made
			}
			into[after.ID] = after
		}
	}
	// Those just made were told of by ResolveIn; their readers see the whole row.
	if err := writeIn(ctx, tx, sorted(made)); err != nil {
		return came, err
	}
	return came, r.storeIn(ctx, tx, sorted(changed)...)
}

// lockMany is lockWhole for many, in one order for everybody.
func (r *Room) lockMany(ctx context.Context, tx *db.Tx, workspace db.ID, ids []db.ID) (map[db.ID]Contact, error) {
	roots, err := r.Roots(ctx, tx, workspace, ids)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for _, id := range slices.Compact(slices.Sorted(maps.Values(roots))) {
		rows = append(rows, []any{int64(id), int64(workspace)})
	}
	if _, err := tx.ExecEach(ctx, "update contacts set name = name where id = $1 and workspace_id = $2", rows); err != nil {
		return nil, fmt.Errorf("hold contacts: %w", err)
	}
	return r.WholeMany(ctx, tx, workspace, ids)
}

func sorted(people map[db.ID]Contact) []Contact {
	out := make([]Contact, 0, len(people))
	for _, id := range slices.Sorted(maps.Keys(people)) {
		out = append(out, people[id])
	}
	return out
}
