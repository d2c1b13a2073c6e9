package contact

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/job"
	"recado/internal/media"
	"recado/internal/sheet"
)

// ImportState is where an import stands.
type ImportState string

// The states of an import: draft → running → done, stopped (by a person) or failed (the file breaks off).
const (
	ImportDraft   ImportState = "draft"
	ImportRunning ImportState = "running"
	ImportDone    ImportState = "done"
	ImportStopped ImportState = "stopped"
	ImportFailed  ImportState = "failed"
)

// Import is one sheet read into the contacts. What was read stays, however it ends.
type Import struct {
	ID         db.ID
	FileName   string
	By         string // who gave the sheet
	State      ImportState
	Headers    []string
	Rules      ImportRules
	Total      int64 // rows the file seems to have; 0: unknown
	Counts     ImportCounts
	Part       float64        // of the file read, 0 to 1
	Problem    *ImportProblem // why the sheet broke off
	CreatedAt  int64          // Unix milliseconds
	FinishedAt int64          // Unix milliseconds; 0: not yet
}

// ImportCounts are what the rows read so far came to.
type ImportCounts struct {
	Read    int64 `json:"read"`
	Made    int64 `json:"made"`    // people who were not there
	Changed int64 `json:"changed"` // people who were, and know more now
	Same    int64 `json:"same"`    // people who were, and stayed as they were
	Bad     int64 `json:"bad"`     // rows left out, each with its reason
}

// ImportProblem is why a row was left out, or why a sheet broke off. Its words are found by the code in room words.
type ImportProblem struct {
	Code   string         `json:"code"`
	Params map[string]any `json:"params,omitempty"`
}

func importProblem(err error) *ImportProblem {
	var f *fault.Error
	if !errors.As(err, &f) {
		return nil
	}
	return &ImportProblem{Code: f.Code, Params: f.Params}
}

const importJob = "contact.import"

// Imports reads sheets into the contacts (CSV and XLSX; see room sheet). Who gives a sheet changes people of all numbers, so it
// takes the whole view besides editing contacts.
type Imports struct {
	room  *Room
	files *media.Room
	jobs  *job.Room

	stored func() // after each batch; tests set it
}

// NewImports makes the imports of a room and registers their work.
func NewImports(room *Room, files *media.Room, jobs *job.Room) *Imports {
	im := &Imports{room: room, files: files, jobs: jobs, stored: func() {}}
	jobs.Register(importJob, im.work, job.Work{Timeout: -1})
	return im
}

var importKinds = []media.Limit{{Kind: "sheet", Bytes: sheet.MaxFile, Mimes: sheet.Mimes}}

func mayImport(actor account.Actor) error {
	if err := actor.Can(account.Contacts, account.Edit); err != nil {
		return err
	}
	return actor.Has(account.SeeAll)
}

// Put keeps a sheet and proposes what its columns hold. A file that is no sheet, is empty, protected or broken is refused in words.
func (im *Imports) Put(ctx context.Context, actor account.Actor, name string, body io.Reader) (Import, error) {
	if err := mayImport(actor); err != nil {
		return Import{}, err
	}
	file, err := im.files.Save(ctx, actor.Workspace, name, body, importKinds)
	if err != nil {
		return Import{}, err
	}
	in, err := im.open(ctx, file)
	if err != nil {
		return Import{}, err
	}
	defer in.Close()
	headers := sheet.UniqueHeaders(in.Header())
	row := importRow{Workspace: actor.Workspace, ID: im.room.d.NewID(), File: file.ID, FileName: file.Name, ByName: actor.Name, State: ImportDraft,
		Headers: encode(headers), Rules: encode(ImportRules{Columns: proposeColumns(headers), Existing: Fill}), Total: int64(in.Info().Rows), Counts: "{}"}
	err = im.room.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		row.CreatedAt = tx.Now()
		_, err := tx.Insert(ctx, "contact_imports (workspace_id, id, file_id, file_name, by_id, by_name, state, headers_json, rules_json, total, created_at)", "",
			[][]any{{row.Workspace, row.ID, row.File, row.FileName, idOrNull(actor.User), row.ByName, string(row.State), row.Headers, row.Rules, row.Total, row.CreatedAt}})
		return err
	})
	if err != nil {
		return Import{}, fmt.Errorf("keep import: %w", err)
	}
	return row.shown()
}

func (im *Imports) open(ctx context.Context, file media.File) (sheet.Stored, error) {
	body, err := im.files.Open(ctx, file)
	if err != nil {
		return sheet.Stored{}, err
	}
	return sheet.OpenStored(body, file.Size, file.Name)
}

