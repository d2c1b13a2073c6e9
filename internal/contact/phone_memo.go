package contact

import "sync"

// displays remembers how numbers are printed: a list of fifty people costs more in printing their numbers than in reading them.
var displays = memo{most: 20_000, known: map[string]string{}}

// memo remembers texts by a key; when it is full it begins anew.
type memo struct {
	most  int
	mu    sync.RWMutex
	known map[string]string
}

func (m *memo) of(key string, compute func() string) string {
	m.mu.RLock()
	text, ok := m.known[key]
	m.mu.RUnlock()
	if ok {
		return text
	}
	text = compute()
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.known) >= m.most {
		clear(m.known)
	}
	m.known[key] = text
	return text
}
