package publicnet

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

// maxAnswer bounds an answer, in bytes.
const maxAnswer = 64 << 10

// Why a question has no answer. Screens have words for each.
const (
	Private     = "private"     // the address is against the rules
	Late        = "late"        // no answer came in time
	Unreachable = "unreachable" // no connection, or one that broke
	TooBig      = "too_big"     // more than 64 KB
	Refused     = "key"         // 401 or 403
	BadStatus   = "status"      // any other that is not 2xx; a redirect is not followed: it may lead anywhere
)

// Question is one request.
type Question struct {
	Method  string
	Address string
	Body    string // JSON; empty for none
	Headers [][2]string
	Timeout time.Duration // from the name to the last byte
}

// Ask asks another system and gives its answer, at most 64 KB, or why there is none.
func (c *Client) Ask(ctx context.Context, q Question) (answer []byte, failed string) {
	ctx, cancel := context.WithTimeout(ctx, q.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, q.Method, q.Address, strings.NewReader(q.Body))
	if err != nil {
		return nil, Unreachable
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "Recado")
	if q.Body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for _, h := range q.Headers {
		request.Header.Set(h[0], h[1])
	}
	response, err := c.Do(request)
	if err != nil {
		return nil, whyNot(err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, whyNot(err)
	case len(answer) > maxAnswer:
		return nil, TooBig
	case response.StatusCode == http.StatusUnauthorized, response.StatusCode == http.StatusForbidden:
		return nil, Refused
	case response.StatusCode < 200 || response.StatusCode > 299:
		return nil, BadStatus
	}
	return answer, ""
}

func whyNot(err error) string {
	var slow interface{ Timeout() bool }
	switch {
	case errors.Is(err, ErrPrivate), errors.Is(err, ErrPlain), errors.Is(err, ErrAddress):
		return Private
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		return Late
	}
	return Unreachable
}
