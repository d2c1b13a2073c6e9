package db

import (
	"database/sql/driver"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"
)

// ID is a 64-bit identity ordered by the time it was made: 41 bits of milliseconds since 2025, 10 bits of the node
// that made it, 12 bits of sequence. In JSON it is a decimal string, since JavaScript numbers cannot hold it.
// Zero means none and is stored as null.
type ID int64

const idEpoch = 1_735_689_600_000 // 2025-01-01T00:00:00Z

// String gives the decimal form, or "" for none.
func (id ID) String() string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(int64(id), 10)
}

// ParseID reads the decimal form; "" is none.
func ParseID(text string) (ID, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%q is not an id", text)
	}
	return ID(n), nil
}

// Time is when the id was made, in Unix milliseconds.
func (id ID) Time() int64 { return int64(id)>>22 + idEpoch }

// IDAt is the first id of a time in Unix milliseconds: what was made before has a lower one.
func IDAt(at int64) ID { return ID(max(0, at-idEpoch) << 22) }

// MarshalText gives the form used in JSON.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads the form used in JSON.
func (id *ID) UnmarshalText(text []byte) error {
	parsed, err := ParseID(string(text))
	*id = parsed
	return err
}

// Value stores none as null.
func (id ID) Value() (driver.Value, error) {
	if id == 0 {
		return nil, nil
	}
	return int64(id), nil
}

// Scan reads null as none.
func (id *ID) Scan(value any) error {
	switch v := value.(type) {
	case nil:
		*id = 0
	case int64:
		*id = ID(v)
	default:
		return fmt.Errorf("an id cannot be read from %T", value)
	}
	return nil
}

// idSource makes ids for one node; safe for many goroutines.
type idSource struct {
	node int64
	last atomic.Int64 // the newest time<<12|sequence given out
}

// next gives an id newer than all before it, even when the clock stands still or steps back.
func (s *idSource) next(now time.Time) ID {
	tick := (now.UnixMilli() - idEpoch) << 12
	for {
		last := s.last.Load()
		n := max(tick, last+1)
		if s.last.CompareAndSwap(last, n) {
			return ID(n>>12<<22 | s.node<<12 | n&0xfff)
		}
	}
}

// Bit is how a yes or no is stored: 1 or 0 in both databases.
func Bit(on bool) int {
	if on {
		return 1
	}
	return 0
}
