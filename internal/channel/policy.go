package channel

import "time"

// Channels whose rules we know beside WhatsApp's (channels/windows). Only those with an adapter can be connected.
const (
	Messenger Kind = "messenger"
	Instagram Kind = "instagram"
	Telegram  Kind = "telegram"
	Line      Kind = "line"
	Viber     Kind = "viber"
	WeChat    Kind = "wechat"
	SMS       Kind = "sms"
	Email     Kind = "email"
	WebChat   Kind = "webchat"
)

// Entry is how a person came in when they last did something.
type Entry string

// The entries.
const (
	EntryMessage Entry = ""        // wrote, or tapped something in the conversation
	EntryAd      Entry = "ad"      // came from an ad or a page's button
	EntryComment Entry = "comment" // wrote under a post or mentioned us: no conversation yet
	EntryMenu    Entry = "menu"    // tapped the account's menu, followed it or scanned its code (WeChat)
)

// After is what a channel still takes once the window is over.
type After string

// What is left after the window.
const (
	AfterNothing  After = ""         // wait until the person writes
	AfterTemplate After = "template" // what the provider approved
	AfterUtility  After = "utility"  // an approved template without promotion, where the account has it
	AfterPush     After = "push"     // a message that is paid or counted
)

// Policy is what a provider lets a business say, and when. It is data: the computation is conversation.WindowOf.
type Policy struct {
	Class      int                     // 1 no window, 2 limited after it, 3 nothing after it (E09–E16)
	WriteFirst After                   // how somebody who never wrote is written to: a template, push for anything, nothing: they must come first
	Windows    map[Entry]time.Duration // free messages after the person did something; none: no window at all
	Margin     time.Duration           // kept before the end: what leaves in it may arrive too late (rule 1)
	Human      time.Duration           // from the person's last message: only a person may write, with a tag that the account was granted
	After      After
	Counts     map[Entry]int // messages of ours the window takes; none: as many as one likes
	Templates  bool          // approved templates may also be sent inside the window
	TextOnly   bool          // carries no files
	StopIsAll  bool          // who asked to stop gets nothing at all; elsewhere only no promotion
	Reactions  bool          // a reaction opens the window (rule 2)
	Metered    bool          // every message is paid
	FreeEntry  time.Duration // from an ad or page click, when answered within the window: nothing is paid (rule 9)
}

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// policies has a row per channel, as channels/windows.md does.
var policies = map[Kind]Policy{
	WhatsApp: {Class: 2, WriteFirst: AfterTemplate, Windows: map[Entry]time.Duration{EntryMessage: day, EntryAd: day},
		Margin: time.Minute, After: AfterTemplate, Templates: true, FreeEntry: 3 * day},
	Messenger: {Class: 2, Windows: map[Entry]time.Duration{EntryMessage: day, EntryAd: week, EntryComment: week},
		Margin: time.Minute, Human: week, After: AfterUtility, Counts: map[Entry]int{EntryComment: 1}, Reactions: true},
	Instagram: {Class: 3, Windows: map[Entry]time.Duration{EntryMessage: day, EntryAd: week, EntryComment: week},
		Margin: time.Minute, Human: week, Counts: map[Entry]int{EntryComment: 1}, Reactions: true},
	Telegram: {Class: 1},
	Line:     {Class: 1, After: AfterPush},
	Viber:    {Class: 2, Windows: map[Entry]time.Duration{EntryMessage: day}, Margin: time.Minute, After: AfterPush},
	WeChat: {Class: 3, Windows: map[Entry]time.Duration{EntryMessage: 2 * day, EntryMenu: time.Minute}, Margin: 2 * time.Minute,
		After: AfterTemplate, Counts: map[Entry]int{EntryMessage: 5, EntryMenu: 3}},
	SMS:     {Class: 1, WriteFirst: AfterPush, TextOnly: true, StopIsAll: true, Metered: true},
	Email:   {Class: 1, WriteFirst: AfterPush},
	WebChat: {Class: 1},
}

// PolicyOf gives the policy of a channel. A channel nobody knows takes nothing but answers within a day.
func PolicyOf(kind Kind) Policy {
	if p, known := policies[kind]; known {
		return p
	}
	return Policy{Class: 3, Windows: map[Entry]time.Duration{EntryMessage: day}, Margin: 2 * time.Minute}
}

// Kinds are the channels there is a policy for, in no order.
func Kinds() []Kind {
	all := make([]Kind, 0, len(policies))
	for kind := range policies {
		all = append(all, kind)
	}
	return all
}

// Length is how long free messages are taken after an entry; 0 when the channel has no window.
func (p Policy) Length(entry Entry) time.Duration {
	if length, known := p.Windows[entry]; known {
		return length
	}
	return p.Windows[EntryMessage]
}

// MarginOf is what is kept before the end of the window of an entry: never more than a tenth of it.
func (p Policy) MarginOf(entry Entry) time.Duration { return min(p.Margin, p.Length(entry)/10) }

// Opens tells whether a kind of inbound message opens the window and waits for an answer. An echo, a receipt, a change of what was
// said or the notice of a changed number never does (rule 2).
func (p Policy) Opens(kind string) bool {
	switch kind {
	case System, Edit, Revoke:
		return false
	case Reaction:
		return p.Reactions
	}
	return true
}

// Count is how many messages of ours the window of an entry takes; 0: as many as one likes.
func (p Policy) Count(entry Entry) int { return p.Counts[entry] }

// EntryOf tells how a person came in with a message.
func EntryOf(m Inbound) Entry {
	if len(m.Content.Referral) > 0 {
		return EntryAd
	}
	return EntryMessage
}
