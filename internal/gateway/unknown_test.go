package gateway

import (
	"testing"
	"time"
)

// Silence about a message means something only when its news would have come: after the settling time, and after an
// outage not before the provider has had the time to repeat itself.
func TestWhenSilenceCounts(t *testing.T) {
	g := &Room{config: Config{Settle: 60 * time.Second}}
	g.up.Store(1_000_000)
	for name, c := range map[string]struct{ departed, due int64 }{
		"while this node was up":            {1_005_000, 1_065_000},
		"just before a short outage":        {999_000, 1_060_000},
		"before an outage of five minutes":  {700_000, 1_900_000},
		"before one of a third of a settle": {980_000, 1_060_000},
	} {
		if due := g.due(c.departed); due != c.due {
			t.Errorf("%s: due at %d, want %d", name, due, c.due)
		}
	}
}
