package conversation

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/inbox"
)

// What a closing note must say (C27).
const (
	NoteOff             = "off"              // none is kept
	NoteOptional        = "optional"         // what the agent likes
	NoteCategory        = "category"         // a category, and words if the agent likes
	NoteCategorySummary = "category_summary" // a category and words
)

// What becomes of a conversation's agent when its ticket is closed (C25, E19).
const (
	AssigneeLeaves = "unassign"  // the next ticket goes to whoever meets new ones
	AssigneeStays  = "keep"      // the next ticket goes to the same agent, while on line
	AssigneeDays   = "keep_days" // the same, for some days
)

// ResultTransferred is the result of a ticket that goes on at another number; the house writes it, nobody chooses it.
const ResultTransferred = "transferred"

// Bounds of the lists of a workspace and of their words, in characters.
const (
	maxWords   = 40
	maxWord    = 60
	maxKeepDay = 365
)

// ClosingRules are how a workspace closes its tickets (E20). Results and Categories are words of the workspace; those of
// DefaultClosingRules are codes that screens translate.
type ClosingRules struct {
	NoteMode     string   `json:"note_mode"`
	Results      []string `json:"results"`
	Categories   []string `json:"categories"`
	TagsRequired bool     `json:"tags_required"`
	Assignee     string   `json:"assignee"`
	KeepDays     int64    `json:"keep_days"` // with AssigneeDays
}

// DefaultClosingRules hold in a workspace that has not chosen its own.
func DefaultClosingRules() ClosingRules {
	return ClosingRules{NoteMode: NoteOptional, Results: []string{"resolved", "sold", "no_answer", "not_interested", "spam", "other"},
		Categories: []string{}, Assignee: AssigneeLeaves, KeepDays: 7}
}

// ClosingRulesOf gives the rules of a workspace, read through q.
func (r *Room) ClosingRulesOf(ctx context.Context, q db.Querier, workspace db.ID) (ClosingRules, error) {
	rules := DefaultClosingRules()
	text, err := db.One[string](ctx, q, "select rules_json from closing_rules where workspace_id = $1", workspace)
	if db.None(err) {
		return rules, nil
	}
	if err != nil {
		return rules, fmt.Errorf("closing rules: %w", err)
	}
	if err := json.Unmarshal([]byte(text), &rules); err != nil {
		return rules, fmt.Errorf("closing rules of workspace %d: %w", workspace, err)
	}
	return rules, nil
}

// companyRules are the company's among the rules of a number i.
const companyRules = "select rules_json from closing_rules where workspace_id = i.workspace_id"

// ClosingRulesFor gives the rules as they hold for numbers, read through q: the number's own, else the workspace's (B170). Numbers
// of elsewhere are missing in the answer.
func (r *Room) ClosingRulesFor(ctx context.Context, q db.Querier, workspace db.ID, numbers ...db.ID) (map[db.ID]ClosingRules, error) {
	return inbox.Resolve(ctx, q, companyRules, inbox.ByID, DefaultClosingRules, workspace, numbers...)
}

const keepRules = `insert into closing_rules (workspace_id, rules_json) values ($1, $2)
	on conflict (workspace_id) do update set rules_json = excluded.rules_json`

// SetClosingRules changes the rules of the actor's workspace and gives them as they are kept. It fails with Invalid, naming
// the field.
func (r *Room) SetClosingRules(ctx context.Context, actor account.Actor, rules ClosingRules) (ClosingRules, error) {
	if err := rules.Check(); err != nil {
		return rules, err
	}
	text, err := json.Marshal(rules)
	if err != nil {
		return rules, err
	}
	return rules, r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, keepRules, actor.Workspace, clean(string(text)))
		return err
	})
}

// Check tidies the lists and refuses rules that cannot be met, with Invalid on the field.
func (c *ClosingRules) Check() (err error) {
	if !slices.Contains(noteModes, c.NoteMode) {
		return fault.New(fault.Invalid, "closing.note_mode", "There is no such closing note.").On("note_mode")
	}
	if !slices.Contains([]string{AssigneeLeaves, AssigneeStays, AssigneeDays}, c.Assignee) {
		return fault.New(fault.Invalid, "closing.assignee", "Choose what becomes of the agent.").On("assignee")
	}
	if c.KeepDays < 1 || c.KeepDays > maxKeepDay {
		return fault.New(fault.Invalid, "closing.keep_days", "Choose 1 to %d days.", maxKeepDay).On("keep_days").With("max", maxKeepDay)
	}
	if c.Results, err = CleanWords(c.Results, "results"); err != nil {
		return err
	}
	if c.Categories, err = CleanWords(c.Categories, "categories"); err != nil {
		return err
	}
	if len(c.Categories) == 0 && (c.NoteMode == NoteCategory || c.NoteMode == NoteCategorySummary) {
		return fault.New(fault.Invalid, "closing.no_categories", "Add a category first.").On("categories")
	}
	return nil
}

