package auth

import (
	"context"
	"time"

	"recado/internal/db"
	"recado/internal/fault"
)

// Failed sign-ins allowed in attemptWindow. An address may fail more often than an e-mail, since a whole office stands
// behind one address.
const (
	emailFailures   = 5
	addressFailures = 50
	attemptWindow   = 15 * time.Minute
	attemptBucket   = time.Minute
)

// attempt counts a sign-in as failed before its password is looked at, so that many at once cannot slip through; success
// takes the count back. Beyond the limit it returns the fault TooMany "auth.too_many" with the minutes to wait.
func (r *Room) attempt(ctx context.Context, email, address string) error {
	now := r.now()
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := countAttempt(ctx, tx, emailSubject(email), emailFailures, now); err != nil {
			return err
		}
		if address == "" {
			return nil
		}
		return countAttempt(ctx, tx, addressSubject(address), addressFailures, now)
	})
}

func emailSubject(email string) string     { return "email:" + email }
func addressSubject(address string) string { return "ip:" + address }

func bucketOf(now int64) int64 { return now - now%attemptBucket.Milliseconds() }

func countAttempt(ctx context.Context, tx *db.Tx, subject string, limit int64, now int64) error {
	_, err := tx.Exec(ctx, `insert into sign_in_attempts (subject, window_start, failures) values ($1, $2, 1)
		on conflict (subject, window_start) do update set failures = sign_in_attempts.failures + 1`, subject, bucketOf(now))
	if err != nil {
		return err
	}
	type bucket struct {
		Start    int64 `db:"window_start"`
		Failures int64 `db:"failures"`
	}
	buckets, err := db.All[bucket](ctx, tx, "select window_start, failures from sign_in_attempts where subject = $1 and window_start > $2 order by window_start desc",
		subject, now-attemptWindow.Milliseconds())
	if err != nil {
		return err
	}
	var sum int64
	for _, b := range buckets {
		if sum += b.Failures; sum > limit {
			return tooMany(b.Start + attemptWindow.Milliseconds() - now)
		}
	}
	return nil
}

func tooMany(wait int64) error {
	minutes := max(1, int((wait+59_999)/60_000))
	return fault.New(fault.TooMany, "auth.too_many", "too many failed attempts; try again in %d minutes", minutes).
		With("count", minutes).With("wait_seconds", max(1, (wait+999)/1000))
}

// forgiveIn takes back what attempt counted, after a success: all of the e-mail's failures and this one of the address.
func (r *Room) forgiveIn(ctx context.Context, tx *db.Tx, email, address string) error {
	if _, err := tx.Exec(ctx, "delete from sign_in_attempts where subject = $1", emailSubject(email)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "update sign_in_attempts set failures = failures - 1 where subject = $1 and window_start = $2 and failures > 0",
		addressSubject(address), bucketOf(r.now()))
	return err
}

// Sweep deletes what has run out: old counts, ended sessions, spent links. Run it now and then.
func (r *Room) Sweep(ctx context.Context) error {
	now := r.now()
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, "delete from sign_in_attempts where window_start <= $1", now-attemptWindow.Milliseconds()); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "delete from sessions where expires_at <= $1", now); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "delete from sign_in_links where expires_at <= $1 or used_at is not null", now)
		return err
	})
}
