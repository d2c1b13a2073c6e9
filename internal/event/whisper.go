package event

import (
	"context"
	"log/slog"
	"time"

	"recado/internal/db"
)

// whisperBytes is the longest text of one whisper: PostgreSQL takes less than 8000 bytes in a notification.
const whisperBytes = 7900

// Whisper carries short-lived words between nodes: who looks at what, nothing that has to be kept. It writes no row; what is
// lost stays lost, so whoever whispers repeats itself. On SQLite there is one node and nobody to whisper to.
type Whisper struct {
	d       *db.DB
	channel string
}

// NewWhisper makes one; channel is a PostgreSQL name of its own, lower case.
func NewWhisper(d *db.DB, channel string) *Whisper { return &Whisper{d: d, channel: channel} }

// Alone tells that there is no other node to hear.
func (w *Whisper) Alone() bool { return w.d.Pool() == nil }

// Fits tells whether a text can be whispered at once.
func (w *Whisper) Fits(text []byte) bool { return len(text) <= whisperBytes }

// Say tells all nodes, this one too. A failure is logged: the words were short-lived anyway.
func (w *Whisper) Say(ctx context.Context, text []byte) {
	if w.Alone() {
		return
	}
	if _, err := w.d.Pool().Exec(ctx, "select pg_notify($1, $2)", w.channel, string(text)); err != nil && ctx.Err() == nil {
		slog.Warn("whispering to other nodes", "channel", w.channel, "error", err)
	}
}

// Listen gives hear what is said, until ctx ends. hear must not block.
func (w *Whisper) Listen(ctx context.Context, hear func(text string)) {
	if w.Alone() {
		<-ctx.Done()
		return
	}
	for ctx.Err() == nil {
		if err := w.listen(ctx, hear); err != nil && ctx.Err() == nil {
			slog.Warn("listening to other nodes", "channel", w.channel, "error", err)
			pause(ctx, time.Second)
		}
	}
}

func (w *Whisper) listen(ctx context.Context, hear func(text string)) error {
	pooled, err := w.d.Pool().Acquire(ctx)
	if err != nil {
		return err
	}
	conn := pooled.Hijack() // a listening connection must not go back to the pool
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "listen "+w.channel); err != nil {
		return err
	}
	for {
		said, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		hear(said.Payload)
	}
}
