package campaign

import (
	"context"
	"fmt"
	"time"

	"recado/internal/db"
)

const (
	dispatchBatch = 500  // recipients handed over in one transaction
	queuedMax     = 2000 // messages a campaign lets wait in the outbox of one inbox, so that a pause acts at once
)

// dispatch hands waiting recipients over until the campaign ends, stops, or its slice is used up.
func (r *Room) dispatch(ctx context.Context, d due) error {
	plan, err := r.plan(ctx, d)
	if err != nil {
		return err
	}
	idle := busyPause
	for ctx.Err() == nil {
		if err := plan.lookAtQueues(ctx); err != nil {
			return err
		}
		if err := plan.lookAtPrices(ctx); err != nil {
			return err
		}
		var step stepResult
		err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			var err error
			step, err = plan.stepIn(ctx, tx)
			return err
		})
		switch {
		case err != nil:
			return fmt.Errorf("dispatch: %w", err)
		case step.stop:
			return nil
		case step.moved > 0:
			idle = busyPause
			continue
		}
		sleep(ctx, idle)
		idle = min(idle*2, idlePause)
	}
	return nil
}

// dispatching is what stays the same from batch to batch; what may change (numbers, templates, consent) is read in each.
type dispatching struct {
	room     *Room
	due      due
	campaign Campaign
	inboxes  []db.ID // of the campaign's recipients
	turn     int     // whose turn it is to be asked first
	wordings map[db.ID]*wording
	groups   []*group // of those who wait, read when quiet hours are on
	queues   []db.ID  // that steer the sending; none: nothing does
	load     Reason   // what they ask for, read at loadAt
	loadAt   int64
	prices   pricing
}

// stepResult says what a step did. stop: there is nothing more to do now.
type stepResult struct {
	moved int
	stop  bool
}

const inboxesOf = `with recursive found(id) as (
	select min(inbox_id) from recipients where campaign_id = $1 and state = 0
	union all select (select min(inbox_id) from recipients where campaign_id = $1 and state = 0 and inbox_id > found.id) from found where found.id is not null)
	select id from found where id is not null`

