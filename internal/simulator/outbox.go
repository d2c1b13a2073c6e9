package simulator

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// change is one webhook change on its way to a callback.
type change struct {
	id      uint64 // in the journal
	since   time.Time
	url     string
	account string
	field   string
	time    int64 // entry.time of account fields; 0 for messages
	value   []byte
}

// outbox posts changes to callbacks: signed, in batches, again until answered with 200 (whatsapp-cloud-api §6.1).
// What is not delivered when the process ends is lost, unless there is a journal, which brings it back.
type outbox struct {
	secret  string
	batch   int
	agenda  *agenda
	faults  *faultTable
	counter *counters
	journal *journal // nil when nothing is remembered
	client  *http.Client

	mu       sync.Mutex
	ready    *sync.Cond // signals queue, held and underWay
	queue    []change
	held     []change // reordered: they leave after the next change
	underWay int
	waiting  int // posts planned again after a failure
	lastID   uint64
	stopped  bool
}

// Retries of a post: from a second, doubling, at most ten minutes apart, for seven days.
const (
	firstRetry   = time.Second
	longestRetry = 10 * time.Minute
	retriesFor   = 7 * 24 * time.Hour
)

// mostEscaped is how much escaping can lengthen a text: four bytes of UTF-8 become twelve signs.
const mostEscaped = 3

func newOutbox(cfg Config, a *agenda, f *faultTable, c *counters) *outbox {
	o := &outbox{secret: cfg.AppSecret, batch: cfg.WebhookBatch, agenda: a, faults: f, counter: c,
		client: &http.Client{
			Timeout:   20 * time.Second,
			Transport: &http.Transport{MaxIdleConnsPerHost: cfg.WebhookWorkers, MaxConnsPerHost: cfg.WebhookWorkers},
		}}
	o.ready = sync.NewCond(&o.mu)
	return o
}

// newID names a change in the journal.
func (o *outbox) newID() uint64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.lastID++
	return o.lastID
}

// note tells the journal something that happened to webhooks by themselves.
func (o *outbox) note(r ...journalRecord) { o.journal.append(line{Records: r}) }

// put hands changes over for delivery, through the webhook faults.
func (o *outbox) put(changes ...change) {
	for _, c := range changes {
		if o.faults.take(FaultWebhookDrop, "") != nil {
			o.counter.dropped.Add(1)
			o.note(journalRecord{Given: []uint64{c.id}}, journalRecord{Counted: map[string]int64{countDropped: 1}})
			continue
		}
		if f := o.faults.take(FaultWebhookDelay, ""); f != nil {
			o.delay(f.wait(30*time.Second), c)
			continue
		}
		if o.faults.take(FaultWebhookReorder, "") != nil {
			o.hold(c)
			continue
		}
		o.enqueue(c)
		if o.faults.take(FaultWebhookDuplicate, "") != nil {
			o.enqueue(c)
		}
	}
}

func (o *outbox) delay(d time.Duration, c change) {
	o.mu.Lock()
	o.waiting++
	o.mu.Unlock()
	o.agenda.after(d, func() {
		o.mu.Lock()
		o.waiting--
		o.mu.Unlock()
		o.enqueue(c)
	})
}

// hold keeps a change back until another one has left, or three seconds have passed.
func (o *outbox) hold(c change) {
	o.mu.Lock()
	o.held = append(o.held, c)
	o.mu.Unlock()
	o.agenda.after(3*time.Second, func() { o.enqueue() })
}

// enqueue queues changes and, after them, those held back.
func (o *outbox) enqueue(changes ...change) {
	o.mu.Lock()
	o.queue = append(o.queue, changes...)
	o.queue = append(o.queue, o.held...)
	o.held = nil
	o.mu.Unlock()
	o.ready.Broadcast()
}

// run posts with the given number of workers until ctx ends.
func (o *outbox) run(ctx context.Context, workers int) {
	o.mu.Lock()
	o.stopped = false
	o.mu.Unlock()
	var all sync.WaitGroup
	for range workers {
		all.Go(func() { o.work(ctx) })
	}
	<-ctx.Done()
	o.mu.Lock()
	o.stopped = true
	o.mu.Unlock()
	o.ready.Broadcast()
	all.Wait()
}

