package db

import (
	"context"
	"database/sql"
	"log/slog"
	"sync"
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

// maxKeptReads bounds the kept statements of the readers; each of their connections holds its own copy.
const maxKeptReads = 192

// reads keeps the statements that SQLite's readers run often: parsing and planning cost more than most of our reads.
// (PostgreSQL's driver keeps its own.)
type reads struct {
	mu   sync.Mutex
	kept map[string]*sql.Stmt
	seen map[string]int
}

// statement gives the kept statement of a text, or nil; a text seen often is kept from then on.
func (r *reads) statement(ctx context.Context, d *DB, text string) *sql.Stmt {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := r.kept[text]
	if ok || len(r.kept) >= maxKeptReads || len(r.seen) > 8*maxKeptReads {
		return s
	}
	if r.seen[text]++; r.seen[text] < keepAfter {
		return nil
	}
	r.kept[text] = nil // while it is being prepared
	r.mu.Unlock()
	s, err := d.read.PrepareContext(ctx, d.texts.of(text))
	r.mu.Lock()
	if err != nil {
		delete(r.kept, text)
		slog.Debug("statement not kept", "error", err)
		return nil
	}
	r.kept[text] = s
	return s
}
