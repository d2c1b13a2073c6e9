package workflow

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/notice"
)

const (
	runsShown  = 50
	runsKept   = 30 * 24 * hour
	forgetMany = 5_000
	maxWords   = 300 // characters of a line
)

// Line tells of one thing a run did.
type Line struct {
	Step   string // id of the step or branch; of a version that may be over
	Kind   string // of the step; branch, condition
	Did    string
	Reason string         // code with words; "" for none
	Params map[string]any // its values
	Text   string         // what was said, kept, asked; an agent's id; "already": nothing was to be done
	At     int64          // Unix milliseconds
}

func (t *turn) line(l Line) {
	l.Text, l.At = conversation.Cut(l.Text, maxWords), t.tx.Now()
	t.lines = append(t.lines, l)
}

// note notes what came of a step.
func (t *turn) note(o *run, s Step, out outcome) {
	if out.did == DidFail {
		o.Failed++
	}
	t.line(Line{Step: s.ID, Kind: s.Kind, Did: out.did, Reason: out.reason, Params: out.params, Text: out.text})
}

// sights notes what conditions saw; only when a plan is tried.
func (t *turn) sights(step string, all []Sight) {
	for i, s := range all {
		t.line(Line{Step: step, Kind: "condition", Did: DidSee, Params: map[string]any{"place": strconv.Itoa(i), "kind": s.Kind, "held": s.Held}, Text: s.Saw})
	}
}

const lineInto = "workflow_lines (workspace_id, run_id, id, step, kind, did, reason, params_json, words, at)"

func (t *turn) keepLines(ctx context.Context, o *run) error {
	rows := make([][]any, len(t.lines))
	for i, l := range t.lines {
		params, err := json.Marshal(l.Params)
		if err != nil {
			return fmt.Errorf("line of run %d: %w", o.ID, err)
		}
		rows[i] = []any{int64(t.at.Workspace), int64(o.ID), int64(t.tx.NewID()), l.Step, l.Kind, l.Did, l.Reason, string(params), l.Text, l.At}
	}
	t.lines = nil
	if _, err := t.tx.Insert(ctx, lineInto, "", rows); err != nil {
		return fmt.Errorf("lines of run %d: %w", o.ID, err)
	}
	return nil
}

// Run is one run as its log tells it. Times are Unix milliseconds.
type Run struct {
	ID           db.ID  `db:"id"`
	Workflow     db.ID  `db:"workflow_id"`
	Name         string `db:"name"` // of the workflow; empty when it was deleted
	Version      int64  `db:"version"`
	Conversation db.ID  `db:"conversation_id"`
	Ticket       int64  `db:"number"` // of the ticket; 0: none
	Kind         string `db:"kind"`   // of the trigger
	State        string `db:"state"`
	Reason       string `db:"reason"` // code with words: why it was held or stopped
	DueAt        int64  `db:"due_at"` // when it goes on; 0: it is over
	BeganAt      int64  `db:"began_at"`
	EndedAt      int64  `db:"ended_at"`
	Lines        []Line `db:"-"`
}

const runLog = `select r.id, r.workflow_id, coalesce(w.name, '') as name, r.version, r.conversation_id, coalesce(t.number, 0) as number, r.kind, r.state, r.reason,
	coalesce(r.due_at, 0) as due_at, r.began_at, coalesce(r.ended_at, 0) as ended_at
	from workflow_runs r left join workflows w on w.id = r.workflow_id left join tickets t on t.id = r.ticket_id where r.workspace_id = $1`

// Runs tells what a workflow did, newest first, at most 50 runs with an id below before; 0: the newest. It fails with NotFound.
func (r *Room) Runs(ctx context.Context, workspace, id, before db.ID) ([]Run, error) {
	if _, err := r.Get(ctx, workspace, id); err != nil {
		return nil, err
	}
	return r.runs(ctx, " and r.workflow_id = $2 and (cast($3 as bigint) = 0 or r.id < $3) order by r.id desc limit $4", workspace, id, int64(before), runsShown)
}

// RunsIn tells what workflows did in a conversation, newest first, the last 50 runs that did something.
func (r *Room) RunsIn(ctx context.Context, workspace, conversation db.ID) ([]Run, error) {
	return r.runs(ctx, " and r.conversation_id = $2 and r.state <> 'unmet' order by r.began_at desc, r.id desc limit $3", workspace, conversation, runsShown)
}

