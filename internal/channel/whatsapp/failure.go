package whatsapp

import (
	"net/http"
	"strconv"
	"time"

	"recado/internal/channel"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// classes is the policy table of whatsapp-errors: what the sender does about a code. Codes 200 to 299, the permission
// family, and 132000 to 132999, the templates', are ranges; see classOf.
var classes = map[int]channel.Class{
	1: channel.Transient, 2: channel.Transient, 131000: channel.Transient, 131016: channel.Transient, 133004: channel.Transient,
	134101: channel.Transient, // still syncing: later

	130429: channel.NumberThrottle, 131057: channel.NumberThrottle,
	131056: channel.PairThrottle,
	4:      channel.CallThrottle, 80007: channel.CallThrottle, 613: channel.CallThrottle,

	0: channel.ChannelDown, 3: channel.ChannelDown, 10: channel.ChannelDown, 104: channel.ChannelDown, 190: channel.ChannelDown,
	2500: channel.ChannelDown, 131005: channel.ChannelDown, 131037: channel.ChannelDown, 131045: channel.ChannelDown,
	133010: channel.ChannelDown,

	368: channel.AccountBlocked, 131031: channel.AccountBlocked, 130497: channel.AccountBlocked, 131042: channel.AccountBlocked,
	131064: channel.AccountBlocked,

	131048: channel.LimitReached,

	132001: channel.TemplateDown, 132007: channel.TemplateDown, 132015: channel.TemplateDown, 132016: channel.TemplateDown,
	131063: channel.TemplateDown,

	33: channel.BadRequest, 100: channel.BadRequest, 131008: channel.BadRequest, 131009: channel.BadRequest, 131021: channel.BadRequest,
	131051: channel.BadRequest, 131053: channel.BadRequest, 135000: channel.BadRequest,
	134102: channel.BadRequest, // comes with HTTP 500 and is final all the same

	131050: channel.RecipientNever, 130403: channel.RecipientNever,
	131049: channel.RecipientLater, 130472: channel.RecipientLater, 131026: channel.RecipientLater,
	131047: channel.WindowClosed,
}

// classOf gives the class of a code; for one that is not in the table the HTTP status decides: 5xx is tried again, 429
// waits, everything else is final. status is 0 for a code that came in a hook.
func classOf(code, status int) channel.Class {
	if class, ok := classes[code]; ok {
		return class
	}
	switch {
	case code >= 200 && code <= 299:
		return channel.ChannelDown
	case code >= 132000 && code <= 132999:
		return channel.BadRequest
	case status == http.StatusTooManyRequests:
		return channel.NumberThrottle
	case status >= 500:
		return channel.Transient
	}
	return channel.BadRequest
}

// wireError is one error as the provider writes it, in answers and in hooks.
type wireError struct {
	Code    *int   `json:"code"`
	Subcode int    `json:"error_subcode"`
	Title   string `json:"title"`
	Message string `json:"message"`
	Data    struct {
		Details string `json:"details"`
	} `json:"error_data"`
	UserTitle string `json:"error_user_title"`
	UserText  string `json:"error_user_msg"`
	Trace     string `json:"fbtrace_id"`
}

func (e wireError) failure(status int) *channel.Failure {
	code := 0
	class := classOf(-1, status)
	if e.Code != nil {
		code = *e.Code
		class = classOf(code, status)
	}
	return &channel.Failure{Class: class, Code: code, Sub: e.Subcode, Title: firstOf(e.UserTitle, e.Title, e.Message), Detail: firstOf(e.Data.Details, e.UserText), Trace: e.Trace}
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// refusal reads an answer that is not a yes. One without the provider's error comes from what stands before it: 502 and
// 504 say that the answer got lost on the way, so the message may have been taken; 401 and 403 that the token is not
// welcome; other 5xx are tried again as the policy table says.
func refusal(status int, header http.Header, body []byte) *channel.Failure {
	var answer struct {
		Error *wireError `json:"error"`
	}
	if err := json.Unmarshal(body, &answer, readLoosely); err != nil || answer.Error == nil {
		f := &channel.Failure{Class: classOf(-1, status), Title: "HTTP " + strconv.Itoa(status), Trace: header.Get("X-Fb-Trace-Id"), After: waitOf(header)}
		switch status {
		case http.StatusBadGateway, http.StatusGatewayTimeout:
			f.Class = channel.Unknown
		case http.StatusUnauthorized, http.StatusForbidden:
			f.Class = channel.ChannelDown
		}
		return f
	}
	f := answer.Error.failure(status)
	f.After = waitOf(header)
	if f.Trace == "" {
		f.Trace = header.Get("X-Fb-Trace-Id")
	}
	return f
}

// numberIsGone tells the refusal of a call whose own number does not exist or is not ours any more: "object with this id
// does not exist". That is not the fault of the message.
func numberIsGone(f *channel.Failure, body []byte) bool {
	var answer struct {
		Error wireError `json:"error"`
	}
	return f.Code == 100 && json.Unmarshal(body, &answer, readLoosely) == nil && answer.Error.Subcode == 33
}

// waitOf reads how long the provider asks us to wait: Retry-After in seconds, or the minutes of the usage header (§1).
func waitOf(header http.Header) time.Duration {
	if seconds, err := strconv.Atoi(header.Get("Retry-After")); err == nil && seconds > 0 {
		return min(time.Duration(seconds)*time.Second, maxWait)
	}
	usage := header.Get("X-Business-Use-Case-Usage")
	if usage == "" {
		return 0
	}
	var accounts map[string][]struct {
		Minutes float64 `json:"estimated_time_to_regain_access"`
	}
	if err := json.Unmarshal([]byte(usage), &accounts, readLoosely); err != nil {
		return 0
	}
	var longest float64
	for _, uses := range accounts {
		for _, use := range uses {
			longest = max(longest, use.Minutes)
		}
	}
	return min(time.Duration(longest*float64(time.Minute)), maxWait)
}

const maxWait = 24 * time.Hour

// readLoosely takes what the provider sends even where it is not quite JSON: broken text becomes replacement characters,
// a name that stands twice counts the last time.
var readLoosely = json.JoinOptions(jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
