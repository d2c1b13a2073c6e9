package campaign

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/sheet"
	"recado/internal/words"
)

// States of a check.
const (
	CheckRunning = "running"
	CheckDone    = "done"
	CheckFailed  = "failed" // the sheet as a whole cannot be used; Problem says why
)

// Check is what a sheet came to.
type Check struct {
	State      string          `json:"state"`
	Part       float64         `json:"part"` // of the file read, 0 to 1
	Read       int64           `json:"read"`
	Rows       int64           `json:"rows"` // all rows; 0 until the end is reached
	Ready      int64           `json:"ready"`
	Errors     int64           `json:"errors"`
	Duplicates int64           `json:"duplicates"`
	OptedOut   int64           `json:"opted_out"`
	Capped     int64           `json:"capped"`    // written to as often as the workspace allows
	TakenOut   int64           `json:"taken_out"` // by a person
	Senders    []SenderCount   `json:"senders"`
	Templates  []TemplateCount `json:"templates"`
	Reasons    []ReasonCount   `json:"reasons"`
	Missing    []Problem       `json:"missing"`           // what has still to be chosen before it can be sent
	Problem    *Problem        `json:"problem,omitempty"` // why the sheet cannot be used
	ErrorsFile db.ID           `json:"errors_file_id"`
	FinishedAt int64           `json:"finished_at"`
	Corrected  int64           `json:"corrected"` // rows corrected since: the counts are of before them
}

// SenderCount is a number found in the sheet, with its ready rows.
type SenderCount struct {
	Inbox   db.ID  `json:"inbox_id"`
	Label   string `json:"label"`
	Address string `json:"address"`
	Quality string `json:"quality"`
	Count   int64  `json:"count"`
}

// TemplateCount is a template found in the sheet, with its ready rows.
type TemplateCount struct {
	Template db.ID  `json:"template_id"`
	Name     string `json:"name"`
	Language string `json:"language"`
	Category string `json:"category"`
	Quality  string `json:"quality"`
	Count    int64  `json:"count"`
}

// ReasonCount is a reason why rows are left out; its Problem is that of the first of them.
type ReasonCount struct {
	Problem
	Count int64 `json:"count"`
}

// progressEvery is how often a running check is stored.
const progressEvery = 300 * time.Millisecond

// Check asks for the sheet to be read and judged as the campaign stands now. What is not chosen yet (template, sender)
// is not missed: the check then ends in draft instead of ready, and its Missing says what to choose.
func (r *Room) Check(ctx context.Context, actor account.Actor, id db.ID) (Campaign, error) {
	if err := actor.Can(account.Campaigns, account.Edit); err != nil {
		return Campaign{}, err
	}
	a, err := r.ask(ctx, actor)
	if err != nil {
		return Campaign{}, err
	}
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, err := lockIn(ctx, tx, actor.Workspace, id)
		if err != nil {
			return err
		}
		now, err := c.campaign()
		if err != nil {
			return err
		}
		if err := checkable(now, actor); err != nil {
			return err
		}
		if err := r.moveIn(ctx, tx, c, Checking, Reason{}); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "update campaigns set check_json = $1, asked_json = $2, run_id = null, run_until = 0 where id = $3",
			encode(Check{State: CheckRunning}), encode(a), id)
		return err
	})
	if err != nil {
		return Campaign{}, err
	}
	return r.get(ctx, actor.Workspace, id)
}

// checkable refuses a check that cannot say anything.
func checkable(c Campaign, actor account.Actor) error {
	if !c.Audience.given() {
		return noAudience()
	}
	if c.Audience.Columns.Phone == "" {
		return fault.New(fault.Invalid, "campaign.phone_column_missing", "Choose the column that holds the phone numbers.").On("audience.columns.phone")
	}
	if c.Route.Target == ToColumn {
		if c.Audience.Columns.AgentEmail == "" && c.Audience.Columns.Queue == "" {
			return fault.New(fault.Invalid, "campaign.route_column_missing", "Choose the column that names the agent or the queue of each row.").On("audience.columns.agent_email")
		}
		return actor.Has(account.RoutePerRow)
	}
	return nil
}

