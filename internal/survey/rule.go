package survey

import (
	"context"
	"fmt"
	"slices"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/fault"
)

// How often a survey follows the services of a number. The first service of a person there is always followed by one.
const (
	Every = "every" // every service
	Nth   = "nth"   // every N services
	Days  = "days"  // at most once in N days
)

const (
	// DefaultDays between two surveys of a person.
	DefaultDays = 30
	maxN        = 365
	dayMs       = 24 * 3_600_000
)

// Rule is the survey that follows the services of a number.
type Rule struct {
	Inbox  db.ID  `db:"inbox_id" json:"inbox_id"`
	Survey db.ID  `db:"survey_id" json:"survey_id" doc:"empty: none"`
	Often  string `db:"often" json:"often" enum:"every,nth,days" doc:"every service; every n services; at most once in n days. The first service of a person always"`
	N      int64  `db:"n" json:"n" doc:"services or days"`
}

// Rules gives the rules of a workspace's numbers; one without a survey is missing.
func (r *Room) Rules(ctx context.Context, workspace db.ID) ([]Rule, error) {
	return rulesOf(ctx, r.d, workspace)
}

func rulesOf(ctx context.Context, q db.Querier, workspace db.ID) ([]Rule, error) {
	rules, err := db.All[Rule](ctx, q, "select inbox_id, survey_id, often, n from survey_rules where workspace_id = $1 order by inbox_id", workspace)
	if err != nil {
		return nil, fmt.Errorf("rules of surveys: %w", err)
	}
	return rules, nil
}

// ruleOf gives the rule of one number; its survey is 0 without one.
func ruleOf(ctx context.Context, q db.Querier, workspace, inbox db.ID) (Rule, error) {
	rules, err := db.All[Rule](ctx, q, "select inbox_id, survey_id, often, n from survey_rules where workspace_id = $1 and inbox_id = $2", workspace, inbox)
	if err != nil || len(rules) == 0 {
		return Rule{Inbox: inbox}, err
	}
	return rules[0], nil
}

const saveRule = `insert into survey_rules (workspace_id, inbox_id, survey_id, often, n, updated_at) values ($1, $2, $3, $4, $5, $6)
	on conflict (inbox_id) do update set survey_id = excluded.survey_id, often = excluded.often, n = excluded.n, updated_at = excluded.updated_at
	where survey_rules.workspace_id = excluded.workspace_id`

// SetRule chooses the survey that follows the services of a number, 0 for none. It needs edit in the area automation and fails with
// NotFound for a number of elsewhere and with Invalid on the field at fault.
func (r *Room) SetRule(ctx context.Context, actor account.Actor, rule Rule) error {
	if err := actor.Can(account.Automation, account.Edit); err != nil {
		return err
	}
	if _, err := r.inboxes.Get(ctx, actor.Workspace, rule.Inbox); err != nil {
		return err
	}
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if rule.Survey == 0 {
			_, err := tx.Exec(ctx, "delete from survey_rules where inbox_id = $1 and workspace_id = $2", rule.Inbox, actor.Workspace)
			return err
		}
		if err := rule.check(); err != nil {
			return err
		}
		if _, err := inUse(ctx, tx, actor.Workspace, rule.Survey); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, saveRule, actor.Workspace, rule.Inbox, rule.Survey, rule.Often, rule.N, tx.Now())
		return err
	})
}

func (rule *Rule) check() error {
	if !slices.Contains([]string{Every, Nth, Days}, rule.Often) {
		return fault.New(fault.Invalid, "survey.often", "Choose how often it is sent.").On("often")
	}
	if rule.Often == Every {
		rule.N = 1
	}
	if rule.N < 1 || rule.N > maxN {
		return fault.New(fault.Invalid, "survey.n", "Choose a number from 1 to %d.", maxN).On("n").With("limit", maxN)
	}
	return nil
}

// inUse holds a survey that can be sent. It fails with Invalid on the field survey_id.
func inUse(ctx context.Context, tx *db.Tx, workspace, id db.ID) (Survey, error) {
	s, err := hold(ctx, tx, workspace, id)
	if fault.KindOf(err) == fault.NotFound || err == nil && s.ArchivedAt != 0 {
		err = fault.New(fault.Invalid, "survey.gone", "This survey is no longer in use. Choose another one.").On("survey_id")
	}
	return s, err
}

const (
	lastSent = "select coalesce(max(sent_at), 0) from survey_sendings where conversation_id = $1"
	// Services are what people of ours answered and closed.
	servicesSince = `select count(*) from tickets where conversation_id = $1 and id <> $2 and closed_at > $3 and status = 'closed' and closed_by <> 0
		and first_reply_at is not null and result not in ('spam', 'transferred')`
)

// due tells whether a survey follows this service of a conversation by the rule.
func (rule Rule) due(ctx context.Context, q db.Querier, conversation, ticket db.ID, now int64) (bool, error) {
	if rule.Survey == 0 {
		return false, nil
	}
	last, err := db.One[int64](ctx, q, lastSent, conversation)
	if err != nil || last == 0 {
		return err == nil, err
	}
	switch rule.Often {
	case Every:
		return true, nil
	case Days:
		return now >= last+rule.N*dayMs, nil
	}
	services, err := db.One[int64](ctx, q, servicesSince, conversation, ticket, last)
	return services+1 >= rule.N, err
}

// excluded are results of tickets that no survey follows by itself.
var excluded = []string{"spam", conversation.ResultTransferred}
