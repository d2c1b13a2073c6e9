package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/flow"
)

// Kinds of outside brains.
const (
	DialogflowES = "dialogflow_es"
	DialogflowCX = "dialogflow_cx"
	OpenAI       = "openai"  // whatever speaks its chat completions
	Webhook      = "webhook" // a system of the house
)

const (
	maxBrains   = 20
	maxPrompt   = 8000
	maxSecret   = 16 << 10
	maxBrainURL = 500
)

// BrainConfig is where and how an outside brain is asked.
type BrainConfig struct {
	Kind        string `json:"kind" enum:"dialogflow_es,dialogflow_cx,openai,webhook"`
	URL         string `json:"url,omitempty" maxLength:"2000" doc:"openai: up to /v1; webhook: where it is asked; dialogflow: instead of Google's address"`
	Model       string `json:"model,omitempty" maxLength:"200" doc:"openai"`
	Prompt      string `json:"prompt,omitempty" maxLength:"32000" doc:"openai: who it is and what it knows"`
	Project     string `json:"project,omitempty" maxLength:"200" doc:"dialogflow"`
	Location    string `json:"location,omitempty" maxLength:"200" doc:"dialogflow: global when empty"`
	Agent       string `json:"agent,omitempty" maxLength:"200" doc:"dialogflow_cx: id of the agent"`
	Environment string `json:"environment,omitempty" maxLength:"200" doc:"dialogflow: the draft when empty"`
}

// Brain is an outside brain that flows let talk with people.
type Brain struct {
	ID        db.ID
	Name      string
	Config    BrainConfig
	HasSecret bool  // a key, or for Dialogflow the service account, is kept; nobody reads it again
	UpdatedAt int64 // Unix milliseconds
	sealed    []byte
}

type brainRow struct {
	ID        db.ID  `db:"id"`
	Name      string `db:"name"`
	Config    string `db:"config_json"`
	Secret    []byte `db:"secret"`
	UpdatedAt int64  `db:"updated_at"`
}

func brainsIn(ctx context.Context, q db.Querier, workspace db.ID) ([]Brain, error) {
	rows, err := db.All[brainRow](ctx, q, "select id, name, config_json, secret, updated_at from brains where workspace_id = $1 order by name, id", workspace)
	if err != nil {
		return nil, fmt.Errorf("brains: %w", err)
	}
	out := make([]Brain, len(rows))
	for i, row := range rows {
		out[i] = Brain{ID: row.ID, Name: row.Name, HasSecret: len(row.Secret) > 0, UpdatedAt: row.UpdatedAt, sealed: row.Secret}
		if err := json.Unmarshal([]byte(row.Config), &out[i].Config); err != nil {
			return nil, fmt.Errorf("brain %d: %w", row.ID, err)
		}
	}
	return out, nil
}

// Brains lists the outside brains of a workspace, by name.
func (r *Room) Brains(ctx context.Context, workspace db.ID) ([]Brain, error) {
	return brainsIn(ctx, r.d, workspace)
}

func brainIn(ctx context.Context, q db.Querier, workspace, id db.ID) (Brain, error) {
	all, err := brainsIn(ctx, q, workspace)
	if err != nil {
		return Brain{}, err
	}
	i := slices.IndexFunc(all, func(b Brain) bool { return b.ID == id })
	if i < 0 {
		return Brain{}, fault.New(fault.NotFound, "brain.not_found", "There is no such brain.")
	}
	return all[i], nil
}

const saveBrain = `insert into brains (workspace_id, id, name, config_json, secret, updated_at) values ($1, $2, $3, $4, $5, $6)
	on conflict (id) do update set name = excluded.name, config_json = excluded.config_json, secret = excluded.secret, updated_at = excluded.updated_at
	where brains.workspace_id = excluded.workspace_id`

// SaveBrain sets up an outside brain; id 0 makes a new one. An empty secret keeps the one there is, unless where it would be sent
// changes: then it has to be given again. It needs edit in the area automation and fails with Invalid on the field at fault.
func (r *Room) SaveBrain(ctx context.Context, actor account.Actor, id db.ID, name string, config BrainConfig, secret string) (b Brain, err error) {
	if err := actor.Can(account.Automation, account.Edit); err != nil {
		return Brain{}, err
	}
	name = strings.Join(strings.Fields(name), " ")
	if name == "" || utf8.RuneCountInString(name) > maxFlowName {
		return Brain{}, fault.New(fault.Invalid, "brain.name", "Give the brain a name of at most %d characters.", maxFlowName).On("name").With("limit", maxFlowName)
	}
	if err := r.checkBrain(&config); err != nil {
		return Brain{}, err
	}
	if secret = strings.TrimSpace(secret); secret != "" {
		if err := r.checkSecret(config, secret); err != nil {
			return Brain{}, err
		}
	}
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		b = Brain{ID: id}
		if id == 0 {
			n, err := db.One[int](ctx, tx, "select count(*) from brains where workspace_id = $1", actor.Workspace)
			if err != nil {
				return fmt.Errorf("count brains: %w", err)
			}
			if n >= maxBrains {
				return fault.New(fault.Conflict, "brain.too_many", "A workspace has at most %d brains.", maxBrains).With("limit", maxBrains)
			}
			b.ID = tx.NewID()
		} else if b, err = brainIn(ctx, tx, actor.Workspace, id); err != nil {
			return err
		}
		if secret == "" && (b.Config.Kind != config.Kind || b.Config.URL != config.URL) {
			b.sealed = nil // a key never goes to another address than it was given for
		}
		if secret != "" {
			b.sealed = r.outside.Sealer.Seal([]byte(secret), brainContext(b.ID))
		}
		if config.dialogflow() && len(b.sealed) == 0 {
			return fault.New(fault.Invalid, "brain.no_account", "Paste the service account's key file.").On("secret")
		}
		b.Name, b.Config, b.HasSecret, b.UpdatedAt = name, config, len(b.sealed) > 0, tx.Now()
		text, err := json.Marshal(config)
		if err == nil {
			_, err = tx.Exec(ctx, saveBrain, actor.Workspace, b.ID, b.Name, string(text), b.sealed, b.UpdatedAt)
		}
		if err != nil {
			return fmt.Errorf("save brain: %w", err)
		}
		return nil
	})
	return b, err
}