func (o *outbox) work(ctx context.Context) {
	for {
		batch := o.next()
		if batch == nil {
			return
		}
		o.post(ctx, parcel{url: batch[0].url, body: envelope(batch), ids: idsOf(batch), since: batch[0].since})
		o.mu.Lock()
		o.underWay--
		o.mu.Unlock()
		o.ready.Broadcast()
	}
}

// next waits for changes and takes those at the front that go to the same place; nil when stopped.
func (o *outbox) next() []change {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.queue) == 0 && !o.stopped {
		o.ready.Wait()
	}
	if o.stopped {
		return nil
	}
	n, size := 1, mostEscaped*len(o.queue[0].value)
	for n < len(o.queue) && n < o.batch && o.queue[n].url == o.queue[0].url {
		size += mostEscaped * len(o.queue[n].value)
		if size > maxBatchBytes {
			break
		}
		n++
	}
	batch := o.queue[:n:n]
	o.queue = o.queue[n:]
	o.underWay++
	return batch
}

// parcel is one body to be posted, with its history.
type parcel struct {
	url   string
	body  []byte
	ids   []uint64 // of its changes
	tries int
	since time.Time
}

func idsOf(changes []change) []uint64 {
	ids := make([]uint64, len(changes))
	for i, c := range changes {
		ids[i] = c.id
	}
	return ids
}

func (o *outbox) post(ctx context.Context, p parcel) {
	if err := o.deliver(ctx, p); err != nil {
		o.counter.postsFailed.Add(1)
		o.note(journalRecord{Counted: map[string]int64{countFailed: 1}})
		o.again(ctx, p)
		return
	}
	o.counter.posts.Add(1)
	o.counter.changes.Add(int64(len(p.ids)))
	o.note(journalRecord{Delivered: p.ids})
}

// deliver posts a parcel, once the journal has what it tells: whatever the world learns is remembered.
func (o *outbox) deliver(ctx context.Context, p parcel) error {
	if err := o.journal.flush(); err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewReader(p.body))
	if err != nil {
		return fmt.Errorf("posting a webhook to %s: %w", p.url, err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "facebookexternalua")
	req.Header.Set("X-Hub-Signature-256", sign(o.secret, p.body))
	answer, err := o.client.Do(req)
	if err != nil {
		return fmt.Errorf("posting a webhook: %w", err)
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 64<<10)) // so that the connection can be used again
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("posting a webhook to %s: answered %s", p.url, answer.Status)
	}
	return nil
}

// again plans another try, unless the provider's patience is over.
func (o *outbox) again(ctx context.Context, p parcel) {
	if o.agenda.clock.Now().Sub(p.since) > retriesFor {
		o.counter.abandoned.Add(int64(len(p.ids)))
		o.note(journalRecord{Given: p.ids}, journalRecord{Counted: map[string]int64{countAbandoned: int64(len(p.ids))}})
		return
	}
	wait := min(firstRetry<<min(p.tries, 20), longestRetry)
	p.tries++
	o.mu.Lock()
	o.waiting++
	o.mu.Unlock()
	o.agenda.after(wait, func() {
		o.mu.Lock()
		o.waiting--
		o.underWay++
		o.mu.Unlock()
		go func() {
			o.post(ctx, p)
			o.mu.Lock()
			o.underWay--
			o.mu.Unlock()
			o.ready.Broadcast()
		}()
	})
}

// settle waits until nothing is queued or under way; posts waiting for another try do not count.
func (o *outbox) settle(ctx context.Context) error {
	stop := context.AfterFunc(ctx, o.ready.Broadcast)
	defer stop()
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.queue)+o.underWay > 0 {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("waiting for %d webhooks to leave: %w", len(o.queue)+o.underWay, err)
		}
		o.ready.Wait()
	}
	return nil
}

// pending returns how many changes and planned posts have not been delivered yet.
func (o *outbox) pending() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.queue) + len(o.held) + o.underWay + o.waiting
}

// clear forgets what has not left.
func (o *outbox) clear() {
	o.mu.Lock()
	o.queue, o.held = nil, nil
	o.mu.Unlock()
	o.ready.Broadcast()
}
