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

const keepRules = `insert into closing_rules (workspace_id, rules_json) values ($1, $2)
	on conflict (workspace_id) do update set rules_json = excluded.rules_json`

// SetClosingRules changes the rules of the actor's workspace and gives them as they are kept. It fails with Invalid, naming
// the field.
func (r *Room) SetClosingRules(ctx context.Context, actor account.Actor, rules ClosingRules) (ClosingRules, error) {
	if err := rules.check(); err != nil {
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

func (c *ClosingRules) check() (err error) {
	if !slices.Contains([]string{NoteOff, NoteOptional, NoteCategory, NoteCategorySummary}, c.NoteMode) {
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

// mayClose refuses a closing that does not say what the workspace asks for, naming the field.
func (r *Room) mayClose(ctx context.Context, tx *db.Tx, t Ticket, c Closing) error {
	rules, err := r.ClosingRulesOf(ctx, tx, t.Workspace)
	if err != nil {
		return err
	}
	if err := rules.Allow(c); err != nil || !rules.TagsRequired {
		return err
	}
	tags, err := db.One[int64](ctx, tx, "select count(*) from ticket_tags where ticket_id = $1", t.ID)
	if err == nil && tags == 0 {
		err = fault.New(fault.Invalid, "ticket.tags_required", "Add at least one tag.").On("tags")
	}
	return err
}

// Allow tells whether a closing says what the rules ask for, tags aside. It fails with Invalid, naming the field.
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
	case closing.Category == "" && (c.NoteMode == NoteCategory || c.NoteMode == NoteCategorySummary):
		return fault.New(fault.Invalid, "ticket.category_required", "Choose a category.").On("category")
	case closing.Note == "" && c.NoteMode == NoteCategorySummary:
		return fault.New(fault.Invalid, "ticket.summary_required", "Write a summary.").On("note")
	}
	return nil
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
