package report

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/job"
	"recado/internal/media"
	"recado/internal/notice"
)

// Bounds of an archive.
const (
	ArchiveMost = 500                // tickets
	ArchiveKept = 7 * 24 * time.Hour // after it was made, or failed
	archiveMost = 2 << 30            // bytes
	shown       = 20                 // archives a person is shown
)

// ArchiveState is where an archive stands.
type ArchiveState string

// The states of an archive: running → ready or failed. One that is stopped or over is forgotten.
const (
	ArchiveRunning ArchiveState = "running"
	ArchiveReady   ArchiveState = "ready"
	ArchiveFailed  ArchiveState = "failed"
)

// Archive is a ZIP with a PDF of each of some tickets, made in the background for the person who asked. Times are Unix milliseconds.
type Archive struct {
	Workspace  db.ID        `db:"workspace_id"`
	ID         db.ID        `db:"id"`
	User       db.ID        `db:"user_id"`
	State      ArchiveState `db:"state"`
	Total      int64        `db:"total"`    // tickets asked for
	Done       int64        `db:"done"`     // of them dealt with
	LeftOut    int64        `db:"left_out"` // of them: no longer within reach when their turn came
	Size       int64        `db:"size"`     // bytes, when it is ready
	Problem    string       `db:"problem"`  // why it failed: a code of room words
	CreatedAt  int64        `db:"created_at"`
	FinishedAt int64        `db:"finished_at"` // 0: not yet
	ExpiresAt  int64        `db:"expires_at"`  // when it is removed; 0 while it runs

	Tickets string `db:"tickets_json"`
	Base    string `db:"base"`
	Locale  string `db:"locale"`
	Revoked int    `db:"revoked"`
	Run     int64  `db:"run"`
}

// Name is what the file is called.
func (a Archive) Name() string {
	return "recado-" + time.UnixMilli(a.CreatedAt).UTC().Format("20060102-150405") + ".zip"
}

func (a Archive) tickets() (ids []db.ID, err error) {
	err = json.Unmarshal([]byte(a.Tickets), &ids)
	return ids, err
}

// Archives makes ZIPs of tickets.
type Archives struct {
	room     *Room
	accounts *account.Room
	files    *media.Room
	jobs     *job.Room
	notices  *notice.Room

	between func() // after each ticket; tests set it
}

// NewArchives makes the archives of a room and registers their work.
func NewArchives(room *Room, accounts *account.Room, files *media.Room, jobs *job.Room, notices *notice.Room) *Archives {
	a := &Archives{room: room, accounts: accounts, files: files, jobs: jobs, notices: notices, between: func() {}}
	jobs.Register(archiveJob, a.work, job.Work{Timeout: -1})
	return a
}

func mayArchive(actor account.Actor) error {
	if actor.User == 0 {
		return fault.New(fault.Forbidden, "account.users_only", "only a person who signed in can do this")
	}
	return actor.Has(account.Export)
}

// Ask begins to make a ZIP of tickets within the actor's reach; base and locale are as for Transcript. It fails with Forbidden
// without the ability to export, with NotFound when a ticket is out of reach, with Invalid for none ("archive.nothing") or more than
// ArchiveMost ("archive.too_many"), and with Conflict "archive.running" while another one of the person is being made.
func (a *Archives) Ask(ctx context.Context, actor account.Actor, tickets []db.ID, base, locale string) (Archive, error) {
	if err := mayArchive(actor); err != nil {
		return Archive{}, err
	}
	slices.Sort(tickets)
	tickets = slices.Compact(tickets)
	if len(tickets) == 0 {
		return Archive{}, fault.New(fault.Invalid, "archive.nothing", "Choose at least one ticket.").On("ticket_ids")
	}
	if len(tickets) > ArchiveMost {
		return Archive{}, tooMany()
	}
	if seen, err := a.seen(ctx, actor, tickets); err != nil || seen < len(tickets) {
		return Archive{}, orFault(err, fault.New(fault.NotFound, "ticket.not_found", "There is no such ticket."))
	}
	return a.begin(ctx, actor, tickets, base, locale)
}

// AskFiltered is Ask for all tickets a filter of the history shows.
func (a *Archives) AskFiltered(ctx context.Context, actor account.Actor, f conversation.HistoryFilter, base, locale string) (Archive, error) {
	if err := mayArchive(actor); err != nil {
		return Archive{}, err
	}
	reach, err := a.room.Routing.ReachOf(ctx, actor)
	if err != nil {
		return Archive{}, err
	}
	var tickets []db.ID
	for cursor := ""; ; {
		page, err := a.room.Conversations.History(ctx, reach, f, cursor, 200)
		if err != nil {
			return Archive{}, err
		}
		for _, t := range page.Items {
			tickets = append(tickets, t.ID)
		}
		if len(tickets) > ArchiveMost {
			return Archive{}, tooMany()
		}
		if cursor = page.Next; cursor == "" {
			return a.Ask(ctx, actor, tickets, base, locale)
		}
	}
}

func tooMany() error {
	return fault.New(fault.Invalid, "archive.too_many", "A ZIP takes at most %d tickets. Narrow the filter.", ArchiveMost).With("limit", ArchiveMost).On("ticket_ids")
}

