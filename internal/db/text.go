package db

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// Dialect names the engine behind the door; only this package acts on it.
type Dialect string

// The two engines.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

var (
	marks  = regexp.MustCompile(`\{(ids|texts):\$(\d+)\}`)
	among  = regexp.MustCompile(`\b(not )?in \(\{(ids|texts):\$(\d+)\}\)`)
	params = regexp.MustCompile(`\$(\d+)`)
)

// texts turns the rooms' SQL into the engine's, once per text.
type texts struct {
	dialect Dialect
	known   sync.Map // string -> string
}

func (t *texts) of(text string) string {
	if known, ok := t.known.Load(text); ok {
		return known.(string)
	}
	out := t.write(text)
	t.known.Store(text, out)
	return out
}

func (t *texts) write(text string) string {
	if t.dialect == Postgres {
		// "= any" goes to the index whatever the statistics say. With "in (select unnest…)" a table that was not analyzed yet
		// is joined with the list row by row.
		text = among.ReplaceAllStringFunc(text, func(m string) string {
			part := among.FindStringSubmatch(m)
			compare := map[string]string{"": "= any", "not ": "<> all"}[part[1]]
			return fmt.Sprintf("%s($%s::%s[])", compare, part[3], map[string]string{"ids": "bigint", "texts": "text"}[part[2]])
		})
		text = marks.ReplaceAllStringFunc(text, func(m string) string {
			part := marks.FindStringSubmatch(m)
			kind := map[string]string{"ids": "bigint", "texts": "text"}[part[1]]
			return fmt.Sprintf("select unnest($%s::%s[])", part[2], kind)
		})
		return strings.NewReplacer("{claim}", "for update skip locked", "{hold}", "for no key update").Replace(text)
	}
	text = marks.ReplaceAllString(text, "select value from json_each($$$2)")
	text = strings.NewReplacer("{claim}", "", "{hold}", "").Replace(text)
	if inOrder(params.FindAllStringSubmatch(text, -1)) {
		return params.ReplaceAllString(text, "?") // the driver binds numbered parameters in quadratic time
	}
	return params.ReplaceAllString(text, "?$1") // SQLite would number $-names by first appearance
}

// inOrder tells whether the parameters of a text are 1, 2, 3 … each once.
func inOrder(found [][]string) bool {
	for i, f := range found {
		if f[1] != strconv.Itoa(i+1) {
			return false
		}
	}
	return true
}

// list is a list argument: an array on PostgreSQL, a JSON text on SQLite.
type list[T any] struct {
	items   []T
	dialect *Dialect
}

// Value gives the form the engine takes; bind sets the dialect first.
func (l list[T]) Value() (driver.Value, error) {
	if l.dialect != nil && *l.dialect == Postgres {
		return postgresArray(l.items), nil
	}
	out, err := json.Marshal(l.items)
	return string(out), err
}

func postgresArray[T any](items []T) string {
	var b strings.Builder
	b.WriteByte('{')
	for i, item := range items {
		if i > 0 {
			b.WriteByte(',')
		}
		switch v := any(item).(type) {
		case string:
			b.WriteByte('"')
			b.WriteString(strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v))
			b.WriteByte('"')
		default:
			fmt.Fprint(&b, v)
		}
	}
	b.WriteByte('}')
	return b.String()
}

// IDs is the argument of {ids:$n}.
func IDs(ids []ID) any {
	numbers := make([]int64, len(ids))
	for i, id := range ids {
		numbers[i] = int64(id)
	}
	return list[int64]{items: numbers}
}

// Texts is the argument of {texts:$n}.
func Texts(items []string) any {
	if items == nil {
		items = []string{}
	}
	return list[string]{items: items}
}

// bind gives list arguments the engine they go to.
func (t *texts) bind(args []any) []any {
	for i, arg := range args {
		switch l := arg.(type) {
		case list[int64]:
			l.dialect = &t.dialect
			args[i] = l
		case list[string]:
			l.dialect = &t.dialect
			args[i] = l
		}
	}
	return args
}
