package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
)

// Primary result codes of SQLite that speak of the machine, not of what was asked: busy, locked, no memory, read-only,
// interrupted, input/output, full, cannot open, protocol.
var sqliteDown = map[int]bool{5: true, 6: true, 7: true, 8: true, 9: true, 10: true, 13: true, 14: true, 15: true}

// Unavailable tells whether err says that the database cannot serve now (gone, full, read-only, shutting down), so that
// the same work can succeed later unchanged. Anything else is a mistake in what was asked.
func Unavailable(err error) bool {
	if err == nil {
		return false
	}
	if errors.Is(err, errClosed) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return true
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return sqliteDown[lite.Code()&0xff]
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		// 08 connection, 25006 read-only, 40 lost races, 53 resources, 55P03 lock, 57 operator, 58 system.
		for _, class := range []string{"08", "25006", "40", "53", "55P03", "57", "58"} {
			if strings.HasPrefix(pg.Code, class) {
				return true
			}
		}
		return false
	}
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || strings.Contains(err.Error(), "database is closed") ||
		strings.Contains(err.Error(), "conn closed") || strings.Contains(err.Error(), "closed pool")
}
