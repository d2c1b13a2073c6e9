package simulator

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Server is a simulated provider: an http.Handler with the Graph API (/v27.0/…), the media host (/media/…), the handset
// page (/ and /handset/) and the control API (/control/…). Safe for concurrent use. Statuses, reviews and webhooks only move while Run runs,
// or by Advance.
type Server struct {
	cfg     Config
	clock   *clock
	agenda  *agenda
	faults  *faultTable
	outbox  *outbox
	ledger  *ledger
	counter *counters
	live    *liveFeed
	control http.Handler

	journal *journal // nil when nothing is remembered

	mu        guard // guards everything below
	rng       *rand.Rand
	pairLimit bool
	app       app
	accounts  []*account
	byAccount map[string]*account
	numbers   map[string]*number
	templates map[string]*template
	deleted   []*template
	media     mediaStore
	uploads   map[string]*upload
	crowd     crowd
	pairs     paceTable            // last sends per (number, user)
	reached   map[uint64]time.Time // users written first to, when
	sequence  uint64               // of message ids
	nextID    uint64               // of templates, numbers, media

	appTouched bool // app differs from the configuration
}

// app is the developer's application whose webhooks are configured.
type app struct {
	callback, verifyToken string
	fields                map[string]bool // nil means all
}

// New builds a simulator that remembers nothing beyond its process. Config.Journal must be "": only Open can tell
// what goes wrong with a journal, so New panics.
func New(cfg Config) *Server {
	if cfg.Journal != "" {
		panic("simulator: New does not remember; use Open with Config.Journal")
	}
	return build(cfg)
}

// build makes a simulator as the configuration says.
func build(cfg Config) *Server {
	cfg = cfg.withDefaults()
	c := newClock(cfg.Now, cfg.Speed)
	s := &Server{cfg: cfg, clock: c, agenda: newAgenda(c), counter: &counters{}, live: newLiveFeed(), nextID: 100,
		faults: newFaultTable(c, cfg.Seed), ledger: newLedger(cfg.KeepLog)}
	s.outbox = newOutbox(cfg, s.agenda, s.faults, s.counter)
	s.control = s.controlRoutes()
	s.mu.commit = s.commit
	s.load()
	return s
}

// load sets everything that Reset sets again. The caller holds mu, or nobody else knows the server yet.
func (s *Server) load() {
	s.rng = rand.New(rand.NewPCG(s.cfg.Seed, 1))
	s.pairLimit = s.cfg.PairLimit || !s.cfg.Quiet
	s.app = app{callback: s.cfg.CallbackURL, verifyToken: s.cfg.VerifyToken}
	s.accounts, s.byAccount = nil, map[string]*account{}
	s.numbers, s.templates, s.deleted = map[string]*number{}, map[string]*template{}, nil
	s.media = newMediaStore(s.cfg.KeepMedia)
	s.uploads = map[string]*upload{}
	s.crowd = newCrowd(s.cfg.KeepThreads)
	s.pairs = paceTable{}
	s.reached = map[uint64]time.Time{}
	for _, a := range s.cfg.Accounts {
		s.addAccount(a)
	}
}

// Run moves statuses, reviews, pauses, customers and webhooks until ctx ends, and returns its error; call it once. Webhooks that have not
// left by then stay, counted by Stats as pending.
func (s *Server) Run(ctx context.Context) error {
	var parts sync.WaitGroup
	parts.Go(func() { s.agenda.run(ctx) })
	parts.Go(func() { s.outbox.run(ctx, s.cfg.WebhookWorkers) })
	parts.Go(func() { s.live.run(ctx) })
	parts.Go(func() { s.journal.run(ctx) })
	parts.Wait()
	s.remember()
	return ctx.Err()
}

// Advance moves the simulated clock forward and does, in order, what falls due meanwhile. Webhooks still leave
// through Run; Settle waits for them.
func (s *Server) Advance(d time.Duration) {
	s.agenda.advance(d)
	s.mu.Lock()
	s.note(journalRecord{}) // its line carries the time
	s.mu.Unlock()
	s.remember()
}

// Settle waits until every webhook that is due has been posted once; those waiting for a retry do not count.
func (s *Server) Settle(ctx context.Context) error { return s.outbox.settle(ctx) }

// Now returns the simulated time.
func (s *Server) Now() time.Time { return s.clock.Now() }

// SetSpeed changes how many times faster than real time the simulator's clock runs; values at or below 0 are ignored.
func (s *Server) SetSpeed(speed float64) {
	if speed > 0 {
		s.clock.setSpeed(speed)
		s.agenda.nudge()
	}
}

// SetPairLimit switches the limit of messages to one user (131056).
func (s *Server) SetPairLimit(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pairLimit = on
}

// AddFault switches a fault on and returns it with its id. It fails on unknown kinds and values out of range.
func (s *Server) AddFault(f Fault) (Fault, error) {
	added, err := s.faults.add(f)
	s.live.changed("faults", "")
	return added, err
}

// ClearFaults switches every fault off.
func (s *Server) ClearFaults() {
	s.faults.remove(0, "")
	s.live.changed("faults", "")
}

// Reset forgets customers, messages, media, faults, counters, webhooks not yet sent and the journal, and starts again from the configuration.
// A callback set over the API stays.
func (s *Server) Reset() {
	s.agenda.clear()
	s.outbox.clear()
	s.faults.remove(0, "")
	s.ledger.reset()
	s.counter.reset()
	s.mu.Lock()
	kept := s.app
	s.load()
	s.app = kept
	s.journal.empty()
	s.note(journalRecord{}) // its line carries the ids given out
	if s.appTouched {
		s.noteApp()
	}
	s.mu.Unlock()
	s.remember()
	s.live.changed("reset", "")
}

// ServeHTTP answers the Graph API, the media host, the control API and the handset page.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, below := strings.CutPrefix(r.URL.Path, strings.TrimRight(s.cfg.BasePath, "/"))
	if !below {
		http.NotFound(w, r)
		return
	}
	switch {
	case path == "" && s.cfg.BasePath != "":
		http.Redirect(w, r, strings.TrimRight(s.cfg.BasePath, "/")+"/", http.StatusFound)
	case path == "/" || path == "" || strings.HasPrefix(path, "/handset"):
		s.servePage(w, r, path)
	case strings.HasPrefix(path, "/control/"):
		s.serveControl(w, r, path)
	case strings.HasPrefix(path, "/media/"):
		s.serveMedia(w, r, path)
	default:
		s.serveGraph(w, r, path)
	}
}

// between draws a duration; the caller holds mu.
func (s *Server) between(low, high time.Duration) time.Duration {
	return low + time.Duration(s.rng.Int64N(int64(high-low)+1))
}

// newID makes an id that looks like its kind; the caller holds mu.
func (s *Server) newID(prefix uint64) string {
	s.nextID++
	return decimal(prefix + s.nextID)
}