func (r *Room) runs(ctx context.Context, where string, args ...any) ([]Run, error) {
	all, err := db.All[Run](ctx, r.d, runLog+where, args...)
	if err != nil {
		return nil, fmt.Errorf("log of workflows: %w", err)
	}
	ids := make([]db.ID, len(all))
	for i, one := range all {
		ids[i] = one.ID
	}
	rows, err := db.All[struct {
		Run    db.ID  `db:"run_id"`
		Step   string `db:"step"`
		Kind   string `db:"kind"`
		Did    string `db:"did"`
		Reason string `db:"reason"`
		Params string `db:"params_json"`
		Text   string `db:"words"`
		At     int64  `db:"at"`
	}](ctx, r.d, "select run_id, step, kind, did, reason, params_json, words, at from workflow_lines where run_id in ({ids:$1}) order by run_id, id", db.IDs(ids))
	if err != nil {
		return nil, fmt.Errorf("log of workflows: %w", err)
	}
	for _, row := range rows {
		l := Line{Step: row.Step, Kind: row.Kind, Did: row.Did, Reason: row.Reason, Text: row.Text, At: row.At}
		if err := json.Unmarshal([]byte(row.Params), &l.Params); err != nil {
			return nil, fmt.Errorf("line of run %d: %w", row.Run, err)
		}
		at := slices.Index(ids, row.Run)
		all[at].Lines = append(all[at].Lines, l)
	}
	return all, nil
}

// Tally is what a workflow did in a time.
type Tally struct {
	Workflow db.ID `db:"workflow_id"`
	Runs     int64 `db:"runs"` // that did something
	Failed   int64 `db:"failed"`
}

// Tallies counts the runs of a workspace's workflows since a time, by workflow; 0: since a day ago.
func (r *Room) Tallies(ctx context.Context, workspace db.ID, since int64) (map[db.ID]Tally, error) {
	if since == 0 {
		since = r.d.Now() - 24*hour
	}
	all, err := db.All[Tally](ctx, r.d, `select workflow_id, count(*) as runs, sum(case when state = 'failed' then 1 else 0 end) as failed from workflow_runs
		where workspace_id = $1 and began_at >= $2 and state not in ('unmet', 'held') group by workflow_id`, workspace, since)
	if err != nil {
		return nil, fmt.Errorf("tallies of workflows: %w", err)
	}
	out := make(map[db.ID]Tally, len(all))
	for _, one := range all {
		out[one.Workflow] = one
	}
	return out, nil
}

// Forget forgets runs that are over and began more than 30 days ago.
func (r *Room) Forget(ctx context.Context) error {
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		old, err := db.All[db.ID](ctx, tx, "select id from workflow_runs where began_at < $1 and due_at is null order by began_at limit $2", tx.Now()-runsKept, forgetMany)
		if err != nil || len(old) == 0 {
			return err
		}
		for _, text := range []string{"delete from workflow_lines where run_id in ({ids:$1})", "delete from workflow_runs where id in ({ids:$1})"} {
			if _, err := tx.Exec(ctx, text, db.IDs(old)); err != nil {
				return fmt.Errorf("forget runs of workflows: %w", err)
			}
		}
		return nil
	})
}

const membersOf = `select m.user_id, p.areas_json from members m join profiles p on p.id = m.profile_id and p.workspace_id = m.workspace_id
	where m.workspace_id = $1 and m.disabled_at is null`

// tellPaused tells those who may mend a workflow that it is paused.
func (r *Room) tellPaused(ctx context.Context, tx *db.Tx, workspace db.ID, name string) error {
	people, err := db.All[struct {
		User  db.ID  `db:"user_id"`
		Areas string `db:"areas_json"`
	}](ctx, tx, membersOf, workspace)
	if err != nil {
		return fmt.Errorf("who may mend workflows: %w", err)
	}
	for _, p := range people {
		may := account.Permissions{}
		if err := json.Unmarshal([]byte(p.Areas), &may.Areas); err != nil {
			return fmt.Errorf("read areas: %w", err)
		}
		if may.Level(account.Automation) != account.Edit {
			continue
		}
		if err := r.rooms.Notices.TellIn(ctx, tx, workspace, p.User, notice.WorkflowPaused, name); err != nil {
			return err
		}
	}
	return nil
}
