package campaign

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"recado/internal/conversation"
	"recado/internal/db"
)

// Figures of campaigns are counted in the background: whatever changes one notes it in campaign_news, and Run counts it again soon.
// Counting reads every recipient of the campaign once, so a campaign rests after it in proportion to what it took.
const (
	countRest     = 2 * time.Second // at least, between two counts of a campaign
	countRestMost = time.Minute
	countShare    = 20      // a campaign rests so many times as long as its count took
	countLease    = 120_000 // milliseconds after which another node counts what this one began
	countBatch    = 200     // campaigns counted together: single messages are campaigns too
	countAtOnce   = 20_000  // recipients counted together, unless one campaign has more
)

// noteNewsIn notes that campaigns are to be counted again.
func noteNewsIn(ctx context.Context, tx *db.Tx, workspace db.ID, campaigns ...db.ID) error {
	rows := make([][]any, len(campaigns))
	slices.Sort(campaigns) // always in one order, so that two transactions do not wait for each other
	for i, id := range campaigns {
		rows[i] = []any{id, workspace, tx.Now()}
	}
	_, err := tx.ExecEach(ctx, `insert into campaign_news (campaign_id, workspace_id, due_at) values ($1, $2, $3)
		on conflict (campaign_id) do update set news = campaign_news.news + 1`, rows)
	if err != nil {
		return fmt.Errorf("note what to count: %w", err)
	}
	return nil
}

// toCount is a campaign with news.
type toCount struct {
	Workspace  db.ID `db:"workspace_id"`
	ID         db.ID `db:"campaign_id"`
	News       int64 `db:"news"`
	State      State `db:"state"`
	Recipients int64 `db:"recipients"`
}

const countDue = `select n.workspace_id, n.campaign_id, n.news, coalesce(c.state, '') as state, coalesce(c.recipients, 0) as recipients
	from campaign_news n left join campaigns c on c.id = n.campaign_id where n.due_at <= $1 order by n.due_at, n.campaign_id limit $2`

// countAll counts campaigns with news until ctx ends.
func (r *Room) countAll(ctx context.Context) {
	for ctx.Err() == nil {
		n, err := r.countSome(ctx)
		if err != nil && ctx.Err() == nil {
			slog.Error("counting campaigns", "error", err)
			sleep(ctx, failPause)
		}
		if n == 0 {
			sleep(ctx, idlePause)
		}
	}
}

// countSome counts the campaigns that have waited longest, and gives how many.
func (r *Room) countSome(ctx context.Context) (int, error) {
	some, err := db.All[toCount](ctx, r.d, countDue, r.d.Now(), countBatch)
	if err != nil || len(some) == 0 {
		return 0, err
	}
	size := int64(0)
	for i, c := range some {
		if size += c.Recipients; i > 0 && size > countAtOnce {
			some = some[:i]
			break
		}
	}
	slices.SortFunc(some, func(a, b toCount) int { return cmp.Compare(a.ID, b.ID) })
	if some, err = r.leaseCount(ctx, some); err != nil || len(some) == 0 {
		return 0, err
	}
	began := time.Now()
	k := newRecount(some)
	if err := k.read(ctx, r.d); err != nil {
		return 0, err
	}
	rest := min(countRestMost, countRest+countShare*time.Since(began))
	return len(some), r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return k.keepIn(ctx, tx, rest) })
}

// leaseCount takes what nobody else is counting.
func (r *Room) leaseCount(ctx context.Context, some []toCount) (mine []toCount, err error) {
	rows := make([][]any, len(some))
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for i, c := range some {
			rows[i] = []any{tx.Now() + countLease, c.ID, tx.Now()}
		}
		taken, err := tx.ExecEach(ctx, "update campaign_news set due_at = $1 where campaign_id = $2 and due_at <= $3", rows)
		mine = nil
		for i, n := range taken {
			if n == 1 {
				mine = append(mine, some[i])
			}
		}
		return err
	})
	return mine, err
}

// use is a number and a template of a campaign.
type use struct{ campaign, inbox, template db.ID }

// failureOf is a reason within a use.
type failureOf struct {
	use
	class, code string
}

// recount is a new count of some campaigns.
type recount struct {
	campaigns []toCount
	states    map[db.ID]State
	counts    map[use]*Counts
	failures  map[failureOf]*FailureCount
	costs     map[costOfUse]int64
}

// costOfUse is a price within a use.
type costOfUse struct {
	use
	priced string
}

