package conversation

import (
	"slices"

	"recado/internal/channel"
	"recado/internal/inbox"
)

// States of a window (channels/windows).
const (
	WindowOpen     = "open"            // anything may be said
	WindowHuman    = "open_human"      // a person may write, nothing that runs by itself
	TemplateOnly   = "template_only"   // only an approved template
	PaidPush       = "paid_push"       // anything, but it is paid or counted
	Blocked        = "blocked"         // nothing until the person writes
	NoIdentity     = "no_identity"     // the person never came to this account
	OptedOut       = "opted_out"       // wants no promotion
	AccountProblem = "account_problem" // the number cannot send now
)

// What may be said.
const (
	AllowFree     = "free"        // words of one's own
	AllowMedia    = "media"       // files
	AllowTemplate = "template"    // any approved template
	AllowUtility  = "utility"     // an approved template without promotion
	AllowHuman    = "human_agent" // words and files of a person, marked as such for the provider
	AllowPush     = "push"        // words and files, paid or counted
)

// What a message costs.
const (
	CostNothing  = ""
	CostTemplate = "template" // the provider bills templates by category
	CostQuota    = "quota"    // counts in the month's quota: Left
	CostPaid     = "paid"     // billed one by one
	CostFree     = "free"     // nothing is billed until Until: the person came from an ad or a page
)

// Unmetered is Quota.Left when the channel cannot tell what is left.
const Unmetered = -1

// AccountFacts are what the provider granted an account, and what is left of it.
type AccountFacts struct {
	HumanAgent bool  // may use the tag for people (Messenger, Instagram)
	Utility    bool  // has utility templates (Messenger)
	Templates  bool  // has approved templates (WeChat)
	Push       bool  // may push: has a contract or a quota (LINE, Viber)
	Left       int64 // messages left in the month's quota; Unmetered when unknown
	PaidBeyond bool  // a message beyond the quota is billed, not refused
}

// WindowFacts is all that decides what may be said. Times are Unix milliseconds by the provider's clock.
type WindowFacts struct {
	Channel     channel.Kind
	InboxStatus inbox.Status
	Account     AccountFacts
	NoIdentity  bool          // the person has no address on this account
	Unreachable bool          // web chat: the visitor's session ended and no e-mail address is known
	LastInbound int64         // the person's last message on this identity; 0: never
	Entry       channel.Entry // how they came in then
	Until       int64         // end of the service window: UntilOf, or when the provider said that it is closed; 0: never opened
	Said        int           // messages of ours since then
	FreeUntil   int64         // end of the period without cost after an ad or page click; 0: none
	OptedOut    bool          // from promotion
	OptedOutAll bool          // from every active message, too
	Sender      string        // an author kind; "" is AuthorAgent
}

// WindowState is what may be said now in a conversation.
type WindowState struct {
	State   string   `json:"state" enum:"open,open_human,template_only,paid_push,blocked,no_identity,opted_out,account_problem"`
	Until   int64    `json:"until" doc:"end of the period the state speaks of, Unix milliseconds; 0: none"`
	Allowed []string `json:"allowed" doc:"of free, media, template, utility, human_agent, push"`
	Reason  string   `json:"reason" doc:"code for words; empty when all may be said"`
	Cost    Cost     `json:"cost_hint"`
}

// Cost is what saying something costs.
type Cost struct {
	Kind  string `json:"kind" doc:"template, quota, paid, free, or empty"`
	Left  int64  `json:"left" doc:"of quota: messages left, -1 unknown"`
	Until int64  `json:"until" doc:"of free: until when, Unix milliseconds"`
}

// UntilOf is the end of the service window that an entry at a provider's time opens; 0 where a channel has none.
func UntilOf(kind channel.Kind, entry channel.Entry, at int64) int64 {
	length := channel.PolicyOf(kind).Length(entry)
	if length == 0 {
		return 0
	}
	return at + length.Milliseconds()
}

// WindowOf decides what may be said at a time: one computation for composer, gateway and API (E21). The provider's rules are
// channel.PolicyOf; here they meet the account, the person's wishes and who is writing.
func WindowOf(facts WindowFacts, now int64) WindowState {
	p := channel.PolicyOf(facts.Channel)
	w := WindowState{Until: facts.Until, Allowed: []string{}}
	switch {
	case facts.InboxStatus == inbox.Disconnected:
		return w.is(AccountProblem, "inbox.disconnected")
	case facts.NoIdentity && p.WriteFirst == channel.AfterNothing:
		return w.is(NoIdentity, "window.no_identity")
	case facts.Unreachable:
		return w.is(Blocked, "window.unreachable")
	case facts.OptedOut && (p.StopIsAll || facts.Sender == AuthorCampaign):
		return w.is(OptedOut, "contact.opted_out")
	case facts.inside(p, now):
		w = w.is(WindowOpen, "", inside(p, facts)...)
	case facts.InboxStatus == inbox.Blocked:
		return w.is(AccountProblem, "inbox.blocked")
	case facts.human(p, now):
		w = facts.onlyPeople(w)
	default:
		w = facts.after(p, w)
	}
	w.Cost = facts.cost(p, w, now)
	return facts.heedWishes(w)
}

