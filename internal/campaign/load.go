package campaign

import (
	"context"
	"fmt"
	"time"

	"recado/internal/db"
	"recado/internal/fault"
)

// Reasons why a campaign holds back by itself. It goes on by itself too.
const (
	WaitsForQueue = "wait.queue" // a queue that replies go to is too full
	SlowForQueue  = "wait.slow"  // a queue that replies go to is rather full: less goes out
)

const (
	loadLook      = 10 * time.Second // how soon a campaign that waits looks at its queues again
	loadAge       = time.Second      // what was read of the queues counts so long
	slowBatch     = 20               // messages every slowEvery, when a campaign without slices is slow
	slowEvery     = time.Minute
	steeredBatch  = 100 // recipients handed over in one transaction, so that the queues are asked often
	steeredQueued = 200 // as queuedMax: what waits in the outbox goes out whatever the queues say
	loadMost      = 100_000
)

// QueueLoad is how busy a queue is.
type QueueLoad struct {
	Queue   db.ID
	Name    string
	Waiting int64 // tickets nobody holds yet
	Online  int64 // agents of the queue who are on line
}

// steered tells whether the load of queues steers the sending.
func (p Pace) steered() bool { return p.SlowAbove > 0 || p.StopAbove > 0 }

func (p Pace) checkLoad() error {
	switch {
	case p.SlowAbove < 0 || p.SlowAbove > loadMost || p.StopAbove < 0 || p.StopAbove > loadMost,
		p.SlowAbove > 0 && p.StopAbove > 0 && p.SlowAbove >= p.StopAbove, p.PerAgent && !p.steered():
		return fault.New(fault.Invalid, "campaign.load", "Sending slows down above fewer waiting tickets than it stops above, at most %d.", loadMost).
			On("pace.stop_above").With("max", loadMost)
	}
	return nil
}

// judge tells what the fullest queue asks for: WaitsForQueue, SlowForQueue or nothing.
func (p Pace) judge(loads []QueueLoad) (why Reason) {
	for _, q := range loads {
		agents := int64(1)
		if p.PerAgent {
			agents = max(1, q.Online)
		}
		code := ""
		switch {
		case p.StopAbove > 0 && q.Waiting > p.StopAbove*agents:
			code = WaitsForQueue
		case p.SlowAbove > 0 && q.Waiting > p.SlowAbove*agents:
			code = SlowForQueue
		}
		if code == WaitsForQueue || code != "" && why.Code == "" {
			why = Reason{Code: code, Params: map[string]string{"queue": q.Name, "waiting": fmt.Sprint(q.Waiting)}}
		}
		if code == WaitsForQueue {
			break
		}
	}
	return why
}

const queuesOfRows = "select distinct target_id from recipients where campaign_id = $1 and state = 0 and target = 'queue'"

// queuesOf gives the queues that replies of a campaign go to.
func (r *Room) queuesOf(ctx context.Context, c Campaign) (ids []db.ID, err error) {
	if c.Route.Target == ToColumn {
		if ids, err = db.All[db.ID](ctx, r.d, queuesOfRows, c.ID); err != nil {
			return nil, fmt.Errorf("queues of campaign %d: %w", c.ID, err)
		}
	}
	if c.Route.Target == ToQueue {
		ids = append(ids, c.Route.TargetID)
	}
	if c.Route.OtherTarget == ToQueue {
		ids = append(ids, c.Route.OtherTargetID)
	}
	return ids, nil
}

// lookAtQueues judges the load of the queues anew; campaigns that are not steered ask nobody.
func (p *dispatching) lookAtQueues(ctx context.Context) error {
	if len(p.queues) == 0 || p.room.d.Now()-p.loadAt < loadAge.Milliseconds() {
		return nil
	}
	loads, err := p.room.Desk.Loads(ctx, p.due.Workspace, p.queues)
	if err != nil {
		return fmt.Errorf("load of queues: %w", err)
	}
	p.load, p.loadAt = p.campaign.Pace.judge(loads), p.room.d.Now()
	return nil
}

// atMost bounds a batch where queues steer.
func (p *dispatching) atMost(size int) int {
	switch {
	case len(p.queues) == 0:
		return size
	case p.load.Code == SlowForQueue && p.campaign.Pace.PerSlice == 0:
		return min(size, slowBatch)
	}
	return min(size, steeredBatch)
}

// queuedMost is how many messages may wait in the outbox of a number.
func (p *dispatching) queuedMost() int {
	if len(p.queues) > 0 {
		return steeredQueued
	}
	return queuedMax
}

// waitIn keeps why the campaign holds back and until when; a Reason without a code: it does not.
func waitIn(ctx context.Context, tx *db.Tx, c *row, why Reason, rest time.Duration) error {
	text, until := "", int64(0)
	if why.Code != "" {
		text = encode(why)
	}
	if rest > 0 {
		until = tx.Now() + rest.Milliseconds()
	}
	if text == c.WaitText && until == 0 {
		return nil
	}
	if _, err := tx.Exec(ctx, "update campaigns set wait_json = $1, wait_until = $2 where id = $3", text, until, c.ID); err != nil {
		return fmt.Errorf("what campaign %d waits for: %w", c.ID, err)
	}
	c.WaitText = text
	return nil
}

// slowlyIn lets a campaign rest that sends slowly and without slices.
func (p *dispatching) slowlyIn(ctx context.Context, tx *db.Tx, c *row) (resting bool, err error) {
	if p.load.Code != SlowForQueue || p.campaign.Pace.PerSlice > 0 {
		return false, waitIn(ctx, tx, c, p.load, 0)
	}
	waiting, err := db.One[int64](ctx, tx, anyWaits, c.ID)
	if err != nil || waiting == 0 {
		return false, err
	}
	return true, waitIn(ctx, tx, c, p.load, slowEvery)
}
