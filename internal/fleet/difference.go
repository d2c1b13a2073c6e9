package fleet

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"recado/internal/fault"
)

// Difference is one field in which two documents are not the same.
type Difference struct {
	Part  Part   `json:"part" enum:"attention,chatbot,hours,absence"`
	Field string `json:"field" doc:"names from the outside in, joined by points; a list is one field"`
	From  any    `json:"from,omitempty" doc:"as it is kept; left out when there is nothing"`
	To    any    `json:"to,omitempty"`
}

// differences lists what differs between two documents, by field.
func differences(part Part, before, after json.RawMessage) []Difference {
	was, is := map[string]any{}, map[string]any{}
	leaves("", read(before), was)
	leaves("", read(after), is)
	fields := slices.Collect(maps.Keys(was))
	for field := range is {
		if _, both := was[field]; !both {
			fields = append(fields, field)
		}
	}
	slices.Sort(fields)
	out := []Difference{}
	for _, field := range fields {
		if !same(was[field], is[field]) {
			out = append(out, Difference{Part: part, Field: field, From: was[field], To: is[field]})
		}
	}
	return out
}

func read(text json.RawMessage) (value any) {
	_ = json.Unmarshal(text, &value) // documents are ours: what is no JSON has no fields
	return value
}

// leaves puts the fields of a value under their names; a list is one.
func leaves(name string, value any, into map[string]any) {
	fields, object := value.(map[string]any)
	if !object {
		if name != "" {
			into[name] = value
		}
		return
	}
	for key, inner := range fields {
		if name != "" {
			key = name + "." + key
		}
		leaves(key, inner, into)
	}
}

// same tells whether two values say the same; what is not there says what an empty one says.
func same(a, b any) bool {
	left, _ := json.Marshal(a)
	right, _ := json.Marshal(b)
	empty := func(text []byte) bool {
		return slices.Contains([]string{"null", "false", `""`}, string(text))
	}
	return bytes.Equal(left, right) || a == nil && empty(right) || b == nil && empty(left)
}

// merged puts a merge patch (RFC 7396) over a document.
func merged(document, patch json.RawMessage) (json.RawMessage, error) {
	var changes any
	if err := json.Unmarshal(patch, &changes); err != nil {
		return nil, fault.New(fault.Invalid, "fleet.shape", "These settings have another shape than those of a number.").Because(err)
	}
	return json.Marshal(overlaid(read(document), changes))
}

func overlaid(value, patch any) any {
	changes, object := patch.(map[string]any)
	if !object {
		return patch
	}
	fields, had := value.(map[string]any)
	if !had {
		fields = map[string]any{}
	}
	for key, inner := range changes {
		if inner == nil {
			delete(fields, key)
		} else {
			fields[key] = overlaid(fields[key], inner)
		}
	}
	return fields
}
