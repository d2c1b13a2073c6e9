package conversation_test

import (
	"context"
	"strings"
	"testing"

	"recado/internal/db"
	"recado/internal/db/dbtest"
)

// TestEveryHotQueryUsesItsIndex asks both databases how they would run what must stay fast with millions of rows.
func TestEveryHotQueryUsesItsIndex(t *testing.T) {
	ids := db.IDs([]db.ID{1, 2})
	keyset := " and (c.last_message_at, c.id) < ($2, $3) order by c.last_message_at desc, c.id desc limit $4"
	waits := " and c.waiting_since is not null and (c.waiting_since, c.id) > ($2, $3) order by c.waiting_since asc, c.id asc limit $4"
	ends := " and c.window_until > $5 and (c.window_until, c.id) > ($2, $3) order by c.window_until asc, c.id asc limit $4"
	within := " and (c.assignee_id = $5 or c.inbox_id in ({ids:$6}) or c.state = 1 and c.queue_id in ({ids:$7}))"
	list := "select c.last_message_at, c.id from conversations c where c.workspace_id = $1 and "
	queries := []struct {
		name, text string
		args       []any
		index      string
	}{
		{"mine", list + "c.state = 1 and c.assignee_id = $5" + keyset, []any{1, 9, 9, 50, 7}, "conversations_mine"},
		{"waiting", list + "c.state = 1 and c.assignee_id is null and c.holder = 'queue'" + keyset, []any{1, 9, 9, 50}, "conversations_waiting"},
		{"open of the workspace", list + "c.state > 0 and c.state = 1" + keyset, []any{1, 9, 9, 50}, "conversations_state"},
		{"closed of an inbox", list + "c.state > 0 and c.state = 2 and c.inbox_id = $5" + keyset, []any{1, 9, 9, 50, 7}, "conversations_inbox"},
		{"open of a queue", list + "c.state = 1 and c.queue_id = $5" + keyset, []any{1, 9, 9, 50, 7}, "conversations_queue"},
		{"who waits longest", list + "c.state = 1" + waits, []any{1, 9, 9, 50}, "conversations_waits"},
		{"who waits longest within reach", list + "c.state = 1" + within + waits, []any{1, 9, 9, 50, 7, ids, ids}, "conversations_waits"},
		{"closest deadline", list + "c.state = 1" + ends, []any{1, 9, 9, 50, 7}, "conversations_deadline"},
		{"closed by an agent", list + "c.state = 2 and c.last_agent_id = $5" + keyset, []any{1, 9, 9, 50, 7}, "conversations_closed_by"},
		{"unread", list + "c.state = 1 and c.waiting_since is null and c.unread > 0" + keyset, []any{1, 9, 9, 50}, "conversations_unread"},
		{"unread of an inbox", list + "c.state = 1 and c.waiting_since is null and c.inbox_id = $5 and c.unread > 0" + keyset, []any{1, 9, 9, 50, 7}, "conversations_unread"},
		{"of a priority", list + "c.state = 1 and c.priority <> 0 and c.priority = 2" + waits, []any{1, 9, 9, 50}, "conversations_"},
		{"mentions of a user", "select m.message_id from mentions m where m.workspace_id = $1 and m.user_id = $2 and m.message_id < $3 order by m.message_id desc limit $4", []any{1, 7, 9, 50}, "mentions_of"},
		{"mentions not looked at", "select conversation_id from mentions where workspace_id = $1 and user_id = $2 and seen_at is null", []any{1, 7}, "mentions_unseen"},
		{"drafts of a user", "select body from drafts where workspace_id = $1 and user_id = $2 order by updated_at desc limit $3", []any{1, 7, 50}, "drafts_of"},
		{"outbox", "select id from messages where inbox_id = $1 and status = 10 and lane <= 3 and not_before <= $2 order by lane, id limit $3", []any{1, 9, 50}, "messages_outbox"},
		{"delayed", "select conversation_id from messages where inbox_id = $1 and status = 10 and not_before > 0 and not_before > $2", []any{1, 9}, "messages_delayed"},
		{"in flight", "select conversation_id from messages where inbox_id = $1 and status in (20, 30) and status = 20", []any{1}, "messages_in_flight"},
		{"by external id", "select id from messages where external_id in ({texts:$1})", []any{db.Texts([]string{"a", "b"})}, "messages_external"},
		{"campaign counts", "select status, count(*) from messages where campaign_id = $1 group by status", []any{1}, "messages_campaign"},
		{"thread", "select id from messages where conversation_id = $1 and id < $2 order by id desc limit $3", []any{1, 9, 50}, "messages_conversation"},
		{"conversations of contacts", "select id from conversations where contact_id in ({ids:$1})", []any{ids}, "conversations_contact"},
		{"routes of conversations", "select message_id from reply_routes where conversation_id in ({ids:$1}) and expires_at > $2", []any{ids, 9}, "reply_routes_conversation"},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, q := range queries {
			t.Run(q.name, func(t *testing.T) {
				plan := planOf(t, d, q.text, q.args)
				if !strings.Contains(plan, q.index) {
					t.Errorf("the plan does not use %s:\n%s", q.index, plan)
				}
				if strings.Contains(q.text, "order by") && (strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "Sort")) {
					t.Errorf("the plan sorts:\n%s", plan)
				}
			})
		}
	})
}

func planOf(t *testing.T, d *db.DB, text string, args []any) string {
	t.Helper()
	ctx := context.Background()
	var lines []string
	must(t, d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if d.Dialect() == db.SQLite {
			steps, err := db.All[struct {
				ID     int    `db:"id"`
				Parent int    `db:"parent"`
				Unused int    `db:"notused"`
				Detail string `db:"detail"`
			}](ctx, tx, "explain query plan "+text, args...)
			for _, s := range steps {
				lines = append(lines, s.Detail)
			}
			return err
		}
		// An empty table is scanned whatever indexes it has, so scans are made dear.
		for _, setting := range []string{"set local enable_seqscan = off", "set local enable_bitmapscan = off", "set local enable_hashagg = off"} {
			if _, err := tx.Exec(ctx, setting); err != nil {
				return err
			}
		}
		var err error
		lines, err = db.All[string](ctx, tx, "explain "+text, args...)
		return err
	}))
	return strings.Join(lines, "\n")
}
