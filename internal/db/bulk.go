package db

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// bulkParams bounds the parameters of one bulk statement; both engines allow more, but longer texts cost more than
// they save.
const bulkParams = 2000

// Insert writes many rows with few statements. into is "table (a, b, c)"; tail is what follows the values
// ("on conflict … do nothing"), or "". Rows all have as many values as into has columns.
func (tx *Tx) Insert(ctx context.Context, into, tail string, rows [][]any) (int64, error) {
	if len(rows) == 0 {
		return 0, nil
	}
	if tx.d.dialect == SQLite {
		return tx.insertEach(ctx, into, tail, rows)
	}
	width := len(rows[0])
	chunk := max(1, bulkParams/width)
	var touched int64
	for len(rows) > 0 {
		n := min(chunk, len(rows))
		args := make([]any, 0, n*width)
		for _, row := range rows[:n] {
			args = append(args, row...)
		}
		res, err := tx.Tx.ExecContext(ctx, insertText(into, tail, n, width), args...)
		if err != nil {
			return touched, fmt.Errorf("insert into %s: %w", into, err)
		}
		more, err := res.RowsAffected()
		if err != nil {
			return touched, err
		}
		touched += more
		rows = rows[n:]
	}
	return touched, nil
}

// insertEach is SQLite's way: a kept prepared statement per row costs less there than a long text with many parameters.
func (tx *Tx) insertEach(ctx context.Context, into, tail string, rows [][]any) (int64, error) {
	text := insertText(into, tail, 1, len(rows[0]))
	var touched int64
	for _, row := range rows {
		n, err := tx.Exec(ctx, text, row...)
		if err != nil {
			return touched, fmt.Errorf("insert into %s: %w", into, err)
		}
		touched += n
	}
	return touched, nil
}

func insertText(into, tail string, rows, width int) string {
	var b strings.Builder
	b.WriteString("insert into ")
	b.WriteString(into)
	b.WriteString(" values ")
	n := 0
	for i := range rows {
		if i > 0 {
			b.WriteByte(',')
		}
		for j := range width {
			if j == 0 {
				b.WriteByte('(')
			} else {
				b.WriteByte(',')
			}
			n++
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(n))
		}
		b.WriteByte(')')
	}
	b.WriteByte(' ')
	b.WriteString(tail)
	return b.String()
}
