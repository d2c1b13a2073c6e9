package campaign

import (
	"encoding/base64"
	"strconv"

	"recado/internal/fault"
)

const (
	defaultPage = 50
	maxPage     = 200
)

func pageSize(limit int) int {
	if limit <= 0 {
		return defaultPage
	}
	return min(limit, maxPage)
}

// closeCursor makes the opaque place after a row.
func closeCursor(at int64) string {
	return base64.RawURLEncoding.EncodeToString(strconv.AppendInt(nil, at, 36))
}

func openCursor(cursor string) (int64, error) {
	if cursor == "" {
		return 0, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		var at int64
		if at, err = strconv.ParseInt(string(raw), 36, 64); err == nil && at >= 0 {
			return at, nil
		}
	}
	return 0, fault.New(fault.Invalid, "campaign.cursor", "This place in the list is not one we gave out.").On("cursor")
}
