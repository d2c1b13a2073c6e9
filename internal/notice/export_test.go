package notice

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"recado/internal/publicnet"

	"github.com/SherClockHolmes/webpush-go"
)

// CheckBrowser refuses what no push could be sent to.
func CheckBrowser(b Browser) error { return b.check(publicnet.Rules{}) }

// Encrypts tries whether a push can be made for a browser; it is not sent.
func Encrypts(ctx context.Context, b Browser) error {
	private, public, err := webpush.GenerateVAPIDKeys()
	if err != nil {
		return err
	}
	_, err = webpush.SendNotificationWithContext(ctx, []byte("{}"), &webpush.Subscription{Endpoint: b.Endpoint, Keys: webpush.Keys{P256dh: b.P256dh, Auth: b.Auth}},
		&webpush.Options{HTTPClient: nowhere{}, Subscriber: nobody, VAPIDPublicKey: public, VAPIDPrivateKey: private})
	if errors.Is(err, errNowhere) {
		return nil
	}
	return err
}

var errNowhere = errors.New("not sent")

type nowhere struct{}

// Do sends nothing.
func (nowhere) Do(*http.Request) (*http.Response, error) { return nil, errNowhere }

func TestRetryAfter(t *testing.T) {
	for text, want := range map[string]int64{"": 0, "120": 120, "-1": 0, "soon": 0, "Thu, 01 Jan 1970 00:01:00 GMT": 50, "Thu, 01 Jan 1970 00:00:01 GMT": 0,
		"99999999999999999999": 0} {
		if got := retryAfter(text, 10_000); int64(got.Seconds()) != want {
			t.Errorf("%q: %v, want %d s", text, got, want)
		}
	}
}
