package bare

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"recado/bench/figure"
)

// ReceiveLimit gives how many hook posts a second, one change each, over 64 connections, an HTTP server takes that checks
// the signature, parses the JSON, appends the body to a file in dir and answers after an fsync shared by those who wait.
func ReceiveLimit(dir, secret string, during time.Duration, body func(n int64) []byte) (Limit, error) {
	file, err := os.CreateTemp(dir, "bare-*.log")
	if err != nil {
		return Limit{}, fmt.Errorf("receive limit: %w", err)
	}
	defer os.Remove(file.Name())
	defer file.Close()
	a := &appender{file: file, waiting: make(chan *appended, 256)}
	go a.run()
	defer close(a.waiting)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return Limit{}, fmt.Errorf("receive limit: %w", err)
	}
	server := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { a.receive(w, r, secret) })}
	go func() { _ = server.Serve(listener) }()
	defer server.Close()
	load := Load{URL: "http://" + listener.Addr().String() + "/", Secret: secret, Body: body}
	used := figure.ProcessorTime()
	result, err := load.Run(during, 0)
	if err != nil {
		return Limit{}, err
	}
	return Limit{result.PerSecond(), (figure.ProcessorTime() - used) / time.Duration(max(1, result.Posts))}, nil
}

// hook is as much of the wire form as a receiver must look at.
type hook struct {
	Object string `json:"object"`
	Entry  []struct {
		ID      string `json:"id"`
		Changes []struct {
			Field string `json:"field"`
			Value struct {
				Metadata struct {
					PhoneNumberID string `json:"phone_number_id"`
				} `json:"metadata"`
				Contacts []struct {
					WaID string `json:"wa_id"`
				} `json:"contacts"`
				Messages []struct {
					ID        string `json:"id"`
					From      string `json:"from"`
					Timestamp string `json:"timestamp"`
					Type      string `json:"type"`
					Text      struct {
						Body string `json:"body"`
					} `json:"text"`
				} `json:"messages"`
				Statuses []struct {
					ID        string `json:"id"`
					Status    string `json:"status"`
					Timestamp string `json:"timestamp"`
				} `json:"statuses"`
			} `json:"value"`
		} `json:"changes"`
	} `json:"entry"`
}

func (a *appender) receive(w http.ResponseWriter, r *http.Request, secret string) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	given, _ := hex.DecodeString(r.Header.Get("X-Hub-Signature-256")[len("sha256="):])
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	var parsed hook
	if !hmac.Equal(given, mac.Sum(nil)) || json.Unmarshal(body, &parsed) != nil || len(parsed.Entry) == 0 {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	one := &appended{body: body, done: make(chan error, 1)}
	a.waiting <- one
	if err := <-one.done; err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusOK)
}

type appender struct {
	file    *os.File
	waiting chan *appended
}

type appended struct {
	body []byte
	done chan error
}

// run writes what waits and syncs once for all of it.
func (a *appender) run() {
	var buffer bytes.Buffer
	for first := range a.waiting {
		batch := []*appended{first}
	gather:
		for len(batch) < 256 {
			select {
			case next, open := <-a.waiting:
				if !open {
					break gather
				}
				batch = append(batch, next)
			default:
				break gather
			}
		}
		buffer.Reset()
		for _, one := range batch {
			buffer.Write(one.body)
			buffer.WriteByte('\n')
		}
		_, err := a.file.Write(buffer.Bytes())
		if err == nil {
			err = a.file.Sync()
		}
		for _, one := range batch {
			one.done <- err
		}
	}
}
