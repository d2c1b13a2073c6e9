package whatsapp

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"recado/internal/channel"
)

func TestClassOf(t *testing.T) {
	// Every code of whatsapp-errors, with the class the policy table gives it, or where the table is silent what its
	// "retry" column says.
	want := map[channel.Class][]int{
		channel.Transient:      {1, 2, 131000, 131016, 133004, 134101},
		channel.NumberThrottle: {130429, 131057},
		channel.PairThrottle:   {131056},
		channel.CallThrottle:   {4, 80007, 613},
		channel.ChannelDown:    {0, 3, 10, 104, 190, 200, 210, 230, 299, 2500, 131005, 131037, 131045, 133010},
		channel.AccountBlocked: {368, 131031, 130497, 131042, 131064},
		channel.LimitReached:   {131048},
		channel.TemplateDown:   {132001, 132007, 132015, 132016, 131063},
		channel.BadRequest: {33, 100, 131008, 131009, 131021, 131051, 131053, 132000, 132005, 132008, 132012, 132018, 132068, 132069, 135000,
			131030, 131052, 131055, 131059, 131060, 131062, 134011, 134100, 134102, 137000, 139200},
		channel.RecipientNever: {131050, 130403},
		channel.RecipientLater: {131049, 130472, 131026},
		channel.WindowClosed:   {131047},
	}
	for class, codes := range want {
		for _, code := range codes {
			t.Run(fmt.Sprint(code), func(t *testing.T) {
				for _, status := range []int{0, 400} {
					if got := classOf(code, status); got != class {
						t.Errorf("with status %d it is %s, want %s", status, got, class)
					}
				}
				if _, listed := classes[code]; listed && classOf(code, 500) != class {
					t.Errorf("the HTTP status changed a listed code to %s", classOf(code, 500))
				}
			})
		}
	}
	t.Run("for a code nobody knows the HTTP status decides", func(t *testing.T) {
		for status, class := range map[int]channel.Class{0: channel.BadRequest, 400: channel.BadRequest, 404: channel.BadRequest,
			429: channel.NumberThrottle, 500: channel.Transient, 503: channel.Transient} {
			if got := classOf(987654, status); got != class {
				t.Errorf("%d: %s, want %s", status, got, class)
			}
		}
	})
}

func TestRefusal(t *testing.T) {
	cases := []struct {
		name   string
		status int
		header http.Header
		body   string
		want   channel.Failure
	}{
		{"the provider's words and trace are kept", 400, nil,
			`{"error":{"message":"(#131009) Parameter value is not valid","code":131009,"error_data":{"details":"which"},"fbtrace_id":"A1"}}`,
			channel.Failure{Class: channel.BadRequest, Code: 131009, Title: "(#131009) Parameter value is not valid", Detail: "which", Trace: "A1"}},
		{"a code of 0 is a code", 401, nil, `{"error":{"code":0}}`, channel.Failure{Class: channel.ChannelDown}},
		{"an error without a code is judged by its status", 500, nil, `{"error":{}}`, channel.Failure{Class: channel.Transient}},
		{"a page instead of JSON", 500, nil, `<html>`, channel.Failure{Class: channel.Transient, Title: "HTTP 500"}},
		{"nothing at all", 503, http.Header{"X-Fb-Trace-Id": {"T"}}, ``, channel.Failure{Class: channel.Transient, Title: "HTTP 503", Trace: "T"}},
		{"a gateway that lost the answer", 504, nil, ``, channel.Failure{Class: channel.Unknown, Title: "HTTP 504"}},
		{"a bad gateway", 502, nil, `<html>`, channel.Failure{Class: channel.Unknown, Title: "HTTP 502"}},
		{"a proxy that wants a sign-in", 403, nil, `<html>`, channel.Failure{Class: channel.ChannelDown, Title: "HTTP 403"}},
		{"a redirect", 302, nil, ``, channel.Failure{Class: channel.BadRequest, Title: "HTTP 302"}},
		{"a wait in seconds", 400, http.Header{"Retry-After": {"30"}}, `{"error":{"code":130429}}`,
			channel.Failure{Class: channel.NumberThrottle, Code: 130429, After: 30 * time.Second}},
		{"a wait in minutes of the account's usage", 400, http.Header{"X-Business-Use-Case-Usage": {`{"1":[{"estimated_time_to_regain_access":2},{"estimated_time_to_regain_access":5}]}`}},
			`{"error":{"code":80007}}`, channel.Failure{Class: channel.CallThrottle, Code: 80007, After: 5 * time.Minute}},
		{"a wait that cannot be meant", 400, http.Header{"Retry-After": {"999999999"}}, `{"error":{"code":4}}`,
			channel.Failure{Class: channel.CallThrottle, Code: 4, After: maxWait}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := refusal(c.status, c.header, []byte(c.body)); *got != c.want {
				t.Errorf("got %+v", *got)
			}
		})
	}
}
