package node

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// clockTolerance is how far this machine's clock may be from the database's.
const clockTolerance = 5 * time.Second

func clock(ctx context.Context, pool *pgxpool.Pool) error {
	var theirs time.Time
	if err := pool.QueryRow(ctx, "select clock_timestamp()").Scan(&theirs); err != nil {
		return err
	}
	if off := time.Since(theirs).Abs(); off > clockTolerance {
		return fmt.Errorf("%s away from the database's", off.Round(time.Second))
	}
	return nil
}

// reachable tells whether anybody answers at an address, whatever they say.
func reachable(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	return answer.Body.Close()
}
