package campaign

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/inbox"
	"recado/internal/sheet"
	"recado/internal/template"
)

// catalog is what a sheet is judged against: the numbers, templates, queues and agents of a workspace at one moment.
type catalog struct {
	senders   []sender
	byKey     map[string]int // identity key of a number → its place in senders
	byLabel   map[string]int // folded label
	byID      map[db.ID]int
	templates []*wording
	byName    map[templateName]*wording
	languages map[accountName][]*wording
	names     map[string]bool // of templates in any account
	byTplID   map[db.ID]*wording
	queues    map[string]Queue // folded name
	queueByID map[db.ID]Queue
	agents    *agentBook
	files     *fileBook
	limit     Cap
	quiet     Quiet
	forMany   bool // sends to many people may name agents
}

type sender struct {
	inbox.Inbox
	key     string // identity key of its number
	country string // of its number: where a phone without country code is from
	allowed bool   // the author may send from it
}

type templateName struct{ account, name, language string }
type accountName struct{ account, name string }

// wording is a template ready to be checked against a row.
type wording struct {
	template.Template
	shape template.Shape
	needs []need
	plain bool // only the body has variables, so that short harmless values cannot break a rule
	room  int  // bytes the values of the body may have together before its length has to be measured
}

// need is one variable of a template.
type need struct {
	key   string // "body.1", "body.nombre", "header.1", "button.0"
	short string // "1", "nombre": how a column may name it; "" when only the full key does
	shown string // "{{1}}", as people know it
}

// catalog loads what a campaign is judged against.
func (r *Room) catalog(ctx context.Context, workspace db.ID, a asked) (*catalog, error) {
	boxes, err := r.Inboxes.List(ctx, workspace)
	if err != nil {
		return nil, err
	}
	all, err := r.Templates.List(ctx, workspace)
	if err != nil {
		return nil, err
	}
	queues, err := r.Desk.Queues(ctx, workspace)
	if err != nil {
		return nil, fmt.Errorf("queues: %w", err)
	}
	c := &catalog{byKey: map[string]int{}, byLabel: map[string]int{}, byID: map[db.ID]int{}, byName: map[templateName]*wording{},
		languages: map[accountName][]*wording{}, names: map[string]bool{}, byTplID: map[db.ID]*wording{}, queues: map[string]Queue{},
		queueByID: map[db.ID]Queue{}, agents: &agentBook{ask: r.Desk, workspace: workspace, known: map[agentKey]agentAnswer{}},
		files: newFileBook(r, workspace)}
	policy, err := r.policyIn(ctx, r.d, workspace)
	if err != nil {
		return nil, err
	}
	c.limit, c.quiet, c.forMany = policy.Cap, policy.Quiet, policy.AgentsForMany
	for _, box := range boxes {
		c.addSender(box, a)
	}
	for _, t := range all {
		c.addTemplate(t)
	}
	for _, q := range queues {
		c.queues[sheet.FoldHeader(q.Name)] = q
		c.queueByID[q.ID] = q
	}
	return c, nil
}

func (c *catalog) addSender(box inbox.Inbox, a asked) {
	if box.Channel != channel.WhatsApp {
		return
	}
	phone := contact.FromWhatsApp(box.Address)
	i := len(c.senders)
	c.senders = append(c.senders, sender{Inbox: box, key: phone.Key, country: phone.Country, allowed: a.All || slices.Contains(a.Inboxes, box.ID)})
	c.byKey[phone.Key] = i
	c.byID[box.ID] = i
	if label := sheet.FoldHeader(box.Label); label != "" {
		c.byLabel[label] = i
	}
}

func (c *catalog) addTemplate(t template.Template) {
	w := newWording(t)
	c.templates = append(c.templates, w)
	c.byName[templateName{t.Account, t.Name, template.NormalLanguage(t.Language)}] = w
	name := accountName{t.Account, t.Name}
	c.languages[name] = append(c.languages[name], w)
	c.names[t.Name] = true
	c.byTplID[t.ID] = w
}

// labelOf names a number; "" for one there is not.
func (c *catalog) labelOf(box db.ID) string {
	if i, ok := c.byID[box]; ok {
		return c.senders[i].Label
	}
	return ""
}

// findSender reads a sender cell: a number in any form, or the label of one. It gives its place, or -1.
func (c *catalog) findSender(text string) int {
	if i, ok := c.byLabel[sheet.FoldHeader(text)]; ok {
		return i
	}
	if phone, err := contact.ParsePhone(text, ""); err == nil {
		if i, ok := c.byKey[phone.Key]; ok {
			return i
		}
	}
	for i, s := range c.senders { // a number without its country code
		if phone, err := contact.ParsePhone(text, s.country); err == nil && phone.Key == s.key {
			return i
		}
	}
	return -1
}

// nearest gives the approved template of an account whose name is closest to one that does not exist, or "".
func (c *catalog) nearest(account, name string) string {
	best, at := "", max(2, len(name)/2)+1
	for _, w := range c.templates {
		if w.Account != account || !w.Sendable() {
			continue
		}
		if d := distance(name, w.Name); d < at {
			best, at = w.Name, d
		}
	}
	return best
}

// distance is the number of letters to change, add or drop (Levenshtein); names share a beginning more often than not.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			before, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, before+cost)
		}
	}
	return row[len(b)]
}

// agentBook remembers what routing said about agents, so that a sheet with one e-mail in a million rows asks once.
type agentBook struct {
	ask       Desk
	workspace db.ID
	mu        sync.Mutex
	known     map[agentKey]agentAnswer
}

type agentKey struct {
	email string
	inbox db.ID
}

type agentAnswer struct {
	agent Agent
	code  string // of the problem, "" when the agent can be named
}

// find tells whether an agent can take tickets of an inbox.
func (b *agentBook) find(ctx context.Context, email string, inbox db.ID) (Agent, string, error) {
	key := agentKey{strings.ToLower(strings.TrimSpace(email)), inbox}
	b.mu.Lock()
	defer b.mu.Unlock()
	if a, ok := b.known[key]; ok {
		return a.agent, a.code, nil
	}
	agent, err := b.ask.CheckAgent(ctx, b.workspace, key.email, inbox)
	answer := agentAnswer{agent: agent}
	if err != nil {
		var f *fault.Error
		if !errors.As(err, &f) || f.Kind == fault.Internal || f.Kind == fault.Unavailable {
			return Agent{}, "", fmt.Errorf("check agent: %w", err)
		}
		answer.code = RowAgentUnknown
		if f.Code == "route.agent_no_access" {
			answer.code = RowAgentNoAccess
		}
	}
	b.known[key] = answer
	return answer.agent, answer.code, nil
}
