package e2e

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"recado/internal/db/dbtest"
)

// TestDatabaseGone takes PostgreSQL away in the middle of a campaign, three times: the node says that it is not ready, loses
// nothing, and goes on by itself when the database is back.
func TestDatabaseGone(t *testing.T) {
	if testing.Short() {
		t.Skip("takes the database away for some seconds")
	}
	const people = 2000
	database, road := behindRoad(t, dbtest.PostgresURL(t))
	node, provider := beside(t, database)
	node.start()
	manager := signIn(t, node.address, "manager@aurora.example")
	id := newCampaign(t, manager, "Campaña sin base de datos", people)
	manager.do("POST", "/campaigns/"+id+"/send", object{"confirm": people})

	for range 3 {
		before := provider.stats().Accepted
		eventually(t, time.Minute, "messages leave", func() bool { return provider.stats().Accepted > before })
		road.close()
		eventually(t, 30*time.Second, "the node says that it is not ready", func() bool { return node.status("/readyz") == http.StatusServiceUnavailable })
		if code := node.status("/healthz"); code != http.StatusOK {
			t.Errorf("the process is up, but /healthz answers %d", code)
		}
		road.open()
		eventually(t, 30*time.Second, "the node is ready again", func() bool { return node.status("/readyz") == http.StatusOK })
	}
	eventually(t, 4*time.Minute, "the campaign finishes", func() bool {
		status, campaign := manager.try("GET", "/campaigns/"+id, nil)
		return status == http.StatusOK && campaign["state"] == "done"
	})
	stats := provider.stats()
	if stats.Accepted != people || stats.DistinctPairs != people || stats.RepeatedPairs != 0 {
		t.Errorf("the provider accepted %d messages for %d people, %d of them again; want %d, none again",
			stats.Accepted, stats.DistinctPairs, stats.RepeatedPairs, people)
	}
	agree(t, manager, id, people, provider)
}

// status is what a path answers; 0 when nobody does.
func (p *process) status(path string) int {
	answer, err := http.Get(p.address + path)
	if err != nil {
		return 0
	}
	answer.Body.Close()
	return answer.StatusCode
}

// road is the way to a server that can be closed: connections break, new ones are refused.
type road struct {
	to       string
	mu       sync.Mutex
	closed   bool
	underway map[net.Conn]bool
}

// behindRoad gives the address of a database behind a road of its own.
func behindRoad(t *testing.T, database string) (string, *road) {
	t.Helper()
	address, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &road{to: address.Host, underway: map[net.Conn]bool{}}
	t.Cleanup(func() { listener.Close(); r.close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go r.carry(conn)
		}
	}()
	address.Host = listener.Addr().String()
	return address.String(), r
}

func (r *road) carry(from net.Conn) {
	defer from.Close()
	to, err := net.Dial("tcp", r.to)
	if err != nil {
		return
	}
	defer to.Close()
	if !r.enter(from, to) {
		return
	}
	done := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{from, to}, {to, from}} {
		go func() { _, _ = io.Copy(way[0], way[1]); done <- struct{}{} }()
	}
	<-done
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.underway, from)
	delete(r.underway, to)
}

func (r *road) enter(conns ...net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, conn := range conns {
		r.underway[conn] = !r.closed
	}
	return !r.closed
}

func (r *road) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	for conn := range r.underway {
		conn.Close()
	}
}

func (r *road) open() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = false
	clear(r.underway)
}
