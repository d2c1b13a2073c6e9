package notice

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/publicnet"
	"recado/internal/words"

	"github.com/SherClockHolmes/webpush-go"
)

// pushed is what the browser's worker is given (web/public/push.js).
type pushed struct {
	Title        string `json:"title"`
	Body         string `json:"body"`
	Conversation db.ID  `json:"conversation_id"` // 0, in JSON "": about none
	Kind         string `json:"kind"`
}

// verdict is what a push service said, as far as it matters.
type verdict int

const (
	taken   verdict = iota // 2xx: it will show it when the browser is there
	gone                   // 404, 410: the browser no longer subscribes
	refused                // other 4xx, or an address nothing may be sent to: another try would not help
	later                  // 429, 5xx, no answer
)

// said is the answer of a push service.
type said struct {
	verdict
	status int           // 0: none came
	pause  time.Duration // asked for by Retry-After; 0: it did not ask
	err    error         // why none came
}

// nobody is told to push services as the sender while the desk has no https address: they want one.
const nobody = "https://localhost"

// maxAnswer bounds what is read of an answer, in bytes, so that the connection can be used again.
const maxAnswer = 4 << 10

// send gives a push to the push service of a browser, which keeps it for ttl at most. Of several about one conversation that wait
// there only the last is shown.
func (p *Pushes) send(ctx context.Context, to Subscription, what pushed, ttl time.Duration) (said, error) {
	keys, err := p.keys(ctx)
	if err != nil {
		return said{}, err
	}
	text, err := json.Marshal(what)
	if err != nil {
		return said{}, err
	}
	from := to.Origin
	if from == "" {
		from = nobody
	}
	options := &webpush.Options{HTTPClient: p.web, Subscriber: from, TTL: int(ttl.Seconds()), Urgency: urgency(what.Kind),
		VAPIDPublicKey: keys.Public, VAPIDPrivateKey: keys.private}
	if what.Conversation != 0 {
		options.Topic = what.Conversation.String()
	}
	answer, err := webpush.SendNotificationWithContext(ctx, text, &webpush.Subscription{Endpoint: to.Endpoint,
		Keys: webpush.Keys{P256dh: to.P256dh, Auth: to.Auth}}, options)
	if err != nil {
		return unanswered(err), nil
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, maxAnswer) // what it says beside the status does not matter
	return answered(answer, p.d.Now()), nil
}

// urgency lets a phone that saves power sleep through what can wait.
func urgency(kind string) webpush.Urgency {
	if kind == Assigned || kind == Answered {
		return webpush.UrgencyHigh
	}
	return webpush.UrgencyNormal
}

// unanswered judges a push that got no answer. What the library refuses to encrypt does not get better either.
func unanswered(err error) said {
	var broken *url.Error
	if errors.Is(err, publicnet.ErrPrivate) || errors.Is(err, publicnet.ErrPlain) || !errors.As(err, &broken) {
		return said{verdict: refused, err: err}
	}
	return said{verdict: later, err: broken.Err} // without the address, which is a secret
}

func answered(answer *http.Response, now int64) said {
	out := said{status: answer.StatusCode}
	switch code := answer.StatusCode; {
	case code >= 200 && code < 300:
		out.verdict = taken
	case code == http.StatusNotFound, code == http.StatusGone:
		out.verdict = gone
	case code == http.StatusTooManyRequests, code >= 500:
		out.verdict, out.pause = later, retryAfter(answer.Header.Get("Retry-After"), now)
	default:
		out.verdict = refused
	}
	return out
}

// retryAfter reads the header of that name, in seconds or as a date; 0 when it says nothing to be understood.
func retryAfter(text string, now int64) time.Duration {
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if date, err := http.ParseTime(text); err == nil {
		return max(0, date.Sub(time.UnixMilli(now)))
	}
	return 0
}

// settle keeps what an answer means for the subscription.
func (p *Pushes) settle(ctx context.Context, to Subscription, s said) error {
	switch s.verdict {
	case taken:
		return p.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, "update push_subscriptions set sent_at = $2 where id = $1", to.ID, tx.Now())
			return err
		})
	case gone:
		return p.forget(ctx, "id", to.ID)
	case refused:
		slog.Warn("a push service refused a push", "status", s.status, "error", s.err, "service", host(to.Endpoint), "subscription", to.ID.String())
	}
	return nil
}

// host is what a log may say of an endpoint.
func host(endpoint string) string {
	if u, err := url.Parse(endpoint); err == nil {
		return u.Host
	}
	return ""
}

// Test pushes a greeting to the browser of a session, at once and whatever the person's settings. Faults: NotFound "push.not_on"
// when the browser takes none, Conflict "push.gone" when it no longer does, Unavailable "push.failed" when its push service did not
// take it.
func (p *Pushes) Test(ctx context.Context, actor account.Actor, session db.ID) error {
	if err := mustBePerson(actor); err != nil {
		return err
	}
	to, err := db.One[Subscription](ctx, p.d, subscriptionColumns+" where workspace_id = $1 and user_id = $2 and session_id = $3",
		actor.Workspace, actor.User, session)
	if db.None(err) {
		return fault.New(fault.NotFound, "push.not_on", "this browser takes no notifications yet")
	}
	if err != nil {
		return err
	}
	s, err := p.send(ctx, to, pushed{Kind: "test", Title: words.Say(actor.Locale, "push.test_title", nil), Body: words.Say(actor.Locale, "push.test_body", nil)}, time.Minute)
	if err != nil {
		return err
	}
	if err := p.settle(ctx, to, s); err != nil {
		return err
	}
	switch s.verdict {
	case taken:
		return nil
	case gone:
		return fault.New(fault.Conflict, "push.gone", "this browser no longer takes notifications: switch them on again")
	}
	return fault.New(fault.Unavailable, "push.failed", "the browser maker's push service did not take it").Because(s.err)
}
