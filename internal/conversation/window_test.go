package conversation_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"testing/quick"

	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/inbox"
)

const (
	minute = int64(60_000)
	hour   = 60 * minute
	day    = 24 * hour
	wrote  = int64(1_795_550_400_000) // when the person last did something
)

// someone are the facts of a person who came in by an entry, on an account with everything granted.
func someone(kind channel.Kind, entry channel.Entry) conversation.WindowFacts {
	return conversation.WindowFacts{Channel: kind, Entry: entry, LastInbound: wrote, Until: conversation.UntilOf(kind, entry, wrote),
		Account: conversation.AccountFacts{HumanAgent: true, Utility: true, Templates: true, Push: true, Left: conversation.Unmetered}}
}

func with(f conversation.WindowFacts, change func(*conversation.WindowFacts)) conversation.WindowFacts {
	change(&f)
	return f
}

var everything = []string{"free", "media", "template"}

// TestWindowOf has the rows of channels/windows, each at its boundaries.
func TestWindowOf(t *testing.T) {
	cases := []struct {
		name    string
		facts   conversation.WindowFacts
		after   int64 // since the person wrote
		state   string
		allowed []string
		reason  string
		until   int64 // since the person wrote; -1: none
	}{
		{"WhatsApp, the last millisecond before the safety minute", someone(channel.WhatsApp, ""), day - minute - 1, conversation.WindowOpen, everything, "", day},
		{"WhatsApp, the safety minute", someone(channel.WhatsApp, ""), day - minute, conversation.TemplateOnly, []string{"template"}, "window.closed", day},
		{"WhatsApp, long after", someone(channel.WhatsApp, ""), 400 * day, conversation.TemplateOnly, []string{"template"}, "window.closed", day},
		{"WhatsApp, from an ad: free text for a day only", someone(channel.WhatsApp, channel.EntryAd), 25 * hour, conversation.TemplateOnly, []string{"template"}, "window.closed", day},
		{"WhatsApp, never wrote", conversation.WindowFacts{Channel: channel.WhatsApp}, 0, conversation.TemplateOnly, []string{"template"}, "window.never", -1},
		{"WhatsApp, the provider said closed", with(someone(channel.WhatsApp, ""), func(f *conversation.WindowFacts) { f.Until = wrote + hour }), 2 * hour,
			conversation.TemplateOnly, []string{"template"}, "window.closed", hour},
		{"WhatsApp, opted out and writing now", with(someone(channel.WhatsApp, ""), optedOut), hour, conversation.OptedOut, []string{"free", "media", "utility"}, "contact.opted_out", day},
		{"WhatsApp, opted out and silent", with(someone(channel.WhatsApp, ""), optedOut), 2 * day, conversation.OptedOut, []string{"utility"}, "contact.opted_out", day},
		{"WhatsApp, a campaign to who opted out", with(with(someone(channel.WhatsApp, ""), optedOut), by("campaign")), hour, conversation.OptedOut, nil, "contact.opted_out", day},
		{"WhatsApp, a disconnected number", with(someone(channel.WhatsApp, ""), status(inbox.Disconnected)), hour, conversation.AccountProblem, nil, "inbox.disconnected", day},
		{"WhatsApp, a blocked number answers", with(someone(channel.WhatsApp, ""), status(inbox.Blocked)), hour, conversation.WindowOpen, everything, "", day},
		{"WhatsApp, a blocked number starts nothing", with(someone(channel.WhatsApp, ""), status(inbox.Blocked)), 2 * day, conversation.AccountProblem, nil, "inbox.blocked", day},

		{"Messenger, the last moment", someone(channel.Messenger, ""), day - minute - 1, conversation.WindowOpen, []string{"free", "media"}, "", day},
		{"Messenger, from an ad: seven days", someone(channel.Messenger, channel.EntryAd), 7*day - minute - 1, conversation.WindowOpen, []string{"free", "media"}, "", 7 * day},
		{"Messenger, a person after a day", someone(channel.Messenger, ""), day - minute, conversation.WindowHuman, []string{"free", "media", "human_agent", "utility"}, "window.people_only", 7 * day},
		{"Messenger, a person before seven days end", someone(channel.Messenger, ""), 7*day - minute - 1, conversation.WindowHuman, []string{"free", "media", "human_agent", "utility"}, "window.people_only", 7 * day},
		{"Messenger, after seven days", someone(channel.Messenger, ""), 7*day - minute, conversation.TemplateOnly, []string{"utility"}, "window.closed", 7 * day},
		{"Messenger, a bot after a day", with(someone(channel.Messenger, ""), by("bot")), 2 * day, conversation.WindowHuman, []string{"utility"}, "window.people_only", 7 * day},
		{"Messenger, a program with a key after a day", with(someone(channel.Messenger, ""), by("key")), 2 * day, conversation.WindowHuman, []string{"utility"}, "window.people_only", 7 * day},
		{"Messenger, nothing granted, after a day", with(someone(channel.Messenger, ""), granted), 2 * day, conversation.Blocked, nil, "window.closed", day},
		{"Messenger, a comment: one private answer", someone(channel.Messenger, channel.EntryComment), 6 * day, conversation.WindowOpen, []string{"free"}, "", 7 * day},
		{"Messenger, a comment that was answered", with(someone(channel.Messenger, channel.EntryComment), said(1)), 6 * day, conversation.TemplateOnly, []string{"utility"}, "window.count", 7 * day},
		{"Messenger, somebody who never came", conversation.WindowFacts{Channel: channel.Messenger, NoIdentity: true}, 0, conversation.NoIdentity, nil, "window.no_identity", -1},

		{"Instagram, the last moment", someone(channel.Instagram, ""), day - minute - 1, conversation.WindowOpen, []string{"free", "media"}, "", day},
		{"Instagram, a person within seven days", with(someone(channel.Instagram, ""), noUtility), 7*day - minute - 1, conversation.WindowHuman, []string{"free", "media", "human_agent"}, "window.people_only", 7 * day},
		{"Instagram, after seven days nothing", someone(channel.Instagram, ""), 7*day - minute, conversation.Blocked, nil, "window.closed", 7 * day},
		{"Instagram, a campaign within seven days", with(with(someone(channel.Instagram, ""), noUtility), by("campaign")), 2 * day, conversation.WindowHuman, nil, "window.people_only", 7 * day},
		{"Instagram, no approval", with(someone(channel.Instagram, ""), granted), day, conversation.Blocked, nil, "window.closed", day},

		{"Telegram, years later", someone(channel.Telegram, ""), 900 * day, conversation.WindowOpen, []string{"free", "media"}, "", -1},
		{"Telegram, never started the bot", conversation.WindowFacts{Channel: channel.Telegram, NoIdentity: true}, 0, conversation.NoIdentity, nil, "window.no_identity", -1},

		{"LINE, a friend", with(someone(channel.Line, ""), left(312)), 30 * day, conversation.PaidPush, []string{"free", "media", "push"}, "window.push", -1},
		{"LINE, the quota is used up", with(someone(channel.Line, ""), left(0)), hour, conversation.Blocked, nil, "window.quota", -1},
		{"LINE, not a friend", conversation.WindowFacts{Channel: channel.Line, NoIdentity: true}, 0, conversation.NoIdentity, nil, "window.no_identity", -1},

		{"Viber, in the session", someone(channel.Viber, ""), day - minute - 1, conversation.WindowOpen, []string{"free", "media"}, "", day},
		{"Viber, after the session with a contract", with(someone(channel.Viber, ""), paid), day - minute, conversation.PaidPush, []string{"free", "media", "push"}, "window.closed", day},
		{"Viber, after the session without", with(someone(channel.Viber, ""), granted), day, conversation.Blocked, nil, "window.quota", day},
		{"Viber, the free quota is used up", with(someone(channel.Viber, ""), left(0)), day, conversation.Blocked, nil, "window.quota", day},

		{"WeChat, the fifth message", with(someone(channel.WeChat, ""), said(4)), 2*day - 2*minute - 1, conversation.WindowOpen, []string{"free", "media"}, "", 2 * day},
		{"WeChat, the sixth message", with(someone(channel.WeChat, ""), said(5)), hour, conversation.TemplateOnly, []string{"template"}, "window.count", 2 * day},
		{"WeChat, after 48 hours", someone(channel.WeChat, ""), 2*day - 2*minute, conversation.TemplateOnly, []string{"template"}, "window.closed", 2 * day},
		{"WeChat, without templates", with(someone(channel.WeChat, ""), granted), 2 * day, conversation.Blocked, nil, "window.closed", 2 * day},
		{"WeChat, the menu: a minute", with(someone(channel.WeChat, channel.EntryMenu), said(2)), 50_000, conversation.WindowOpen, []string{"free", "media"}, "", minute},
		{"WeChat, the menu: three messages", with(someone(channel.WeChat, channel.EntryMenu), said(3)), 10_000, conversation.TemplateOnly, []string{"template"}, "window.count", minute},
		{"WeChat, the menu: its last seconds", someone(channel.WeChat, channel.EntryMenu), 54_000, conversation.TemplateOnly, []string{"template"}, "window.closed", minute},

		{"SMS, first", conversation.WindowFacts{Channel: channel.SMS, NoIdentity: false}, 0, conversation.WindowOpen, []string{"free"}, "", -1},
		{"SMS, STOP stops everything", with(someone(channel.SMS, ""), optedOut), hour, conversation.OptedOut, nil, "contact.opted_out", -1},
		{"e-mail, at any time", someone(channel.Email, ""), 900 * day, conversation.WindowOpen, []string{"free", "media"}, "", -1},
		{"e-mail, unsubscribed: service goes on", with(someone(channel.Email, ""), optedOut), hour, conversation.OptedOut, []string{"free", "media"}, "contact.opted_out", -1},
		{"e-mail, unsubscribed: no campaign", with(with(someone(channel.Email, ""), optedOut), by("campaign")), hour, conversation.OptedOut, nil, "contact.opted_out", -1},
		{"web chat, at the next visit", someone(channel.WebChat, ""), 30 * day, conversation.WindowOpen, []string{"free", "media"}, "", -1},
		{"web chat, the session is gone", with(someone(channel.WebChat, ""), func(f *conversation.WindowFacts) { f.Unreachable = true }), day, conversation.Blocked, nil, "window.unreachable", -1},
		{"a channel nobody knows", someone("smoke", ""), 2 * day, conversation.Blocked, nil, "window.closed", day},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := conversation.WindowOf(c.facts, wrote+c.after)
			same(t, "state", w.State, c.state)
			same(t, "reason", w.Reason, c.reason)
			until := wrote + c.until
			if c.until < 0 {
				until = 0
			}
			same(t, "until", w.Until, until)
			if !slices.Equal(w.Allowed, c.allowed) && len(w.Allowed)+len(c.allowed) > 0 {
				t.Errorf("allowed is %v, want %v", w.Allowed, c.allowed)
			}
		})
	}
}

