package report

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/job"
	"recado/internal/notice"
)

const (
	archiveJob   = "report.archive"
	archiveLease = 30 * time.Second
	archiveBeat  = 2 * time.Second // how often it tells how far it is
	maxRuns      = 10              // one that ended without a word so often will not come to an end
)

// archiveArgs name a run: only the newest of an archive counts.
type archiveArgs struct {
	Archive db.ID `json:"archive_id"`
	Run     int64 `json:"run"`
}

// errOvertaken ends a run that does not count any more: the archive was forgotten, or another run took its place.
var errOvertaken = errors.New("the archive goes on without this run")

// Resume begins archives anew whose process ended without a word; call it now and then.
func (a *Archives) Resume(ctx context.Context) error {
	return a.room.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		lost, err := db.All[struct {
			ID  db.ID `db:"id"`
			Run int64 `db:"run"`
		}](ctx, tx, "update archives set run = run + 1, lease_until = $1 where state = 'running' and lease_until < $2 returning id, run",
			tx.Now()+archiveLease.Milliseconds(), tx.Now())
		if err != nil {
			return fmt.Errorf("take up archives: %w", err)
		}
		for _, l := range lost {
			if err := a.jobs.Enqueue(ctx, tx, archiveJob, archiveArgs{l.ID, l.Run}, job.Options{}); err != nil {
				return err
			}
		}
		return nil
	})
}

// work makes a whole archive: a run that ended half-way leaves nothing, and the next one begins anew.
func (a *Archives) work(ctx context.Context, args json.RawMessage) error {
	named, err := job.Decode[archiveArgs](args)
	if err != nil {
		return err
	}
	one, err := db.One[Archive](ctx, a.room.d, "select "+archiveColumns+" from archives where id = $1 and run = $2 and state = 'running'", named.Archive, named.Run)
	if db.None(err) {
		return nil
	}
	if err != nil {
		return err
	}
	run := &archiveRun{archives: a, Archive: one}
	err = run.make(ctx)
	switch problem := problemOf(err); {
	case err == nil:
		err = run.finish(ctx, ArchiveReady, "")
	case errors.Is(err, errOvertaken):
	case problem != "":
		err = run.finish(ctx, ArchiveFailed, problem)
	case one.Run >= maxRuns || job.TryOf(ctx).Last:
		err = errors.Join(run.finish(ctx, ArchiveFailed, "archive.broken"), job.Abandon(err))
	}
	if errors.Is(err, errOvertaken) {
		return a.files.DropKept(ctx, one.Workspace, one.place(one.Run))
	}
	return err
}

// archiveRun is one making of an archive.
type archiveRun struct {
	archives *Archives
	Archive
	actor account.Actor
	in    []db.ID // tickets written
	dealt atomic.Int64
}

func (run *archiveRun) make(ctx context.Context) (err error) {
	tickets, err := run.tickets()
	if err != nil {
		return job.Abandon(err)
	}
	// As the person may act now: what was theirs when they asked may not be any more.
	if run.actor, err = run.archives.accounts.ActorOf(ctx, run.Workspace, run.User); err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go run.beat(ctx, stop)
	place := run.place(run.Run) // which copies the archive: before write, beside it, counts what is left out
	read, write := io.Pipe()
	written := make(chan error, 1)
	go func() {
		err := run.write(ctx, write, tickets)
		_ = write.CloseWithError(err)
		written <- err
	}()
	run.Size, err = run.archives.files.Keep(ctx, run.Workspace, place, read, archiveMost)
	_ = read.CloseWithError(err)
	if failed := <-written; failed != nil && !fault.Is(err, "file.too_large") {
		err = failed
	}
	if cause := context.Cause(ctx); err != nil && errors.Is(cause, errOvertaken) {
		return cause
	}
	if err == nil && len(run.in) == 0 {
		err = fault.New(fault.NotFound, "archive.nothing_left", "None of the tickets is within reach any more.")
	}
	return err
}

// write streams the ZIP: one PDF is held at a time.
func (run *archiveRun) write(ctx context.Context, w io.Writer, tickets []db.ID) error {
	out := zip.NewWriter(w)
	for _, id := range tickets {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		t, err := run.archives.room.Transcript(ctx, run.actor, id, run.Base, run.Locale)
		switch {
		case fault.KindOf(err) == fault.NotFound:
			run.LeftOut++
		case err != nil:
			return err
		default:
			entry, err := out.CreateHeader(&zip.FileHeader{Name: t.Name(), Method: zip.Deflate, Modified: time.UnixMilli(t.past.OpenedAt).In(t.zone)})
			if err == nil {
				err = t.Write(ctx, entry)
			}
			if err != nil {
				return fmt.Errorf("ticket %d: %w", id, err)
			}
			run.in = append(run.in, id)
		}
		run.dealt.Add(1)
		run.archives.between()
	}
	return out.Close()
}

const archiveGoesOn = "update archives set done = $1, lease_until = $2 where id = $3 and run = $4 and state = 'running'"

// beat tells now and then how far the run is, and stops it when it does not count any more.
func (run *archiveRun) beat(ctx context.Context, stop context.CancelCauseFunc) {
	tick := time.NewTicker(archiveBeat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := run.update(ctx, func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, archiveGoesOn, run.dealt.Load(), tx.Now()+archiveLease.Milliseconds(), run.ID, run.Run)
		})
		if errors.Is(err, errOvertaken) {
			stop(err)
			return
		}
	}
}

const archiveEnds = `update archives set state = $1, problem = $2, done = $3, left_out = $4, size = $5, tickets_json = $6, revoked = $7, finished_at = $8, expires_at = $9
	where id = $10 and run = $11 and state = 'running'`

// finish ends the archive and tells the person.
func (run *archiveRun) finish(ctx context.Context, state ArchiveState, problem string) error {
	list, err := json.Marshal(run.in)
	if err != nil {
		return err
	}
	kind, revoked := notice.Archive, 0
	if state == ArchiveFailed {
		kind, run.Size = notice.ArchiveFailed, 0
	}
	if run.actor.Has(account.SeeAll) == nil {
		revoked = 1
	}
	err = run.update(ctx, func(ctx context.Context, tx *db.Tx) (int64, error) {
		n, err := tx.Exec(ctx, archiveEnds, string(state), problem, run.dealt.Load(), run.LeftOut, run.Size, string(list), revoked,
			tx.Now(), tx.Now()+ArchiveKept.Milliseconds(), run.ID, run.Run)
		if err == nil && n > 0 {
			err = run.archives.notices.TellIn(ctx, tx, run.Workspace, run.User, kind, run.Name())
		}
		return n, err
	})
	if err == nil && state == ArchiveFailed {
		err = run.archives.dropFiles(ctx, run.Archive)
	}
	return err
}

// update changes the row while this run is the one that counts.
func (run *archiveRun) update(ctx context.Context, change func(context.Context, *db.Tx) (int64, error)) error {
	return run.archives.room.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := change(ctx, tx)
		if err == nil && n == 0 {
			err = errOvertaken
		}
		return err
	})
}
