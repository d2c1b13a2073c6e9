package bare

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Load posts signed bodies over 64 kept-alive connections.
type Load struct {
	URL, Secret string
	Body        func(n int64) []byte // of the n-th post, from 0
}

// Loaded is what a load met.
type Loaded struct {
	Posts   int64
	Took    time.Duration
	Answers []time.Duration // every 16th, sorted
}

// PerSecond is the rate of posts answered with 200.
func (l Loaded) PerSecond() float64 { return float64(l.Posts) / l.Took.Seconds() }

// Percentile gives the time within which p percent of the posts were answered.
func (l Loaded) Percentile(p float64) time.Duration {
	if len(l.Answers) == 0 {
		return 0
	}
	return l.Answers[min(len(l.Answers)-1, int(p/100*float64(len(l.Answers))))]
}

// Run posts for a time, or most posts when that is above 0. Anything but 200 ends it with an error.
func (l Load) Run(during time.Duration, most int64) (Loaded, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConns: 2 * Workers, MaxIdleConnsPerHost: 2 * Workers, DisableCompression: true}}
	defer client.CloseIdleConnections()
	var serial, posts atomic.Int64
	var failed atomic.Pointer[error]
	var mu sync.Mutex
	var answers []time.Duration
	began := time.Now()
	end := began.Add(during)
	var all sync.WaitGroup
	for range Workers {
		all.Go(func() {
			var mine []time.Duration
			for failed.Load() == nil {
				n := serial.Add(1) - 1
				if most > 0 && n >= most || most == 0 && !time.Now().Before(end) {
					break
				}
				sent := time.Now()
				if err := l.post(client, l.Body(n)); err != nil {
					failed.Store(&err)
					break
				}
				if posts.Add(1)%16 == 0 {
					mine = append(mine, time.Since(sent))
				}
			}
			mu.Lock()
			answers = append(answers, mine...)
			mu.Unlock()
		})
	}
	all.Wait()
	took := time.Since(began)
	slices.Sort(answers)
	if err := failed.Load(); err != nil {
		return Loaded{}, fmt.Errorf("load: %w", *err)
	}
	return Loaded{Posts: posts.Load(), Took: took, Answers: answers}, nil
}

func (l Load) post(client *http.Client, body []byte) error {
	request, err := http.NewRequest(http.MethodPost, l.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	mac := hmac.New(sha256.New, []byte(l.Secret))
	mac.Write(body)
	request.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	request.Header.Set("Content-Type", "application/json")
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("answered %d", answer.StatusCode)
	}
	_, err = io.Copy(io.Discard, answer.Body)
	return err
}