func optedOut(f *conversation.WindowFacts)  { f.OptedOut = true }
func granted(f *conversation.WindowFacts)   { f.Account = conversation.AccountFacts{} }
func noUtility(f *conversation.WindowFacts) { f.Account.Utility = false }
func paid(f *conversation.WindowFacts)      { f.Account.Left, f.Account.PaidBeyond = 0, true }

func by(sender string) func(*conversation.WindowFacts) {
	return func(f *conversation.WindowFacts) { f.Sender = sender }
}

func left(n int64) func(*conversation.WindowFacts) {
	return func(f *conversation.WindowFacts) { f.Account.Left = n }
}

func said(n int) func(*conversation.WindowFacts) {
	return func(f *conversation.WindowFacts) { f.Said = n }
}

func status(s inbox.Status) func(*conversation.WindowFacts) {
	return func(f *conversation.WindowFacts) { f.InboxStatus = s }
}

func TestWindowCosts(t *testing.T) {
	free := with(someone(channel.WhatsApp, channel.EntryAd), func(f *conversation.WindowFacts) { f.FreeUntil = wrote + 3*day })
	cases := []struct {
		name  string
		facts conversation.WindowFacts
		after int64
		want  conversation.Cost
	}{
		{"WhatsApp inside", someone(channel.WhatsApp, ""), hour, conversation.Cost{}},
		{"WhatsApp after", someone(channel.WhatsApp, ""), 2 * day, conversation.Cost{Kind: "template"}},
		{"from an ad, closed and still free", free, 3*day - 1, conversation.Cost{Kind: "free", Until: wrote + 3*day}},
		{"from an ad, three days later", free, 3 * day, conversation.Cost{Kind: "template"}},
		{"LINE with a quota", with(someone(channel.Line, ""), left(312)), hour, conversation.Cost{Kind: "quota", Left: 312}},
		{"LINE with an unknown quota", someone(channel.Line, ""), hour, conversation.Cost{Kind: "quota", Left: -1}},
		{"Viber under contract", with(someone(channel.Viber, ""), paid), 2 * day, conversation.Cost{Kind: "paid"}},
		{"SMS", someone(channel.SMS, ""), hour, conversation.Cost{Kind: "paid"}},
		{"Telegram", someone(channel.Telegram, ""), hour, conversation.Cost{}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { same(t, "cost", conversation.WindowOf(c.facts, wrote+c.after).Cost, c.want) })
	}
}

