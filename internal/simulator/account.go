package simulator

import (
	"strconv"
	"time"
)

// account is a business account while it is simulated.
type account struct {
	Account
	subscribed bool
	override   string // callback of the account, before the app's
	numbers    []*number
	templates  []*template

	namesBlocked      map[string]time.Time // of deleted templates, until when
	marketingDisabled bool                 // normal sends of marketing templates answer 131063
	touched           bool                 // differs from the configuration
	calls             window
	created           window
}

// number is a phone number while it is simulated. Guarded by Server.mu.
type number struct {
	Number
	account  *account
	digits   string
	override string // callback of the number, before the account's

	verified    bool
	code        string // waiting verification code
	codeUntil   time.Time
	wrongPINs   int
	registered  window
	onboarded   time.Time
	profile     profile
	blocked     []*customer
	identityKey bool
	rate        pace
	month       string // of delivered, as 2026-11
	delivered   int    // service messages this month, for the free thousand
	newName     string // asked for, until reviewed
	renameAt    time.Time
	touched     bool // differs from the configuration
}

// template is a template while it is simulated. Guarded by Server.mu.
type template struct {
	Template
	account     *account
	created     time.Time
	edits       window
	pauses      int
	complaints  int
	qualityDate time.Time
	paced       int // sends since it was new or unpaused
	held        []*sending
	pacingEnds  time.Time // when the held ones are decided; zero when none are
	reviewAt    time.Time // when a review planned over the API ends
	unpauseAt   time.Time // when the pause ends
	ttl         int
	gone        bool // deleted
	touched     bool // differs from the configuration
}

// window counts what happened in a moving span of time.
type window struct{ times []time.Time }

// allow records one more event unless limit events happened within span.
func (w *window) allow(now time.Time, span time.Duration, limit int) bool {
	i := 0
	for i < len(w.times) && now.Sub(w.times[i]) >= span {
		i++
	}
	w.times = w.times[i:]
	if len(w.times) >= limit {
		return false
	}
	w.times = append(w.times, now)
	return true
}

// addAccount takes an account of the configuration in.
func (s *Server) addAccount(a Account) {
	acc := &account{Account: a, subscribed: !a.Unsubscribed}
	s.accounts = append(s.accounts, acc)
	s.byAccount[a.ID] = acc
	for _, n := range a.Numbers {
		s.addNumber(acc, n)
	}
	for _, t := range a.Templates {
		orElse(&t.Status, "APPROVED")
		orElse(&t.Format, "POSITIONAL")
		orElse(&t.Quality, "UNKNOWN")
		s.addTemplate(acc, t)
	}
}

func (s *Server) addNumber(acc *account, n Number) *number {
	orElse(&n.Quality, "GREEN")
	orElse(&n.Status, "CONNECTED")
	num := &number{Number: n, account: acc, digits: digitsOf(n.Display), onboarded: s.clock.Now().Add(-22 * 24 * time.Hour)}
	num.verified = n.Status == "CONNECTED"
	num.profile.Vertical = "UNDEFINED"
	acc.numbers = append(acc.numbers, num)
	s.numbers[n.ID] = num
	return num
}

func (s *Server) addTemplate(acc *account, t Template) *template {
	tpl := &template{Template: t, account: acc, created: s.clock.Now()}
	acc.templates = append(acc.templates, tpl)
	s.templates[t.ID] = tpl
	return tpl
}

// find returns the template with this name and language, or nil.
func (a *account) find(name, language string) *template {
	for _, t := range a.templates {
		if t.Name == name && t.Language == language {
			return t
		}
	}
	return nil
}

// drop takes a template out of the account's list.
func (a *account) drop(gone *template) {
	for i, t := range a.templates {
		if t == gone {
			a.templates = append(a.templates[:i:i], a.templates[i+1:]...)
			return
		}
	}
}

// countService counts a delivered service message of the month and tells whether it is within the free thousand.
func (n *number) countService(now time.Time) (free bool) {
	if month := now.UTC().Format("2006-01"); month != n.month {
		n.month, n.delivered = month, 0
	}
	n.delivered++
	n.touched = true
	return n.delivered <= freeServiceMessages
}

// freeServiceMessages are free per number and month since 1 October 2026 (whatsapp-cloud-api §4).
const freeServiceMessages = 1000

func decimal(n uint64) string { return strconv.FormatUint(n, 10) }

// digitsOf keeps the digits of a phone number as written.
func digitsOf(text string) string {
	out := make([]byte, 0, len(text))
	for i := range len(text) {
		if c := text[i]; c >= '0' && c <= '9' {
			out = append(out, c)
		}
	}
	return string(out)
}
