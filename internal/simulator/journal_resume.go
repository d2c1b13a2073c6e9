package simulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// compactAbove is the size, in bytes, from which Open rewrites a journal that has doubled since it was last compacted.
const compactAbove = 4 << 20

// Open is New with a memory: it does again what the journal in the folder Config.Journal tells, and goes on where the simulator was when its
// process ended, however that came. Counters, customers, threads, service windows, templates and numbers are as they were; messages under
// way get their remaining statuses; webhooks that were not answered with 200 are sent again, in order, some of them a second time; ids
// are never given out twice; the clock never goes back. Faults, switches and unfinished uploads are forgotten. One process may use a folder at
// a time. It fails on a folder that cannot be read, and on a journal that is damaged elsewhere than at its torn end or speaks of numbers
// that are not configured. With Config.Journal "" it is New.
func Open(cfg Config) (*Server, error) {
	s := build(cfg)
	if cfg.Journal == "" {
		return s, nil
	}
	m := newMemory(s)
	s.journal = &journal{folder: cfg.Journal} // for the paths of media; it takes notes only once it is open
	j, size, err := openJournal(cfg.Journal, m.apply)
	s.journal = nil
	if err != nil {
		return nil, err
	}
	s.clock.restore(time.Duration(m.ahead)*time.Millisecond, moment(m.latest))
	if err := clearMedia(j.folder, s.media.files); err != nil {
		return nil, err
	}
	if size > compactAbove && size > 2*m.compacted {
		if err := j.rewrite(m.lines); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	m.resume()
	s.mu.Unlock()
	s.journal, s.outbox.journal = j, j
	return s, nil
}

// resume plans again what was planned. Nothing is noted: the journal has it.
func (m *memory) resume() {
	for _, sequence := range m.sequences() {
		m.resumeSending(m.under[sequence])
	}
	for _, a := range m.accounts {
		for _, t := range a.templates {
			m.resumeTemplate(t)
		}
		for _, n := range a.numbers {
			if n.newName != "" {
				m.planRename(n, n.newName, m.until(n.renameAt))
			}
		}
	}
	for _, t := range m.deleted {
		m.resumeTemplate(t)
	}
	for _, id := range slices.Sorted(maps.Keys(m.hooks)) {
		m.outbox.enqueue(m.hooks[id])
	}
}

// until is how long it is to a planned time; below 0 it is overdue.
func (m *memory) until(due time.Time) time.Duration { return due.Sub(m.clock.Now()) }

func (m *memory) resumeSending(sd *sending) {
	s, at := m.Server, sd.step
	if sd.answer != nil {
		s.later(m.until(moment(sd.answer.Due)), func() { s.giveAnswer(sd) })
	}
	if p := sd.customer; p != nil && (at == stepOpen || at == stepRead) {
		t := p.thread(sd.number)
		t.delivered = append(t.delivered, sd)
	}
	switch at {
	case stepOver, stepOpen:
	case stepPhone:
		if sd.customer != nil {
			t := sd.customer.thread(sd.number)
			t.undelivered = append(t.undelivered, sd)
		}
	case stepHeld:
		if sd.template != nil {
			sd.held = true
			sd.template.held = append(sd.template.held, sd)
		}
	case stepFetch:
		s.later(0, func() { go s.fetchLinks(sd, sd.links()) })
	default:
		s.later(m.until(sd.due), func() { s.take(sd, at) })
	}
}

func (m *memory) resumeTemplate(t *template) {
	switch {
	case t.Status == "PENDING" && !t.reviewAt.IsZero():
		m.review(t, m.until(t.reviewAt))
	case t.Status == "PAUSED" && !t.unpauseAt.IsZero():
		m.planUnpause(t, m.until(t.unpauseAt))
	}
	if !t.pacingEnds.IsZero() {
		m.planPacing(t, m.until(t.pacingEnds))
	}
}

// restoreContent gives a message its content again, with the file it has.
func (sd *sending) restoreContent(content json.RawMessage, kind string) error {
	var media *mediaContent
	var err error
	switch sd.request.Type {
	case "template":
		shown := &rendered{}
		err = json.Unmarshal(content, shown)
		if shown.Header != nil {
			media = shown.Header.Media
		}
		sd.body = shown
	case "interactive":
		shown := &interactive{}
		err = json.Unmarshal(content, shown)
		media, _ = shown.Header.media()
		sd.body = shown
	case "reaction":
		sd.request.Reaction = &reactionContent{}
		err = json.Unmarshal(content, sd.request.Reaction)
		if sd.request.Reaction.Emoji == nil {
			sd.request.Reaction.Emoji = new(string)
		}
		sd.body = sd.request.Reaction
	case "image", "video", "audio", "document", "sticker":
		media = &mediaContent{}
		err = json.Unmarshal(content, media)
		sd.body = media
		if sd.request.Type == "audio" {
			sd.request.Audio = media
		}
	default:
		sd.body = content
	}
	if err != nil {
		return fmt.Errorf("the content of message %d cannot be read: %w", sd.sequence, err)
	}
	if media != nil && kind != "" {
		sd.files = []attachment{{media, kind}}
	}
	return nil
}