// anyFacts are facts of all channels, people, accounts and senders.
func anyFacts(r *rand.Rand) conversation.WindowFacts {
	kinds := channel.Kinds()
	slices.Sort(kinds)
	entries := []channel.Entry{channel.EntryMessage, channel.EntryAd, channel.EntryComment, channel.EntryMenu}
	coin := func() bool { return r.IntN(2) == 0 }
	f := someone(kinds[r.IntN(len(kinds))], entries[r.IntN(len(entries))])
	f.Account = conversation.AccountFacts{HumanAgent: coin(), Utility: coin(), Templates: coin(), Push: coin(), Left: int64(r.IntN(3) - 1), PaidBeyond: coin()}
	f.NoIdentity, f.Unreachable, f.OptedOut, f.Said = r.IntN(9) == 0, r.IntN(9) == 0, r.IntN(4) == 0, r.IntN(7)
	f.Sender = []string{"agent", "bot", "campaign", "key"}[r.IntN(4)]
	f.InboxStatus = []inbox.Status{inbox.Connected, inbox.Connected, inbox.Disconnected, inbox.Blocked}[r.IntN(4)]
	if r.IntN(9) == 0 {
		f.LastInbound, f.Until, f.Said = 0, 0, 0
	}
	return f
}

// rank orders what may be said: words of one's own before any template before one of service. A push is paid words.
func rank(w conversation.WindowState) int {
	switch {
	case w.Allows(conversation.AllowPush), w.Allows(conversation.AllowHuman):
		return 3
	case w.Allows(conversation.AllowFree):
		return 4
	case w.Allows(conversation.AllowTemplate):
		return 2
	case w.Allows(conversation.AllowUtility):
		return 1
	}
	return 0
}