// checkRun is one reading of a sheet for a check.
type checkRun struct {
	room     *Room
	c        *row
	campaign Campaign
	asked    asked
	run      db.ID
	check    Check
	tally    *tally
	out      *sheet.ErrorWriter
	shown    [][]any // rows of campaign_problems not stored yet
	kept     int
	said     map[string]string // words by problem
	stored   time.Time
}

// runCheck reads the sheet and stores what it came to. A run that was overtaken (the author changed something) ends
// without a trace.
func (r *Room) runCheck(ctx context.Context, c *row, run db.ID) error {
	campaign, err := c.campaign()
	if err != nil {
		return err
	}
	a, err := c.asked()
	if err != nil {
		return err
	}
	k := &checkRun{room: r, c: c, campaign: campaign, asked: a, run: run, check: Check{State: CheckRunning}, stored: time.Now(), said: map[string]string{}}
	if err := k.begin(ctx); err != nil {
		return err
	}
	temp, err := os.CreateTemp("", "recado-errors-*.csv")
	if err != nil {
		return fmt.Errorf("file of errors: %w", err)
	}
	defer os.Remove(temp.Name())
	defer temp.Close()
	k.out = sheet.WriteErrors(temp, campaign.Audience.Headers)
	k.out.ReasonName = words.Say(a.Locale, "campaign.reason_column", nil)
	if err := k.read(ctx); err != nil {
		if fault.KindOf(err) != fault.Invalid {
			return err
		}
		k.fail(err)
	}
	if err := k.out.Flush(); err != nil {
		return fmt.Errorf("file of errors: %w", err)
	}
	return k.finish(ctx, temp)
}

// begin forgets the problems of an earlier check.
func (k *checkRun) begin(ctx context.Context) error {
	return k.room.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := k.holdIn(ctx, tx); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "delete from campaign_problems where campaign_id = $1", k.c.ID)
		return err
	})
}

// holdIn makes sure that this run is still the one that counts and extends its lease.
func (k *checkRun) holdIn(ctx context.Context, tx *db.Tx) error {
	return holdRunIn(ctx, tx, k.c.ID, k.run, Checking)
}

func (k *checkRun) read(ctx context.Context) error {
	in, expected, err := k.room.openAudience(ctx, k.c.Workspace, k.campaign, k.asked)
	if err != nil {
		return err
	}
	defer in.Close()
	cat, err := k.room.catalog(ctx, k.c.Workspace, k.asked)
	if err != nil {
		return err
	}
	opted, err := k.room.barred(ctx, k.c.Workspace)
	if err != nil {
		return err
	}
	k.tally = newTally(cat, opted, expected)
	rd := reading{room: k.room, workspace: k.c.Workspace, campaign: k.campaign, catalog: cat}
	if err := rd.run(ctx, in, func(b *batch) error { return k.take(ctx, b) }); err != nil {
		return err
	}
	k.check.Rows = k.tally.read
	k.check.Missing, err = k.room.missing(ctx, k.campaign, cat, k.tally)
	return err
}

// take counts a batch and keeps its bad rows.
func (k *checkRun) take(ctx context.Context, b *batch) error {
	for i := range b.verdicts {
		v := &b.verdicts[i]
		if k.tally.count(v); v.problem == nil || v.isTakenOut() {
			continue
		}
		if err := k.out.Write(b.row(i), k.words(v.problem)); err != nil {
			return fmt.Errorf("file of errors: %w", err)
		}
		if k.kept < shownProblems {
			k.kept++
			k.shown = append(k.shown, []any{int64(k.c.Workspace), int64(k.c.ID), int64(v.number), encode(shownCells(b.row(i))), encode([]Problem{*v.problem})})
		}
	}
	k.check.Part = b.part
	if time.Since(k.stored) < progressEvery {
		return nil
	}
	k.stored = time.Now()
	return k.store(ctx)
}

