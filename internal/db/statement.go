package db

import (
	"context"
	"database/sql"
	"log/slog"
)

// maxKept bounds the kept statements; texts beyond it are parsed each time.
const maxKept = 512

// statement gives the kept statement of a text, or nil; a text seen often is prepared before the next transaction.
func (g *group) statement(text string) *sql.Stmt {
	if s, ok := g.kept[text]; ok {
		return s
	}
	if len(g.kept) >= maxKept || len(g.seen) > 8*maxKept {
		return nil
	}
	g.seen[text]++
	if g.seen[text] == keepAfter {
		g.fresh = append(g.fresh, text)
	}
	return nil
}

// prepare keeps the texts that became frequent. It runs between transactions, when the one connection is free.
func (g *group) prepare() {
	for _, text := range g.fresh {
		s, err := g.d.write.PrepareContext(context.Background(), g.d.texts.of(text))
		if err != nil {
			slog.Debug("statement not kept", "error", err)
			continue
		}
		g.kept[text] = s
	}
	g.fresh = g.fresh[:0]
}
