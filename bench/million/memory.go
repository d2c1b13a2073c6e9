package million

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// memory looks again and again at what a process holds, and keeps the most of each part of a run.
type memory struct {
	mu    sync.Mutex
	parts []float64 // MB
	quit  chan struct{}
	once  sync.Once
	ended sync.WaitGroup
}

func watch(pid func() int) *memory {
	m := &memory{parts: []float64{0}, quit: make(chan struct{})}
	m.ended.Go(func() {
		for {
			m.note(resident(pid()))
			select {
			case <-m.quit:
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	})
	return m
}

func (m *memory) note(mb float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at := len(m.parts) - 1
	m.parts[at] = max(m.parts[at], mb)
}

// begin begins another part.
func (m *memory) begin() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.parts = append(m.parts, 0)
}

func (m *memory) stop() []float64 {
	m.once.Do(func() { close(m.quit) })
	m.ended.Wait()
	return m.parts
}

// resident is what a process holds in MB; 0 where the system does not tell.
func resident(pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kb / 1000
		}
	}
	return 0
}
