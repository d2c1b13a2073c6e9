package apitest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// names turns what differs from run to run into words that do not.
type names struct {
	byValue map[string]string
	byName  map[string]string
	count   map[string]int
}

func newNames() names {
	return names{byValue: map[string]string{}, byName: map[string]string{}, count: map[string]int{}}
}

func (n names) give(value, name string) {
	n.byValue[value], n.byName[name] = name, value
}

// of gives the name of a value, making one when it has none.
func (n names) of(value, kind string) string {
	name, known := n.byValue[value]
	if !known {
		n.count[kind]++
		name = fmt.Sprint(kind, n.count[kind])
		n.give(value, name)
	}
	return "{" + name + "}"
}

var named = regexp.MustCompile(`\{([^{}"]+)\}`)

// fill puts the values of names into a text; what is no name stays.
func (n names) fill(text string) string {
	return named.ReplaceAllStringFunc(text, func(m string) string {
		if value, ok := n.byName[m[1:len(m)-1]]; ok {
			return value
		}
		return m
	})
}

var (
	ids     = regexp.MustCompile(`\b\d{18,19}\b`)
	secrets = regexp.MustCompile(`\brcd_[A-Za-z0-9_-]{43}`)
)

// plain rewrites a decoded answer.
func (n names) plain(key string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		for _, k := range sortedKeys(v) {
			v[k] = n.plain(k, v[k])
		}
		return v
	case []any:
		for i := range v {
			v[i] = n.plain(key, v[i])
		}
		return v
	case string:
		if key == "request_id" {
			return "request"
		}
		v = secrets.ReplaceAllStringFunc(v, func(s string) string { return n.of(s, "secret") })
		if key == "prefix" && strings.HasPrefix(v, "rcd_") {
			return "rcd_…"
		}
		return ids.ReplaceAllStringFunc(v, func(s string) string { return n.of(s, "id") })
	case json.Number:
		if number, err := v.Int64(); err == nil && number > 1_500_000_000_000 && number < 2_500_000_000_000 {
			return "time"
		}
	}
	return v
}
