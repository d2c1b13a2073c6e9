package conversation

import (
	"context"
	"fmt"
	"slices"

	"recado/internal/channel"
	"recado/internal/db"
)

type earlyStatus struct {
	Workspace db.ID  `db:"workspace_id"`
	Inbox     db.ID  `db:"inbox_id"`
	External  string `db:"external_id"`
	Status    Status `db:"status"`
	At        int64  `db:"at"`
	Code      int    `db:"error_code"`
	Class     string `db:"error_class"`
	Detail    string `db:"error_detail"`
}

func (e earlyStatus) change() StatusChange {
	c := StatusChange{Workspace: e.Workspace, Inbox: e.Inbox, ExternalID: e.External, Status: e.Status, At: e.At}
	if e.Status == Failed {
		c.Failure = &channel.Failure{Class: channel.Class(e.Class), Code: e.Code, Title: e.Detail}
	}
	return c
}

// keepEarly keeps news of messages nobody knows yet. Without an external id it can never be matched and is left.
func keepEarly(ctx context.Context, tx *db.Tx, unknown []StatusChange) error {
	var rows [][]any
	for _, c := range unknown {
		if c.ExternalID == "" {
			continue
		}
		e := earlyStatus{}
		if c.Status == Failed {
			class, code, detail := failureColumns(c.Failure)
			e.Class, e.Code, e.Detail = class, int(code), detail
		}
		rows = append(rows, []any{int64(c.Workspace), int64(c.Inbox), clean(c.ExternalID), int64(c.Status), c.At, int64(e.Code), e.Class, e.Detail, tx.Now()})
	}
	_, err := tx.Insert(ctx, "early_statuses (workspace_id, inbox_id, external_id, status, at, error_code, error_class, error_detail, received_at)",
		"on conflict (inbox_id, external_id, status) do nothing", rows)
	return err
}

const earlyColumns = "workspace_id, inbox_id, external_id, status, at, error_code, error_class, error_detail"

// takeEarly gives the news that waited for these messages, lowest status first, and forgets it.
func takeEarly(ctx context.Context, tx *db.Tx, messages []external) ([]StatusChange, error) {
	if len(messages) == 0 {
		return nil, nil
	}
	inboxes, texts := split(messages)
	wanted := map[external]bool{}
	for _, m := range messages {
		wanted[m] = true
	}
	found, err := db.All[earlyStatus](ctx, tx, "select "+earlyColumns+` from early_statuses
		where inbox_id in ({ids:$1}) and external_id in ({texts:$2}) order by inbox_id, external_id, status`, db.IDs(inboxes), db.Texts(texts))
	if err != nil {
		return nil, fmt.Errorf("early statuses: %w", err)
	}
	var changes []StatusChange
	var rows [][]any
	for _, e := range found {
		if key := (external{e.Inbox, e.External}); wanted[key] {
			changes = append(changes, e.change())
			rows = append(rows, []any{int64(e.Inbox), e.External, int64(e.Status)})
		}
	}
	if len(rows) == 0 {
		return nil, nil
	}
	_, err = tx.ExecEach(ctx, "delete from early_statuses where inbox_id = $1 and external_id = $2 and status = $3", rows)
	return changes, err
}

// split gives the inboxes of messages, each once, and their provider's ids.
func split(messages []external) (inboxes []db.ID, texts []string) {
	for _, m := range messages {
		texts = append(texts, m.id)
		if !slices.Contains(inboxes, m.inbox) {
			inboxes = append(inboxes, m.inbox)
		}
	}
	return inboxes, texts
}

// ForgetEarly drops news that has waited longer than since received before (Unix milliseconds): of messages sent by other
// systems on the same number. It says how many pieces it dropped.
func (r *Room) ForgetEarly(ctx context.Context, before int64) (dropped int64, err error) {
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		dropped, err = tx.Exec(ctx, "delete from early_statuses where received_at < $1", before)
		return err
	})
	return dropped, err
}

const overdueEarly = "select " + earlyColumns + ` from early_statuses e where exists
	(select 1 from messages m where m.external_id = e.external_id and m.inbox_id = e.inbox_id) order by received_at limit $1`

// ApplyEarlyIn applies waiting news whose message is known by now, up to limit pieces, and says how many messages moved. On
// PostgreSQL news and acceptance may cross in two transactions that do not see each other: gateway calls this every few seconds.
func (r *Room) ApplyEarlyIn(ctx context.Context, tx *db.Tx, limit int) (int, error) {
	found, err := db.All[earlyStatus](ctx, tx, overdueEarly, limit)
	if err != nil || len(found) == 0 {
		return 0, err
	}
	messages := make([]external, len(found))
	for i, e := range found {
		messages[i] = external{e.Inbox, e.External}
	}
	news, err := takeEarly(ctx, tx, messages)
	if err != nil {
		return 0, err
	}
	return r.ApplyStatusesIn(ctx, tx, news)
}
