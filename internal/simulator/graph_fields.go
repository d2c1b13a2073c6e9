package simulator

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// choose keeps the asked fields of an object, plus its id; an unknown field is refused with code 100. kind names the
// node type in that refusal.
func (c *call) choose(kind string, all map[string]any, defaults ...string) (map[string]any, error) {
	asked := splitFields(c.text("fields"))
	if len(asked) == 0 {
		asked = defaults
	}
	out := map[string]any{}
	for _, name := range append(asked, "id") {
		value, ok := all[name]
		if !ok {
			return nil, refuseText(400, 100, 0, fmt.Sprintf("(#100) Tried accessing nonexisting field (%s) on node type (%s)", name, kind))
		}
		if value != nil {
			out[name] = value
		}
	}
	return out, nil
}

// splitFields reads "a,b{c,d},e" as a, b, e: sub-fields are answered whole.
func splitFields(text string) []string {
	var out []string
	depth, start := 0, 0
	add := func(end int) {
		name, _, _ := strings.Cut(text[start:end], "{")
		if name, _, _ = strings.Cut(name, "."); strings.TrimSpace(name) != "" {
			out = append(out, strings.TrimSpace(name))
		}
	}
	for i := range len(text) {
		switch text[i] {
		case '{', '(':
			depth++
		case '}', ')':
			depth--
		case ',':
			if depth == 0 {
				add(i)
				start = i + 1
			}
		}
	}
	add(len(text))
	return out
}

// page cuts one page out of a list and adds cursors and links (whatsapp-cloud-api §1).
func page[T any](c *call, list []T, standard int) (map[string]any, error) {
	limit := standard
	if text := c.text("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return nil, refuse(100, "Parameter 'limit' must be a positive number.")
		}
		limit = min(n, 1000)
	}
	var from, to int
	if after := c.text("after"); after != "" {
		i, ok := cursorAt(after)
		if !ok {
			return nil, refuse(131059, "")
		}
		from = min(i, len(list))
		to = min(from+limit, len(list))
	} else if before := c.text("before"); before != "" {
		i, ok := cursorAt(before)
		if !ok {
			return nil, refuse(131059, "")
		}
		to = min(max(i-1, 0), len(list))
		from = max(to-limit, 0)
	} else {
		to = min(limit, len(list))
	}
	out := map[string]any{"data": append([]T{}, list[from:to]...)}
	if from == to {
		return out, nil
	}
	cursors := map[string]string{"before": cursor(from + 1), "after": cursor(to)}
	paging := map[string]any{"cursors": cursors}
	if to < len(list) {
		paging["next"] = c.link("after", cursors["after"])
	}
	if from > 0 {
		paging["previous"] = c.link("before", cursors["before"])
	}
	out["paging"] = paging
	return out, nil
}

func cursor(i int) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(i))) + "ZDZD"
}

func cursorAt(text string) (int, bool) {
	inner, ok := strings.CutSuffix(text, "ZDZD")
	b, err := base64.RawURLEncoding.DecodeString(inner)
	n, numErr := strconv.Atoi(string(b))
	return n, ok && err == nil && numErr == nil && n >= 0
}

// link repeats the request with another cursor.
func (c *call) link(name, value string) string {
	q := c.r.URL.Query()
	q.Del("after")
	q.Del("before")
	q.Set(name, value)
	return c.s.publicURL(c.r) + strings.TrimPrefix(c.r.URL.Path, strings.TrimRight(c.s.cfg.BasePath, "/")) + "?" + q.Encode()
}

// Management calls allowed per hour for an account (whatsapp-cloud-api §5).
const callsPerHour = 5000

// countCall counts management calls and sets the usage headers.
func (c *call) countCall(edge string) error {
	if c.account == nil || edge == "messages" || edge == "media" {
		return nil
	}
	s := c.s
	s.mu.Lock()
	ok := c.account.calls.allow(s.clock.Now(), time.Hour, callsPerHour)
	used := len(c.account.calls.times) * 100 / callsPerHour
	s.mu.Unlock()
	h := c.w.Header()
	h.Set("X-App-Usage", fmt.Sprintf(`{"call_count":%d,"total_cputime":1,"total_time":1}`, used))
	wait := 0
	if !ok {
		wait = 60
	}
	h.Set("X-Business-Use-Case-Usage", fmt.Sprintf(
		`{"%s":[{"type":"whatsapp","call_count":%d,"total_cputime":1,"total_time":1,"estimated_time_to_regain_access":%d}]}`,
		c.account.ID, used, wait))
	if !ok {
		return refuse(80007, "")
	}
	return nil
}

// traceID makes an id like fbtrace_id; it means nothing, so it needs no seed.
func traceID() string {
	const signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789ab"
	b := []byte("A0000000000000000000000")
	high, low := rand.Uint64(), rand.Uint64()
	for i := 1; i < len(b); i++ {
		b[i] = signs[low&63]
		low = low>>6 | high<<58
		high >>= 6
	}
	return string(b)
}
