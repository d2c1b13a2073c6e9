package simulator

import "time"

// StatusLevel says how far status webhooks go.
type StatusLevel int

// The levels. StatusAll is the demo's: sent, delivered, read, played and failed.
const (
	StatusAll       StatusLevel = iota
	StatusDelivered             // sent, delivered and failed
	StatusSent                  // sent and failed
	StatusNone                  // no status webhooks at all, for load tests
)

// Config describes a simulated provider. Zero values are sensible demo defaults.
type Config struct {
	Seed  uint64           // all randomness: the same seed and calls give the same outcomes
	Speed float64          // the simulator's clock runs this many times faster, though webhooks tell real times; 0 means 1
	Now   func() time.Time // real clock; tests give a still one and move time with Advance

	BasePath  string // path this server is mounted at below another, such as "/simulator"; "" when alone
	PublicURL string // absolute base of the media addresses handed out; "" derives it from the request's Host

	Token       string // accepted bearer token; "" means DemoToken
	AppSecret   string // signs webhooks; "" means DemoAppSecret
	VerifyToken string // sent in the handshake of a callback set over the API without its own; "" means DemoVerifyToken
	AppID       string // "" means DemoAppID
	CallbackURL string // callback of the app; may also be set over the API, which asks for the handshake

	Latency  time.Duration // artificial delay of every answer to a send, in real time
	Accounts []Account     // nil means DemoAccounts()

	Quiet    bool        // customers neither read nor answer by themselves, and there is no pair limit unless PairLimit
	Statuses StatusLevel // how far status webhooks go

	RateLimit      float64 // messages per second and number; 0 means 80, below 0 none (130429)
	PairLimit      bool    // limits messages to one user (131056) in a Quiet simulator too; otherwise always on, see SetPairLimit
	MessagingLimit int     // unique users a portfolio may write first to in 24 h (131048); 0 means unlimited

	Pacing      int           // first sends of an unrated marketing template that pass before others are held; 0 means no pacing
	PacingDelay time.Duration // how long held messages wait for the decision; 0 means 5 minutes
	PacingFails bool          // held messages end as failed 132015 and the template is paused
	ReviewDelay time.Duration // until a template is reviewed; 0 means 20 s
	ReadShare   float64       // share of messages read without a person at the handset; 0 means 0.6, below 0 none
	Script      Script        // what customers do by themselves; zero: nothing

	WebhookBatch   int  // most changes in one post; 0 means 1, at most 1000
	WebhookWorkers int  // posts under way at once; 0 means 8
	NoEndings      bool // recipients ending in 0001 to 0009 are like any other
	IgnoreLinks    bool // media links are not fetched: they never fail

	Journal string // folder in which Open remembers; "" means memory only, as New does

	KeepThreads int   // customers whose threads are kept; 0 means 5000, below 0 none; the others are only counted
	KeepLog     int   // accepted sends listed by Messages; 0 means 1,000,000; older ones are only counted
	KeepMedia   int64 // bytes of media kept, oldest leave first; 0 means 256 MB
}

// Script says what customers do without a person playing them. Shares are from 0 to 1.
type Script struct {
	ReplyShare float64       // share of delivered messages answered with a text
	TapShare   float64       // share of messages with buttons whose first button is tapped
	Delay      time.Duration // from delivery to the answer; 0 means 10 s
}

// Demo credentials, printed on the help page; they protect nothing.
const (
	DemoToken       = "simulator-token"
	DemoAppSecret   = "simulator-app-secret"
	DemoVerifyToken = "simulator-verify-token"
	DemoAppID       = "3090010010010001"
)

// Account is a WhatsApp Business Account with what it owns.
type Account struct {
	ID, Name, Country, Currency, Timezone string

	Unsubscribed bool // no app is subscribed: nothing arrives until POST /{WABA}/subscribed_apps
	Numbers      []Number
	Templates    []Template
}

// Number is a business phone number.
type Number struct {
	ID      string   // phone number id
	Display string   // as shown, such as "+55 31 95550-1001"
	Name    string   // verified name
	Quality string   // GREEN, YELLOW, RED or UNKNOWN; "" means GREEN
	Status  string   // "" means CONNECTED; PENDING and DISCONNECTED refuse sends with 133010
	PIN     string   // six digits of the two-step verification; "" means none was set
	Allowed []string // when set, a test number: only these recipients (digits), else 131030
}

// Template is a message template with its state at the provider.
type Template struct {
	ID             string      `json:"id"`
	Name           string      `json:"name"`
	Language       string      `json:"language"`
	Category       string      `json:"category"`         // MARKETING, UTILITY or AUTHENTICATION
	Status         string      `json:"status"`           // APPROVED, PENDING, REJECTED, PAUSED, DISABLED
	Format         string      `json:"parameter_format"` // POSITIONAL or NAMED
	Components     []Component `json:"components"`
	RejectedReason string      `json:"rejected_reason,omitempty"`
	Quality        string      `json:"-"` // GREEN, YELLOW, RED or UNKNOWN
}

// withDefaults fills in what was left zero.
func (c Config) withDefaults() Config {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Accounts == nil {
		c.Accounts = DemoAccounts()
	}
	orElse(&c.Speed, 1)
	orElse(&c.Token, DemoToken)
	orElse(&c.AppSecret, DemoAppSecret)
	orElse(&c.VerifyToken, DemoVerifyToken)
	orElse(&c.AppID, DemoAppID)
	orElse(&c.RateLimit, 80)
	orElse(&c.PacingDelay, 5*time.Minute)
	orElse(&c.ReviewDelay, 20*time.Second)
	orElse(&c.ReadShare, 0.6)
	orElse(&c.Script.Delay, 10*time.Second)
	orElse(&c.WebhookBatch, 1)
	c.WebhookBatch = min(c.WebhookBatch, maxBatchChanges)
	orElse(&c.WebhookWorkers, 8)
	orElse(&c.KeepThreads, 5000)
	orElse(&c.KeepLog, 1_000_000)
	orElse(&c.KeepMedia, 256<<20)
	return c
}

// orElse gives a zero setting its default.
func orElse[T comparable](setting *T, fallback T) {
	var zero T
	if *setting == zero {
		*setting = fallback
	}
}
