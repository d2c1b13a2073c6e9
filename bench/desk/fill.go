package desk

import (
	"context"
	"fmt"
	"math/big"
	"strings"
	"time"

	"recado/internal/db"
)

const (
	perConversation = 10
	chunk           = 50_000
	year            = int64(365 * 24 * time.Hour / time.Millisecond)
)

// fill puts so many conversations into the town, one contact and ten messages each, spread over the past year. The messages
// of one conversation lie far apart, as in life. One of a hundred conversations is open: six of ten held by an agent, the
// others waiting in a queue. Indexes are made afterwards: that is much faster.
func (t *town) fill(ctx context.Context, conversations int) error {
	dropped, err := t.dropIndexes(ctx)
	if err != nil {
		return err
	}
	if err := t.places(ctx); err != nil {
		return err
	}
	f := filling{town: t, conversations: int64(conversations), begin: t.d.Now() - year, step: year / int64(conversations*perConversation)}
	for from := int64(0); from < f.conversations; from += chunk {
		for _, text := range fillers {
			if err := f.rows(ctx, text, from, min(from+chunk, f.conversations)); err != nil {
				return err
			}
		}
	}
	for from, all := int64(0), f.conversations*perConversation; from < all; from += chunk {
		if err := f.rows(ctx, fillMessages, from, min(from+chunk, all)); err != nil {
			return err
		}
	}
	for _, text := range append(dropped, "drop table fill_places") {
		if err := t.exec(ctx, text); err != nil {
			return err
		}
	}
	if err := t.exec(ctx, "insert into counters (workspace_id, name, value) values ($1, 'ticket', $2)", t.workspace, conversations); err != nil {
		return err // else no ticket could be opened while it is measured
	}
	for _, room := range t.searched { // else the node would do it beside what is measured
		if err := room.PrepareWords(ctx); err != nil {
			return err
		}
		if err := room.BuildWords(ctx); err != nil {
			return err
		}
	}
	// Last: told that an index of words is empty, SQLite reads all of it at every merge.
	return t.exec(ctx, "analyze")
}

// places are the numbers with their queues and agents, to be joined by position.
func (t *town) places(ctx context.Context) error {
	if err := t.exec(ctx, "create table fill_places (place bigint primary key, inbox_id bigint not null, queue_id bigint not null, user_id bigint not null)"); err != nil {
		return err
	}
	return t.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		rows := make([][]any, agents)
		for i := range rows {
			rows[i] = []any{int64(i), int64(t.boxes[i%numbers]), int64(t.queues[i%numbers]), int64(t.agents[i])}
		}
		_, err := tx.Insert(ctx, "fill_places (place, inbox_id, queue_id, user_id)", "", rows)
		return err
	})
}

// What the texts below say by name. Ids are times shifted as db.NewID does it, so that they are ordered as ours are; the
// second number tells the kinds apart. Conversation c of n is person c's; message i belongs to conversation i * 7919 mod n, which
// goes round all of them before it comes back, so that the last one of c is the one of the tenth round.
var words = strings.NewReplacer(
	"SPAN", "with recursive span(i) as (select cast($2 as bigint) union all select i + 1 from span where i + 1 < $3), s as (select i, i as c from span)",
	"SAID", "($5 + ($4 * 9 + c * $7 % $4) * $6)",
	"WORKSPACE", "cast($1 as bigint)",
	"CONTACT", idAt("$5 + c * $6", 1), "IDENTITY", idAt("$5 + c * $6", 2), "CONVERSATION", idAt("$5 + c * $6", 3), "TICKET", idAt("$5 + c * $6", 4),
	"MESSAGE", idAt("$5 + i * $6", 5), "LAST", idAt("$5 + ($4 * 9 + c * $7 % $4) * $6", 5),
	"HELD", "(c % 100 = 0 and c / 100 % 10 < 6)", "OPEN", "(c % 100 = 0)",
	"PLACE", "join fill_places p on p.place = (c + c / 100) % 200")

func idAt(at string, kind int) string {
	return fmt.Sprintf("((%s - %d) * %d + %d)", at, db.ID(0).Time(), 1<<22, kind)
}

const stride = 7919

