package conversation_test

import (
	"slices"
	"testing"

	"recado/internal/conversation"
	"recado/internal/inbox"
)

func TestWindowOf(t *testing.T) {
	const until = 1_795_550_400_000
	cases := []struct {
		name    string
		facts   conversation.WindowFacts
		now     int64
		state   string
		allowed []string
		reason  string
	}{
		{"the last millisecond before the safety minute", conversation.WindowFacts{Until: until}, until - 60_001, conversation.WindowOpen, []string{"free", "media", "template"}, ""},
		{"the safety minute", conversation.WindowFacts{Until: until}, until - 60_000, conversation.TemplateOnly, []string{"template"}, "window.closed"},
		{"long after", conversation.WindowFacts{Until: until}, until + 1, conversation.TemplateOnly, []string{"template"}, "window.closed"},
		{"somebody who never wrote", conversation.WindowFacts{}, until, conversation.TemplateOnly, []string{"template"}, "window.never"},
		{"opted out, but writing now", conversation.WindowFacts{Until: until, OptedOut: true}, until - 3_600_000, conversation.WindowOpen, []string{"free", "media", "template"}, ""},
		{"opted out and silent", conversation.WindowFacts{Until: until, OptedOut: true}, until, conversation.OptedOut, nil, "contact.opted_out"},
		{"a disconnected number", conversation.WindowFacts{Until: until, InboxStatus: inbox.Disconnected}, until - 3_600_000, conversation.AccountProblem, nil, "inbox.disconnected"},
		{"a blocked number answers", conversation.WindowFacts{Until: until, InboxStatus: inbox.Blocked}, until - 3_600_000, conversation.WindowOpen, []string{"free", "media", "template"}, ""},
		{"a blocked number starts nothing", conversation.WindowFacts{Until: until, InboxStatus: inbox.Blocked}, until, conversation.AccountProblem, nil, "inbox.blocked"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := conversation.WindowOf(c.facts, c.now)
			same(t, "state", w.State, c.state)
			same(t, "reason", w.Reason, c.reason)
			same(t, "until", w.Until, c.facts.Until)
			if !slices.Equal(w.Allowed, c.allowed) && len(w.Allowed)+len(c.allowed) > 0 {
				t.Errorf("allowed is %v, want %v", w.Allowed, c.allowed)
			}
		})
	}
}
