package e2e

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"recado/internal/db/dbtest"
	"recado/internal/simulator"
)

// onBoth runs a scenario on SQLite and on PostgreSQL.
func onBoth(t *testing.T, scenario func(t *testing.T, database string)) {
	t.Run("sqlite", func(t *testing.T) { scenario(t, "") })
	t.Run("postgres", func(t *testing.T) { scenario(t, dbtest.PostgresURL(t)) })
}

// sheet makes an audience over three numbers. No recipient is one of the simulator's special ones.
func sheet(people int) []byte {
	senders := []string{"+55 31 95550-1001", "+52 55 5550 1002", "+54 9 11 5550-1003"}
	var b strings.Builder
	b.WriteString("remitente;telefono;nombre;fecha\n")
	for i := range people {
		fmt.Fprintf(&b, "%s;+55 11 98%03d-%04d;Persona %d;30/11\n", senders[i%3], i/8000, 1000+i%8000, i)
	}
	return []byte(b.String())
}

// newCampaign makes a campaign to so many people, with template promo_primavera and all answers to Ana, ready to send.
func newCampaign(t *testing.T, c *client, name string, people int) string {
	t.Helper()
	template := find(t, c.do("GET", "/templates", nil), "name", "promo_primavera")
	id := c.do("POST", "/campaigns", object{"name": name})["id"].(string)
	c.upload("PUT", "/campaigns/"+id+"/file", "audiencia.csv", sheet(people))
	c.do("PATCH", "/campaigns/"+id, object{
		"message": object{"template_id": template["id"], "values": object{
			"body.1": object{"column": "nombre"}, "body.2": object{"column": "fecha"}}},
		"route": object{"target": "agent", "email": "ana@aurora.example"},
	})
	c.do("POST", "/campaigns/"+id+"/check", nil)
	eventually(t, 30*time.Second, "the check ends", func() bool {
		return c.do("GET", "/campaigns/"+id, nil)["state"] == "ready"
	})
	check := c.do("GET", "/campaigns/"+id, nil)["check"].(object)
	if number(check["ready"]) != people {
		t.Fatalf("%v of %d rows are ready: %v", check["ready"], people, check)
	}
	return id
}

func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("kills a process twenty times: a minute on each database")
	}
	onBoth(t, func(t *testing.T, database string) {
		const people, kills = 5000, 20
		node, provider := beside(t, database)
		node.start()
		manager := signIn(t, node.address, "manager@aurora.example")
		id := newCampaign(t, manager, "Campaña que sobrevive", people)
		manager.do("POST", "/campaigns/"+id+"/send", object{"confirm": people})

		for range kills {
			time.Sleep(time.Duration(50+rand.IntN(900)) * time.Millisecond)
			node.kill()
			node.start()
		}
		eventually(t, 6*time.Minute, "the campaign finishes", func() bool {
			status, campaign := manager.try("GET", "/campaigns/"+id, nil)
			return status == 200 && campaign["state"] == "done"
		})

		stats := provider.stats()
		if stats.Accepted != people || stats.DistinctPairs != people || stats.RepeatedPairs != 0 {
			t.Errorf("the provider accepted %d messages for %d people, %d of them again; want %d, none again",
				stats.Accepted, stats.DistinctPairs, stats.RepeatedPairs, people)
		}
		agree(t, manager, id, people, provider)
	})
}

// agree waits until the campaign's counters are those the provider counted itself.
func agree(t *testing.T, c *client, id string, people int, provider *process) {
	t.Helper()
	var counts object
	var stats simulator.Stats
	deadline := time.Now().Add(2 * time.Minute)
	for time.Now().Before(deadline) {
		counts = c.do("GET", "/campaigns/"+id+"/progress", nil)["counts"].(object)
		stats = provider.stats()
		took := number(counts["accepted"]) + number(counts["sent"]) + number(counts["delivered"]) + number(counts["read"])
		if number(counts["recipients"]) == people && took == people && number(counts["read"]) == int(stats.Statuses["read"]) &&
			number(counts["delivered"])+number(counts["read"]) == int(stats.Statuses["delivered"]) {
			return
		}
		time.Sleep(300 * time.Millisecond)
	}
	t.Errorf("the counters do not agree with the provider's own: %v, provider %v", counts, stats.Statuses)
}