func brainContext(id db.ID) string { return "brain:" + id.String() }

func (c BrainConfig) dialogflow() bool { return c.Kind == DialogflowES || c.Kind == DialogflowCX }

func (r *Room) checkBrain(c *BrainConfig) error {
	for _, text := range []*string{&c.URL, &c.Model, &c.Prompt, &c.Project, &c.Location, &c.Agent, &c.Environment} {
		*text = strings.TrimSpace(*text)
	}
	needed := map[string]*string{}
	switch c.Kind {
	case DialogflowES:
		needed["project"] = &c.Project
	case DialogflowCX:
		needed["project"], needed["agent"] = &c.Project, &c.Agent
	case OpenAI:
		needed["url"], needed["model"] = &c.URL, &c.Model
	case Webhook:
		needed["url"] = &c.URL
	default:
		return fault.New(fault.Invalid, "brain.kind", "Choose what kind of brain it is.").On("config.kind")
	}
	for _, field := range []string{"project", "agent", "url", "model"} {
		if text, wanted := needed[field]; wanted && *text == "" {
			return fault.New(fault.Invalid, "brain.needed", "This is needed.").On("config." + field)
		}
	}
	for _, one := range []struct{ field, text string }{{"project", c.Project}, {"location", c.Location}, {"agent", c.Agent}, {"environment", c.Environment}} {
		if !pathPart.MatchString(one.text) {
			return fault.New(fault.Invalid, "brain.part", "Letters, digits and dashes only.").On("config." + one.field)
		}
	}
	if utf8.RuneCountInString(c.Prompt) > maxPrompt {
		return fault.New(fault.Invalid, "flow.too_long", "The text has more than %d characters.", maxPrompt).On("config.prompt").With("limit", maxPrompt)
	}
	if c.URL == "" {
		return nil
	}
	u, err := url.Parse(c.URL)
	if err != nil || len(c.URL) > maxBrainURL || u.RawQuery != "" && c.Kind != Webhook || r.outside.Rules.Check(c.URL) != nil {
		return fault.New(fault.Invalid, "flow.private", "This address is not on the public internet, or does not begin with https.").On("config.url")
	}
	return nil
}

func (r *Room) checkSecret(c BrainConfig, secret string) error {
	if len(secret) > maxSecret {
		return fault.New(fault.Invalid, "brain.secret", "This is no key.").On("secret")
	}
	if !c.dialogflow() {
		if strings.ContainsFunc(secret, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return fault.New(fault.Invalid, "brain.secret", "This is no key.").On("secret")
		}
		return nil
	}
	a, err := readServiceAccount([]byte(secret))
	if err != nil || r.outside.Rules.Check(a.TokenURI) != nil {
		return fault.New(fault.Invalid, "brain.account", "This is no key file of a service account.").On("secret")
	}
	return nil
}

// DeleteBrain forgets a brain that no flow uses.
func (r *Room) DeleteBrain(ctx context.Context, actor account.Actor, id db.ID) error {
	if err := actor.Can(account.Automation, account.Edit); err != nil {
		return err
	}
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := brainIn(ctx, tx, actor.Workspace, id); err != nil {
			return err
		}
		flows, err := flowsIn(ctx, tx, "", actor.Workspace)
		if err != nil {
			return err
		}
		published, err := versionsIn(ctx, tx, actor.Workspace)
		if err != nil {
			return err
		}
		uses := func(f flow.Flow) bool {
			return slices.ContainsFunc(f.Blocks, func(b flow.Block) bool { return b.Brain == id })
		}
		var users []string
		for _, f := range flows {
			if uses(f.Draft) || uses(published[f.ID].Flow) {
				users = append(users, f.Name)
			}
		}
		if len(users) > 0 {
			names := strings.Join(users, ", ")
			return fault.New(fault.Conflict, "brain.used", "This brain is in use: %s.", names).With("name", names)
		}
		_, err = tx.Exec(ctx, "delete from brains where id = $1 and workspace_id = $2", id, actor.Workspace)
		return err
	})
}

// TryBrain asks a brain one phrase, outside of any conversation. Outcome.Failed is the code of why nothing came of it.
func (r *Room) TryBrain(ctx context.Context, actor account.Actor, id db.ID, text string) (flow.Outcome, error) {
	if err := actor.Can(account.Automation, account.Edit); err != nil {
		return flow.Outcome{}, err
	}
	b, err := brainIn(ctx, r.d, actor.Workspace, id)
	if err != nil {
		return flow.Outcome{}, err
	}
	language, err := localeOf(ctx, r.d, actor.Workspace)
	if err != nil {
		return flow.Outcome{}, err
	}
	return r.askBrain(ctx, b, "try-"+r.d.NewID().String(), flow.Call{Text: text, Language: language}), nil
}