func newRecount(some []toCount) *recount {
	k := &recount{campaigns: some, states: map[db.ID]State{}, counts: map[use]*Counts{}, failures: map[failureOf]*FailureCount{}, costs: map[costOfUse]int64{}}
	for _, c := range some {
		k.states[c.ID] = c.State
	}
	return k
}

const countUses = `select r.campaign_id, r.inbox_id, r.template_id, r.state, r.reason, r.priced, coalesce(m.status, 0) as status,
	case when m.status = 55 then m.error_class else '' end as class, case when m.status = 55 then m.error_code else 0 end as code,
	max(case when m.status = 55 then m.error_detail else '' end) as detail,
	sum(case when r.replied_at is not null then 1 else 0 end) as replied, count(*) as number
	from recipients r left join messages m on m.id = r.message_id where r.campaign_id in ({ids:$1}) group by 1, 2, 3, 4, 5, 6, 7, 8, 9`

type countedRow struct {
	Campaign db.ID               `db:"campaign_id"`
	Inbox    db.ID               `db:"inbox_id"`
	Template db.ID               `db:"template_id"`
	State    int                 `db:"state"`
	Reason   string              `db:"reason"`
	Priced   string              `db:"priced"`
	Status   conversation.Status `db:"status"`
	Class    string              `db:"class"`
	Code     int64               `db:"code"`
	Detail   string              `db:"detail"`
	Replied  int64               `db:"replied"`
	N        int64               `db:"number"`
}

func (k *recount) read(ctx context.Context, q db.Querier) error {
	ids := make([]db.ID, len(k.campaigns))
	for i, c := range k.campaigns {
		ids[i] = c.ID
	}
	rows, err := db.All[countedRow](ctx, q, countUses, db.IDs(ids))
	if err != nil {
		return fmt.Errorf("count recipients: %w", err)
	}
	for _, one := range rows {
		k.add(one)
	}
	return nil
}

// add counts as countProgress does.
func (k *recount) add(one countedRow) {
	at := use{one.Campaign, one.Inbox, one.Template}
	c := k.counts[at]
	if c == nil {
		c = &Counts{}
		k.counts[at] = c
	}
	c.Replied += one.Replied
	left := func(code string) { k.fail(at, "left_out", wordsPrefix+code, "", one.N) }
	switch {
	case one.State == handed && one.Status != 0:
		addMessages(c, countRow{Status: one.Status, N: one.N})
		if one.Status >= conversation.Delivered && one.Priced != "" { // the provider charges what it delivers
			k.costs[costOfUse{at, one.Priced}] += one.N
		}
		if one.Status == conversation.Failed {
			k.fail(at, one.Class, fmt.Sprint(one.Code), one.Detail, one.N)
		}
	case one.State == handed: // its message was taken back or put away
	case one.State == waiting && k.states[one.Campaign] != Cancelled:
		c.Recipients += one.N
		c.Waiting += one.N
	case one.State == waiting:
		c.Recipients += one.N
		c.LeftOut += one.N
		left(LeftCancelled)
	case one.State == broken:
		c.Recipients += one.N
		c.Failed += one.N
		left(one.Reason)
	default:
		c.Recipients += one.N
		c.LeftOut += one.N
		left(one.Reason)
	}
}

func (k *recount) fail(at use, class, code, detail string, n int64) {
	key := failureOf{at, class, code}
	if k.failures[key] == nil {
		k.failures[key] = &FailureCount{Class: class, Code: code, Detail: detail}
	}
	k.failures[key].Count += n
}

// keepIn stores the count. A campaign that changed meanwhile is counted again after its rest.
func (k *recount) keepIn(ctx context.Context, tx *db.Tx, rest time.Duration) error {
	workspaces := map[db.ID]db.ID{}
	ids := make([]db.ID, len(k.campaigns))
	var done, again [][]any
	for i, c := range k.campaigns {
		workspaces[c.ID], ids[i] = c.Workspace, c.ID
		again = append(again, []any{tx.Now() + rest.Milliseconds(), c.ID, c.News})
		done = append(done, []any{c.ID, c.News})
	}
	for _, table := range []string{"campaign_tallies", "campaign_failures", "campaign_costs"} {
		if _, err := tx.Exec(ctx, "delete from "+table+" where campaign_id in ({ids:$1})", db.IDs(ids)); err != nil {
			return fmt.Errorf("forget the last count: %w", err)
		}
	}
	if err := k.insertIn(ctx, tx, workspaces); err != nil {
		return fmt.Errorf("keep a count: %w", err)
	}
	if _, err := tx.ExecEach(ctx, "delete from campaign_news where campaign_id = $1 and news = $2", done); err != nil {
		return err
	}
	_, err := tx.ExecEach(ctx, "update campaign_news set due_at = $1 where campaign_id = $2 and news <> $3", again)
	return err
}