func orFault(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// seen counts those of some tickets the actor sees now.
func (a *Archives) seen(ctx context.Context, actor account.Actor, tickets []db.ID) (int, error) {
	reach, err := a.room.Routing.ReachOf(ctx, actor)
	if err != nil {
		return 0, err
	}
	found, err := a.room.Conversations.PastMany(ctx, reach, tickets)
	return len(found), err
}

const archiveInto = `insert into archives (workspace_id, id, user_id, state, tickets_json, base, locale, total, lease_until, created_at)
	values ($1, $2, $3, 'running', $4, $5, $6, $7, $8, $9) on conflict (workspace_id, user_id) where state = 'running' do nothing`

func (a *Archives) begin(ctx context.Context, actor account.Actor, tickets []db.ID, base, locale string) (Archive, error) {
	list, err := json.Marshal(tickets)
	if err != nil {
		return Archive{}, err
	}
	var id db.ID
	err = a.room.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		id = tx.NewID()
		n, err := tx.Exec(ctx, archiveInto, actor.Workspace, id, actor.User, string(list), base, locale, len(tickets), tx.Now()+archiveLease.Milliseconds(), tx.Now())
		if err != nil || n == 0 {
			return orFault(err, fault.New(fault.Conflict, "archive.running", "Another ZIP of yours is being made. Wait for it or stop it."))
		}
		return a.jobs.Enqueue(ctx, tx, archiveJob, archiveArgs{id, 1}, job.Options{})
	})
	if err != nil {
		return Archive{}, err
	}
	return a.get(ctx, actor, id)
}

const archiveColumns = `workspace_id, id, user_id, state, tickets_json, base, locale, revoked, total, done, left_out, size, run, problem, created_at, finished_at, expires_at`

// List gives the archives of a person, the newest first, at most 20.
func (a *Archives) List(ctx context.Context, actor account.Actor) ([]Archive, error) {
	if err := mayArchive(actor); err != nil {
		return nil, err
	}
	all, err := db.All[Archive](ctx, a.room.d, "select "+archiveColumns+` from archives where workspace_id = $1 and user_id = $2 and (expires_at = 0 or expires_at > $3)
		order by id desc limit $4`, actor.Workspace, actor.User, a.room.d.Now(), shown)
	if err != nil {
		return nil, fmt.Errorf("list archives: %w", err)
	}
	return all, nil
}

func (a *Archives) get(ctx context.Context, actor account.Actor, id db.ID) (Archive, error) {
	one, err := db.One[Archive](ctx, a.room.d, "select "+archiveColumns+` from archives where id = $1 and workspace_id = $2 and user_id = $3
		and (expires_at = 0 or expires_at > $4)`, id, actor.Workspace, actor.User, a.room.d.Now())
	if db.None(err) {
		err = fault.New(fault.NotFound, "archive.not_found", "There is no such ZIP, or it was removed.")
	}
	return one, err
}

// Open gives the bytes of a ready archive to the person who asked for it, while that person still sees all that is in it. It fails
// with NotFound, with Conflict "archive.not_ready", and with Forbidden ("archive.out_of_reach", or without the ability to export).
func (a *Archives) Open(ctx context.Context, actor account.Actor, id db.ID) (Archive, io.ReadSeekCloser, error) {
	if err := mayArchive(actor); err != nil {
		return Archive{}, nil, err
	}
	one, err := a.get(ctx, actor, id)
	if err != nil {
		return one, nil, err
	}
	if one.State != ArchiveReady {
		return one, nil, fault.New(fault.Conflict, "archive.not_ready", "This ZIP is not ready.")
	}
	tickets, err := one.tickets()
	if err != nil {
		return one, nil, err
	}
	seen, err := a.seen(ctx, actor, tickets)
	if err != nil {
		return one, nil, err
	}
	if seen < len(tickets) || one.Revoked == 1 && actor.Has(account.SeeAll) != nil {
		return one, nil, fault.New(fault.Forbidden, "archive.out_of_reach", "You no longer see all that is in this ZIP. Ask for a new one.")
	}
	body, err := a.files.OpenKept(ctx, one.Workspace, one.place(one.Run))
	return one, body, err
}

// Remove forgets an archive of the actor with its file; one that is being made stops. It fails with NotFound.
func (a *Archives) Remove(ctx context.Context, actor account.Actor, id db.ID) error {
	if err := mayArchive(actor); err != nil {
		return err
	}
	one, err := a.get(ctx, actor, id)
	if err != nil {
		return err
	}
	return a.drop(ctx, one)
}

// drop removes the row first: a run that still writes finds it missing, and removes what it wrote.
func (a *Archives) drop(ctx context.Context, one Archive) error {
	err := a.room.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "delete from archives where id = $1", one.ID)
		return err
	})
	if err != nil {
		return fmt.Errorf("forget archive: %w", err)
	}
	return a.dropFiles(ctx, one)
}

// place is where a run writes: one that was overtaken does not disturb the next.
func (a Archive) place(run int64) string { return fmt.Sprintf("archive-%d-%d", a.ID, run) }

// dropFiles removes what all runs so far have written.
func (a *Archives) dropFiles(ctx context.Context, one Archive) (err error) {
	for run := int64(1); run <= one.Run; run++ {
		err = errors.Join(err, a.files.DropKept(ctx, one.Workspace, one.place(run)))
	}
	return err
}

// Forget removes the archives that are over; call it now and then.
func (a *Archives) Forget(ctx context.Context) error {
	over, err := db.All[Archive](ctx, a.room.d, "select "+archiveColumns+" from archives where expires_at > 0 and expires_at < $1 limit 1000", a.room.d.Now())
	for _, one := range over {
		err = errors.Join(err, a.drop(ctx, one))
	}
	return err
}

// problemOf is the code of what no other try mends; "" for the rest.
func problemOf(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return ""
	}
	switch f.Kind {
	case fault.Forbidden, fault.Unauthorized, fault.NotFound, fault.TooLarge:
		return f.Code
	}
	return ""
}
