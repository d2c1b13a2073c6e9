package contact

import (
	"fmt"
	"sync"
	"testing"
)

func TestMemo(t *testing.T) {
	m := memo{most: 10, known: map[string]string{}}
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			key := fmt.Sprint(i % 25)
			if got := m.of(key, func() string { return "+" + key }); got != "+"+key {
				t.Errorf("%s became %q", key, got)
			}
		})
	}
	all.Wait()
	if len(m.known) > 10 {
		t.Errorf("%d texts are remembered, at most 10 should be", len(m.known))
	}
}

func BenchmarkDisplay(b *testing.B) {
	for b.Loop() {
		_ = Phone{E164: "5531985550001"}.Display()
	}
}