func (k *recount) insertIn(ctx context.Context, tx *db.Tx, workspaces map[db.ID]db.ID) error {
	var counts, failures [][]any
	for at, c := range k.counts {
		counts = append(counts, []any{workspaces[at.campaign], at.campaign, at.inbox, at.template, c.Recipients, c.Waiting, c.Queued, c.Unconfirmed,
			c.Accepted, c.Sent, c.Delivered, c.Read, c.Failed, c.LeftOut, c.Replied})
		if err := useIn(ctx, tx, workspaces[at.campaign], at.campaign, uses{inboxes: []db.ID{at.inbox}, templates: []db.ID{at.template}}); err != nil {
			return err
		}
	}
	for at, f := range k.failures {
		failures = append(failures, []any{workspaces[at.campaign], at.campaign, at.inbox, at.template, f.Class, f.Code, f.Detail, f.Count})
	}
	if len(counts) > 0 {
		if _, err := tx.ExecEach(ctx, `insert into campaign_tallies (workspace_id, campaign_id, inbox_id, template_id, recipients, waiting, queued, unconfirmed,
			accepted, sent, delivered, was_read, failed, left_out, replied) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`, counts); err != nil {
			return err
		}
	}
	var costs [][]any
	for at, n := range k.costs {
		costs = append(costs, []any{workspaces[at.campaign], at.campaign, at.inbox, at.template, at.priced, n})
	}
	if _, err := tx.ExecEach(ctx, "insert into campaign_costs (workspace_id, campaign_id, inbox_id, template_id, priced, number) values ($1, $2, $3, $4, $5, $6)", costs); err != nil {
		return err
	}
	_, err := tx.ExecEach(ctx, `insert into campaign_failures (workspace_id, campaign_id, inbox_id, template_id, class, code, detail, number)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`, failures)
	return err
}

const settledCounts = `select t.campaign_id, sum(recipients) as recipients, sum(waiting) as waiting, sum(queued) as queued, sum(unconfirmed) as unconfirmed,
	sum(accepted) as accepted, sum(sent) as sent, sum(delivered) as delivered, sum(was_read) as was_read, sum(failed) as failed, sum(left_out) as left_out, sum(replied) as replied
	from campaign_tallies t where t.campaign_id in ({ids:$1}) and not exists (select 1 from campaign_news n where n.campaign_id = t.campaign_id) group by t.campaign_id`

// tallied is a sum of counts as it is read.
type tallied struct {
	Campaign    db.ID `db:"campaign_id"`
	Recipients  int64 `db:"recipients"`
	Waiting     int64 `db:"waiting"`
	Queued      int64 `db:"queued"`
	Unconfirmed int64 `db:"unconfirmed"`
	Accepted    int64 `db:"accepted"`
	Sent        int64 `db:"sent"`
	Delivered   int64 `db:"delivered"`
	Read        int64 `db:"was_read"`
	Failed      int64 `db:"failed"`
	LeftOut     int64 `db:"left_out"`
	Replied     int64 `db:"replied"`
}

func (t tallied) counts() Counts {
	return Counts{Recipients: t.Recipients, Waiting: t.Waiting, Queued: t.Queued, Unconfirmed: t.Unconfirmed, Accepted: t.Accepted, Sent: t.Sent,
		Delivered: t.Delivered, Read: t.Read, Failed: t.Failed, LeftOut: t.LeftOut, Replied: t.Replied}
}

// Settled gives the counts of those among some campaigns that have not changed since they were counted: lists need not count them.
func (r *Room) Settled(ctx context.Context, all []Campaign) (map[db.ID]Counts, error) {
	ids := make([]db.ID, len(all))
	for i, c := range all {
		ids[i] = c.ID
	}
	rows, err := db.All[tallied](ctx, r.d, settledCounts, db.IDs(ids))
	if err != nil {
		return nil, fmt.Errorf("counts of campaigns: %w", err)
	}
	out := make(map[db.ID]Counts, len(rows))
	for _, t := range rows {
		out[t.Campaign] = t.counts()
	}
	return out, nil
}