func TestWindowProperties(t *testing.T) {
	check := func(name string, holds func(f conversation.WindowFacts, early, late int64) bool) {
		t.Run(name, func(t *testing.T) {
			err := quick.Check(func(seed uint64) bool {
				r := rand.New(rand.NewPCG(seed, 1))
				f := anyFacts(r)
				early := wrote + r.Int64N(9*day)
				return holds(f, early, early+r.Int64N(9*day))
			}, &quick.Config{MaxCount: 20_000})
			if err != nil {
				t.Error(err)
			}
		})
	}
	check("never more is allowed later", func(f conversation.WindowFacts, early, late int64) bool {
		return rank(conversation.WindowOf(f, late)) <= rank(conversation.WindowOf(f, early))
	})
	check("never more is allowed to who opted out", func(f conversation.WindowFacts, early, _ int64) bool {
		out := f
		out.OptedOut = true
		f.OptedOut = false
		return rank(conversation.WindowOf(out, early)) <= rank(conversation.WindowOf(f, early))
	})
	check("what runs by itself never speaks as a person", func(f conversation.WindowFacts, early, _ int64) bool {
		w := conversation.WindowOf(f, early)
		byItself := f.Sender != "agent"
		return !byItself || !w.Allows(conversation.AllowHuman) && (w.State != conversation.WindowHuman || !w.Allows(conversation.AllowFree))
	})
	check("until never goes back", func(f conversation.WindowFacts, early, late int64) bool {
		return conversation.WindowOf(f, early).Until <= conversation.WindowOf(f, late).Until
	})
	check("a later message never shortens the window", func(f conversation.WindowFacts, early, late int64) bool {
		return conversation.UntilOf(f.Channel, f.Entry, early) <= conversation.UntilOf(f.Channel, f.Entry, late)
	})
	check("every state has its reason, and what is shut allows nothing", func(f conversation.WindowFacts, early, _ int64) bool {
		w := conversation.WindowOf(f, early)
		shut := w.State == conversation.Blocked || w.State == conversation.NoIdentity || w.State == conversation.AccountProblem
		return (w.Reason == "") == (w.State == conversation.WindowOpen) && (!shut || len(w.Allowed) == 0)
	})
	check("no campaign reaches who opted out", func(f conversation.WindowFacts, early, _ int64) bool {
		f.OptedOut, f.Sender = true, "campaign"
		return len(conversation.WindowOf(f, early).Allowed) == 0
	})
}

// TestPolicies holds the classes of E11, E14, E15 and E16 and what opens a window.
func TestPolicies(t *testing.T) {
	classes := map[channel.Kind]int{channel.Telegram: 1, channel.Line: 1, channel.WebChat: 1, channel.SMS: 1, channel.Email: 1,
		channel.WhatsApp: 2, channel.Messenger: 2, channel.Viber: 2, channel.Instagram: 3, channel.WeChat: 3}
	for _, kind := range channel.Kinds() {
		p := channel.PolicyOf(kind)
		same(t, string(kind)+" class", p.Class, classes[kind])
		same(t, string(kind)+" opened by a text", p.Opens(channel.Text), true)
		same(t, string(kind)+" opened by a changed number", p.Opens(channel.System), false)
	}
	same(t, "WhatsApp opened by a reaction", channel.PolicyOf(channel.WhatsApp).Opens(channel.Reaction), false)
	same(t, "Messenger opened by a reaction", channel.PolicyOf(channel.Messenger).Opens(channel.Reaction), true)
}
