// Package million measures a campaign to a million people over ten numbers on the released program, which is killed with kill -9
// on the way: whether everybody is written to exactly once, whether the counters agree with what the provider took, and whether
// memory stays flat.
package million

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"recado/bench/figure"
	"recado/bench/serve"
	"recado/internal/campaign"
	"recado/internal/db"
)

// goalGrowth bounds the most memory of the second half of the sending by that of the first.
const goalGrowth = 1.2

// Target is one database to measure on.
type Target struct {
	Name, URL string // URL "" is SQLite
	Binary    string
	People    int
}

// run is one campaign on its way.
type run struct {
	target   Target
	dir      string
	node     *serve.Node
	desk     *serve.Client
	provider *provider
	id       db.ID
}

// Measure runs the campaign and gives its figures.
func Measure(ctx context.Context, target Target) ([]figure.Figure, error) {
	dir, err := os.MkdirTemp("", "recado-million-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	r := &run{target: target, dir: dir}
	if r.id, err = found(ctx, dir, target.URL, target.People); err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	if r.provider, err = newProvider(target.People); err != nil {
		return nil, err
	}
	defer r.provider.server.Close()
	if err := r.start(ctx); err != nil {
		return nil, err
	}
	defer func() { r.node.Kill() }()
	memory := watch(func() int { return r.node.Process.Pid })
	defer memory.stop()
	began := time.Now()
	if err := r.check(ctx); err != nil {
		return nil, fmt.Errorf("check: %w", err)
	}
	checked := time.Since(began)
	began = time.Now()
	if err := r.send(ctx, memory); err != nil {
		return nil, err
	}
	took := time.Since(began)
	return r.figures(memory, checked, took)
}

func (r *run) start(ctx context.Context) (err error) {
	if r.node, err = serve.Start(ctx, r.target.Binary, r.dir, r.target.URL, r.provider.url, "RECADO_SETTLE=5s"); err != nil {
		return err
	}
	r.desk, err = r.node.SignIn(email, password)
	return err
}

func (r *run) path(rest string) string { return "/campaigns/" + r.id.String() + rest }

// shown is what is read of a campaign and of its progress.
type shown struct {
	State  campaign.State  `json:"state"`
	Counts campaign.Counts `json:"counts"`
	Check  struct {
		Ready int64 `json:"ready"`
	} `json:"check"`
}

func (r *run) look(ctx context.Context, path string) (s shown, err error) {
	content, err := r.desk.Get(ctx, path)
	if err == nil {
		err = json.Unmarshal(content, &s)
	}
	return s, err
}

func (r *run) check(ctx context.Context) error {
	if _, err := r.desk.Post(ctx, r.path("/check"), nil); err != nil {
		return err
	}
	for ctx.Err() == nil {
		s, err := r.look(ctx, r.path(""))
		if err != nil {
			return err
		}
		if s.State == campaign.Ready && s.Check.Ready == int64(r.target.People) {
			return nil
		}
		if s.State != campaign.Checking {
			return fmt.Errorf("the campaign is %s with %d people", s.State, s.Check.Ready)
		}
		time.Sleep(100 * time.Millisecond)
	}
	return ctx.Err()
}

// send sends, kills the node in the middle, and waits for the end.
func (r *run) send(ctx context.Context, memory *memory) error {
	if _, err := r.desk.Post(ctx, r.path("/send"), fmt.Appendf(nil, `{"confirm":%d}`, r.target.People)); err != nil {
		return fmt.Errorf("send: %w", err)
	}
	for r.provider.accepted() == 0 && ctx.Err() == nil {
		time.Sleep(10 * time.Millisecond)
	}
	memory.begin()
	for r.provider.accepted() < r.target.People/2 && ctx.Err() == nil {
		time.Sleep(10 * time.Millisecond)
	}
	r.node.Kill()
	memory.begin()
	died := time.Now()
	if err := r.start(ctx); err != nil {
		return fmt.Errorf("start again: %w", err)
	}
	return r.untilDone(ctx, died)
}

// untilDone waits for the end and tells the news a provider would: of all that was taken around the crash, then of one message
// of each number a second.
func (r *run) untilDone(ctx context.Context, died time.Time) error {
	if err := r.provider.tell(ctx, r.node.Address, r.provider.since(died.Add(-5*time.Second))); err != nil {
		return err
	}
	for ctx.Err() == nil {
		s, err := r.look(ctx, r.path("/progress"))
		if err != nil {
			return err
		}
		if s.State == campaign.Done {
			return nil
		}
		if s.State != campaign.Sending {
			return fmt.Errorf("the campaign is %s: %+v", s.State, s.Counts)
		}
		time.Sleep(time.Second)
		if err := r.provider.tell(ctx, r.node.Address, r.proof()); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// proof gives one late message of each number: a status of it proves that news of that number arrive.
func (r *run) proof() []taken {
	of := map[string]taken{}
	for _, t := range r.provider.since(time.Time{}) {
		if t.at.After(of[t.number].at) {
			of[t.number] = t
		}
	}
	var out []taken
	for _, t := range of {
		t.at = time.Now()
		out = append(out, t)
	}
	return out
}

func (r *run) figures(m *memory, checked, took time.Duration) ([]figure.Figure, error) {
	s, err := r.look(context.Background(), r.path("/progress"))
	if err != nil {
		return nil, err
	}
	never, again := r.provider.written()
	through := s.Counts.Accepted + s.Counts.Sent
	if never != 0 || again != 0 || through != int64(r.target.People) || s.Counts.Recipients != through {
		return nil, fmt.Errorf("of %d people %d were never written to and %d more than once; counters: %+v", r.target.People, never, again, s.Counts)
	}
	peaks := m.stop()
	name := fmt.Sprintf("P12 campaign to %d people over %d numbers, killed half way", r.target.People, numbers)
	return []figure.Figure{
		figure.AtMost(name+": most memory of the second half of the sending ÷ of the first", r.target.Name, peaks[2]/peaks[1], goalGrowth,
			fmt.Sprintf("%.0f MB while checking and freezing, %.0f MB in the first half, %.0f MB in the second", peaks[0], peaks[1], peaks[2]),
			fmt.Sprintf("checked in %s, frozen and sent in %s", checked.Round(time.Second/10), took.Round(time.Second/10)),
			fmt.Sprintf("%.0f/s from sending to the end, the time of the crash included", float64(r.target.People)/took.Seconds()),
			"everybody written to exactly once, counters agree with the provider")}, nil
}
