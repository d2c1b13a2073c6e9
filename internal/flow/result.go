package flow

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// Read takes what is wanted out of an answer to the request, by the names it is kept as; ok is false for what is no JSON. What is not
// in the answer is missing.
func (r *Request) Read(answer []byte) (values map[string]string, ok bool) {
	if len(r.Results) == 0 {
		return nil, true
	}
	var parsed any
	if err := decode(answer, &parsed); err != nil {
		return nil, false
	}
	values = map[string]string{}
	for _, wanted := range r.Results {
		if value, found := part(parsed, wanted.Path); found {
			values[wanted.Name] = Cut(value, maxValue)
		}
	}
	return values, true
}

// decode reads JSON and keeps numbers as they are written.
func decode(text []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return d.Decode(to)
}

// part gives a part of an answer, named as in order.items.0.state; whole objects and lists as JSON.
func part(value any, path string) (string, bool) {
	for _, name := range strings.Split(path, ".") {
		switch v := value.(type) {
		case map[string]any:
			inner, ok := v[name]
			if !ok {
				return "", false
			}
			value = inner
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(v) {
				return "", false
			}
			value = v[i]
		default:
			return "", false
		}
	}
	switch v := value.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	}
	text, err := json.Marshal(value)
	return string(text), err == nil
}