func (w WindowState) is(state, reason string, allowed ...string) WindowState {
	w.State, w.Reason, w.Allowed = state, reason, allowed
	if allowed == nil {
		w.Allowed = []string{}
	}
	return w
}

// inside tells whether the window is open: a channel without one is always inside, unless what it sends is pushed.
func (f WindowFacts) inside(p channel.Policy, now int64) bool {
	if len(p.Windows) == 0 {
		return p.After != channel.AfterPush
	}
	most := p.Count(f.Entry)
	return now < f.Until-p.MarginOf(f.Entry).Milliseconds() && (most == 0 || f.Said < most)
}

func inside(p channel.Policy, f WindowFacts) []string {
	switch {
	case p.TextOnly, f.Entry == channel.EntryComment && p.Count(f.Entry) > 0:
		return []string{AllowFree}
	case p.Templates:
		return []string{AllowFree, AllowMedia, AllowTemplate}
	}
	return []string{AllowFree, AllowMedia}
}

// human tells whether only a person may write now. A comment is not a message: it opens no such period.
func (f WindowFacts) human(p channel.Policy, now int64) bool {
	return p.Human > 0 && f.Account.HumanAgent && f.LastInbound > 0 && f.Entry != channel.EntryComment && now < f.humanUntil(p)-p.Margin.Milliseconds()
}

func (f WindowFacts) humanUntil(p channel.Policy) int64 {
	return f.LastInbound + p.Human.Milliseconds()
}

// onlyPeople refuses all that runs by itself, programs with a key included: the tag is never theirs (rule 6).
func (f WindowFacts) onlyPeople(w WindowState) WindowState {
	w.Until = f.humanUntil(channel.PolicyOf(f.Channel))
	var utility []string
	if f.Account.Utility {
		utility = []string{AllowUtility}
	}
	if f.Sender != "" && f.Sender != AuthorAgent {
		return w.is(WindowHuman, "window.people_only", utility...)
	}
	return w.is(WindowHuman, "window.people_only", append([]string{AllowFree, AllowMedia, AllowHuman}, utility...)...)
}

// after is what the channel takes once its window is over.
func (f WindowFacts) after(p channel.Policy, w WindowState) WindowState {
	if p.Human > 0 && f.Account.HumanAgent && f.LastInbound > 0 && f.Entry != channel.EntryComment {
		w.Until = max(w.Until, f.humanUntil(p))
	}
	reason := f.whyOver(p)
	switch p.After {
	case channel.AfterTemplate:
		if p.Templates || f.Account.Templates {
			return w.is(TemplateOnly, reason, AllowTemplate)
		}
	case channel.AfterUtility:
		if f.Account.Utility {
			return w.is(TemplateOnly, reason, AllowUtility)
		}
	case channel.AfterPush:
		if f.Account.Push && (f.Account.Left != 0 || f.Account.PaidBeyond) {
			return w.is(PaidPush, reason, AllowFree, AllowMedia, AllowPush)
		}
		return w.is(Blocked, "window.quota")
	}
	return w.is(Blocked, reason)
}

func (f WindowFacts) whyOver(p channel.Policy) string {
	most := p.Count(f.Entry)
	switch {
	case len(p.Windows) == 0:
		return "window.push"
	case f.Until == 0:
		return "window.never"
	case most > 0 && f.Said >= most:
		return "window.count"
	}
	return "window.closed"
}

func (f WindowFacts) cost(p channel.Policy, w WindowState, now int64) Cost {
	switch {
	case now < f.FreeUntil:
		return Cost{Kind: CostFree, Until: f.FreeUntil}
	case p.Metered:
		return Cost{Kind: CostPaid}
	case w.State == PaidPush && f.Account.Left != 0:
		return Cost{Kind: CostQuota, Left: f.Account.Left}
	case w.State == PaidPush:
		return Cost{Kind: CostPaid}
	case w.State == TemplateOnly:
		return Cost{Kind: CostTemplate}
	}
	return Cost{}
}

// heedWishes keeps promotion from who asked for none: the service goes on.
func (f WindowFacts) heedWishes(w WindowState) WindowState {
	if !f.OptedOut {
		return w
	}
	allowed := slices.Clone(w.Allowed)
	if f.OptedOutAll {
		allowed = slices.DeleteFunc(allowed, func(a string) bool { return a == AllowTemplate || a == AllowUtility })
	}
	for i, a := range allowed {
		if a == AllowTemplate {
			allowed[i] = AllowUtility
		}
	}
	if w.State == Blocked || w.State == NoIdentity || w.State == WindowHuman {
		w.Allowed = allowed
		return w
	}
	return w.is(OptedOut, "contact.opted_out", allowed...)
}

// Allows tells whether this may be said. Where any template may be sent, one without promotion may, too.
func (w WindowState) Allows(what string) bool {
	return slices.Contains(w.Allowed, what) || what == AllowUtility && slices.Contains(w.Allowed, AllowTemplate)
}