var fillers = []string{
	`insert into contacts (workspace_id, id, name, search, created_at) SPAN
		select WORKSPACE, CONTACT, 'Persona ' || c, 'persona ' || c || ' 5531' || (900000000 + c), $5 + c * $6 from s where cast($4 as bigint) * $7 > 0`,
	`insert into identities (workspace_id, id, contact_id, channel, kind, identity_key, value, created_at) SPAN
		select WORKSPACE, IDENTITY, CONTACT, 'whatsapp', 'phone', '+5531' || (900000000 + c), '5531' || (900000000 + c), $5 + c * $6 from s where cast($4 as bigint) * $7 > 0`,
	`insert into conversations (workspace_id, id, contact_id, inbox_id, state, ticket_id, holder, assignee_id, queue_id, window_until, waiting_since,
		unread, last_message_id, last_message_at, last_inbound_at, preview, preview_direction, preview_kind, created_at) SPAN
		select WORKSPACE, CONVERSATION, CONTACT, p.inbox_id, case when OPEN then 1 else 2 end, case when OPEN then TICKET end,
		case when HELD then 'agent' when OPEN then 'queue' else '' end, case when HELD then p.user_id end, case when OPEN then p.queue_id end,
		SAID + 86400000, case when OPEN then SAID end, 1, LAST, SAID, SAID, '¿Sigue la oferta del pedido ' || c || '?', 'inbound', 'text', $5 + c * $6 from s PLACE`,
	`insert into tickets (workspace_id, id, number, conversation_id, contact_id, inbox_id, status, holder, queue_id, assignee_id, opened_at, closed_at, closed_by, result) SPAN
		select WORKSPACE, TICKET, c + 1, CONVERSATION, CONTACT, p.inbox_id, case when HELD then 'in_service' when OPEN then 'queued' else 'closed' end,
		case when HELD then 'agent' else 'queue' end, p.queue_id, case when HELD or not OPEN then p.user_id end,
		SAID, case when not OPEN then SAID + 600000 end, case when not OPEN then p.user_id end, case when OPEN then '' else 'solved' end from s PLACE`,
}

var fillMessages = `insert into messages (workspace_id, id, conversation_id, inbox_id, contact_id, ticket_id, direction, kind, body, author, author_id, status,
	external_id, created_at, provider_at) SPAN, m as (select i, i * 7919 % $4 as c from span)
	select WORKSPACE, MESSAGE, CONVERSATION, p.inbox_id, CONTACT, TICKET, 1 + i / $4 % 2, 'text',
	case when i / $4 % 2 = 0 then 'Hola, quería saber si sigue la oferta del pedido A-' || i || ' y cuándo llega a casa'
		else 'Claro que sí, lo revisamos y te confirmamos el envío hoy, código z' || i end,
	case when i / $4 % 2 = 0 then 'contact' else 'agent' end, case when i / $4 % 2 = 1 then p.user_id end, case when i / $4 % 2 = 0 then 90 else 70 end,
	'wamid.f' || i, $5 + i * $6, $5 + i * $6 from m PLACE where $7 > 0`

// filling is one filling of a town.
type filling struct {
	*town
	conversations, begin, step int64
}

// rows fills rows from..to of one table.
func (f filling) rows(ctx context.Context, text string, from, to int64) error {
	return f.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, words.Replace(text), f.workspace, from, to, f.conversations, f.begin, f.step, inverse(stride, f.conversations))
		return err
	})
}

// inverse is the number that undoes a multiplication by a, modulo n.
func inverse(a, n int64) int64 {
	return new(big.Int).ModInverse(big.NewInt(a), big.NewInt(n)).Int64()
}

// dropIndexes drops the indexes of the tables that are filled and gives the texts that make them again.
func (t *town) dropIndexes(ctx context.Context) ([]string, error) {
	list := "select name, sql as text from sqlite_master where type = 'index' and sql is not null and tbl_name in ('messages', 'conversations', 'tickets', 'contacts', 'identities')"
	if t.d.Dialect() == db.Postgres {
		list = `select c.relname as name, pg_get_indexdef(i.indexrelid) as text from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class r on r.oid = i.indrelid
			where r.relname in ('messages', 'conversations', 'tickets', 'contacts', 'identities') and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid)`
	}
	type index struct {
		Name string `db:"name"`
		Text string `db:"text"`
	}
	found, err := db.All[index](ctx, t.d, list)
	if err != nil {
		return nil, err
	}
	texts := make([]string, len(found))
	for i, one := range found {
		texts[i] = one.Text
		if err := t.exec(ctx, "drop index "+one.Name); err != nil {
			return nil, err
		}
	}
	return texts, nil
}

func (t *town) exec(ctx context.Context, text string, args ...any) error {
	return t.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, text, args...)
		return err
	})
}