// CleanWords trims the words of a list, drops empty and repeated ones, and refuses lists that are too long, with the
// field at fault.
func CleanWords(words []string, field string) ([]string, error) {
	out := []string{}
	for _, word := range words {
		word = clean(strings.TrimSpace(word))
		if utf8.RuneCountInString(word) > maxWord {
			return nil, fault.New(fault.Invalid, "closing.word_long", "An entry has at most %d characters.", maxWord).On(field).With("limit", maxWord)
		}
		if word != "" && !slices.ContainsFunc(out, func(w string) bool { return strings.EqualFold(w, word) }) {
			out = append(out, word)
		}
	}
	if len(out) > maxWords {
		return nil, fault.New(fault.Invalid, "closing.words_many", "A list has at most %d entries.", maxWords).On(field).With("limit", maxWords)
	}
	return out, nil
}

// mayClose refuses a closing that does not say what the number asks for, naming the field.
func (r *Room) mayClose(ctx context.Context, tx *db.Tx, t Ticket, c Closing) error {
	all, err := r.ClosingRulesFor(ctx, tx, t.Workspace, t.Inbox)
	if err != nil {
		return err
	}
	rules := all[t.Inbox]
	if err := rules.Allow(c); err != nil || !rules.TagsRequired {
		return err
	}
	tags, err := db.One[int64](ctx, tx, "select count(*) from ticket_tags where ticket_id = $1", t.ID)
	if err == nil && tags == 0 {
		err = fault.New(fault.Invalid, "ticket.tags_required", "Add at least one tag.").On("tags")
	}
	return err
}

// Allow tells whether a closing says what the rules ask for, tags aside. It fails with Invalid, naming the field. A number can ask
// for a category of the workspace's list, which was emptied since: then none is asked for.
func (c ClosingRules) Allow(closing Closing) error {
	if utf8.RuneCountInString(closing.Note) > maxClosingNote {
		return noteTooLong()
	}
	if closing.Result != "" && !slices.Contains(c.Results, closing.Result) {
		return fault.New(fault.Invalid, "ticket.result", "This result is not in the list.").On("result")
	}
	if closing.Category != "" && !slices.Contains(c.Categories, closing.Category) {
		return fault.New(fault.Invalid, "ticket.category", "This category is not in the list.").On("category")
	}
	switch {
	case c.NoteMode == NoteOff && (closing.Note != "" || closing.Category != ""):
		return fault.New(fault.Invalid, "ticket.note_off", "Closing notes are switched off.").On("note")
	case closing.Category == "" && len(c.Categories) > 0 && (c.NoteMode == NoteCategory || c.NoteMode == NoteCategorySummary):
		return fault.New(fault.Invalid, "ticket.category_required", "Choose a category.").On("category")
	case closing.Note == "" && c.NoteMode == NoteCategorySummary:
		return fault.New(fault.Invalid, "ticket.summary_required", "Write a summary.").On("note")
	}
	return nil
}

// noteModes are from the mildest to the strictest.
var noteModes = []string{NoteOff, NoteOptional, NoteCategory, NoteCategorySummary}

// And gives rules whose closings both rules allow, as far as there are any: the strictest note, and what both lists have.
func (c ClosingRules) And(other ClosingRules) ClosingRules {
	if slices.Index(noteModes, other.NoteMode) > slices.Index(noteModes, c.NoteMode) {
		c.NoteMode = other.NoteMode
	}
	missing := func(list []string) func(string) bool {
		return func(word string) bool { return !slices.Contains(list, word) }
	}
	c.Results = slices.DeleteFunc(slices.Clone(c.Results), missing(other.Results))
	c.Categories = slices.DeleteFunc(slices.Clone(c.Categories), missing(other.Categories))
	c.TagsRequired = c.TagsRequired || other.TagsRequired
	return c
}

// ClosingRulesAt gives the rules of tickets closed together on numbers of the actor's workspace: the workspace's without a number. It
// fails with NotFound for a number of elsewhere.
func (r *Room) ClosingRulesAt(ctx context.Context, actor account.Actor, numbers ...db.ID) (ClosingRules, error) {
	if len(numbers) == 0 {
		return r.ClosingRules(ctx, actor)
	}
	found, err := r.ClosingRulesFor(ctx, r.d, actor.Workspace, numbers...)
	if err != nil {
		return ClosingRules{}, err
	}
	rules, known := found[numbers[0]]
	for _, number := range numbers[1:] {
		next, ok := found[number]
		rules, known = rules.And(next), known && ok
	}
	if !known {
		return rules, fault.New(fault.NotFound, "inbox.not_found", "There is no such number.")
	}
	return rules, nil
}

// Keeps tells whether the agent of a closed ticket takes the next one of the same person at a time.
func (c ClosingRules) Keeps(closed Ticket, at int64) bool {
	switch c.Assignee {
	case AssigneeStays:
		return true
	case AssigneeDays:
		return at < closed.ClosedAt+c.KeepDays*24*60*60*1000
	}
	return false
}

// ClosingRules gives the rules of the actor's workspace.
func (r *Room) ClosingRules(ctx context.Context, actor account.Actor) (ClosingRules, error) {
	return r.ClosingRulesOf(ctx, r.d, actor.Workspace)
}
