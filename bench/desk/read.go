package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"recado/bench/serve"
)

const (
	readersAtOnce = 20
	pause         = 200 * time.Millisecond // between two requests of a reader, on average
)

// action is something a reader does, timed as a whole.
type action struct {
	name string
	do   func(ctx context.Context, r *reader) error
}

// reader is an agent or manager looking at lists and threads.
type reader struct {
	*serve.Client
	seen  []string // ids of conversations in its lists
	inbox string
	size  int // conversations of the town
}

// browse is what P6 measures; search what P7 does.
var (
	browse = []action{
		{"mine", list("view=mine")}, {"queue", list("view=queue")}, {"all", list("view=team")}, {"closed", list("view=closed")},
		{"filtered", func(ctx context.Context, r *reader) error { return list("view=team&inbox_id="+r.inbox)(ctx, r) }},
		{"open", openOne},
	}
	search = []action{
		{"contact", func(ctx context.Context, r *reader) error {
			return list(fmt.Sprintf("view=closed&search=persona+%d", rand.IntN(r.size)))(ctx, r)
		}},
		{"rare word", func(ctx context.Context, r *reader) error {
			_, err := r.Get(ctx, fmt.Sprintf("/search/messages?q=pedido+a-%d", rand.IntN(r.size*perConversation)))
			return err
		}},
		{"common words", func(ctx context.Context, r *reader) error {
			_, err := r.Get(ctx, "/search/messages?q=oferta+del+ped")
			return err
		}},
	}
)

func list(query string) func(ctx context.Context, r *reader) error {
	return func(ctx context.Context, r *reader) error {
		content, err := r.Get(ctx, "/conversations?limit=50&"+query)
		if err != nil {
			return err
		}
		var page struct {
			Items []struct {
				ID string `json:"id"`
			} `json:"items"`
		}
		if err := json.Unmarshal(content, &page); err != nil {
			return err
		}
		for _, item := range page.Items {
			if len(r.seen) < 500 {
				r.seen = append(r.seen, item.ID)
			} else {
				r.seen[rand.IntN(len(r.seen))] = item.ID
			}
		}
		return nil
	}
}

// openOne loads what the desk loads when a conversation is opened: what it is and its newest messages.
func openOne(ctx context.Context, r *reader) error {
	if len(r.seen) == 0 {
		return nil
	}
	id := r.seen[rand.IntN(len(r.seen))]
	if _, err := r.Get(ctx, "/conversations/"+id); err != nil {
		return err
	}
	_, err := r.Get(ctx, "/conversations/"+id+"/messages?limit=50")
	return err
}

// times are the durations of each action.
type times map[string][]time.Duration

func (t times) percentile(name string, p float64) time.Duration {
	list := slices.Clone(t[name])
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[min(len(list)-1, int(p*float64(len(list))))]
}

// worst is the highest 95th percentile of the actions.
func (t times) worst() time.Duration {
	var worst time.Duration
	for name := range t {
		worst = max(worst, t.percentile(name, 0.95))
	}
	return worst
}

// count is how many actions there were.
func (t times) count() int {
	n := 0
	for _, list := range t {
		n += len(list)
	}
	return n
}

// String tells the 95th percentile of each action.
func (t times) String() string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(t)) {
		parts = append(parts, fmt.Sprintf("%s %s", name, t.percentile(name, 0.95).Round(time.Millisecond/10)))
	}
	return strings.Join(parts, ", ")
}

// look lets the readers do the actions in turn for a time. With a pause of 0 they never rest.
func look(ctx context.Context, readers []*reader, during, pause time.Duration, actions []action) (times, error) {
	all, end := times{}, time.Now().Add(during)
	var mu sync.Mutex
	var failed error
	var group sync.WaitGroup
	for _, r := range readers {
		group.Go(func() {
			mine, err := r.work(ctx, end, pause, actions)
			mu.Lock()
			defer mu.Unlock()
			for name, list := range mine {
				all[name] = append(all[name], list...)
			}
			if err != nil {
				failed = err
			}
		})
	}
	group.Wait()
	return all, failed
}

// readersOf signs twenty in, every fifth a manager.
func readersOf(ctx context.Context, n *serve.Node, t *town, size int) ([]*reader, error) {
	out := make([]*reader, readersAtOnce)
	for i := range out {
		email := t.emails[i]
		if i%5 == 4 {
			email = t.emails[agents+i%managers]
		}
		c, err := n.SignIn(email, password)
		if err != nil {
			return nil, err
		}
		out[i] = &reader{Client: c, inbox: url.QueryEscape(t.boxes[i%numbers].String()), size: size}
		for _, act := range browse[:4] { // as a desk does at its start
			if err := act.do(ctx, out[i]); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

func (r *reader) work(ctx context.Context, end time.Time, pause time.Duration, actions []action) (times, error) {
	mine := times{}
	for i := rand.IntN(len(actions)); time.Now().Before(end); i++ {
		if pause > 0 {
			time.Sleep(rand.N(2 * pause))
		}
		act, began := actions[i%len(actions)], time.Now()
		if err := act.do(ctx, r); err != nil {
			return mine, err
		}
		mine[act.name] = append(mine[act.name], time.Since(began))
	}
	return mine, nil
}