func (r *Room) plan(ctx context.Context, d due) (*dispatching, error) {
	c, err := r.get(ctx, d.Workspace, d.ID)
	if err != nil {
		return nil, err
	}
	boxes, err := db.All[db.ID](ctx, r.d, inboxesOf, d.ID)
	if err != nil {
		return nil, fmt.Errorf("senders of campaign %d: %w", d.ID, err)
	}
	p := &dispatching{room: r, due: d, campaign: c, inboxes: boxes, wordings: map[db.ID]*wording{}}
	if c.Pace.steered() {
		if p.queues, err = r.queuesOf(ctx, c); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// stepIn hands over one batch in one transaction: contacts, messages and the recipients' new state become durable
// together, so a crash leaves a recipient either waiting without a message or handed over with exactly one.
func (p *dispatching) stepIn(ctx context.Context, tx *db.Tx) (stepResult, error) {
	// The row is claimed for the transaction: another node that is at it leaves nothing to us.
	c, err := db.One[row](ctx, tx, "select "+rowColumns+" from campaigns where id = $1 {claim}", p.due.ID)
	if db.None(err) {
		return stepResult{}, nil
	}
	if err != nil {
		return stepResult{}, err
	}
	if c.State != Sending || c.StartedAt == 0 {
		return stepResult{stop: true}, nil
	}
	var pace Pace
	if err := decode(c.PaceText, &pace); err != nil || pace != p.campaign.Pace { // changed meanwhile: the next run plans with it
		return stepResult{stop: true}, err
	}
	size, err := p.openSliceIn(ctx, tx, &c)
	if err != nil || size == 0 {
		return stepResult{stop: true}, err
	}
	size = p.atMost(size)
	policy, err := p.room.policyIn(ctx, tx, p.due.Workspace)
	if err != nil {
		return stepResult{}, err
	}
	var batch []recipient
	if policy.Quiet.On {
		var until int64
		if batch, until, err = p.takeAwakeIn(ctx, tx, size, policy.Quiet); err == nil && until > 0 {
			_, err = tx.Exec(ctx, "update campaigns set quiet_until = $1 where id = $2", until, c.ID)
			return stepResult{stop: true}, err
		}
	} else {
		batch, err = p.takeIn(ctx, tx, size)
	}
	if err != nil {
		return stepResult{}, err
	}
	if len(batch) == 0 {
		done, err := p.finishIn(ctx, tx, &c)
		return stepResult{stop: done}, err
	}
	if p.load.Code == WaitsForQueue {
		return stepResult{stop: true}, waitIn(ctx, tx, &c, p.load, loadLook)
	}
	now, err := p.momentIn(ctx, tx, batch)
	if err != nil {
		return stepResult{}, err
	}
	now.cap = policy.Cap
	if why := now.halts(batch); why.Code != "" {
		return stepResult{stop: true}, p.room.pauseIn(ctx, tx, &c, why)
	}
	limit, err := p.withinLimitIn(ctx, tx, batch, now)
	if err != nil {
		return stepResult{}, err
	}
	if batch = limit.batch; len(batch) == 0 {
		return stepResult{stop: true}, waitIn(ctx, tx, &c, limit.why, limit.rest)
	}
	sent, err := p.handOverIn(ctx, tx, batch, now)
	if err != nil {
		return stepResult{}, err
	}
	if err := noteNewsIn(ctx, tx, p.due.Workspace, c.ID); err != nil {
		return stepResult{}, err
	}
	if err := p.closeSliceIn(ctx, tx, &c, sent); err != nil {
		return stepResult{}, err
	}
	resting, err := p.slowlyIn(ctx, tx, &c)
	return stepResult{moved: len(batch), stop: resting}, err
}

// recipient is someone who waits.
type recipient struct {
	ID       db.ID  `db:"id"`
	Inbox    db.ID  `db:"inbox_id"`
	Address  string `db:"address"`
	Name     string `db:"name"`
	Template db.ID  `db:"template_id"`
	Values   string `db:"variables_json"`
	Extras   string `db:"extras_json"`
	Target   string `db:"target"`
	TargetID db.ID  `db:"target_id"`
}

const (
	queuedPerInbox = "select inbox_id, count(*) as n from messages where inbox_id in ({ids:$1}) and lane = 3 and status = 10 group by inbox_id"
	waitingOfInbox = `select id, inbox_id, address, name, template_id, variables_json, extras_json, target, target_id from recipients
	where campaign_id = $1 and inbox_id = $2 and state = 0 order by id limit $3`
)

// queuedIn counts what waits in the outbox of each number.
func (p *dispatching) queuedIn(ctx context.Context, tx *db.Tx) (map[db.ID]int, error) {
	type queued struct {
		Inbox db.ID `db:"inbox_id"`
		N     int   `db:"n"`
	}
	counts, err := db.All[queued](ctx, tx, queuedPerInbox, db.IDs(p.inboxes))
	if err != nil {
		return nil, fmt.Errorf("queued messages: %w", err)
	}
	full := map[db.ID]int{}
	for _, q := range counts {
		full[q.Inbox] = q.N
	}
	return full, nil
}

// takeIn reads up to size recipients of the inboxes whose outbox has room, taking turns among the inboxes.
func (p *dispatching) takeIn(ctx context.Context, tx *db.Tx, size int) ([]recipient, error) {
	full, err := p.queuedIn(ctx, tx)
	if err != nil {
		return nil, err
	}
	share := max(1, size/max(1, len(p.inboxes)))
	var batch []recipient
	for round := 0; round < 2 && len(batch) < size; round++ { // an even share first, then what is left over
		batch = batch[:0]
		for i := range p.inboxes {
			box := p.inboxes[(i+p.turn)%len(p.inboxes)]
			limit := min(p.queuedMost()-full[box], size-len(batch))
			if round == 0 {
				limit = min(limit, share)
			}
			if limit <= 0 {
				continue
			}
			some, err := db.All[recipient](ctx, tx, waitingOfInbox, p.due.ID, box, limit)
			if err != nil {
				return nil, fmt.Errorf("waiting recipients: %w", err)
			}
			batch = append(batch, some...)
		}
	}
	p.turn++
	return batch, nil
}

// clarifying is how long an unconfirmed message holds the end of its campaign up, since it may still be found not to have
// left and go out again, in milliseconds. Later it is for a person to decide, and is counted apart.
const clarifying = 15 * 60 * 1000

// unfinished is what still holds the end up: recipients who wait, and messages queued, on their way, or not clarified yet.
const unfinished = `select (select count(*) from (select 1 from recipients where campaign_id = $1 and state = 0 limit 1) w)
	+ (select count(*) from (select 1 from messages where campaign_id = $1 and
		(status in (10, 20) or status = 30 and requeued = 0 and provider_at > $2) limit 1) m)`

// finishIn ends the campaign when nothing is left to send.
func (p *dispatching) finishIn(ctx context.Context, tx *db.Tx, c *row) (bool, error) {
	n, err := db.One[int64](ctx, tx, unfinished, c.ID, tx.Now()-clarifying)
	if err != nil || n > 0 {
		return false, err
	}
	return true, p.room.moveIn(ctx, tx, c, Done, Reason{})
}

// openSliceIn gives how many recipients may be handed over now: a batch, or what the slice still takes; 0 when the next
// slice has not begun.
func (p *dispatching) openSliceIn(ctx context.Context, tx *db.Tx, c *row) (int, error) {
	pace := p.campaign.Pace
	if pace.PerSlice == 0 {
		return dispatchBatch, nil
	}
	if c.SliceLeft <= 0 {
		if tx.Now() < c.NextSliceAt {
			return 0, nil
		}
		c.SliceLeft = pace.PerSlice
		if p.load.Code == SlowForQueue {
			c.SliceLeft = max(1, pace.PerSlice/2)
		}
		c.NextSliceAt = tx.Now() + pace.EveryMinutes*time.Minute.Milliseconds()
	}
	c.SliceLeft = min(c.SliceLeft, pace.PerSlice)
	return int(min(dispatchBatch, c.SliceLeft)), nil
}

const anyWaits = "select count(*) from (select 1 from recipients where campaign_id = $1 and state = 0 limit 1) w"

// closeSliceIn keeps what a slice still takes and when the next begins. With nobody left there is no next one: the campaign ends
// with its last message.
func (p *dispatching) closeSliceIn(ctx context.Context, tx *db.Tx, c *row, sent int) error {
	if c.NextSliceAt == 0 && c.SliceLeft == 0 {
		return nil
	}
	waiting, err := db.One[int64](ctx, tx, anyWaits, c.ID)
	if err != nil {
		return fmt.Errorf("waiting recipients: %w", err)
	}
	left, next := max(0, c.SliceLeft-int64(sent)), c.NextSliceAt
	if waiting == 0 {
		left, next = 0, 0
	}
	_, err = tx.Exec(ctx, "update campaigns set slice_left = $1, next_slice_at = $2 where id = $3", left, next, c.ID)
	return err
}