// Start begins to read the sheet in the background. It fails with Invalid when the rules leave something open, with Conflict when
// the import was begun before.
func (im *Imports) Start(ctx context.Context, actor account.Actor, id db.ID, rules ImportRules) (Import, error) {
	before, err := im.Get(ctx, actor, id)
	if err != nil {
		return Import{}, err
	}
	if err := rules.check(before.Headers); err != nil {
		return Import{}, err
	}
	err = im.room.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		run, err := db.One[int64](ctx, tx, `update contact_imports set state = 'running', rules_json = $1, run = run + 1, lease_until = $2
			where id = $3 and workspace_id = $4 and state = 'draft' returning run`, encode(rules), tx.Now()+importLease.Milliseconds(), id, actor.Workspace)
		if errors.Is(err, db.ErrNone) {
			return fault.New(fault.Conflict, "contact.import_begun", "This sheet was imported already. Upload it again to import it once more.")
		}
		if err != nil {
			return err
		}
		return im.jobs.Enqueue(ctx, tx, importJob, importArgs{id, run}, job.Options{})
	})
	if err != nil {
		return Import{}, err
	}
	return im.Get(ctx, actor, id)
}

// Stop ends an import that runs; what was read stays. One that is over stays as it is.
func (im *Imports) Stop(ctx context.Context, actor account.Actor, id db.ID) (Import, error) {
	if err := mayImport(actor); err != nil {
		return Import{}, err
	}
	err := im.room.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "update contact_imports set state = 'stopped', finished_at = $1 where id = $2 and workspace_id = $3 and state in ('draft', 'running')",
			tx.Now(), id, actor.Workspace)
		return err
	})
	if err != nil {
		return Import{}, fmt.Errorf("stop import: %w", err)
	}
	return im.Get(ctx, actor, id)
}

const importColumns = `workspace_id, id, file_id, file_name, by_name, state, headers_json, rules_json, total, counts_json, part_permille, done_row, run,
	problem_json, created_at, finished_at`

// importsShown is how many imports the journal shows.
const importsShown = 50

// List is the journal: the newest imports first, at most 50. Sheets that were never begun are left out.
func (im *Imports) List(ctx context.Context, actor account.Actor) ([]Import, error) {
	if err := mayImport(actor); err != nil {
		return nil, err
	}
	rows, err := db.All[importRow](ctx, im.room.d, "select "+importColumns+" from contact_imports where workspace_id = $1 and run > 0 order by id desc limit $2",
		actor.Workspace, importsShown)
	if err != nil {
		return nil, fmt.Errorf("list imports: %w", err)
	}
	out := make([]Import, len(rows))
	for i, row := range rows {
		if out[i], err = row.shown(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Get gives one import. It fails with NotFound.
func (im *Imports) Get(ctx context.Context, actor account.Actor, id db.ID) (Import, error) {
	if err := mayImport(actor); err != nil {
		return Import{}, err
	}
	row, err := im.row(ctx, im.room.d, actor.Workspace, id)
	if err != nil {
		return Import{}, err
	}
	return row.shown()
}

func (im *Imports) row(ctx context.Context, q db.Querier, workspace, id db.ID) (importRow, error) {
	row, err := db.One[importRow](ctx, q, "select "+importColumns+" from contact_imports where id = $1 and workspace_id = $2", id, workspace)
	if errors.Is(err, db.ErrNone) {
		return row, fault.New(fault.NotFound, "contact.import_gone", "There is no such import.")
	}
	return row, err
}

// importRow is an import as it is stored.
type importRow struct {
	Workspace  db.ID       `db:"workspace_id"`
	ID         db.ID       `db:"id"`
	File       db.ID       `db:"file_id"`
	FileName   string      `db:"file_name"`
	ByName     string      `db:"by_name"`
	State      ImportState `db:"state"`
	Headers    string      `db:"headers_json"`
	Rules      string      `db:"rules_json"`
	Total      int64       `db:"total"`
	Counts     string      `db:"counts_json"`
	Part       int64       `db:"part_permille"`
	DoneRow    int64       `db:"done_row"`
	Run        int64       `db:"run"`
	Problem    *string     `db:"problem_json"`
	CreatedAt  int64       `db:"created_at"`
	FinishedAt *int64      `db:"finished_at"`
}

func (row importRow) shown() (Import, error) {
	out := Import{ID: row.ID, FileName: row.FileName, By: row.ByName, State: row.State, Total: row.Total, Part: float64(row.Part) / 1000, CreatedAt: row.CreatedAt}
	err := errors.Join(json.Unmarshal([]byte(row.Headers), &out.Headers), json.Unmarshal([]byte(row.Rules), &out.Rules), json.Unmarshal([]byte(row.Counts), &out.Counts))
	if row.Problem != nil {
		err = errors.Join(err, json.Unmarshal([]byte(*row.Problem), &out.Problem))
	}
	if row.FinishedAt != nil {
		out.FinishedAt = *row.FinishedAt
	}
	if err != nil {
		return out, fmt.Errorf("import %d: %w", row.ID, err)
	}
	return out, nil
}

func encode(v any) string {
	out, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Errorf("a value that cannot be written as JSON: %w", err)) // our own types; only a mistake of ours
	}
	return string(out)
}

func idOrNull(id db.ID) any {
	if id == 0 {
		return nil
	}
	return id
}
