package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"recado/internal/simulator"
)

// TestKillDemo kills the demo in the middle of a campaign. Its provider lives in the same process, so both lose their memory at the
// same instant; yet the provider has accepted one message per person, and the campaign counts what the provider did.
func TestKillDemo(t *testing.T) {
	if testing.Short() {
		t.Skip("kills a process five times in a campaign of half a minute")
	}
	const people, kills = 5000, 5
	listen := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	demo := &process{t: t, address: "http://" + listen, ready: "/readyz",
		args: []string{"demo", "--listen", listen, "--data", t.TempDir(), "--speed", "10"}}
	t.Cleanup(demo.kill)
	demo.start()
	manager := signIn(t, demo.address, "manager@aurora.example")
	id := newCampaign(t, manager, "Campaña de la demo", people)
	manager.do("POST", "/campaigns/"+id+"/send", object{"confirm": people})

	for range kills {
		time.Sleep(time.Duration(200+rand.IntN(2800)) * time.Millisecond)
		demo.kill()
		demo.start()
	}
	eventually(t, 6*time.Minute, "the campaign finishes", func() bool {
		status, campaign := manager.try("GET", "/campaigns/"+id, nil)
		return status == 200 && campaign["state"] == "done"
	})
	exactlyOnePerPerson(t, demo, people)
	agreeWithMessages(t, manager, id, people, demo)
}

// campaignMessages lists what the demo's provider accepted for the campaign: the demo's own first conversations are with
// other people.
func campaignMessages(t *testing.T, demo *process) []simulator.Sent {
	t.Helper()
	answer, err := http.Get(demo.address + "/simulator/control/messages?limit=1000000")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var list struct {
		Messages []simulator.Sent `json:"messages"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&list); err != nil {
		t.Fatal(err)
	}
	var found []simulator.Sent
	for _, m := range list.Messages {
		if strings.HasPrefix(m.Recipient, "551198") && m.Template == "promo_primavera" {
			found = append(found, m)
		}
	}
	return found
}

// exactlyOnePerPerson compares, person by person, what the provider accepted.
func exactlyOnePerPerson(t *testing.T, demo *process, people int) {
	t.Helper()
	times := map[string]int{}
	for _, m := range campaignMessages(t, demo) {
		times[m.Number+" to "+m.Recipient]++
	}
	for pair, n := range times {
		if n != 1 {
			t.Errorf("the provider accepted %d messages from %s", n, pair)
		}
	}
	if len(times) != people {
		t.Errorf("the provider accepted messages for %d of %d people", len(times), people)
	}
}

// agreeWithMessages waits until the campaign's counters are those of the provider's own threads and stats.
func agreeWithMessages(t *testing.T, c *client, id string, people int, demo *process) {
	t.Helper()
	var counts object
	var stats simulator.Stats
	deadline := time.Now().Add(2 * time.Minute)
	for time.Now().Before(deadline) {
		counts = c.do("GET", "/campaigns/"+id+"/progress", nil)["counts"].(object)
		stats = demo.statsAt("/simulator/control/stats")
		took := number(counts["accepted"]) + number(counts["sent"]) + number(counts["delivered"]) + number(counts["read"])
		others := int(stats.Accepted) - people // the demo's first conversations, delivered too and perhaps read
		read, delivered := number(counts["read"]), number(counts["delivered"])+number(counts["read"])
		if number(counts["recipients"]) == people && took == people && delivered == people && stats.PlannedSteps == 0 && stats.WebhookPending == 0 &&
			within(int(stats.Statuses["delivered"])-delivered, others) && within(int(stats.Statuses["read"])-read, others) {
			return
		}
		time.Sleep(300 * time.Millisecond)
	}
	t.Errorf("the counters do not agree with the provider's own: %v, provider %+v", counts, stats)
}

// within tells whether n is from 0 to most.
func within(n, most int) bool { return n >= 0 && n <= most }