// wordsKept bounds the sentences remembered: a sheet that is wrong in one way is wrong in a million rows.
const wordsKept = 1000

// words says a problem in the author's language.
func (k *checkRun) words(p *Problem) string {
	key := p.key()
	if text, ok := k.said[key]; ok {
		return text
	}
	text := p.Words(k.asked.Locale)
	if len(k.said) < wordsKept {
		k.said[key] = text
	}
	return text
}

// shownCells bounds what a stranger's row takes in the list of problems.
func shownCells(cells []string) []string {
	out := make([]string, len(cells))
	left := shownProblemCellBytes
	for i, text := range cells {
		if len(text) > left {
			text = short(text)
		}
		out[i] = text
		left -= min(left, len(text))
	}
	return out
}

// store writes the progress.
func (k *checkRun) store(ctx context.Context) error {
	k.tally.into(&k.check)
	shown := k.shown
	err := k.room.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := k.holdIn(ctx, tx); err != nil {
			return err
		}
		if err := insertProblems(ctx, tx, shown); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "update campaigns set check_json = $1 where id = $2", encode(k.check), k.c.ID)
		return err
	})
	if err == nil {
		k.shown = nil
	}
	return err
}

func insertProblems(ctx context.Context, tx *db.Tx, rows [][]any) error {
	_, err := tx.Insert(ctx, "campaign_problems (workspace_id, campaign_id, row_number, cells_json, problems_json)",
		"on conflict (campaign_id, row_number) do nothing", rows)
	return err
}

// reached is the reach of the sheet as it is stored.
func (k *checkRun) reached() string {
	if k.tally == nil {
		return ""
	}
	return cleanText(encode(k.tally.reached()))
}

// fail notes why the sheet as a whole cannot be used.
func (k *checkRun) fail(err error) {
	k.check.State = CheckFailed
	k.check.Problem = problemOf(err)
}

// finish keeps the file of errors and moves the campaign on: ready when everything is chosen, else back to draft.
func (k *checkRun) finish(ctx context.Context, errors io.ReadSeeker) error {
	if k.tally != nil {
		k.tally.into(&k.check)
	}
	if k.check.Errors+k.check.Duplicates+k.check.OptedOut+k.check.Capped > 0 {
		if _, err := errors.Seek(0, io.SeekStart); err != nil {
			return fmt.Errorf("file of errors: %w", err)
		}
		file, err := k.room.Files.Save(ctx, k.c.Workspace, errorsName(k.campaign.Audience.FileName), errors, sheetKinds)
		if err != nil {
			return fmt.Errorf("keep the file of errors: %w", err)
		}
		k.check.ErrorsFile = file.ID
	}
	return k.room.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := k.holdIn(ctx, tx); err != nil {
			return err
		}
		c, err := lockIn(ctx, tx, k.c.Workspace, k.c.ID)
		if err != nil {
			return err
		}
		if err := insertProblems(ctx, tx, k.shown); err != nil {
			return err
		}
		to := Ready
		if k.check.State == CheckFailed || len(k.check.Missing) > 0 || k.check.Ready == 0 {
			to = Draft
		}
		check := k.check
		if check.State == CheckRunning {
			check.State = CheckDone
		}
		check.Part, check.FinishedAt = 1, tx.Now()
		audience := k.campaign.Audience
		audience.Rows = check.Rows
		if _, err := tx.Exec(ctx, "update campaigns set check_json = $1, audience_json = $2, reach_json = $4, run_id = null, run_until = 0 where id = $3",
			encode(check), encode(audience), k.c.ID, k.reached()); err != nil {
			return err
		}
		if err := useIn(ctx, tx, c.Workspace, c.ID, usesOf(check)); err != nil {
			return err
		}
		return k.room.moveIn(ctx, tx, c, to, Reason{})
	})
}
